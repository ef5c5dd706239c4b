//! Only one run at a time for each database: who comes second refuses at once or waits, names
//! who is first, and nothing is applied twice. Who only reads never waits and never blocks.

use crate::support::World;
use crate::support::program::Answer;
use crate::support::running::{Holding, Running, SOON, until};
use dreichor_migrate::store::postgres::LOCK_KEY;
use std::time::{Duration, Instant};

/// The first migration takes so long that every other run meets it.
fn world() -> World {
    let world = World::with(&[
        ("001_a.sql", "SELECT pg_sleep(1.5);\nCREATE TABLE public.a ();\n"),
        ("002_b.sql", "CREATE TABLE public.b ();\n"),
    ]);
    world.configure("policy = 'standard'");
    world
}

fn together(world: &World, count: usize, arguments: &[&str]) -> Vec<Answer> {
    let arguments = [arguments, &["--format", "json"]].concat();
    let runs: Vec<Running> =
        (0..count).map(|_| Running::start(world.command(&arguments))).collect();
    runs.into_iter().map(|run| run.end_within(SOON * 2)).collect()
}

#[test]
fn of_concurrent_first_runs_one_applies_and_the_others_name_it() {
    for count in [2, 8] {
        let world = world();
        let answers = together(&world, count, &["apply"]);
        let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.code == 0);
        assert_eq!(won.len(), 1, "{answers:#?}");
        assert_eq!(won[0].json()["applied"].as_array().unwrap().len(), 2);
        for answer in lost {
            assert_eq!((answer.code, answer.findings()), (22, vec!["busy".to_owned()]));
            assert_names_a_holder(answer, &format!("{}_migrator", world.database));
        }
        assert_eq!(world.logged(), ["applied:001_a.sql", "applied:002_b.sql"]);
        assert_eq!(world.applied(), ["001_a.sql", "002_b.sql"]);
    }
}

/// Who holds the lock: pid, application name, role, since when.
#[track_caller]
fn assert_names_a_holder(answer: &Answer, role: &str) {
    let document = answer.json();
    let message = document["findings"][0]["message"].as_str().unwrap();
    let application = concat!("(dreichor-migrate ", env!("CARGO_PKG_VERSION"), " prod)");
    for part in [": pid ", application, &format!("role {role}"), "since 20"] {
        assert!(message.contains(part), "no '{part}': {message}");
    }
}

#[test]
fn who_waits_finds_everything_applied() {
    for count in [2, 8] {
        let world = world();
        let answers = together(&world, count, &["apply", "--wait", "30s"]);
        let mut applied = 0;
        for answer in &answers {
            assert_eq!(answer.code, 0, "{answers:#?}");
            applied += answer.json()["applied"].as_array().unwrap().len();
        }
        assert_eq!(applied, 2, "{answers:#?}");
        assert_eq!(world.logged(), ["applied:001_a.sql", "applied:002_b.sql"]);
        world.run(&["history", "--verify"]).expect(0);
    }
}

#[test]
fn a_holder_of_any_kind_is_named_and_waiting_ends_in_time() {
    let world = World::with(&[("001_a.sql", "CREATE TABLE public.a ();\n")]);
    let lock = format!("SELECT pg_advisory_lock({LOCK_KEY});");
    let holder = Holding::open(&world.database, "a forgotten psql", &lock);
    let named = format!("pid {} (a forgotten psql), role postgres", holder.backend);
    for (arguments, shortest) in [
        (&["apply"][..], Duration::ZERO),
        (&["baseline"], Duration::ZERO),
        (&["apply", "--wait", "1s"], Duration::from_secs(1)),
        (&["apply", "--wait", "0"], Duration::ZERO),
    ] {
        let start = Instant::now();
        let answer = world.run(&[arguments, &["--format", "json"]].concat()).expect(22);
        let took = start.elapsed();
        assert!(took >= shortest && took < shortest + Duration::from_secs(2), "{took:?}");
        let message = answer.json()["findings"][0]["message"].to_string();
        assert!(message.contains(&named), "{message}");
        assert_eq!(
            message.contains("after 1 s of waiting"),
            shortest > Duration::ZERO,
            "{message}"
        );
    }
    // Who waits longer is told who is first, and goes on as soon as the lock is free.
    let run = Running::start(world.command(&["apply", "--wait", "30s"]));
    until("the run waits", || {
        world.sql(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND \
            database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        ) == "1"
    });
    drop(holder);
    let answer = run.end_within(Duration::from_secs(5)).expect(0);
    assert!(answer.stderr.contains(&named), "{answer:#?}");
    assert_eq!(world.applied(), ["001_a.sql"]);
}

#[test]
fn the_lock_of_another_database_is_another_lock() {
    let world = World::with(&[("001_a.sql", "CREATE TABLE public.a ();\n")]);
    let lock = format!("SELECT pg_advisory_lock({LOCK_KEY});");
    let _elsewhere = Holding::open("postgres", "x", &lock);
    // The same number in the other form, in two halves, is another lock as well.
    let halves =
        format!("SELECT pg_advisory_lock({}, {});", LOCK_KEY >> 32, LOCK_KEY & 0x7fff_ffff);
    let _halves = Holding::open(&world.database, "x", &halves);
    world.run(&["apply"]).expect(0);
}

#[test]
fn readers_neither_wait_for_a_run_nor_hold_it_up() {
    let world = World::with(&[("001_a.sql", "CREATE TABLE public.a ();\n")]);
    world.run(&["apply"]).expect(0);
    world.configure("policy = 'standard'");
    // It holds the strictest lock on a table, and has written nothing of the history yet.
    world
        .write("002_b.sql", "LOCK TABLE public.a IN ACCESS EXCLUSIVE MODE;\nSELECT pg_sleep(3);\n");
    let start = Instant::now();
    let run = Running::start(world.command(&["apply"]));
    until("the migration runs", || {
        world.sql(
            "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND \
            relation = 'public.a'::regclass AND granted",
        ) == "1"
    });
    for (arguments, code) in [
        (&["check"][..], 10),
        (&["status"], 0),
        (&["plan"], 0),
        (&["history"], 0),
        (&["history", "--verify"], 0),
        (&["baseline", "--dry-run"], 0),
    ] {
        let start = Instant::now();
        world.run(arguments).expect(code);
        let took = start.elapsed();
        assert!(took < Duration::from_millis(1000), "{arguments:?} took {took:?}");
    }
    assert!(run.is_under_way(), "the readers waited for the run");
    // A reader that stays in its transaction does not hold the run up either.
    let _reader = Holding::open(
        &world.database,
        "reader",
        "BEGIN; SELECT count(*) FROM public.dreichor_schema_migrations;",
    );
    run.end_within(SOON).expect(0);
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    assert_eq!(world.applied(), ["001_a.sql", "002_b.sql"]);
}

#[test]
fn a_killed_run_leaves_no_lock() {
    let world = World::with(&[("001_a.sql", "CREATE TABLE public.a ();\nSELECT pg_sleep(60);\n")]);
    world.configure("policy = 'standard'");
    let run = Running::start(world.command(&["apply"]));
    until("the migration runs", || {
        world.sql(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND \
            datname = current_database()",
        ) == "1"
    });
    drop(run);
    // The server notices within its check interval of a second.
    until("the backend is gone", || {
        world.sql(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND \
            application_name LIKE 'dreichor%'",
        ) == "0"
    });
    world.write("001_a.sql", "CREATE TABLE public.a ();\n");
    world.run(&["apply"]).expect(0);
    assert_eq!(world.logged(), ["applied:001_a.sql"]);
}
