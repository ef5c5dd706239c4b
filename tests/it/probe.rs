//! `probe`: for every outcome one line of JSON that agrees with the exit code and with `check`,
//! by the runtime role's rights, and within its deadline whatever the server does.

use crate::support::World;
use crate::support::program::{Answer, binary};
use crate::support::proxy::{Act, Proxy, Toward};
use crate::support::running::{Running, SOON};
use crate::support::server::port;
use crate::support::service::free_port;
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use std::fs;
use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

const A: (&str, &str) = ("001_a.sql", "CREATE TABLE public.a ();\n");
const B: (&str, &str) = ("002_b.sql", "CREATE TABLE public.b ();\n");

/// Beyond the deadline: starting and ending a process on a machine that has other work.
const ENOUGH: Duration = Duration::from_secs(3);

/// The answer, which must be one line with all of its members, true to the exit code.
#[track_caller]
pub(crate) fn line(answer: &Answer) -> Value {
    assert_eq!(answer.stdout.matches('\n').count(), 1, "{answer:#?}");
    assert!(answer.stdout.ends_with('\n'), "{answer:#?}");
    let line = answer.json();
    assert_eq!(line["exit_code"], answer.code);
    assert_eq!(line["compatible"], answer.code == 0);
    if answer.code == 0 {
        assert_eq!(line["reason"], "the schema is compatible");
    } else {
        let gravest = &line["findings"][0];
        assert_eq!((&line["reason"], &line["remedy"]), (&gravest["message"], &gravest["remedy"]));
    }
    line
}

fn probing(world: &World, more: &[&str]) -> Command {
    let mut command = world.command(&[&["probe"], more].concat());
    command.env("DATABASE_URL", world.url("runtime"));
    command
}

#[track_caller]
fn probe(world: &World, more: &[&str], name: &str) -> Value {
    let line = line(&Answer::of(probing(world, more)));
    assert_eq!(line["code"], name, "{line:#}");
    line
}

/// With the first of two migrations applied, and both installed.
fn half_applied() -> World {
    let world = World::with(&[A]);
    world.run(&["apply"]).expect(0);
    world.write(B.0, B.1);
    world
}

