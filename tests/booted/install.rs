//! Installing the package by apt prepares and runs nothing: no unit, no statement to the server;
//! and what it brings is there and can be found.

use crate::host::{APPLY, GATE, RUNTIME, assert_tells};
use crate::machine::{Machine, field, made};
use serde_json::Value;

const LOG: &str = "/var/log/postgresql/postgresql-15-main.log";

/// All that a server holds: roles with their passwords and grants, databases, and all that is in them. What begins with
/// `\` is a word that pg_dump chooses anew each time.
pub(crate) const CONTENT: &str =
    "runuser -u postgres -- pg_dumpall | grep -v '^\\\\\\(un\\)\\?restrict '";

#[test]
fn installing_starts_no_unit_and_sends_no_statement() {
    let machine = Machine::bare();
    machine.must(
        "runuser -u postgres -- psql -X -q -v ON_ERROR_STOP=1 -c \"ALTER SYSTEM SET log_connections = on\" \
         -c \"ALTER SYSTEM SET log_statement = 'all'\" -c 'SELECT pg_reload_conf()'",
    );
    // The server has read it when it logs a connection of ours.
    machine.await_that(&format!(
        "runuser -u postgres -- psql -X -q -c 'SELECT 1' && grep -q 'connection authorized' {LOG}"
    ));
    let content = machine.must(CONTENT);
    assert_tells(&content, &["CREATE ROLE postgres"]);
    let before = sessions(&machine);

    machine.copy(&made("DREICHOR_PACKAGE"), "/root/dreichor-migrate.deb");
    machine.must("apt-get install -y --no-install-recommends /root/dreichor-migrate.deb");

    assert_eq!(
        sessions(&machine),
        before,
        "a session was opened:\n{}",
        machine.must(&format!("tail -n 20 {LOG}"))
    );
    assert_eq!(ours(&machine), "", "a unit ran");
    assert_eq!(machine.must("systemctl list-units --all --plain --no-legend 'dreichor*'"), "");
    assert_eq!(machine.must("ls -A /run/dreichor-migrate-gate"), "", "a pass was left");
    assert_eq!(machine.must(CONTENT), content);

    // Each of these looks would have seen something.
    assert_eq!(machine.start(GATE).code, 1);
    assert_eq!(machine.state(GATE), "failed exit-code 78");
    assert_tells(&ours(&machine), &["exit 78"]);
    assert!(sessions(&machine) > before, "the server does not log sessions");
    machine.must("runuser -u postgres -- createdb seen");
    assert_ne!(machine.must(CONTENT), content);
}

/// What any unit of ours ever said, or the service manager of it.
fn ours(machine: &Machine) -> String {
    let of_ours = |entry: &Value| {
        ["UNIT", "_SYSTEMD_UNIT"].iter().any(|name| field(entry, name).starts_with("dreichor-"))
    };
    let entries = machine.journal("");
    entries
        .iter()
        .filter(|entry| of_ours(entry))
        .map(|entry| field(entry, "MESSAGE") + "\n")
        .collect()
}

/// How many sessions the server's log has counted.
fn sessions(machine: &Machine) -> usize {
    let count = machine.must(&format!("grep -c 'connection received' {LOG}"));
    count.trim().parse().expect("a number")
}

