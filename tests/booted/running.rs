//! Apply, gate and runtime side by side: what starts what, what asks again, and what a gate that
//! is started, stopped or failed by hand does to a runtime that is up.

use crate::host::{APPLY, GATE, RUNTIME, SET, assert_tells};
use crate::machine::Machine;

/// Makes the schema incompatible: the installed set has a migration more.
const LATER: (&str, &str) =
    ("004_add_orders.sql", "CREATE TABLE public.orders (order_id uuid NOT NULL);\n");

#[test]
fn an_operator_applies_and_the_runtime_starts() {
    let host = Machine::host();
    assert_eq!(host.applied("prod"), "");
    let answer = host.start(APPLY);
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert_eq!(host.applied("prod"), SET);
    assert_eq!(host.applied("dev"), "", "one environment was asked for");
    // After success the unit is unloaded: what was run is in the journal and in the log.
    let told = host.told(&format!("-b -u {APPLY}"));
    assert_tells(&told, &["applied '001_init.sql'", "apply: 3 applied, nothing is pending"]);
    let row = "SELECT event, os_user, unit FROM public.dreichor_schema_migration_log WHERE version LIKE '003%'";
    assert_eq!(host.sql("prod", row), format!("applied|dreichor-migrate|{APPLY}.service\n"));

    let answer = host.start(RUNTIME);
    assert_eq!((answer.code, answer.stderr.as_str()), (0, ""));
    assert!(host.runtime_runs());
    assert_eq!(host.starts("prod"), 1);
    // At boot the gate is asked by itself, and nothing is applied.
    host.enable_runtime();
    host.off();
    host.on();
    assert!(host.runtime_runs());
    assert_eq!(host.starts("prod"), 2);
    assert_eq!(host.told(&format!("-b -u {APPLY}")), "", "a boot applied something");
    assert_eq!(host.start(APPLY).code, 0);
    assert_tells(&host.told(&format!("-b -u {APPLY}")), &["0 applied, nothing is pending"]);
}

