//! The table of exit codes (design section 6): each row is reached through the binary, and the
//! process, the document and the findings agree on it.

use crate::support::World;
use crate::support::program::{Answer, binary};
use crate::support::running::{Holding, Running, SOON, until};
use crate::support::service::free_port;
use dreichor_migrate::core::code::TABLE;
use dreichor_migrate::store::postgres::LOCK_KEY;
use nix::sys::signal::Signal;
use std::fs::{self, File};
use std::process::Stdio;

const ONE: (&str, &str) = ("001_a.sql", "CREATE TABLE public.a ();\n");
const TWO: (&str, &str) = ("002_b.sql", "CREATE TABLE public.b ();\n");

/// A test for each row, and the list of the rows that have one.
macro_rules! codes {
    ($($number:literal $name:ident $body:block)*) => {
        const REACHED: &[u8] = &[$($number),*];
        $(#[test]
        fn $name() {
            assert_row($number, &$body);
        })*
    };
}

/// Reached by tests of their own, which are named here so that they cannot go unseen.
const REACHED_ELSEWHERE: [(u8, fn()); 4] = [
    (1, output_that_cannot_be_written),
    (13, crate::drift::drift_is_named_with_both_sides_and_ends_with_its_own_code),
    (14, crate::privileges::each_grant_is_named_and_mended_by_what_is_shown),
    (43, crate::unknown::an_outcome_that_cannot_be_learnt_is_unknown),
];

#[test]
fn every_row_of_the_table_is_reached() {
    let mut known: Vec<u8> = REACHED.to_vec();
    known.extend(REACHED_ELSEWHERE.iter().map(|(number, _)| number));
    known.sort_unstable();
    let mut table: Vec<u8> = TABLE.iter().map(|row| row.number).collect();
    table.sort_unstable();
    assert_eq!(known, table);
}

#[track_caller]
fn assert_row(number: u8, answer: &Answer) {
    assert_eq!(answer.code, i32::from(number), "{answer:#?}");
    let row = TABLE.iter().find(|row| row.number == number).expect("a row of the table");
    let document = answer.json();
    assert_eq!(document["code"], row.name);
    assert_eq!(document["exit_code"], number);
    let findings = document["findings"].as_array().expect("every document has findings");
    assert_eq!(findings.is_empty(), number == 0, "{answer:#?}");
    for finding in findings {
        for member in ["code", "subject", "message", "remedy"] {
            let text = finding[member].as_str().expect("a text");
            assert!(!text.is_empty(), "'{member}' is empty: {answer:#?}");
        }
    }
}

fn json(world: &World, arguments: &[&str]) -> Answer {
    world.run(&[arguments, &["--format", "json"]].concat())
}

fn applied() -> World {
    let world = World::with(&[ONE]);
    world.run(&["apply"]).expect(0);
    world
}

codes! {
    0 ok {
        json(&applied(), &["check"])
    }
    2 a_command_line_that_names_no_environment {
        let mut command = binary();
        command.args(["check", "--format", "json"]);
        Answer::of(command)
    }
    10 behind {
        json(&World::with(&[ONE]), &["check"])
    }
    11 ahead {
        let world = World::with(&[ONE, TWO]);
        world.run(&["apply"]).expect(0);
        fs::remove_file(world.migrations().join(TWO.0)).unwrap();
        json(&world, &["check"])
    }
    12 diverged {
        let world = applied();
        world.write(ONE.0, "CREATE TABLE public.another ();\n");
        json(&world, &["check"])
    }
    20 set_invalid {
        json(&World::with(&[ONE, ("2.sql", "")]), &["apply"])
    }
    21 not_approved {
        let digest = format!("sha256:{}", "0".repeat(64));
        json(&World::with(&[ONE]), &["apply", "--plan", &digest])
    }
    22 busy {
        let world = World::with(&[ONE]);
        let lock = format!("SELECT pg_advisory_lock({LOCK_KEY});");
        let _holder = Holding::open(&world.database, "somebody", &lock);
        json(&world, &["apply"])
    }
    23 not_permitted_on_a_read_only_database {
        let world = World::with(&[ONE]);
        world.sql(&format!(
            "ALTER DATABASE {} SET default_transaction_read_only = on",
            world.database
        ));
        json(&world, &["apply"])
    }
    30 unreachable {
        let world = World::with(&[ONE]);
        let mut command = world.command(&["check", "--format", "json"]);
        command.env("DATABASE_URL", world.url_at("runtime", free_port()));
        Answer::of(command)
    }
    31 denied {
        let world = World::with(&[ONE]);
        let mut command = world.command(&["check", "--format", "json"]);
        command.env("DATABASE_URL", world.url("runtime").replace("canary", "wrong"));
        Answer::of(command)
    }
    32 wrong_database_when_there_is_none {
        let world = World::with(&[ONE]);
        crate::support::server::sql("postgres", &format!("DROP DATABASE {}", world.database));
        json(&world, &["check"])
    }
    40 failed {
        json(&World::with(&[("001_a.sql", "SELECT 1 / 0;")]), &["apply"])
    }
    41 timed_out {
        let world = applied();
        world.configure("lock_timeout = '200ms'");
        world.write(TWO.0, "ALTER TABLE public.a ADD COLUMN more integer;\n");
        let _holder = Holding::open(&world.database, "x", "BEGIN; LOCK TABLE public.a;");
        json(&world, &["apply"])
    }
    42 interrupted {
        let world = World::with(&[("001_a.sql", "SELECT pg_sleep(60);")]);
        world.configure("policy = 'standard'");
        let run = Running::start(world.command(&["apply", "--format", "json"]));
        until("the migration runs", || {
            world.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                AND query LIKE 'SELECT pg_sleep(60)%'") == "1"
        });
        run.signal(Signal::SIGTERM);
        run.end_within(SOON)
    }
    44 backup_failed {
        let world = crate::backup::world("");
        world.sql("CREATE TABLE public.not_for_the_migrator ()");
        json(&world, &["apply"])
    }
    78 configuration {
        let world = World::with(&[ONE]);
        world.configure("unknown_key = 1");
        json(&world, &["check"])
    }
}

#[test]
fn not_approved_under_the_policy() {
    let world = World::with(&[ONE]);
    world.configure("approval = 'required'");
    assert_row(21, &json(&world, &["apply"]));
    assert!(!world.has("public.a"));
}

#[test]
fn output_that_cannot_be_written() {
    let world = applied();
    for arguments in
        [&["check"][..], &["probe"], &["status", "--format", "json"], &["apply"], &["provision"]]
    {
        let mut command = world.command(arguments);
        command.stdout(Stdio::from(File::options().write(true).open("/dev/full").unwrap()));
        let answer = Answer::of(command).expect(1);
        assert!(answer.stderr.contains("could not be written to standard output"), "{answer:#?}");
    }
    // A refusal stays a refusal: its code says more than that nobody read why.
    world.write(ONE.0, "CREATE TABLE public.another ();\n");
    let mut command = world.command(&["check"]);
    command.stdout(Stdio::from(File::options().write(true).open("/dev/full").unwrap()));
    Answer::of(command).expect(12);
}

#[test]
fn a_command_line_that_cannot_be_understood() {
    for words in
        [&["frobnicate"][..], &["apply", "--plan", "x"], &["check", "--supports-up-to", "x"], &[]]
    {
        let mut command = binary();
        command.args(["--format", "json"]).args(words);
        let answer = Answer::of(command);
        assert_row(2, &answer);
    }
}