#[test]
fn what_it_brings_is_there() {
    let machine = Machine::installed();
    let catalog = machine.must("journalctl --list-catalog");
    let source = include_str!("../../systemd/dreichor-migrate.catalog");
    let ids: Vec<&str> = source.lines().filter_map(|line| line.strip_prefix("-- ")).collect();
    assert!(ids.len() > 10, "{ids:?}");
    for id in ids {
        let listed =
            catalog.lines().any(|line| line.starts_with(&format!("{id} dreichor-migrate:")));
        assert!(listed, "'{id}' is not in the catalog:\n{catalog}");
    }

    assert_eq!(
        machine.must("getent passwd dreichor-migrate | cut -d: -f1,2,5-"),
        "dreichor-migrate:x:Dreichor schema migrations:/:/usr/sbin/nologin\n"
    );
    assert_eq!(
        machine.must("stat -c '%a %U:%G %n' /etc/dreichor/migrate /run/dreichor-migrate-gate"),
        "700 root:root /etc/dreichor/migrate\n755 root:root /run/dreichor-migrate-gate\n"
    );
    assert_eq!(machine.must("find / -xdev -user dreichor-migrate"), "", "the user owns files");

    for page in
        ["man8/dreichor-migrate.8", "man8/dreichor-migrate-on.8", "man5/dreichor-migrate.toml.5"]
    {
        assert_tells(&machine.must(&format!("zcat /usr/share/man/{page}.gz")), &[".TH ", ".SH "]);
    }
    // As the shell itself loads it; the others have no shell here.
    let completed = machine.must(
        "COMP_WORDS=(dreichor-migrate pro) COMP_CWORD=1
         . /usr/share/bash-completion/completions/dreichor-migrate
         complete -p dreichor-migrate
         _dreichor__migrate dreichor-migrate pro dreichor-migrate && printf '%s\\n' \"${COMPREPLY[@]}\"",
    );
    assert_tells(&completed, &["-F _dreichor__migrate", "provision"]);
    for file in [
        "zsh/vendor-completions/_dreichor-migrate",
        "fish/vendor_completions.d/dreichor-migrate.fish",
    ] {
        assert_tells(&machine.must(&format!("cat /usr/share/{file}")), &["provision"]);
    }
    assert_eq!(
        machine.must("dpkg --verify dreichor-migrate"),
        "",
        "files differ from the package's"
    );
}

#[test]
fn nothing_but_an_operator_starts_the_apply() {
    let host = Machine::host();
    let states = host
        .must("systemctl list-unit-files --no-legend 'dreichor-migrate*' | awk '{ print $1, $2 }'");
    assert_eq!(
        states,
        "dreichor-migrate-gate-reset@.service static\n\
         dreichor-migrate-gate-witness@.service disabled\n\
         dreichor-migrate-gate@.service static\n\
         dreichor-migrate@.service static\n"
    );
    for unit in [APPLY, GATE] {
        let answer = host.run(&format!("systemctl enable {unit}"));
        assert_tells(&answer.stderr, &["have no installation config"]);
        assert_eq!(host.must(&format!("systemctl is-enabled {unit}")), "static\n");
    }
    assert_eq!(host.must("find /etc/systemd /run/systemd -name 'dreichor-migrate@*'"), "");
    assert_eq!(
        host.must("grep -rl 'dreichor-migrate@' /lib/systemd/system /etc/systemd/system"),
        "/lib/systemd/system/dreichor-migrate-gate@.service\n"
    );

    // With all that names it in memory, nothing depends on it.
    host.enable_runtime();
    host.at_work();
    let units = format!(
        "{RUNTIME} {GATE} dreichor-migrate-gate-witness@prod dreichor-migrate-gate-reset@prod"
    );
    host.must(&format!("systemctl show {units} >/dev/null"));
    let reverse = host.must(&format!("systemctl list-dependencies --plain --reverse {APPLY}"));
    assert_eq!(reverse, "dreichor-migrate@prod.service\n");
    let reverse = host.must(&format!("systemctl list-dependencies --plain --reverse {GATE}"));
    assert_tells(&reverse, &["dreichor-runtime@prod.service"]);
    let triggers = [
        "RequiredBy",
        "RequisiteOf",
        "WantedBy",
        "BoundBy",
        "UpheldBy",
        "TriggeredBy",
        "OnSuccessOf",
        "OnFailureOf",
    ];
    for trigger in triggers {
        assert_eq!(host.property(APPLY, trigger), "", "{trigger}");
    }
    // Nor does a boot run it, with the runtime enabled and a migration pending.
    host.add_migration("004_add_orders.sql", include_str!("later/004_add_orders.sql"));
    host.off();
    host.on();
    assert_eq!(host.told(&format!("-b -u {APPLY}")), "", "a boot ran it");
    assert_eq!(host.state(GATE), "failed exit-code 10");
    assert_eq!(host.applied("prod"), crate::host::SET);
}
