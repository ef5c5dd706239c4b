//! Signals: whatever `apply` is doing, it ends soon with 42, the statement is cancelled on the
//! server, the migration is rolled back and the log says so.

use crate::support::World;
use crate::support::program::Answer;
use crate::support::running::{Holding, Running, SOON, until};
use dreichor_migrate::store::postgres::LOCK_KEY;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::time::{Duration, Instant};

const SIGNALS: [(Signal, &str); 3] =
    [(Signal::SIGTERM, "SIGTERM"), (Signal::SIGINT, "SIGINT"), (Signal::SIGHUP, "SIGHUP")];

/// "A few seconds": cancelled at once, but the machine may be busy.
const FEW: Duration = Duration::from_secs(6);

fn long() -> World {
    let world = World::with(&[
        ("001_a.sql", "CREATE TABLE public.a ();\n"),
        ("002_b.sql", "CREATE TABLE public.b ();\nSELECT pg_sleep(60);\n"),
        ("003_c.sql", "CREATE TABLE public.c ();\n"),
    ]);
    world.configure("policy = 'standard'");
    world
}

fn start(world: &World, more: &[&str]) -> Running {
    Running::start(world.command(&[&["apply", "--format", "json"], more].concat()))
}

fn until_seen(world: &World, what: &str) {
    until(what, || {
        world.sql(&format!(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
             AND application_name LIKE 'dreichor-migrate%' AND {what}"
        )) == "1"
    });
}

fn assert_no_backend(world: &World) {
    until("no backend is left", || {
        world.sql(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
             AND application_name LIKE 'dreichor-migrate%'",
        ) == "0"
    });
}

/// What every interrupted run says.
#[track_caller]
fn assert_interrupted(answer: Answer, signal: &str) -> serde_json::Value {
    let document = answer.expect(42).json();
    assert_eq!((&document["code"], &document["exit_code"]), (&"interrupted".into(), &42.into()));
    let finding = &document["findings"][0];
    assert_eq!(finding["code"], "interrupted");
    assert!(finding["message"].as_str().unwrap().contains(signal), "{finding}");
    document
}

#[test]
fn a_long_statement_is_cancelled_on_the_server() {
    for (signal, name) in SIGNALS {
        let world = long();
        let run = start(&world, &[]);
        until_seen(&world, "wait_event = 'PgSleep'");
        run.signal(signal);
        let document = assert_interrupted(run.end_within(FEW), name);
        assert_eq!(document["applied"][0]["version"], "001_a.sql");
        assert_eq!(document["failed"]["version"], "002_b.sql");
        assert_eq!(document["remaining"], serde_json::json!(["002_b.sql", "003_c.sql"]));
        assert_no_backend(&world);
        assert!(world.has("public.a") && !world.has("public.b") && !world.has("public.c"));
        assert_eq!(world.logged(), ["applied:001_a.sql", "interrupted:002_b.sql"]);
        let row = "SELECT sqlstate, message FROM public.dreichor_schema_migration_log \
            WHERE event = 'interrupted'";
        assert_eq!(world.sql(row), format!("57014|{name}"));
        // Nothing is in doubt: the next act goes on from there.
        world.write("002_b.sql", "CREATE TABLE public.b ();\n");
        world.run(&["apply"]).expect(0);
        world.run(&["history", "--verify"]).expect(0);
    }
}

#[test]
fn all_or_nothing_stays_nothing() {
    let world = long();
    let run = start(&world, &["--atomic", "plan"]);
    until_seen(&world, "wait_event = 'PgSleep'");
    run.signal(Signal::SIGTERM);
    let document = assert_interrupted(run.end_within(FEW), "SIGTERM");
    assert_eq!(document["applied"].as_array().unwrap().len(), 0);
    assert_eq!(document["remaining"].as_array().unwrap().len(), 3);
    assert!(!world.has("public.a") && world.applied().is_empty());
    assert_eq!(world.logged(), ["interrupted:002_b.sql"]);
}

#[test]
fn waiting_for_a_table_is_ended() {
    let world = World::with(&[("001_a.sql", "CREATE TABLE public.a ();\n")]);
    world.run(&["apply"]).expect(0);
    world.configure("lock_timeout = '0'");
    world.write("002_b.sql", "ALTER TABLE public.a ADD COLUMN n integer;\n");
    let _holder = Holding::open(&world.database, "x", "BEGIN; LOCK TABLE public.a;");
    let run = start(&world, &[]);
    until_seen(&world, "wait_event_type = 'Lock'");
    run.signal(Signal::SIGTERM);
    assert_interrupted(run.end_within(FEW), "SIGTERM");
    assert_no_backend(&world);
    assert_eq!(world.logged(), ["applied:001_a.sql", "interrupted:002_b.sql"]);
}

#[test]
fn waiting_for_another_run_is_ended() {
    for command in ["apply", "baseline"] {
        let world = World::with(&[("001_a.sql", "CREATE TABLE public.a ();\n")]);
        let lock = format!("SELECT pg_advisory_lock({LOCK_KEY});");
        let _holder = Holding::open(&world.database, "x", &lock);
        let run = Running::start(world.command(&[command, "--format", "json", "--wait", "60s"]));
        until_seen(&world, "wait_event_type = 'Lock'");
        run.signal(Signal::SIGTERM);
        assert_interrupted(run.end_within(FEW), "SIGTERM");
        assert_no_backend(&world);
        assert!(!world.has("public.dreichor_schema_migrations"));
    }
}

