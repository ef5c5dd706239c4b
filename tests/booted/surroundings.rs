//! What the gate says of its surroundings: a server that is stopped, late or refuses, a URL or a
//! configuration that is wrong or missing. Must never let the schema be the reason: it fits.

use crate::host::{APPLY, GATE, RUNTIME, SET, assert_tells, only};
use crate::machine::{Machine, field};

const URL_FILE: &str = "/etc/dreichor/migrate/prod.env";
/// `MESSAGE_ID` of `finding`, `connection-retried` and `ended-ok`.
const FINDING: &str = "baa58f3a2c554b8c871cadbe6ccd1b8e";
const RETRIED: &str = "c23bcc72403e496ea3f3e5667aeb1977";
const ENDED_OK: &str = "ff3e9aca57f4404385f63c7ae3821517";

/// The packaged gate with less patience.
const HASTY: &str = "[Service]\nExecStart=\nExecStart=/usr/bin/dreichor-migrate check --env %i --connect-deadline 2s\n";

/// A host whose schema fits, so that nothing but the surroundings can refuse.
fn applied() -> Machine {
    let host = Machine::host();
    host.must(&format!("systemctl start {APPLY}"));
    host
}

/// The runtime is not started, the gate ends with this code, and says in one finding what is
/// wrong and what to do.
fn assert_refuses(host: &Machine, code: u8, says: &[&str], remedy: &str) {
    let answer = host.start(RUNTIME);
    assert_eq!(answer.code, 1, "{answer:#?}");
    assert_tells(&answer.stderr, &["A dependency job for dreichor-runtime@prod.service failed"]);
    assert_eq!(host.state(GATE), format!("failed exit-code {code}"), "{}", host.told("-b"));
    assert_eq!(host.property(RUNTIME, "ActiveState"), "inactive");
    assert_eq!(host.starts("prod"), 0);
    let run = host.property(GATE, "InvocationID");
    let told = host.told(&format!("DREICHOR_RUN_ID={run}"));
    assert_tells(&told, says);
    assert_tells(&told, &[remedy, &format!("(exit {code})")]);
    let findings = host.journal(&format!("DREICHOR_RUN_ID={run} MESSAGE_ID={FINDING}"));
    let remedies: Vec<String> =
        findings.iter().map(|finding| field(finding, "DREICHOR_REMEDY")).collect();
    assert!(matches!(remedies.as_slice(), [only] if only.contains(remedy)), "{remedies:#?}");
    assert!(!told.contains("canary"), "{told}");
}

/// Once all is as it was, the runtime starts.
fn assert_starts(host: &Machine) {
    host.must(&format!("systemctl start {RUNTIME}"));
    assert!(host.runtime_runs());
    assert_eq!(host.starts("prod"), 1);
}

#[test]
fn a_stopped_server_is_told_and_not_waited_for_beyond_the_deadline() {
    let host = applied();
    host.write("/etc/systemd/system/dreichor-migrate-gate@.service.d/hasty.conf", HASTY);
    host.must("systemctl daemon-reload && systemctl stop 'postgresql@*' postgresql");
    assert_refuses(
        &host,
        30,
        &["no connection to PostgreSQL at localhost:5432", "refused", "trying again"],
        "systemctl status postgresql",
    );
    let retried = host.journal(&format!("-b MESSAGE_ID={RETRIED}"));
    assert!(!retried.is_empty());
    assert!(retried.iter().all(|entry| field(entry, "PRIORITY") == "4"), "{retried:#?}");
    // The run is not the gate: it does not wait.
    let told = host.refused(APPLY, 30);
    assert!(!told.contains("trying again"), "{told}");
    host.must("systemctl start postgresql");
    assert_starts(&host);
}

#[test]
fn at_boot_the_gate_comes_after_a_server_that_takes_its_time() {
    let host = applied();
    host.enable_runtime();
    host.write(
        "/etc/systemd/system/postgresql@.service.d/slow.conf",
        "[Service]\nExecStartPre=/bin/sleep 3\n",
    );
    host.off();
    host.on();
    assert!(host.runtime_runs());
    assert_eq!(host.starts("prod"), 1);
    assert_eq!(host.told(&format!("-b MESSAGE_ID={RETRIED}")), "", "the order did not hold");
    let [server, gate] = ["postgresql@15-main", GATE].map(|unit| {
        let property = if unit == GATE {
            "ExecMainStartTimestampMonotonic"
        } else {
            "ActiveEnterTimestampMonotonic"
        };
        host.property(unit, property).parse::<u64>().expect("a time")
    });
    assert!(server <= gate, "server {server}, gate {gate}");
}

