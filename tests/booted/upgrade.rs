//! What apt does to a host at work: upgrade, downgrade, remove, reinstall, purge. No database is
//! touched by any of them, no running runtime is ended, and none starts on a schema it was not
//! made for; only a purge takes the gate away.

use crate::host::{APPLY, GATE, RUNTIME, SET, assert_tells};
use crate::install::CONTENT;
use crate::machine::{Machine, made};

#[test]
fn an_upgrade_applies_nothing_and_the_next_start_is_gated() {
    let host = Machine::host();
    let set_and_later = format!("{SET}004_add_orders.sql\n");
    host.at_work();
    let process = host.property(RUNTIME, "MainPID");
    let run = host.property(APPLY, "InvocationID");
    let content = host.must(CONTENT);

    install(&host, "DREICHOR_PACKAGE_LATER");
    assert_tells(&host.must("dpkg-query -W dreichor-migrate"), &["+later"]);
    assert_eq!(host.property(RUNTIME, "MainPID"), process);
    assert_eq!(host.property(APPLY, "InvocationID"), run, "the upgrade ran a migration");
    assert_eq!(host.must(CONTENT), content, "the upgrade changed a database");

    assert_tells(&host.refused(GATE, 10), &["004_add_orders.sql"]);
    assert!(host.runtime_runs(), "asking the gate ended the runtime");

    // Who restarts instead of asking first: the runtime is stopped, and is not started again.
    let answer = host.run(&format!("systemctl restart {RUNTIME}"));
    assert_eq!(answer.code, 1, "{answer:#?}");
    assert_tells(&answer.stderr, &["A dependency job for dreichor-runtime@prod.service failed"]);
    assert_eq!(host.property(RUNTIME, "ActiveState"), "inactive");
    assert_eq!(host.starts("prod"), 1);
    assert_eq!(host.must(CONTENT), content);

    host.at_work();
    assert_eq!(host.applied("prod"), set_and_later);
    assert_eq!(host.starts("prod"), 2);
    assert_eq!(host.applied("dev"), "", "another environment was migrated");
}

#[test]
fn after_a_downgrade_the_database_is_ahead() {
    let host = Machine::host();
    install(&host, "DREICHOR_PACKAGE_LATER");
    host.at_work();
    let process = host.property(RUNTIME, "MainPID");
    let content = host.must(CONTENT);

    install(&host, "DREICHOR_PACKAGE");
    assert!(!host.must("dpkg-query -W dreichor-migrate").contains("later"));
    assert_eq!(host.property(RUNTIME, "MainPID"), process);
    assert_tells(&host.refused(GATE, 11), &["004_add_orders.sql"]);
    assert_tells(&host.refused(APPLY, 11), &["004_add_orders.sql"]);
    assert_eq!(host.run(&format!("systemctl restart {RUNTIME}")).code, 1);
    assert!(!host.runtime_runs());
    assert_eq!(host.must(CONTENT), content);

    install(&host, "DREICHOR_PACKAGE_LATER");
    host.must(&format!("systemctl start {RUNTIME}"));
    assert_eq!(host.starts("prod"), 2);
}

#[test]
fn without_the_package_no_runtime_starts_and_with_it_again_it_does() {
    let host = Machine::host();
    host.enable_runtime();
    host.at_work();
    let process = host.property(RUNTIME, "MainPID");
    let content = host.must(CONTENT);
    host.must("echo '# edited' >>/etc/dreichor/migrate.toml");

    host.must("apt-get remove -y dreichor-migrate");
    assert_eq!(host.property(RUNTIME, "MainPID"), process, "the running runtime was touched");
    assert_eq!(
        host.must("ls /etc/systemd/system/dreichor-runtime@.service.d"),
        "10-schema-gate.conf\n"
    );
    assert_eq!(host.must("find / -xdev -path /proc -prune -o -name 'dreichor-migrate*.service' -print | grep -v '\\.wants/'; true"), "");
    assert_eq!(host.must("ls -d /run/dreichor-migrate-gate 2>/dev/null; true"), "");

    host.must(&format!("systemctl stop {RUNTIME}"));
    let answer = host.start(RUNTIME);
    assert_ne!(answer.code, 0, "{answer:#?}");
    assert_tells(&answer.stderr, &["dreichor-migrate-gate@prod.service not found"]);
    assert_eq!(host.starts("prod"), 1);
    host.off();
    host.on();
    assert_eq!(host.starts("prod"), 1, "a boot started the runtime without its gate");
    assert_eq!(host.property(RUNTIME, "ActiveState"), "inactive");
    assert_eq!(host.property(RUNTIME, "AssertResult"), "no", "{}", host.told("-b"));

    install(&host, "DREICHOR_PACKAGE");
    assert_eq!(host.must("tail -n 1 /etc/dreichor/migrate.toml"), "# edited\n");
    assert_eq!(host.starts("prod"), 1, "installing started a runtime");
    host.must(&format!("systemctl start {GATE} && systemctl start {RUNTIME}"));
    assert_eq!(host.starts("prod"), 2);
    assert_eq!(host.must(CONTENT), content);
    host.off();
    host.on();
    assert!(host.runtime_runs(), "{}", host.told("-b"));
}

