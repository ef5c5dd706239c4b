//! The gate fails closed: before the first migration, masked, without its unit, without its
//! program, by hand and at boot, and whatever pass was left before.

use crate::host::{APPLY, GATE, NOT_PASSED, RUNTIME, assert_tells, only};
use crate::machine::{Machine, field};

/// What takes the gate away, and what gives it back.
const MASKED: (&str, &str) = (
    "systemctl mask --quiet dreichor-migrate-gate@prod",
    "systemctl unmask --quiet dreichor-migrate-gate@prod",
);
const NO_UNIT: (&str, &str) = (
    "mv /lib/systemd/system/dreichor-migrate-gate@.service /root/ && systemctl daemon-reload",
    "mv /root/dreichor-migrate-gate@.service /lib/systemd/system/ && systemctl daemon-reload",
);
const NO_PROGRAM: (&str, &str) =
    ("mv /usr/bin/dreichor-migrate /root/", "mv /root/dreichor-migrate /usr/bin/");

#[test]
fn before_the_first_migration_the_runtime_does_not_start() {
    let host = Machine::host();
    host.enable_runtime();
    let answer = host.start(RUNTIME);
    assert_eq!(answer.code, 1, "{answer:#?}");
    assert_tells(&answer.stderr, &["A dependency job for dreichor-runtime@prod.service failed"]);
    assert_behind(&host);
    host.off();
    host.on();
    assert_behind(&host);
    assert_eq!(
        host.sql(
            "prod",
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        ),
        "0\n"
    );
}

/// The gate said why in its own unit, the witness in the runtime's; nothing ran.
fn assert_behind(host: &Machine) {
    assert_eq!(host.state(GATE), "failed exit-code 10");
    assert_eq!(host.property(RUNTIME, "ActiveState"), "inactive");
    assert_eq!(host.starts("prod"), 0);
    let told = host.told(&format!("-b -u {GATE}"));
    assert_tells(&told, &["behind", "exit 10", "001_init.sql", "dreichor-migrate apply"]);
    let witness = host.told(&format!("-b -u {RUNTIME}"));
    assert_tells(
        &witness,
        &[
            "the schema gate of 'prod' has not passed",
            "journalctl -b -u dreichor-migrate-gate@prod",
        ],
    );
}

#[test]
fn a_masked_gate_refuses() {
    absent(MASKED, &[1]);
}

#[test]
fn a_gate_without_its_unit_refuses() {
    absent(NO_UNIT, &[5]);
}

#[test]
fn a_gate_without_its_program_refuses() {
    absent(NO_PROGRAM, &[1]);
}

/// With a compatible schema, so that nothing but the gate's absence can refuse: by hand, through a
/// target, at boot, and after the runtime crashed.
fn absent((take, give): (&str, &str), codes: &[i32]) {
    let host = Machine::host();
    host.must(&format!("systemctl start {APPLY}"));
    host.enable_runtime();

    // At boot: nothing is left in /run.
    host.must(take);
    host.off();
    host.on();
    host.await_that(&format!(
        "journalctl --sync; journalctl -b -q MESSAGE_ID={NOT_PASSED} | grep -q ."
    ));
    assert!(!host.runtime_runs());
    assert_eq!(host.starts("prod"), 0, "the runtime's process ran");
    let witness = only(&host, NOT_PASSED);
    assert_eq!(field(&witness, "PRIORITY"), "3");
    assert_tells(
        &field(&witness, "MESSAGE"),
        &["has not passed", "verdict is unknown", "systemctl status dreichor-migrate-gate@prod"],
    );
    assert_tells(&host.told(&format!("-b -u {RUNTIME}")), &["has not passed"]);

    // By hand.
    let answer = host.start(RUNTIME);
    assert!(codes.contains(&answer.code), "{answer:#?}");
    assert_eq!(host.starts("prod"), 0);

    // An earlier pass within this boot, left by a gate that was asked by hand, does not count.
    host.must(give);
    host.must(&format!("systemctl start {GATE}"));
    host.must(take);
    host.write(
        "/etc/systemd/system/late.target",
        "[Unit]\nWants=dreichor-runtime@prod.service\nAfter=dreichor-runtime@prod.service\n",
    );
    host.must("systemctl daemon-reload && systemctl start late.target");
    assert!(!host.runtime_runs());
    assert_eq!(host.starts("prod"), 0, "an old pass was good enough");

    // Restored, it starts at once; and a crash of the runtime asks the gate that is gone again.
    host.must(give);
    host.must(&format!("systemctl start {RUNTIME}"));
    assert!(host.runtime_runs());
    let ran = host.starts("prod");
    host.must(take);
    host.must(&format!("systemctl kill --signal=KILL {RUNTIME}"));
    host.await_down();
    assert_eq!(host.starts("prod"), ran, "the runtime was restarted without its gate");
}

#[test]
fn a_unit_of_another_name_is_gated_alike() {
    let host = Machine::host();
    host.must(
        "cd /etc/systemd/system
        sed 's/dreichor-runtime-%i/trader-%i/g' dreichor-runtime@.service >trader@.service
        cp -r dreichor-runtime@.service.d trader@.service.d
        systemctl daemon-reload && touch /var/lib/trader-prod.starts",
    );
    let starts = || host.must("wc -l </var/lib/trader-prod.starts").trim().to_owned();
    assert_eq!(host.start("trader@prod").code, 1);
    host.must("systemctl mask --quiet dreichor-migrate-gate@prod");
    assert_eq!(host.start("trader@prod").code, 1);
    host.must("systemctl unmask --quiet dreichor-migrate-gate@prod");
    assert_eq!(starts(), "0");
    host.must(&format!("systemctl start {APPLY}"));
    // Two of one environment, started together, live on one pass.
    host.write(
        "/etc/systemd/system/both.target",
        "[Unit]\nWants=trader@prod.service dreichor-runtime@prod.service\nAfter=trader@prod.service dreichor-runtime@prod.service\n",
    );
    host.must("systemctl daemon-reload && systemctl start both.target");
    host.await_that("systemctl is-active --quiet trader@prod && [[ -s /var/lib/trader-prod.starts && -s /var/lib/dreichor-runtime-prod.starts ]]");
    assert!(host.runtime_runs());
    assert_eq!((starts().as_str(), host.starts("prod")), ("1", 1));
    host.await_that("[[ ! -e /run/dreichor-migrate-gate/prod.passed ]]");
}