#[test]
fn at_boot_the_gate_waits_for_a_server_that_nobody_ordered_before_it() {
    let host = applied();
    host.enable_runtime();
    // The server is no part of the boot; somebody starts it once the gate has asked in vain.
    host.must("echo manual >/etc/postgresql/15/main/start.conf");
    let asked = format!("journalctl -b -q MESSAGE_ID={RETRIED} | grep -q .");
    host.write(
        "/etc/systemd/system/late.service",
        &format!(
            "[Service]\nExecStart=/bin/bash -c 'until {asked}; do sleep 0.1; done; exec systemctl start postgresql@15-main'\n[Install]\nWantedBy=multi-user.target\n"
        ),
    );
    host.must("systemctl enable --quiet late.service");
    host.off();
    host.on();
    host.await_that(&format!("systemctl is-active --quiet {RUNTIME}"));
    assert_eq!(host.starts("prod"), 1);
    assert!(!host.journal(&format!("-b MESSAGE_ID={RETRIED}")).is_empty());
    let end = only(&host, ENDED_OK);
    assert_eq!(field(&end, "DREICHOR_COMMAND"), "check");
    let [server, end] = [
        host.property("postgresql@15-main", "ActiveEnterTimestampMonotonic"),
        field(&end, "__MONOTONIC_TIMESTAMP"),
    ]
    .map(|time| time.parse::<u64>().expect("a time"));
    assert!(server < end, "server {server}, pass {end}");
}

#[test]
fn what_the_server_or_the_url_refuses_is_named() {
    let host = applied();
    host.must(&format!("cp -p {URL_FILE} /root/prod.env"));
    // What is done to the file, the code, what is said, the next safe act.
    let cases: [(&str, u8, &[&str], &str); 5] = [
        (
            "sed 's/:canary/:wrong/' /root/prod.env >FILE",
            31,
            &["28P01", "password authentication failed", "dreichor_prod_migrator"],
            "see user and password in DATABASE_URL",
        ),
        (
            "cp /etc/dreichor/migrate/dev.env FILE",
            78,
            &["'dreichor_dev'", "'prod'"],
            "check --env and the URL; nothing was connected to",
        ),
        (
            "sed 's/@localhost/@db.example.net/' /root/prod.env >FILE",
            78,
            &["the host is none of 'localhost', '127.0.0.1', '[::1]'"],
            "write one host as it is",
        ),
        (
            "sed 's/canary%20/canary%zz/' /root/prod.env >FILE",
            78,
            &["the password has a '%' that is not followed by two hexadecimal digits"],
            "'%25'",
        ),
        (
            "rm FILE",
            78,
            &["there is no database URL", "'DATABASE_URL'"],
            "/etc/credstore/dreichor-migrate.prod.database-url",
        ),
    ];
    for (change, code, says, remedy) in cases {
        host.must(&change.replace("FILE", URL_FILE));
        assert_refuses(&host, code, says, remedy);
        host.refused(APPLY, code);
        assert_eq!(host.applied("prod"), SET);
        assert_eq!(host.applied("dev"), "");
    }
    host.must(&format!("cp -p /root/prod.env {URL_FILE}"));
    assert_starts(&host);
}

#[test]
fn without_a_configuration_nothing_starts() {
    let host = applied();
    host.must("mv /etc/dreichor/migrate.toml /root/");
    assert_refuses(
        &host,
        78,
        &["the configuration '/etc/dreichor/migrate.toml' cannot be read"],
        "dreichor-migrate.toml(5)",
    );
    host.must("mv /root/migrate.toml /etc/dreichor/");
    assert_starts(&host);
}

#[test]
fn an_instance_that_is_no_environment_is_refused_by_the_program() {
    let host = Machine::host();
    // A URL that would work is there for the taking; '..-etc' is what systemctl makes of '../etc'.
    for (instance, name) in [("staging", "staging"), ("../etc", "..-etc"), ("PROD", "PROD")] {
        host.must(&format!("cp -p {URL_FILE} '/etc/dreichor/migrate/{name}.env'"));
        for kind in ["dreichor-migrate", "dreichor-migrate-gate"] {
            let answer = host.start(&format!("{kind}@{instance}"));
            assert_eq!(answer.code, 1, "{answer:#?}");
            let unit = format!("{kind}@{name}");
            assert_eq!(host.state(&unit), "failed exit-code 78");
            let run = host.property(&unit, "InvocationID");
            let told = host.told(&format!("DREICHOR_RUN_ID={run}"));
            assert_tells(
                &told,
                &[
                    &format!("environment '{name}' is not declared; declared are 'prod', 'dev'"),
                    "choose a declared environment",
                    "exit 78",
                ],
            );
        }
        assert_eq!(host.must("ls /run/dreichor-migrate-gate"), "", "a pass was left");
    }
    assert_eq!(host.applied("prod"), "");
    assert_eq!(host.applied("dev"), "");
}
