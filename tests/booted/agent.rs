//! A deploy agent without root: what the packaged polkit rule lets it do, what stays denied, that
//! a denial is quick and asks nobody, and what the agent learns when the gate refuses.

use crate::host::{APPLY, GATE, RUNTIME, SET, assert_tells};
use crate::machine::{Answer, Machine};
use std::time::{Duration, Instant};

/// A denial that takes longer has asked somebody.
const QUICK: Duration = Duration::from_secs(5);

/// What the rule lets nobody do, whatever its group.
const NEVER: [&str; 12] = [
    "systemctl stop dreichor-migrate@prod",
    "systemctl restart dreichor-migrate@prod",
    "systemctl try-restart dreichor-migrate@prod",
    "systemctl kill dreichor-migrate@prod",
    "systemctl reset-failed dreichor-migrate-gate@prod",
    "systemctl mask dreichor-migrate-gate@prod",
    "systemctl set-property --runtime dreichor-migrate@prod CPUWeight=1",
    "systemctl start dreichor-runtime@prod",
    "systemctl stop dreichor-runtime@prod",
    "systemctl start dreichor-migrate-gate-witness@prod",
    "systemctl start dreichor-migrate-gate-reset@prod",
    "dreichor-migrate-on prod status",
];

#[test]
fn without_the_rule_everything_is_denied_at_once() {
    let host = host_with_agent();
    let own = [format!("systemctl start {APPLY}"), format!("systemctl start {GATE}")];
    for command in own.iter().map(String::as_str).chain(NEVER) {
        denied(&host, command);
    }
    assert_eq!(host.applied("prod"), "");
    assert_eq!(host.starts("prod"), 0);
}

#[test]
fn with_the_rule_its_own_environment_is_all_it_gets() {
    let host = host_with_agent();
    host.must("install -m 644 /usr/share/doc/dreichor-migrate/examples/50-dreichor-migrate.rules /etc/polkit-1/rules.d/");
    // polkitd takes up a new rule by itself, a moment later; until then the rule allows nothing.
    host.await_that("systemd-run --quiet --pipe --wait --collect --uid=agent systemctl start dreichor-migrate@prod");
    assert_eq!(host.applied("prod"), SET);
    let answer = by_agent(&host, &format!("systemctl start {GATE}"));
    assert_eq!(answer.code, 0, "{answer:#?}");

    for command in NEVER {
        denied(&host, command);
    }
    for unit in [
        "dreichor-migrate@dev",
        "dreichor-migrate-gate@dev",
        "postgresql@15-main",
        "dreichor-migrate@prod-2",
    ] {
        denied(&host, &format!("systemctl start {unit}"));
    }
    assert_eq!(host.applied("dev"), "");
    assert_eq!(host.starts("prod"), 0);
    // A user who is in no such group gets nothing from the rule.
    host.must("useradd --system --user-group stranger");
    let answer = host.run(&format!("runuser -u stranger -- systemctl start {GATE} </dev/null"));
    assert_eq!(answer.code, 1, "{answer:#?}");
    assert_tells(&answer.stderr, &["Interactive authentication required"]);
}

#[test]
fn the_agent_learns_why_the_gate_refused() {
    let host = host_with_agent();
    host.must("install -m 644 /usr/share/doc/dreichor-migrate/examples/50-dreichor-migrate.rules /etc/polkit-1/rules.d/");
    let start = format!("systemctl start {GATE}");
    host.await_that(&format!(
        "systemd-run --quiet --pipe --wait --collect --uid=agent {start} 2>&1 | grep -q 'control process exited'"
    ));
    let answer = by_agent(&host, &start);
    assert_eq!(answer.code, 1, "{answer:#?}");
    let code = by_agent(&host, &format!("systemctl show -P Result -P ExecMainStatus {GATE}"));
    assert_eq!(code.stdout, "exit-code\n10\n", "{code:#?}");

    // The reason is in the journal, which its readers' group opens.
    let read = format!("journalctl -q --no-pager -o cat -u {GATE}");
    assert_eq!(by_agent(&host, &read).stdout, "");
    host.must("usermod --append --groups systemd-journal agent && journalctl --sync");
    let answer = by_agent(&host, &read);
    assert_tells(&answer.stdout, &["001_init.sql", "exit 10"]);
    assert!(!answer.stdout.contains("canary"), "the password is shown:\n{}", answer.stdout);
    // Who reads the units reads no password there.
    let shown = by_agent(
        &host,
        &format!("systemctl show {GATE} {APPLY} {RUNTIME}; cat /etc/dreichor/migrate/prod.env"),
    );
    assert_ne!(shown.code, 0, "{shown:#?}");
    assert_tells(&shown.stdout, &["ExecMainStatus=10"]);
    assert!(!shown.stdout.contains("canary"), "{shown:#?}");
}

/// A host with a user 'agent' in the group 'dreichor-deploy-prod', and with the units of prod in
/// memory, so that no denial is only that of a unit that is not loaded.
fn host_with_agent() -> Machine {
    let host = Machine::host();
    host.enable_runtime();
    host.must("groupadd --system dreichor-deploy-prod && useradd --system --user-group --groups dreichor-deploy-prod agent");
    host
}

/// What a service of the agent runs.
fn by_agent(host: &Machine, command: &str) -> Answer {
    host.run(&format!(
        "systemd-run --quiet --pipe --wait --collect --uid=agent sh -c '{command}' </dev/null"
    ))
}

fn denied(host: &Machine, command: &str) {
    let asked = Instant::now();
    let answer = by_agent(host, command);
    let took = asked.elapsed();
    assert_ne!(answer.code, 0, "{command}\n{answer:#?}");
    let said = ["Interactive authentication required", "Access denied", "only root can read"];
    assert!(said.iter().any(|text| answer.stderr.contains(text)), "{command}\n{answer:#?}");
    assert!(took < QUICK, "{command}: denied after {took:?}");
}
