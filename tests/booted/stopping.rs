//! Runs that end early or meet another: stopped by the service manager, two operators at once,
//! a migration and a gate at once, a reboot in the middle.

use crate::host::{APPLY, GATE, RUNTIME, SET, assert_tells};
use crate::machine::Machine;
use crate::running::{patient, waits};

/// Two more migrations, of which the second waits for a lock that the test holds.
fn with_a_long_migration() -> Machine {
    let host = Machine::host();
    host.must(&format!("systemctl start {APPLY}"));
    host.add_migration(
        "004_add_orders.sql",
        "CREATE TABLE public.orders (order_id uuid NOT NULL);\n",
    );
    host.add_migration(
        "005_long.sql",
        "CREATE TABLE public.early (early_id uuid NOT NULL);\nALTER TABLE public.snapshots ADD COLUMN note text;\n",
    );
    host.seal();
    host.write("/etc/dreichor/migrate.toml", &patient(&host));
    host.must("systemd-run --quiet --unit=blocker --uid=postgres psql -X -q dreichor_prod -c 'BEGIN; LOCK public.snapshots; SELECT pg_sleep(600)'");
    host.await_that(&waits("pg_sleep"));
    host
}

fn release(host: &Machine) {
    host.must("systemctl stop blocker");
    host.sql("prod", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()");
}

/// Nobody of ours is left on the server, and what was applied is a clean prefix.
fn assert_clean_prefix(host: &Machine) {
    assert_eq!(
        host.sql(
            "prod",
            "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'dreichor-migrate%'"
        ),
        "0\n"
    );
    assert_eq!(host.applied("prod"), format!("{SET}004_add_orders.sql\n"));
    assert_eq!(
        host.sql(
            "prod",
            "SELECT to_regclass('public.orders') IS NOT NULL, to_regclass('public.early') IS NULL"
        ),
        "t|t\n"
    );
}

#[test]
fn a_stop_in_the_middle_rolls_back() {
    let host = with_a_long_migration();
    let run = host.spawn(&format!("systemctl start {APPLY}"));
    host.await_that(&waits("ALTER TABLE public.snapshots"));
    host.must(&format!("systemctl stop {APPLY}"));
    assert_eq!(run.end().code, 1);
    assert_eq!(host.state(APPLY), "failed exit-code 42");
    assert_clean_prefix(&host);
    let told = host.told(&format!("-b -u {APPLY}"));
    assert_tells(
        &told,
        &[
            "'005_long.sql' was interrupted by SIGTERM; it was rolled back and left nothing",
            "interrupted (exit 42)",
        ],
    );
    let row =
        "SELECT event FROM public.dreichor_schema_migration_log WHERE version = '005_long.sql'";
    assert_eq!(host.sql("prod", row), "interrupted\n");
    release(&host);
    host.must(&format!("systemctl start {APPLY}"));
    assert_eq!(host.applied("prod"), format!("{SET}004_add_orders.sql\n005_long.sql\n"));
}

#[test]
fn two_operators_at_once_are_one_run() {
    let host = with_a_long_migration();
    let first = host.spawn(&format!("systemctl start {APPLY}"));
    host.await_that(&waits("ALTER TABLE public.snapshots"));
    // By the unit, the second joins the run that is under way; beside it, it is refused.
    let second = host.spawn(&format!("systemctl start {APPLY}"));
    let beside = host.run("dreichor-migrate-on prod apply");
    assert_eq!(beside.code, 22, "{beside:#?}");
    assert_tells(&format!("{}{}", beside.stdout, beside.stderr), &["another run"]);
    release(&host);
    assert_eq!((first.end().code, second.end().code), (0, 0));
    let told = host.told(&format!("-b -u {APPLY}"));
    assert_eq!(told.matches("applied '005_long.sql'").count(), 1, "{told}");
    assert_eq!(host.sql("prod", "SELECT count(*) FROM public.dreichor_schema_migration_log WHERE version = '005_long.sql'"), "1\n");
}

#[test]
fn a_gate_waits_for_the_migration_that_is_running() {
    let host = with_a_long_migration();
    let run = host.spawn(&format!("systemctl start {APPLY}"));
    host.await_that(&waits("ALTER TABLE public.snapshots"));
    let runtime = host.spawn(&format!("systemctl start {RUNTIME}"));
    host.await_that(&format!("systemctl list-jobs | grep -q '{GATE}.service *start *waiting'"));
    assert_eq!(host.starts("prod"), 0, "it started in the middle of a migration");
    assert_eq!(
        host.told(&format!("-b -u {GATE}")),
        "",
        "the gate was asked in the middle of a migration"
    );
    release(&host);
    assert_eq!((run.end().code, runtime.end().code), (0, 0));
    assert!(host.runtime_runs());
}

#[test]
fn migration_and_gate_started_together() {
    // The migration first: the gate waits for its end, though it was asked at the same moment.
    let host = Machine::host();
    let answer = host.run(&format!("systemctl start {APPLY} {GATE} {RUNTIME}"));
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert_eq!(host.applied("prod"), SET);
    assert!(host.runtime_runs());
    // The gate first: what it answers was true when it looked, and the migration is not disturbed.
    let host = Machine::host();
    let answer = host.run(&format!("systemctl start {GATE} {APPLY} {RUNTIME}"));
    assert_eq!(host.applied("prod"), SET);
    let told = host.told(&format!("-b -u {GATE}"));
    if answer.code == 0 {
        assert_tells(&told, &["the schema is compatible"]);
        assert!(host.runtime_runs());
    } else {
        assert_tells(&told, &["behind (exit 10)"]);
        assert_eq!(host.starts("prod"), 0);
    }
    host.must(&format!("systemctl start {RUNTIME}"));
}

#[test]
fn a_reboot_in_the_middle_leaves_a_clean_prefix() {
    for crash in [false, true] {
        let host = with_a_long_migration();
        host.enable_runtime();
        let run = host.spawn(&format!("systemctl start {APPLY}"));
        host.await_that(&waits("ALTER TABLE public.snapshots"));
        if crash {
            host.kill();
        } else {
            host.off();
        }
        let _its_session_ended_with_the_machine = run.end();
        host.on();
        assert_clean_prefix(&host);
        assert!(!host.runtime_runs(), "the runtime started on half a plan");
        assert_eq!(host.state(GATE), "failed exit-code 10");
        if !crash {
            let before = host.told(&format!("-b -1 -u {APPLY}"));
            assert_tells(&before, &["interrupted (exit 42)"]);
        }
        host.must(&format!("systemctl start {APPLY}"));
        assert_eq!(host.applied("prod"), format!("{SET}004_add_orders.sql\n005_long.sql\n"));
        host.must(&format!("systemctl start {RUNTIME}"));
    }
}
