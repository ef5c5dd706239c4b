//! From the package as it comes to two environments, as README.Debian has it; and what one
//! environment's roles can do in the other's database: not even connect.

use crate::host::{GATE, SET, assert_tells};
use crate::install::CONTENT;
use crate::machine::{Answer, Machine};

const ENVIRONMENTS: [&str; 2] = ["dev", "prod"];

#[test]
fn provisioned_environments_are_closed_to_each_other() {
    let machine = Machine::installed();
    for environment in ENVIRONMENTS {
        provision(&machine, environment);
        for role in ["migrator", "runtime"] {
            let password = format!(
                "ALTER ROLE dreichor_{environment}_{role} PASSWORD '{role} of {environment}'"
            );
            machine.sql(environment, &password);
        }
        machine.must(&format!(
            "install -m 600 /usr/share/doc/dreichor-migrate/examples/prod.env /etc/dreichor/migrate/{environment}.env &&
             sed -i 's/prod/{environment}/g; s/PASSWORD/migrator%20of%20{environment}/' /etc/dreichor/migrate/{environment}.env"
        ));
    }

    // What the catalogs say, of every role and every database of ours.
    let may = machine.sql(
        "prod",
        "SELECT rolname, datname FROM pg_roles, pg_database
         WHERE rolname LIKE 'dreichor%' AND datname LIKE 'dreichor%' AND has_database_privilege(rolname, datname, 'CONNECT')
         ORDER BY rolname, datname",
    );
    let expected: String = ENVIRONMENTS
        .iter()
        .flat_map(|name| {
            ["migrator", "owner", "runtime"]
                .map(|role| format!("dreichor_{name}_{role}|dreichor_{name}\n"))
        })
        .collect();
    assert_eq!(may, expected);
    let crossing = "SELECT count(*) FROM pg_roles a, pg_roles b WHERE a.rolname LIKE 'dreichor_dev%' \
         AND b.rolname LIKE 'dreichor_prod%' AND (pg_has_role(a.oid, b.oid, 'MEMBER') OR pg_has_role(b.oid, a.oid, 'MEMBER'))";
    assert_eq!(machine.sql("prod", crossing), "0\n");

    // What the server answers to a real attempt.
    for (environment, other) in [("dev", "prod"), ("prod", "dev")] {
        for role in ["migrator", "runtime"] {
            let home = connect(&machine, environment, role, environment);
            assert_eq!((home.code, home.stdout.as_str()), (0, "in\n"), "{home:#?}");
            let away = connect(&machine, environment, role, other);
            assert_eq!(away.code, 2, "{away:#?}");
            assert_tells(
                &away.stderr,
                &[&format!("permission denied for database \"dreichor_{other}\"")],
            );
        }
        for database in ENVIRONMENTS {
            let owner = connect(&machine, environment, "owner", database);
            assert_eq!(owner.code, 2, "{owner:#?}");
        }
    }
    // The program is stopped by its own rule before the server is asked.
    machine.must("cp /etc/dreichor/migrate/prod.env /root/ && cp /etc/dreichor/migrate/dev.env /etc/dreichor/migrate/prod.env");
    assert_eq!(machine.run("dreichor-migrate-on prod status").code, 78);
    machine.must("mv /root/prod.env /etc/dreichor/migrate/prod.env");
}

#[test]
fn provisioning_again_is_harmless() {
    let host = Machine::host();
    host.at_work();
    let before = host.must(CONTENT);
    assert_tells(&before, &["dreichor_prod_owner", "SCRAM-SHA-256", "003_add_decision_memory.sql"]);
    for environment in ENVIRONMENTS {
        provision(&host, environment);
    }
    assert_eq!(host.must(CONTENT), before);
    assert!(host.runtime_runs());
    assert_eq!(host.applied("prod"), SET);
    host.must(&format!("systemctl start {GATE}"));

    // It mends what differs.
    host.sql("prod", "GRANT CREATE ON SCHEMA public TO dreichor_prod_runtime; GRANT CONNECT ON DATABASE dreichor_prod TO PUBLIC");
    assert_ne!(host.must(CONTENT), before, "the look does not see grants");
    provision(&host, "prod");
    assert_eq!(host.must(CONTENT), before);
}

/// As README.Debian says it.
fn provision(machine: &Machine, environment: &str) {
    let said = machine.run(&format!(
        "cd /root && dreichor-migrate --env {environment} provision >provision.sql &&
         cd / && runuser -u postgres -- psql -X -v ON_ERROR_STOP=1 -f - </root/provision.sql"
    ));
    assert_eq!(said.code, 0, "{said:#?}");
    assert_eq!(said.stderr, "");
}

/// Tries to connect with a password, as a client does.
fn connect(machine: &Machine, environment: &str, role: &str, database: &str) -> Answer {
    machine.run(&format!(
        "PGPASSWORD='{role} of {environment}' psql -X -A -t -w -h 127.0.0.1 -U dreichor_{environment}_{role} \
         -d dreichor_{database} -c \"SELECT 'in'\""
    ))
}