#[test]
fn connecting_to_a_silent_server_is_ended() {
    let world = long();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    for arguments in
        [&["apply"][..], &["check", "--connect-deadline", "60s"], &["status"], &["baseline"]]
    {
        let mut command = world.command(&[arguments, &["--format", "json"]].concat());
        command
            .env("DATABASE_URL", format!("{}?connect_timeout=60", world.url_at("migrator", port)));
        let run = Running::start(command);
        let _connection = silent.accept().unwrap();
        run.signal(Signal::SIGINT);
        assert_interrupted(run.end_within(FEW), "SIGINT");
    }
}

/// Stops a backend, so that it can neither work nor hear of a cancel request.
struct Stopped(Pid);

impl Stopped {
    fn backend_of(world: &World) -> Self {
        let pid = world.sql(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() \
             AND application_name LIKE 'dreichor-migrate%'",
        );
        let pid = Pid::from_raw(pid.parse().expect("one backend"));
        kill(pid, Signal::SIGSTOP).expect("the tests may stop the server's processes");
        Self(pid)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ended_meanwhile = kill(self.0, Signal::SIGCONT);
    }
}

#[test]
fn a_server_that_does_not_answer_is_given_up_and_a_second_signal_ends_at_once() {
    for second in [false, true] {
        let world = long();
        let run = start(&world, &[]);
        until_seen(&world, "wait_event = 'PgSleep'");
        let stopped = Stopped::backend_of(&world);
        run.signal(Signal::SIGTERM);
        let begun = Instant::now();
        if second {
            // Two signals at the same time are one.
            std::thread::sleep(Duration::from_millis(300));
            run.signal(Signal::SIGINT);
        }
        let answer = run.end_within(SOON);
        let limit = Duration::from_secs(if second { 3 } else { 9 });
        assert!(begun.elapsed() < limit, "{:?}", begun.elapsed());
        let document = assert_interrupted(answer, "SIGTERM");
        assert_eq!(document["failed"]["version"], "002_b.sql");
        drop(stopped);
        assert_no_backend(&world);
        assert!(world.has("public.a") && !world.has("public.b"));
        assert_eq!(world.logged(), ["applied:001_a.sql"]);
    }
}

/// The companion's look at a busy session has a connection of its own, which may hang. It is
/// the third: behind a relay, the second is the one that looks for a pooler.
#[test]
fn a_look_that_hangs_keeps_no_signal_waiting() {
    let world = long();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (third_came, third) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut hanging = Vec::new();
        for (number, client) in listener.incoming().take(4).enumerate() {
            let client = client.unwrap();
            if number == 2 {
                hanging.push(client);
                third_came.send(()).unwrap();
            } else {
                relay(client);
            }
        }
    });
    let mut command = world.command(&["apply", "--format", "json"]);
    command.env("DATABASE_URL", format!("{}?connect_timeout=60", world.url_at("migrator", port)));
    let run = Running::start(command);
    third.recv_timeout(SOON).expect("the companion connects");
    run.signal(Signal::SIGTERM);
    assert_interrupted(run.end_within(FEW), "SIGTERM");
    assert_eq!(world.logged(), ["applied:001_a.sql", "interrupted:002_b.sql"]);
}

fn relay(client: TcpStream) {
    let server = TcpStream::connect(("127.0.0.1", crate::support::server::port())).unwrap();
    let ways = [(client.try_clone(), server.try_clone()), (Ok(server), Ok(client))];
    for (from, to) in ways {
        let (mut from, mut to) = (from.unwrap(), to.unwrap());
        std::thread::spawn(move || {
            // However it ends, the other side is told.
            let _ended = std::io::copy(&mut from, &mut to);
            let _told = to.shutdown(std::net::Shutdown::Write);
        });
    }
}

#[test]
fn a_signal_that_was_to_be_ignored_stays_ignored() {
    let world = World::with(&[("001_a.sql", "SELECT pg_sleep(1);\nCREATE TABLE public.a ();\n")]);
    world.configure("policy = 'standard'");
    let plain = world.command(&["apply"]);
    let mut command = std::process::Command::new("/bin/sh");
    command.args(["-c", "trap '' HUP; exec \"$@\"", "sh"]).arg(plain.get_program());
    command
        .args(plain.get_args())
        .env_clear()
        .envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let run = Running::start(command);
    until_seen(&world, "wait_event = 'PgSleep'");
    run.signal(Signal::SIGHUP);
    run.end_within(SOON).expect(0);
    assert_eq!(world.applied(), ["001_a.sql"]);
}

#[test]
fn a_signal_between_two_migrations_ends_the_run() {
    // So many that some are left when the signal comes.
    let world = World::empty();
    for number in 1..=300 {
        world.write(&format!("{number:03}_t.sql"), format!("CREATE TABLE public.t{number} ();\n"));
    }
    let run = start(&world, &[]);
    until("the first ones are applied", || world.has("public.t5"));
    run.signal(Signal::SIGTERM);
    let document = assert_interrupted(run.end_within(FEW), "SIGTERM");
    let applied = document["applied"].as_array().unwrap().len();
    assert_eq!(applied + document["remaining"].as_array().unwrap().len(), 300);
    assert_eq!(world.applied().len(), applied);
    assert!(world.has(&format!("public.t{applied}")));
    assert!(!world.has(&format!("public.t{}", applied + 1)));
}
