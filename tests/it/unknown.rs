//! A connection that is lost while a commit is on its way: what became of it is read back, and
//! said as it is; what cannot be learnt is *unknown* (design section 2, rule 7).

use crate::support::World;
use crate::support::program::Answer;
use crate::support::proxy::{Act, Message, Proxy, STARTUP, Toward};
use crate::support::server::port;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const TABLE: &str = "CREATE TABLE public.cut_here ();\n";

/// Where the connection is lost.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// The server never gets the COMMIT.
    Before,
    /// The server carries it out; its answer is lost.
    After,
}

/// What becomes of connections that come after the loss.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    Accept,
    Refuse,
}

/// Applies through a proxy that cuts the line, once, at the COMMIT of the table above.
fn cut(world: &World, cut: Cut, then: Then) -> (Answer, Duration) {
    let done = Arc::new(AtomicBool::new(false));
    let mut armed = false;
    let has_cut = Arc::clone(&done);
    let proxy = Proxy::start(port(), move |message: &Message| {
        if done.load(Ordering::SeqCst) {
            let refused = then == Then::Refuse && message.tag == STARTUP;
            return if refused { Act::CutBefore } else { Act::Pass };
        }
        armed |= message.is_query_with("public.cut_here");
        let (toward, tag) = match cut {
            Cut::Before => (Toward::Server, b'Q'),
            Cut::After => (Toward::Client, b'C'),
        };
        let here = (message.toward, message.tag) == (toward, tag) && message.body == b"COMMIT\0";
        if armed && here {
            done.store(true, Ordering::SeqCst);
            return Act::CutBefore;
        }
        Act::Pass
    });
    let mut command = world.command(&["apply", "--format", "json"]);
    command.env("DATABASE_URL", world.url_at("migrator", proxy.port));
    let start = Instant::now();
    let answer = Answer::of(command);
    assert!(has_cut.load(Ordering::SeqCst), "{answer:#?}");
    (answer, start.elapsed())
}

#[test]
fn a_commit_that_was_carried_out_is_read_back_as_applied() {
    let world = World::with(&[("001_a.sql", TABLE)]);
    let (answer, _) = cut(&world, Cut::After, Then::Accept);
    let document = answer.expect(0).json();
    assert_eq!(document["applied"][0]["version"], "001_a.sql");
    assert_eq!(document["remaining"].as_array().unwrap().len(), 0);
    let message = document["findings"][0]["message"].as_str().unwrap();
    assert!(message.contains("lost at commit") && message.contains("is applied"), "{message}");
    assert!(world.has("public.cut_here"));
    assert_eq!(world.logged(), ["applied:001_a.sql"]);
    world.run(&["check"]).expect(0);
}

#[test]
fn a_run_whose_connection_is_gone_applies_nothing_more() {
    let world = World::with(&[
        ("001_a.sql", TABLE),
        ("002_b.sql", "CREATE TABLE public.b ();\n"),
        ("003_c.sql", "CREATE TABLE public.c ();\n"),
    ]);
    let (answer, _) = cut(&world, Cut::After, Then::Accept);
    let document = answer.expect(40).json();
    assert_eq!(document["applied"][0]["version"], "001_a.sql");
    assert_eq!(document["failed"]["version"], "002_b.sql");
    assert_eq!(document["remaining"], serde_json::json!(["002_b.sql", "003_c.sql"]));
    assert_eq!(document["findings"][0]["code"], "connection-lost");
    assert_eq!(world.applied(), ["001_a.sql"]);
    // What remains is applied by the next act of the operator, and nothing twice.
    world.run(&["apply"]).expect(0);
    assert_eq!(world.logged(), ["applied:001_a.sql", "applied:002_b.sql", "applied:003_c.sql"]);
    world.run(&["history", "--verify"]).expect(0);
}

#[test]
fn a_commit_that_never_arrived_left_nothing() {
    for atomic in ["migration", "plan"] {
        let world = World::with(&[("001_a.sql", TABLE)]);
        world.configure(&format!("atomic = '{atomic}'"));
        let (answer, _) = cut(&world, Cut::Before, Then::Accept);
        let document = answer.expect(40).json();
        assert_eq!(document["findings"][0]["code"], "connection-lost");
        assert_eq!(document["applied"].as_array().unwrap().len(), 0);
        assert_eq!(document["remaining"], serde_json::json!(["001_a.sql"]));
        assert!(!world.has("public.cut_here"));
        assert!(world.applied().is_empty());
        world.run(&["apply"]).expect(0);
        assert_eq!(world.applied(), ["001_a.sql"]);
    }
}

#[test]
fn a_plan_that_was_committed_whole_is_read_back_whole() {
    let world = World::with(&[("001_a.sql", TABLE), ("002_b.sql", "CREATE TABLE public.b ();\n")]);
    world.configure("atomic = 'plan'");
    let (answer, _) = cut(&world, Cut::After, Then::Accept);
    let document = answer.expect(0).json();
    assert_eq!(document["applied"].as_array().unwrap().len(), 2);
    assert_eq!(world.logged(), ["applied:001_a.sql", "applied:002_b.sql"]);
}

#[test]
pub(crate) fn an_outcome_that_cannot_be_learnt_is_unknown() {
    let world = World::with(&[("001_a.sql", TABLE), ("002_b.sql", "CREATE TABLE public.b ();\n")]);
    let (answer, took) = cut(&world, Cut::After, Then::Refuse);
    let document = answer.expect(43).json();
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert_eq!((&document["code"], &document["exit_code"]), (&"unknown".into(), &43.into()));
    assert_eq!(document["applied"].as_array().unwrap().len(), 0);
    assert_eq!(document["failed"]["version"], "001_a.sql");
    assert_eq!(document["remaining"], serde_json::json!(["001_a.sql", "002_b.sql"]));
    let finding = &document["findings"][0];
    assert_eq!(
        (&finding["code"], &finding["subject"]),
        (&"commit-unknown".into(), &"001_a.sql".into())
    );
    assert!(finding["remedy"].as_str().unwrap().contains("dreichor-migrate status"), "{finding}");
    // As the remedy says: what it lists as applied is applied.
    let status = world.run(&["status", "--format", "json"]).expect(0).json();
    assert_eq!(status["applied"][0]["version"], "001_a.sql");
    assert_eq!(status["pending"][0]["version"], "002_b.sql");
}