#[test]
fn a_run_says_where_it_stands() {
    let host = Machine::host();
    host.must(&format!("systemctl start {APPLY}"));
    host.add_migration(LATER.0, LATER.1);
    host.add_migration("005_lock.sql", "ALTER TABLE public.snapshots ADD COLUMN note text;\n");
    host.write("/etc/dreichor/migrate.toml", &patient(&host));
    let blocker = host.spawn("runuser -u postgres -- psql -X -q dreichor_prod -c 'BEGIN; LOCK public.snapshots; SELECT pg_sleep(600)'");
    host.await_that(&waits("pg_sleep"));
    let run = host.spawn(&format!("systemctl start {APPLY}"));
    host.await_that(&format!(
        "systemctl show -P StatusText {APPLY} | grep -q \"applying '005_lock.sql' (2 of 2).*since\""
    ));
    let shown = host.run(&format!("systemctl status {APPLY}")).stdout;
    assert_tells(&shown, &["Active: activating", "Status: \"applying '005_lock.sql' (2 of 2)"]);
    host.sql("prod", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()");
    assert_eq!(run.end().code, 0);
    assert_ne!(blocker.end().code, 0, "it was ended by the server");
    assert_eq!(host.applied("prod"), format!("{SET}{}\n005_lock.sql\n", LATER.0));
}

/// The configuration with a lock timeout that a test does not meet.
pub(crate) fn patient(host: &Machine) -> String {
    let text = host.must("cat /etc/dreichor/migrate.toml");
    text.replace("# lock_timeout = \"5s\"", "lock_timeout = \"10min\"")
}

/// Succeeds as soon as the server works on a statement that has these words.
pub(crate) fn waits(words: &str) -> String {
    format!(
        "runuser -u postgres -- psql -X -A -t -c \"SELECT query FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()\" | grep -q '{words}'"
    )
}

#[test]
fn each_start_asks_the_gate_again() {
    let host = Machine::host();
    host.at_work();
    let first = host.property(RUNTIME, "MainPID");
    // Compatible: restart and a crash go through the gate and come up.
    host.must(&format!("systemctl restart {RUNTIME}"));
    assert_ne!(host.property(RUNTIME, "MainPID"), first);
    host.must(&format!("systemctl kill --signal=KILL {RUNTIME}"));
    host.await_that("[[ $(wc -l </var/lib/dreichor-runtime-prod.starts) == 3 ]]");
    assert_eq!(
        host.told(&format!("-b -u {GATE}")).matches("check: the schema is compatible").count(),
        3
    );

    // Incompatible meanwhile: a runtime that is up is left alone, a crash is not restarted.
    host.add_migration(LATER.0, LATER.1);
    host.seal();
    let up = host.property(RUNTIME, "MainPID");
    let again = host.start(RUNTIME);
    assert_eq!(again.code, 1, "the gate is asked, and says no");
    assert_eq!(host.property(RUNTIME, "MainPID"), up);
    host.must(&format!("systemctl kill --signal=KILL {RUNTIME}"));
    host.await_down();
    assert_eq!(host.starts("prod"), 3);
    assert_eq!(host.state(GATE), "failed exit-code 10");
    assert_tells(
        &host.told(&format!("-b -u {RUNTIME}")),
        &["the schema gate of 'prod' has not passed"],
    );

    // Applied, it starts at once; refused once more, a restart leaves it down.
    host.at_work();
    host.add_migration("005_more.sql", "CREATE TABLE public.more (more_id uuid NOT NULL);\n");
    host.seal();
    let restarted = host.run(&format!("systemctl restart {RUNTIME}"));
    assert_eq!(restarted.code, 1, "{restarted:#?}");
    assert!(!host.runtime_runs(), "a restart stops first");
    assert_eq!(host.starts("prod"), 4);
}

#[test]
fn a_gate_that_is_handled_by_hand_never_touches_the_runtime() {
    let host = Machine::host();
    host.at_work();
    let up = host.property(RUNTIME, "MainPID");
    let untouched = |what: &str| {
        assert_eq!(host.property(RUNTIME, "MainPID"), up, "{what}");
        assert!(host.runtime_runs(), "{what}");
    };
    assert_eq!(host.start(GATE).code, 0);
    untouched("a gate that passes");
    host.await_that("[[ ! -e /run/dreichor-migrate-gate/prod.passed ]]");
    for verb in ["stop", "restart", "try-restart"] {
        let answer = host.run(&format!("systemctl {verb} {GATE}"));
        assert_eq!(answer.code, 4, "{verb}: {answer:#?}");
        untouched(verb);
    }
    host.add_migration(LATER.0, LATER.1);
    host.seal();
    assert_tells(&host.refused(GATE, 10), &["'004_add_orders.sql' is required and not applied"]);
    untouched("a gate that refuses");
    host.must(&format!("systemctl start {APPLY}"));
    untouched("a migration");
    host.must("systemctl restart postgresql");
    untouched("a restart of the server");
    assert_eq!(host.start(GATE).code, 0);
}

#[test]
fn a_crash_loop_locks_nobody_out() {
    let host = Machine::host();
    host.must(&format!("systemctl start {APPLY}"));
    // The runtime runs into its own limit, not into one of the gate's.
    host.must("touch /run/dreichor-runtime-prod.crash");
    host.run(&format!("systemctl start {RUNTIME}"));
    host.await_that(&format!("[[ $(systemctl is-failed {RUNTIME}) == failed ]]"));
    assert!(host.starts("prod") >= 5, "it was restarted until its own limit");
    assert_ne!(host.property(GATE, "Result"), "start-limit-hit");
    assert!(!host.told(&format!("-b -u {GATE}")).contains("too quickly"));
    assert_eq!(host.start(GATE).code, 0, "the gate still answers");
    host.must(&format!("rm /run/dreichor-runtime-prod.crash && systemctl reset-failed {RUNTIME} && systemctl start {RUNTIME}"));
    assert!(host.runtime_runs());

    // A gate that refuses again and again is asked again, and the runtime starts at once when it
    // passes, without reset-failed.
    host.must(&format!("systemctl stop {RUNTIME}"));
    host.add_migration(LATER.0, LATER.1);
    host.seal();
    for _ in 0..12 {
        host.refused(GATE, 10);
        assert_eq!(host.start(RUNTIME).code, 1);
    }
    host.must(&format!("systemctl start {APPLY} && systemctl start {RUNTIME}"));
    assert!(host.runtime_runs());
}
