//! Timeouts: a lock or a statement that takes too long ends the run with 41, names who was in
//! the way, and leaves nothing but its row.

use crate::support::World;
use crate::support::running::{Holding, Running, SOON, until};
use crate::support::server::{feed, psql};
use serde_json::Value;
use std::time::{Duration, Instant};

fn applied(settings: &str) -> World {
    let world = World::with(&[("001_a.sql", "CREATE TABLE public.a ();\n")]);
    world.run(&["apply"]).expect(0);
    world.configure(&format!("policy = 'standard'\n{settings}"));
    world
}

fn timed_out(world: &World) -> Value {
    let document = world.run(&["apply", "--format", "json"]).expect(41).json();
    assert_eq!((&document["code"], &document["exit_code"]), (&"timed-out".into(), &41.into()));
    assert_eq!(document["findings"][0]["code"], "timed-out");
    assert_eq!(document["remaining"], serde_json::json!(["002_b.sql"]));
    document
}

#[test]
fn a_lock_timeout_names_who_blocked() {
    let world = applied("lock_timeout = '1s'");
    world.write(
        "002_b.sql",
        "CREATE TABLE public.b ();\nALTER TABLE public.a ADD COLUMN n integer;\n",
    );
    let holder = Holding::open(
        &world.database,
        "nightly dump",
        "BEGIN; LOCK TABLE public.a IN ACCESS SHARE MODE;",
    );
    let start = Instant::now();
    let document = timed_out(&world);
    let took = start.elapsed();
    assert!(took > Duration::from_millis(900) && took < Duration::from_secs(4), "{took:?}");
    let failed = &document["failed"];
    assert_eq!((&failed["sqlstate"], &failed["statement"]), (&"55P03".into(), &2.into()));
    assert_eq!((&failed["line"], &failed["version"]), (&2.into(), &"002_b.sql".into()));
    let blocker = &failed["blockers"][0];
    assert_eq!(blocker["pid"], holder.backend);
    assert_eq!(
        (&blocker["application"], &blocker["role"]),
        (&"nightly dump".into(), &"postgres".into())
    );
    let lock = blocker["lock"].as_str().unwrap();
    assert!(lock.contains("AccessShareLock on") && lock.ends_with('a'), "{lock}");
    let message = document["findings"][0]["message"].as_str().unwrap();
    let named = format!("blocked by pid {} (nightly dump), role postgres", holder.backend);
    assert!(message.contains(&named) && message.contains("left nothing"), "{message}");
    // For people, too.
    let told = world.run(&["apply"]).expect(41);
    let said = format!("{}{}", told.stdout, told.stderr);
    assert!(
        said.contains(&format!("pid {}", holder.backend)) && said.contains("AccessShareLock"),
        "{said}"
    );
    assert!(!world.has("public.b"));
    assert_eq!(world.logged(), ["applied:001_a.sql", "failed:002_b.sql", "failed:002_b.sql"]);
    drop(holder);
    world.run(&["apply"]).expect(0);
    world.run(&["history", "--verify"]).expect(0);
}

#[test]
fn every_blocker_is_named_with_its_role() {
    let world = applied("lock_timeout = '600ms'");
    world.write("002_b.sql", "ALTER TABLE public.a ADD COLUMN n integer;\n");
    let runtime = format!("{}_runtime", world.database);
    let first = format!("SET ROLE {runtime}; BEGIN; SELECT count(*) FROM public.a;");
    let holders = [
        Holding::open(&world.database, "service", &first),
        Holding::open(&world.database, "report", "BEGIN; LOCK TABLE public.a IN SHARE MODE;"),
    ];
    let document = timed_out(&world);
    let mut pids: Vec<_> = document["failed"]["blockers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["pid"].as_i64())
        .collect();
    pids.sort_unstable();
    let mut expected: Vec<_> = holders.iter().map(|it| Some(i64::from(it.backend))).collect();
    expected.sort_unstable();
    assert_eq!(pids, expected, "{document}");
}

#[test]
fn a_statement_timeout_is_told_from_a_cancellation() {
    let world = applied("statement_timeout = '500ms'");
    world.write("002_b.sql", "CREATE TABLE public.b ();\nSELECT pg_sleep(60);\n");
    let document = timed_out(&world);
    assert_eq!(document["failed"]["sqlstate"], "57014");
    assert_eq!(document["failed"]["blockers"], serde_json::json!([]));
    assert!(!world.has("public.b"));
    assert_eq!(world.logged(), ["applied:001_a.sql", "failed:002_b.sql"]);
    let row =
        "SELECT sqlstate, message FROM public.dreichor_schema_migration_log WHERE event = 'failed'";
    assert_eq!(world.sql(row), "57014|canceling statement due to statement timeout");
    // Somebody else's cancel request is a failure, not a timeout.
    world.configure("policy = 'standard'");
    let run = Running::start(world.command(&["apply", "--format", "json"]));
    let mut cancelled = String::new();
    until("the statement runs", || {
        let cancel = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity \
            WHERE wait_event = 'PgSleep' AND datname = current_database();";
        cancelled = feed(psql(&world.database), cancel).unwrap();
        !cancelled.is_empty()
    });
    let document = run.end_within(SOON).expect(40).json();
    assert_eq!(document["failed"]["sqlstate"], "57014");
    // And a backend that somebody ends is a lost connection, of which nothing is left.
    let run = Running::start(world.command(&["apply", "--format", "json"]));
    until("the statement runs", || {
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
            WHERE wait_event = 'PgSleep' AND datname = current_database();";
        !feed(psql(&world.database), end).unwrap().is_empty()
    });
    let answer = run.end_within(SOON).expect(40);
    assert_eq!(answer.findings(), ["connection-lost"]);
    assert!(answer.stdout.contains("57P01"), "{answer:#?}");
    assert!(!world.has("public.b"));
}

#[test]
fn a_file_may_set_its_own_limits_and_the_next_file_has_ours() {
    let world = applied("lock_timeout = '1s'\nstatement_timeout = '30s'");
    world.write("002_b.sql", "SET statement_timeout = '100ms';\nSET lock_timeout = 0;\n");
    world.write(
        "003_c.sql",
        "SELECT pg_sleep(0.3);\nCREATE TABLE public.limits AS \
         SELECT current_setting('lock_timeout') AS l, current_setting('statement_timeout') AS s;\n",
    );
    world.run(&["apply"]).expect(0);
    assert_eq!(world.sql("SELECT l, s FROM public.limits"), "1s|30s");
}

#[test]
fn a_lock_timeout_of_our_own_statements_is_a_timeout_as_well() {
    let world = applied("lock_timeout = '300ms'");
    world.write("002_b.sql", "CREATE TABLE public.b ();\n");
    let holder = Holding::open(
        &world.database,
        "somebody",
        "BEGIN; LOCK TABLE public.dreichor_schema_migrations IN SHARE MODE;",
    );
    let document = timed_out(&world);
    assert_eq!(document["failed"]["sqlstate"], "55P03");
    assert_eq!(document["failed"]["blockers"][0]["pid"], holder.backend, "{document}");
    assert!(!world.has("public.b"));
}