#[test]
fn a_purge_takes_the_gate_and_leaves_secrets_and_databases() {
    let host = Machine::host();
    host.at_work();
    host.enable_runtime();
    let process = host.property(RUNTIME, "MainPID");
    let content = host.must(CONTENT);
    let secrets = host.must(SECRETS);
    assert_tells(&secrets, &["600 root:root /etc/dreichor/migrate/prod.env"]);

    host.must("apt-get purge -y dreichor-migrate");
    assert_eq!(host.property(RUNTIME, "MainPID"), process);
    assert_eq!(host.must("systemctl list-unit-files --no-legend 'dreichor-migrate*'; true"), "");
    assert_eq!(
        host.run("getent passwd dreichor-migrate; getent group dreichor-migrate").stdout,
        ""
    );
    assert_eq!(host.must("find /etc /usr /var/lib/systemd /run -path '*dreichor*' ! -path '*runtime*' ! -path '/run/systemd/*' | sort"), "/etc/dreichor\n/etc/dreichor/migrate\n/etc/dreichor/migrate/dev.env\n/etc/dreichor/migrate/prod.env\n");
    assert_eq!(
        host.must("ls -d /etc/systemd/system/dreichor-runtime@.service.d 2>/dev/null; true"),
        ""
    );
    assert!(
        !host.must("journalctl --list-catalog").contains("dreichor"),
        "the catalog is still known"
    );
    assert_eq!(host.must(SECRETS), secrets);
    assert_eq!(host.must(CONTENT), content);

    // Who purges wants no gate: the runtime starts without one.
    host.must(&format!("systemctl restart {RUNTIME}"));
    assert_eq!(host.starts("prod"), 2);

    install(&host, "DREICHOR_PACKAGE");
    host.must(&format!("systemctl start {GATE} && systemctl restart {RUNTIME}"));
    assert_eq!(host.starts("prod"), 3);
    assert_eq!(host.must(CONTENT), content);
}

#[test]
fn edited_configuration_survives_an_upgrade_that_brings_another() {
    let host = Machine::host();
    host.at_work();
    let files = [
        "/etc/dreichor/migrate.toml",
        "/etc/systemd/system/dreichor-runtime@.service.d/10-schema-gate.conf",
    ];
    for file in files {
        host.must(&format!("echo '# edited by the operator' >>{file}"));
    }
    let edited = host.must(&format!("cat {}", files.join(" ")));
    // The later package, with other defaults.
    host.copy(&made("DREICHOR_PACKAGE_LATER"), "/root/later.deb");
    host.must(&format!(
        "cd /root && dpkg-deb -R later.deb tree && for file in {}; do echo '# another default' >>tree$file; done &&
         sed -i 's/^Version: .*/&.1/' tree/DEBIAN/control && dpkg-deb --root-owner-group -b tree other.deb >/dev/null",
        files.join(" ")
    ));
    host.must("DEBIAN_FRONTEND=noninteractive apt-get install -y -o Dpkg::Options::=--force-confold /root/other.deb");
    assert_tells(&host.must("dpkg-query -W dreichor-migrate"), &["+later.1"]);
    assert_eq!(host.must(&format!("cat {}", files.join(" "))), edited);
    assert_tells(&host.must("cat /etc/dreichor/migrate.toml.dpkg-dist"), &["# another default"]);
    // The file beside the drop-in is none: systemd reads '*.conf' alone.
    assert_tells(&host.refused(GATE, 10), &["004_add_orders.sql"]);
    host.at_work();
}

/// The operator's files, with who may read them.
const SECRETS: &str =
    "stat -c '%a %U:%G %n' /etc/dreichor/migrate/*.env && cat /etc/dreichor/migrate/*.env";

/// Installs a package that `scripts/with-machines` made, whatever version is there.
fn install(host: &Machine, package: &str) {
    host.copy(&made(package), "/root/dreichor-migrate.deb");
    host.must("apt-get install -y --no-install-recommends --allow-downgrades /root/dreichor-migrate.deb && rm /root/dreichor-migrate.deb");
}
