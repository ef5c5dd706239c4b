//! `apply` through pgbouncer: it works or refuses with a reason, never runs without the lock
//! and never applies anything twice.

use crate::support::World;
use crate::support::program::Answer;
use crate::support::running::{Running, SOON};
use crate::support::service::Pooler;
use std::process::Command;

fn world() -> World {
    World::with(&[
        ("001_a.sql", "CREATE TABLE public.a (n integer);\nSET search_path = '';\n"),
        ("002_b.sql", "CREATE TABLE b ();\nCREATE TEMPORARY TABLE left_behind ();\n"),
        ("003_c.sql", "CREATE TABLE c ();\n"),
    ])
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

#[test]
fn session_and_transaction_pooling_carry_a_run() {
    for mode in ["session", "transaction"] {
        let world = world();
        let pooler = Pooler::start(&world, mode, 4);
        let answer = Answer::of(through(&world, pooler.port, &["apply"])).expect(0);
        assert_eq!(answer.json()["applied"].as_array().unwrap().len(), 3, "{mode}");
        assert_applied_once(&world);
        // The lock is given back although the pooler keeps its server connections.
        assert_eq!(
            world.sql(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND \
            database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            ),
            "0"
        );
        for arguments in [&["apply"][..], &["check"], &["status"], &["history", "--verify"]] {
            Answer::of(through(&world, pooler.port, arguments)).expect(0);
        }
        world.run(&["apply"]).expect(0);
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

/// One run through the pooler holds the lock in the only server connection; whoever is handed
/// the same one finds it locked by "itself" and must not believe it.
#[test]
fn a_lock_that_a_pooler_shares_is_not_believed() {
    for more in [&[][..], &["--wait", "10s"]] {
        let world = World::with(&[
            ("001_a.sql", "CREATE TABLE public.a ();\n"),
            ("002_b.sql", "SELECT pg_sleep(1);\nCREATE TABLE public.b ();\n"),
        ]);
        world.configure("policy = 'standard'");
        let pooler = Pooler::start(&world, "transaction", 1);
        let arguments = [&["apply"], more].concat();
        let runs: Vec<Running> =
            (0..3).map(|_| Running::start(through(&world, pooler.port, &arguments))).collect();
        let answers: Vec<Answer> = runs.into_iter().map(|run| run.end_within(SOON * 2)).collect();
        assert_eq!(world.applied(), ["001_a.sql", "002_b.sql"]);
        assert_eq!(world.logged(), ["applied:001_a.sql", "applied:002_b.sql"]);
        for answer in &answers {
            assert!(matches!(answer.code, 0 | 22), "{answers:#?}");
        }
        assert!(answers.iter().any(|answer| answer.code == 0), "{answers:#?}");
        world.run(&["apply"]).expect(0);
    }
}

#[test]
fn two_runs_through_a_pooler_and_one_beside_it_apply_everything_once() {
    for more in [&[][..], &["--wait", "20s"]] {
        let world = world();
        let pooler = Pooler::start(&world, "transaction", 2);
        let arguments = [&["apply"], more].concat();
        let direct = crate::support::server::port();
        let runs: Vec<Running> = [pooler.port, pooler.port, direct]
            .into_iter()
            .map(|port| Running::start(through(&world, port, &arguments)))
            .collect();
        let answers: Vec<Answer> = runs.into_iter().map(|run| run.end_within(SOON * 2)).collect();
        for answer in &answers {
            assert!(matches!(answer.code, 0 | 22), "{answers:#?}");
        }
        assert_applied_once(&world);
    }
}
