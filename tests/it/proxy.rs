//! The proxy of these tests does what it is asked: a tool that cut nothing would prove nothing.

use crate::support::World;
use crate::support::proxy::{Act, Proxy, STARTUP, Toward};
use crate::support::server::port;
use std::sync::mpsc::channel;
use std::time::Duration;

fn world() -> World {
    World::with(&[("001_a.sql", "CREATE TABLE public.a ();")])
}

#[test]
fn messages_are_numbered_by_type_direction_and_connection() {
    let world = world();
    let (tell, told) = channel();
    let proxy = Proxy::start(port(), move |message| {
        tell.send((message.connection, message.toward, message.tag, message.number)).unwrap();
        Act::Pass
    });
    world.run_at(proxy.port, &["status"]).expect(0);
    world.run_at(proxy.port, &["status"]).expect(0);
    assert_eq!(proxy.connections(), 2);
    drop(proxy);
    let seen: Vec<_> = told.iter().collect();
    for connection in [1, 2] {
        assert!(seen.contains(&(connection, Toward::Server, STARTUP, 1)), "{seen:?}");
        let queries =
            seen.iter().filter(|it| (it.0, it.1, it.2) == (connection, Toward::Server, b'Q'));
        let numbers: Vec<usize> = queries.map(|it| it.3).collect();
        assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>());
        assert!(seen.contains(&(connection, Toward::Client, b'Z', numbers.len())), "{seen:?}");
    }
}

#[test]
fn what_is_cut_before_never_arrives_and_what_is_cut_after_does() {
    for (arrives, waits) in [(false, "before"), (true, "after")] {
        let world = world();
        let proxy = Proxy::start(port(), move |message| {
            match message.is_query_with("CREATE TABLE public.dreichor_schema_migrations") {
                true if arrives => Act::CutAfter,
                true => Act::CutBefore,
                false => Act::Pass,
            }
        });
        let answer = world.run_at(proxy.port, &["apply"]);
        assert_ne!(answer.code, 0, "{waits}: {answer:#?}");
        // Its transaction never committed, whether it arrived or not.
        assert_eq!(world.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0");
    }
}

#[test]
fn what_is_stalled_waits_until_it_is_let_go() {
    let world = world();
    let (tell, told) = channel();
    let proxy = Proxy::start(port(), move |message| {
        if !message.is_query_with("CREATE TABLE public.a ()") {
            return Act::Pass;
        }
        tell.send(()).unwrap();
        Act::Stall
    });
    let mut command = world.command(&["apply"]);
    command.env("DATABASE_URL", world.url_at("migrator", proxy.port));
    let mut child = command.spawn().unwrap();
    told.recv_timeout(Duration::from_secs(30)).unwrap();
    proxy.refuse();
    assert!(!world.has("public.a"));
    assert!(child.try_wait().unwrap().is_none(), "it did not wait");
    proxy.resume();
    assert!(child.wait().unwrap().success());
    assert!(world.has("public.a"));
    // The port is closed by now.
    world.run_at(proxy.port, &["status"]).expect(30);
}
