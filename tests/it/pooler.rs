//! Through pgbouncer: a pooler in session mode carries a run; one that shares its server
//! connections is refused with a reason before anything is written, and leaves no lock behind.

use crate::support::World;
use crate::support::program::Answer;
use crate::support::running::{Running, SOON, until};
use crate::support::server::{feed, psql};
use crate::support::service::Pooler;
use std::process::Command;

fn world() -> World {
    World::with(&[
        ("001_a.sql", "CREATE TABLE public.a (n integer);\nSET search_path = '';\n"),
        ("002_b.sql", "CREATE TABLE b ();\nCREATE TEMPORARY TABLE left_behind ();\n"),
        ("003_c.sql", "CREATE TABLE c ();\n"),
    ])
}

/// So slow that every other run meets it.
fn slow() -> World {
    let world = World::with(&[
        ("001_a.sql", "CREATE TABLE public.a ();\n"),
        ("002_b.sql", "SELECT pg_sleep(1);\nCREATE TABLE public.b ();\n"),
    ]);
    world.configure("policy = 'standard'");
    world
}

fn through(world: &World, port: u16, arguments: &[&str]) -> Command {
    let mut command = world.command(&[arguments, &["--format", "json"]].concat());
    command.env("DATABASE_URL", world.url_at("migrator", port));
    command
}

fn assert_applied_once(world: &World) {
    assert_eq!(world.applied(), ["001_a.sql", "002_b.sql", "003_c.sql"]);
    assert_eq!(world.logged(), ["applied:001_a.sql", "applied:002_b.sql", "applied:003_c.sql"]);
    world.run(&["history", "--verify"]).expect(0);
    world.run(&["check"]).expect(0);
}

fn advisory_locks(world: &World) -> String {
    world.sql(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND \
         database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    )
}

#[test]
fn session_pooling_carries_a_run() {
    // With a single server connection there is none for a second look.
    for size in [4, 1] {
        let world = world();
        let pooler = Pooler::start(&world, "session", size);
        let answer = Answer::of(through(&world, pooler.port, &["apply"])).expect(0);
        assert_eq!(answer.json()["applied"].as_array().unwrap().len(), 3);
        assert_applied_once(&world);
        assert_eq!(advisory_locks(&world), "0");
        for arguments in [&["apply"][..], &["check"], &["status"], &["history", "--verify"]] {
            Answer::of(through(&world, pooler.port, arguments)).expect(0);
        }
    }
}

#[test]
fn two_runs_through_session_pooling_know_of_each_other() {
    let world = slow();
    let pooler = Pooler::start(&world, "session", 4);
    let runs: Vec<Running> =
        (0..2).map(|_| Running::start(through(&world, pooler.port, &["apply"]))).collect();
    let answers: Vec<Answer> = runs.into_iter().map(|run| run.end_within(SOON)).collect();
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.code == 0);
    assert_eq!((won.len(), lost.len()), (1, 1), "{answers:#?}");
    assert_eq!((lost[0].code, lost[0].findings()), (22, vec!["busy".to_owned()]));
    // Who was refused has left nothing in the pooler's server connections.
    Answer::of(through(&world, pooler.port, &["apply"])).expect(0);
}

#[test]
fn transaction_pooling_is_refused_to_whoever_writes_and_carries_whoever_reads() {
    let world = world();
    let poolers = [Pooler::start(&world, "transaction", 4), Pooler::that_resets(&world)];
    for pooler in &poolers {
        for arguments in [&["apply"][..], &["apply", "--wait", "5s"], &["baseline"]] {
            let answer = Answer::of(through(&world, pooler.port, arguments)).expect(22);
            assert_eq!(answer.findings(), ["pooled"]);
            assert!(answer.stdout.contains("session mode"), "{answer:#?}");
        }
        assert_eq!(advisory_locks(&world), "0");
        assert!(!world.has("public.dreichor_schema_migrations"));
        Answer::of(through(&world, pooler.port, &["check"])).expect(10);
    }
    world.run(&["apply"]).expect(0);
    for pooler in &poolers {
        for arguments in [&["check"][..], &["status"], &["plan"], &["history", "--verify"]] {
            Answer::of(through(&world, pooler.port, arguments)).expect(0);
        }
    }
}

#[test]
fn statement_pooling_is_refused_and_says_why() {
    let world = world();
    let pooler = Pooler::start(&world, "statement", 4);
    for command in ["apply", "check"] {
        let answer = Answer::of(through(&world, pooler.port, &[command])).expect(22);
        assert_eq!(answer.findings(), ["pooled"]);
        let message = answer.json()["findings"][0]["message"].to_string();
        assert!(message.contains("pooler") && message.contains("transaction blocks"), "{message}");
    }
    assert!(!world.has("public.a") && !world.has("public.dreichor_schema_migrations"));
}

/// However the pooler hands out its server connections, nothing is applied twice, and no lock
/// outlives the server connection in which it was taken.
#[test]
fn runs_at_once_through_a_pooler_and_beside_it_apply_everything_once() {
    for (size, more) in [(1, &[][..]), (2, &[]), (2, &["--wait", "20s"]), (4, &["--wait", "20s"])] {
        let world = slow();
        let pooler = Pooler::start(&world, "transaction", size);
        let arguments = [&["apply"], more].concat();
        let direct = crate::support::server::port();
        let runs: Vec<Running> = [pooler.port, pooler.port, pooler.port, direct]
            .into_iter()
            .map(|port| Running::start(through(&world, port, &arguments)))
            .collect();
        for run in runs {
            let answer = run.end_within(SOON * 2);
            // Where so many come at once, one may find out that it is pooled only when it has
            // the lock: it then ends with 40 and has left nothing.
            let pooled = answer.code == 40 && answer.stdout.contains("connection pooler");
            assert!(matches!(answer.code, 0 | 22) || pooled, "{answer:#?}");
        }
        drop(pooler);
        until("no lock is left", || advisory_locks(&world) == "0");
        world.run(&["apply"]).expect(0);
        assert_eq!(world.logged(), ["applied:001_a.sql", "applied:002_b.sql"]);
        assert_eq!(world.applied(), ["001_a.sql", "002_b.sql"]);
    }
}

/// Whoever is handed the server session after a reader finds it as it was.
#[test]
fn a_reader_leaves_no_setting_behind() {
    let world = world();
    world.run(&["apply"]).expect(0);
    // One server session, so that the next client is sure to be handed the same one.
    let pooler = Pooler::start(&world, "transaction", 1);
    for arguments in [&["check"][..], &["status"], &["plan"], &["history", "--verify"]] {
        Answer::of(through(&world, pooler.port, arguments)).expect(0);
        let mut next = psql(&world.database);
        next.args(["-d", &world.url_at("migrator", pooler.port)]).env_remove("PGOPTIONS");
        let left = feed(
            next,
            "SELECT name, setting FROM pg_settings WHERE name IN ('lock_timeout', \
             'statement_timeout', 'search_path', 'client_connection_check_interval') AND \
             setting IS DISTINCT FROM reset_val",
        );
        assert_eq!(left, Ok(String::new()), "{arguments:?}");
    }
}
