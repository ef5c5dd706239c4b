//! The events of real runs are those of the table of kinds: identity, name, priority and fields,
//! and whoever asks for one run gets all of it.

use crate::support::World;
use crate::support::program::{Answer, binary};
use crate::support::running::Holding;
use crate::support::service::free_port;
use dreichor_migrate::core::event::{COMMON, FIELDS, Field, Kind, KindRow};
use dreichor_migrate::store::postgres::LOCK_KEY;
use serde_json::{Map, Value};
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::process::Stdio;

const GOOD: &str = "CREATE TABLE IF NOT EXISTS public.a ();";
const BAD: &str = "CREATE TABLE public.b ();\nSELECT 1 / 0;";

type Record = Map<String, Value>;

/// The key of a field in the form `--log json`.
fn key(field: &Field) -> String {
    let row = FIELDS.iter().find(|row| row.field == *field).expect("every field has a row");
    row.name.strip_prefix("DREICHOR_").expect("the prefix").to_ascii_lowercase()
}

fn row(record: &Record) -> KindRow {
    let known = Kind::all().map(Kind::row).find(|row| record["message_id"] == row.message_id);
    known.unwrap_or_else(|| panic!("an identity of no kind: {record:?}"))
}

/// The records of a run, each held to its row.
#[track_caller]
fn records(answer: &Answer, environment: Option<&str>) -> Vec<Record> {
    let lines = answer.stderr.lines();
    let records: Vec<Record> =
        lines.map(|line| serde_json::from_str(line).expect("each line is a record")).collect();
    let run = records.first().expect("every command has an end")["run_id"].clone();
    assert_eq!(run.as_str().map(str::len), Some(32), "{answer:#?}");
    for record in &records {
        let row = row(record);
        assert_eq!(record["event"], row.name, "{record:?}");
        let priority = record["priority"].as_u64().expect("a number");
        if let Some(fixed) = row.priority {
            assert_eq!(priority, u64::from(fixed.number()), "{record:?}");
        }
        assert_eq!(record["run_id"], run, "{record:?}");
        assert_eq!(record.get("environment").and_then(Value::as_str), environment, "{record:?}");
        let mut expected: Vec<String> = COMMON.iter().chain(row.always).map(key).collect();
        expected.retain(|key| key != "environment" || environment.is_some());
        for key in &expected {
            assert!(record.contains_key(key), "no '{key}': {record:?}");
        }
        expected.extend(row.sometimes.iter().map(key));
        expected.extend(["message", "message_id", "priority"].map(str::to_owned));
        for key in record.keys() {
            assert!(expected.contains(key), "'{key}' is not listed: {record:?}");
        }
    }
    let end = records.last().expect("an end");
    assert_eq!(end["exit_code"], answer.code, "{end:?}");
    assert!(end["event"].as_str().is_some_and(|name| name.starts_with("ended-")), "{end:?}");
    records
}

fn names(records: &[Record]) -> Vec<&str> {
    records.iter().map(|record| record["event"].as_str().expect("a name")).collect()
}

#[test]
fn a_run_tells_what_happened_and_then_its_end() {
    let world = World::with(&[("001_a.sql", GOOD), ("002_a.sql", GOOD), ("003_b.sql", BAD)]);
    let answer = world.run(&["apply", "--format", "json", "--log", "json"]).expect(40);
    let records = records(&answer, Some("prod"));
    assert_eq!(answer.json()["run_id"], records[0]["run_id"]);
    let expected = [
        "run-started",
        "migration-started",
        "migration-applied",
        "migration-started",
        "server-notice",
        "migration-applied",
        "migration-started",
        "migration-failed",
        "ended-failed",
    ];
    assert_eq!(names(&records), expected);
    let failed = &records[7];
    assert_eq!(failed["migration"], "003_b.sql");
    assert_eq!((&failed["statement"], &failed["place"]), (&2.into(), &"003_b.sql:2:1".into()));
    // What the run told itself is no finding a second time: the end has the next safe act.
    let remedy = records[8]["remedy"].as_str().expect("a remedy");
    assert!(records[8]["message"].as_str().is_some_and(|told| told.ends_with(remedy)));
    // What is asked of one migration is told from its start to its end.
    let of_it = |record: &&Record| record.get("migration") == Some(&"003_b.sql".into());
    let story: Vec<Record> = records.iter().filter(of_it).cloned().collect();
    assert_eq!(names(&story), ["migration-started", "migration-failed"]);
}