/// Writes a requirement file of the release that is asked for.
fn requirement(world: &World, text: &str) -> String {
    let path = world.path().join("release.toml");
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn every_verdict_is_one_line_that_says_what_check_says() {
    let world = World::with(&[A, B]);
    let compared = |name: &str, more: &[&str]| {
        let line = probe(&world, more, name);
        let check = world.run_as_runtime(&[&["check", "--format", "json"], more].concat());
        let check = check.json();
        for member in ["code", "exit_code", "environment", "findings"] {
            assert_eq!(line[member], check[member], "{member}");
        }
        line
    };
    let never = compared("behind", &[]);
    assert_eq!(never["reason"], "the database was never migrated: it has no history table");
    assert_eq!(never["environment"], "prod");
    assert!(!world.has("public.dreichor_schema_migrations"), "asking made a table");
    world.run(&["apply"]).expect(0);
    let yes = compared("ok", &[]);
    assert_eq!((&yes["findings"], &yes["remedy"]), (&json!([]), &Value::Null));
    let old = requirement(&world, "requires = \"001_a.sql\"\n");
    compared("ahead", &["--requirement", &old]);
    let old = requirement(&world, "requires = \"001_a.sql\"\nsupports_up_to = \"002_b.sql\"\n");
    compared("ok", &["--requirement", &old]);
    let new = requirement(&world, "requires = \"003_c.sql\"\n");
    let behind = compared("behind", &["--requirement", &new]);
    assert_eq!(behind["findings"][0]["code"], "unknown-requirement");
    world.write(A.0, "CREATE TABLE public.another ();\n");
    compared("diverged", &[]);
    world.write(A.0, A.1);
    world.sql(&format!(
        "GRANT INSERT ON public.dreichor_schema_migrations TO {}_runtime",
        world.database
    ));
    compared("overprivileged", &[]);
    world.write("2.sql", "");
    compared("set-invalid", &[]);
}

#[test]
fn what_keeps_it_from_asking_is_one_line_too() {
    let world = half_applied();
    probe(&world, &["--requirement", "/nowhere/requirement.toml"], "config");
    let broken = requirement(&world, "requires = \"002_b.sql\nnothing\n");
    probe(&world, &["--requirement", &broken], "config");
    let empty = requirement(&world, "");
    probe(&world, &["--requirement", &empty], "config");
    probe(&world, &["--config", "/nowhere/migrate.toml"], "config");
    probe(&world, &["--migrations", "/nowhere"], "config");
    for (url, name) in [
        (None, "config"),
        (Some(world.url("runtime").replace("127.0.0.1", "10.9.9.9")), "config"),
        (Some(world.url("runtime").replace("canary", "wrong")), "denied"),
        (Some(world.url_at("runtime", free_port())), "unreachable"),
    ] {
        let mut command = probing(&world, &[]);
        command.env_remove("DATABASE_URL");
        if let Some(url) = url {
            command.env("DATABASE_URL", url);
        }
        let start = Instant::now();
        assert_eq!(line(&Answer::of(command))["code"], name);
        assert!(start.elapsed() < Duration::from_secs(5), "nothing of this is waited for");
    }
    crate::support::server::sql("postgres", &format!("DROP DATABASE {}", world.database));
    probe(&world, &[], "wrong-database");
}

#[test]
fn a_command_line_that_is_wrong_is_one_line_too() {
    for words in [
        &["probe"][..],
        &["probe", "--no-such-option"],
        &["--no-such-option", "probe"],
        &["--log", "nowhere", "--env", "prod", "probe"],
        &["--env", "prod", "probe", "and", "more"],
        &["--env", "prod", "probe", "--deadline", "0"],
        &["--env", "prod", "probe", "--deadline", "soon"],
        &["--env", "prod", "probe", "--requirement"],
        &["--env", "prod", "--format", "json", "probe", "--requires", "001_a.sql"],
    ] {
        let mut command = binary();
        command.args(words);
        let line = line(&Answer::of(command));
        assert_eq!(line["code"], "usage", "{words:?}");
        assert!(!line["reason"].as_str().unwrap().contains('\n'), "{line:#}");
    }
    // Of other commands nothing is taken for a probe.
    let mut command = binary();
    command.args(["new", "probe", "--no-such-option"]);
    assert_eq!(Answer::of(command).expect(2).stdout, "");
}

#[track_caller]
fn assert_late(world: &World, port: u16, more: &[&str], at: &str) {
    let mut command = probing(world, &[&["--deadline", "1s"], more].concat());
    command.env("DATABASE_URL", world.url_at("runtime", port));
    let start = Instant::now();
    let answer = Running::start(command).end_within(SOON);
    let took = start.elapsed();
    let line = line(&answer);
    assert_eq!(
        (&line["code"], &line["findings"][0]["code"]),
        (&"unreachable".into(), &"late".into())
    );
    assert_eq!(line["reason"], "the question about the schema had no answer within 1 s");
    assert!(took >= Duration::from_secs(1), "{at}: {took:?}");
    assert!(took < Duration::from_secs(1) + ENOUGH, "{at}: {took:?}");
}

#[test]
fn a_server_that_accepts_and_never_answers_is_unreachable_in_time() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    assert_late(&half_applied(), silent.local_addr().unwrap().port(), &[], "accepted");
}

#[test]
fn a_server_that_stalls_is_unreachable_in_time_wherever_it_stalls() {
    let world = half_applied();
    // Asked for a password, signed on, and in the middle of each answer.
    for (tag, number) in [(b'R', 1), (b'Z', 1), (b'D', 1), (b'D', 2), (b'C', 1), (b'Z', 2)] {
        let proxy = Proxy::start(port(), move |message| {
            let is_it =
                (message.toward, message.tag, message.number) == (Toward::Client, tag, number);
            if is_it { Act::Stall } else { Act::Pass }
        });
        assert_late(&world, proxy.port, &[], &format!("{} {number}", char::from(tag)));
        assert_eq!(proxy.connections(), 1, "it was asked again");
    }
}

#[test]
fn a_requirement_that_nobody_writes_is_not_waited_for() {
    let world = half_applied();
    let pipe = world.path().join("release.toml");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let pipe = pipe.display().to_string();
    assert_late(&world, port(), &["--requirement", &pipe], "pipe");
}

#[test]
fn a_signal_ends_it_with_its_line() {
    let world = half_applied();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = probing(&world, &["--deadline", "60s"]);
    command.env("DATABASE_URL", world.url_at("runtime", silent.local_addr().unwrap().port()));
    let run = Running::start(command);
    let _connection = silent.accept().unwrap();
    run.signal(Signal::SIGTERM);
    assert_eq!(line(&run.end_within(SOON).expect(42))["code"], "interrupted");
}