#[test]
fn a_timeout_and_a_wait_have_kinds_of_their_own() {
    let world = World::with(&[("001_a.sql", GOOD)]);
    world.run(&["apply"]).expect(0);
    world.configure("lock_timeout = '200ms'");
    world.write("002_b.sql", "ALTER TABLE public.a ADD COLUMN n integer;\n");
    let holding = Holding::open(&world.database, "it", "BEGIN; LOCK TABLE public.a;");
    let answer = world.run(&["apply", "--log", "json", "--format", "json"]).expect(41);
    let told = records(&answer, Some("prod"));
    assert!(names(&told).ends_with(&["migration-timed-out", "ended-timed-out"]));
    drop(holding);
    let lock = format!("SELECT pg_advisory_lock({LOCK_KEY});");
    let _holding = Holding::open(&world.database, "it", &lock);
    let answer =
        world.run(&["apply", "--wait", "1s", "--log", "json", "--format", "json"]).expect(22);
    let told = records(&answer, Some("prod"));
    assert_eq!(names(&told), ["waiting-for-lock", "finding", "ended-busy"]);
    assert_eq!(told[0]["priority"], 5);
}

#[test]
fn whoever_only_asks_has_a_run_of_its_own() {
    let world = World::with(&[("001_a.sql", GOOD)]);
    let behind = world.run(&["check", "--log", "json", "--format", "json"]).expect(10);
    let told = records(&behind, Some("prod"));
    assert_eq!(names(&told), ["finding", "finding", "ended-behind"]);
    assert_eq!(told[2]["priority"], 3);
    assert_eq!(told[1]["migration"], "001_a.sql");
    let again = records(
        &world.run(&["check", "--log", "json", "--format", "json"]).expect(10),
        Some("prod"),
    );
    assert_ne!(told[0]["run_id"], again[0]["run_id"]);
    let plan =
        records(&world.run(&["plan", "--log", "json", "--format", "json"]).expect(0), Some("prod"));
    assert_eq!(names(&plan), ["ended-ok"]);
    let port = free_port();
    let arguments = ["check", "--connect-deadline", "1s", "--log", "json", "--format", "json"];
    let unreachable = records(&world.run_at(port, &arguments).expect(30), Some("prod"));
    assert_eq!(names(&unreachable[..1]), ["connection-retried"]);
    assert!(names(&unreachable).ends_with(&["finding", "ended-unreachable"]));
}

#[test]
fn a_command_line_without_an_environment_still_ends_with_an_event() {
    let mut command = binary();
    command.args(["status", "--log", "json", "--format", "json"]);
    assert_eq!(names(&records(&Answer::of(command).expect(2), None)), ["finding", "ended-usage"]);
    let world = World::with(&[]);
    world.configure("unknown_key = 1");
    let config = records(
        &world.run(&["status", "--log", "json", "--format", "json"]).expect(78),
        Some("prod"),
    );
    assert_eq!(names(&config), ["finding", "ended-config"]);
}

#[test]
fn the_end_is_told_after_the_answer_and_knows_that_it_was_lost() {
    let world = World::with(&[("001_a.sql", GOOD)]);
    let mut command = world.command(&["apply", "--log", "json", "--format", "json"]);
    command.stdout(Stdio::from(File::options().write(true).open("/dev/full").unwrap()));
    let told = records(&Answer::of(command).expect(1), Some("prod"));
    assert!(names(&told).ends_with(&["migration-applied", "answer-lost", "ended-internal"]));
    let end = told.last().unwrap()["message"].as_str().unwrap();
    assert_eq!(end, "apply: 1 applied, nothing is pending; the answer was lost");
}

#[test]
fn what_no_log_can_tell_is_marked_as_an_error_where_the_journal_reads_it() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let path = home.path().join("stderr");
    let stream = File::create(&path).expect("a file");
    let about = stream.metadata().expect("its numbers");
    let mut command = binary();
    command.arg("frobnicate").stderr(Stdio::from(stream));
    command.env("JOURNAL_STREAM", format!("{}:{}", about.dev(), about.ino()));
    Answer::of(command).expect(2);
    let told = fs::read_to_string(&path).expect("text");
    assert!(told.starts_with("<3>error: unrecognized subcommand"), "{told}");
    assert!(told.lines().all(|line| line.len() > 3 && line.starts_with("<3>")), "{told}");
}
