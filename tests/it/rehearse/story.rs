//! What a rehearsal tells of plans that go well and of plans that fail, where its report stands,
//! and what it is held to.

use super::world::{command, rehearse, report, statements, texts};
use crate::support::World;
use crate::support::program::Answer;
use crate::support::server::{sql, tool};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

const ONE: (&str, &str) = (
    "001_a.sql",
    "CREATE TABLE public.a (id bigint PRIMARY KEY, body varchar(10) NOT NULL);\nCREATE TABLE public.b (id bigint PRIMARY KEY, a_id bigint);\n",
);
const TWO: (&str, &str) = (
    "002_b.sql",
    "CREATE INDEX b_a_id ON public.b (a_id);\n\nALTER TABLE public.b\n  ADD CONSTRAINT b_a FOREIGN KEY (a_id) REFERENCES public.a (id);\n",
);

/// An environment where the first migration is applied and these are pending.
fn world(more: &str, pending: &[(&str, &str)]) -> World {
    let world = World::with(&[ONE]);
    world.configure(&format!("policy = \"standard\"\n{more}"));
    world.run(&["apply"]).expect(0);
    for (name, text) in pending {
        world.write(name, text);
    }
    world
}

fn digest(world: &World) -> Value {
    world.run(&["plan", "--format", "json"]).expect(0).json()["digest"].clone()
}

#[test]
fn a_plan_is_rehearsed_statement_by_statement() {
    let world = world("", &[TWO, ("003_c.sql", "DROP INDEX public.b_a_id;\n")]);
    let report = report(&world, &[], 0);
    assert_eq!(report["plan"], digest(&world));
    assert_eq!((&report["twin"], &report["data"]), (&json!("dump"), &json!("none")));
    assert_eq!((&report["scratch"], &report["end"]["code"]), (&json!("throwaway"), &json!("ok")));
    assert_eq!(report["database"], json!(world.database));
    assert_eq!(report["server"], json!(sql("postgres", "SHOW server_version")));
    assert_eq!(report["twin_differs"], json!([]));
    assert_eq!(report["statements_differ"], json!([]));
    assert_eq!(texts(&report["changes"]), ["constraint b.b_a: made"]);
    assert_eq!(report["seal"], "not-sealed");
    let statements = statements(&report);
    assert_eq!(statements.len(), 3);
    let second = &statements[1];
    assert_eq!((&second["line"], &second["text"]), (&json!(3), &json!("ALTER TABLE public.b")));
    assert_eq!(second["made"], json!(["constraint b.b_a"]));
    assert_eq!(second["estimated_ms"], Value::Null);
    for migration in report["migrations"].as_array().expect("migrations") {
        assert!(migration["duration_ms"].as_f64().expect("a time") > 0.0, "{migration}");
        assert!(migration["ending_ms"].as_f64().expect("a time") > 0.0, "{migration}");
    }
    // What was rehearsed is what apply then does.
    let after = report["schema_after"].clone();
    world.run(&["apply", "--plan", report["plan"].as_str().expect("a digest")]).expect(0);
    world.run(&["seal"]).expect(0);
    let found = world.run(&["verify", "--format", "json"]).expect(0).json();
    assert_eq!(found["schema"]["found"], after);
}

#[test]
fn the_text_for_people_fits_a_terminal_and_says_what_waits() {
    let world = world("", &[TWO]);
    let text = rehearse(&world, &[]).expect(0).stdout;
    for line in text.lines().filter(|line| !line.contains("sha256:")) {
        assert!(line.chars().count() <= 80, "{line}");
    }
    for words in [
        "blocks writes of public.a, public.b",
        "durations are those of empty tables",
        "constraint b.b_a: made",
        "the newest version is not sealed",
    ] {
        assert!(text.contains(words), "no '{words}' in {text}");
    }
}

#[test]
fn with_nothing_pending_there_is_nothing_to_rehearse() {
    let world = world("", &[]);
    let answer = rehearse(&world, &["--format", "json"]).expect(0).json();
    assert_eq!((&answer["rehearsal"], &answer["written"]), (&Value::Null, &json!([])));
    assert!(rehearse(&world, &[]).expect(0).stdout.starts_with("nothing is pending"));
}

#[test]
fn what_plan_refuses_is_refused() {
    let world = world("", &[("002_b.sql", "COMMIT;\n")]);
    rehearse(&world, &["--format", "json"]).expect(20);
    world.write(TWO.0, TWO.1);
    world.sql("INSERT INTO public.dreichor_schema_migrations VALUES ('009_z.sql', now())");
    rehearse(&world, &["--format", "json"]).expect(12);
}

#[test]
fn what_fails_there_is_told_as_apply_tells_it_and_that_nothing_was_touched() {
    let text = "CREATE TABLE public.c ();\nALTER TABLE public.a\n  ADD COLUMN c nothing;\n";
    let world = world("", &[TWO, ("003_c.sql", text), ("004_d.sql", "CREATE TABLE public.d ();")]);
    let answer = rehearse(&world, &["--format", "json"]).expect(40);
    assert_eq!(answer.findings(), ["failed"]);
    let document = answer.json();
    let message = document["findings"][0]["message"].as_str().expect("a message");
    assert!(message.starts_with("in the rehearsal: '003_c.sql':3:16"), "{message}");
    assert!(message.ends_with("nothing in the environment was touched"), "{message}");
    assert_eq!(
        (&document["failed"]["line"], &document["failed"]["statement"]),
        (&json!(3), &json!(2))
    );
    let report = &document["rehearsal"];
    assert_eq!(
        (&report["end"]["code"], &report["end"]["migration"]),
        (&json!("failed"), &json!("003_c.sql"))
    );
    assert_eq!(
        (&report["seal"], &report["statements_differ"]),
        (&json!("not-reached"), &json!([]))
    );
    // The statements before it are told, and what follows it was not run.
    let told: Vec<(String, usize, bool)> = report["migrations"]
        .as_array()
        .expect("migrations")
        .iter()
        .map(|it| {
            let statements = it["statements"].as_array().expect("statements").len();
            let version = it["version"].as_str().expect("a version").to_owned();
            (version, statements, it["duration_ms"].is_null())
        })
        .collect();
    assert_eq!(told, [("002_b.sql".to_owned(), 2, false), ("003_c.sql".to_owned(), 1, true)]);
    let people = rehearse(&world, &[]).expect(40).stdout;
    assert!(people.contains("that was the rehearsal: nothing in 'prod' was touched"), "{people}");
    assert!(people.contains("ADD COLUMN c nothing;\n      |                ^"), "{people}");
    assert_eq!(world.applied(), [ONE.0]);
}

#[test]
fn a_timeout_of_the_environment_is_one_of_its_rehearsal() {
    let world = world("statement_timeout = \"200ms\"", &[("002_b.sql", "SELECT pg_sleep(30);\n")]);
    let answer = rehearse(&world, &["--format", "json"]).expect(41);
    assert_eq!(answer.findings(), ["timed-out"]);
    assert_eq!(answer.json()["rehearsal"]["statements_differ"], json!([]));
}

#[test]
fn all_in_one_transaction_is_rehearsed_so() {
    let world = world(
        "atomic = \"plan\"",
        &[TWO, ("003_c.sql", "ALTER TABLE public.b ADD COLUMN n integer;\n")],
    );
    let report = report(&world, &[], 0);
    let statements = statements(&report);
    let modes = |at: usize| -> Vec<String> {
        let locks = statements[at]["locks"].as_array().expect("locks");
        locks.iter().map(|it| it["mode"].as_str().expect("a mode").to_owned()).collect()
    };
    assert!(modes(0).contains(&"SHARE".to_owned()));
    // The weaker ones it holds already.
    assert_eq!(modes(2), ["ACCESS EXCLUSIVE"]);
}

#[test]
fn the_seal_is_what_the_result_is_held_to() {
    let world = world("", &[TWO]);
    world.run(&["seal"]).expect(0);
    for source in ["dump", "seal"] {
        assert_eq!(report(&world, &["--from", source], 0)["seal"], "equal", "{source}");
    }
    // What the environment has besides is in a dump of it, and in no replay of the set.
    world.sql(&format!("SET ROLE {}_owner; CREATE TABLE public.more ()", world.database));
    let answer = rehearse(&world, &["--format", "json"]).expect(13);
    assert_eq!(answer.findings(), ["object-unexpected"]);
    let report = answer.json()["rehearsal"].clone();
    assert_eq!(
        (&report["seal"], &report["seal_differs"]),
        (&json!("differs"), &json!(["table more: not expected"]))
    );
    assert_eq!(report["end"]["code"], "ok");
    let other = super::world::report(&world, &["--from", "seal"], 0);
    assert_eq!(
        (&other["seal"], &other["twin_differs"]),
        (&json!("equal"), &json!(["table more: missing"]))
    );
    world.configure("policy = \"standard\"\n[gate]\n[[gate.ignore]]\nkind = 'table'\nname = 'more'\nreason = 'a test'");
    assert_eq!(super::world::report(&world, &[], 0)["seal"], "equal");
    fs::remove_file(world.migrations().join("seal.toml")).expect("it goes");
    assert_eq!(
        rehearse(&world, &["--from", "seal", "--format", "json"]).expect(20).findings(),
        ["no-seal"]
    );
}

#[test]
fn a_dump_and_the_set_make_the_same_twin() {
    let world = world("", &[TWO]);
    let [dump, set] = ["dump", "set"].map(|source| report(&world, &["--from", source], 0));
    assert_eq!((&dump["twin_differs"], &set["twin_differs"]), (&json!([]), &json!([])));
    for member in ["schema_before", "schema_after", "plan", "changes"] {
        assert_eq!(dump[member], set[member], "{member}");
    }
}

#[test]
fn a_first_migration_is_rehearsed_on_an_empty_twin() {
    let world = World::with(&[ONE]);
    // Nobody has to approve a rehearsal: it comes before.
    world.configure("approval = \"required\"");
    for source in ["dump", "set"] {
        let report = report(&world, &["--from", source], 0);
        assert_eq!((&report["twin_differs"], &report["plan"]), (&json!([]), &digest(&world)));
        assert_eq!(texts(&report["changes"]), ["table a: made", "table b: made"]);
    }
    assert!(!world.has("public.dreichor_schema_migrations"));
}

/// What depends on the database's name does so on the twin, and its second one has another.
#[test]
fn where_statements_come_to_another_end_than_files_it_is_said() {
    let text =
        "DO $$ BEGIN EXECUTE format('CREATE TABLE public.%I ()', current_database()); END $$;\n";
    let world = world("", &[("002_b.sql", text)]);
    let report = report(&world, &[], 0);
    assert_eq!(texts(&report["statements_differ"]).len(), 2, "{report}");
}

#[test]
fn the_report_is_written_once_and_kept_for_the_review() {
    let world = world("", &[TWO]);
    let (state, out) = (world.path().join("state"), world.path().join("report.json"));
    let text = fs::read_to_string(world.config()).expect("the configuration");
    fs::write(world.config(), format!("state = \"state\"\n{text}")).expect("it is written");
    let arguments = ["--out", out.to_str().expect("text"), "--format", "json"];
    let answer = rehearse(&world, &arguments).expect(0).json();
    let digest = answer["digest"].as_str().expect("a digest").replace("sha256:", "");
    let kept = state.join("rehearsals/prod").join(format!("{digest}.json"));
    let written: Vec<PathBuf> = texts(&answer["written"]).into_iter().map(PathBuf::from).collect();
    assert_eq!(written, [out.clone(), kept.clone()]);
    let paper: Value =
        serde_json::from_str(&fs::read_to_string(&out).expect("text")).expect("JSON");
    assert_eq!(paper, answer["rehearsal"]);
    assert_eq!(fs::read(&out).expect("bytes"), fs::read(&kept).expect("bytes"));
    for (path, mode) in [(kept.clone(), 0o600), (state.join("rehearsals/prod"), 0o700)] {
        assert_eq!(fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, mode);
    }
    // A report is never overwritten by name; the one that is kept is that of the last rehearsal.
    assert_eq!(rehearse(&world, &arguments).expect(2).findings(), ["output-exists"]);
    rehearse(&world, &["--format", "json"]).expect(0);
    assert_ne!(fs::read(&out).expect("bytes"), fs::read(&kept).expect("bytes"));
    // And a plan file takes it along.
    let plan = world.path().join("plan.json");
    world.run(&["plan", "--out", plan.to_str().expect("text")]).expect(0);
    let plan: Value = serde_json::from_str(&fs::read_to_string(plan).expect("text")).expect("JSON");
    let kept: Value = serde_json::from_str(&fs::read_to_string(kept).expect("text")).expect("JSON");
    assert_eq!(plan["rehearsal"], kept);
}

/// A dump as a backup is.
fn copy(world: &World, name: &str) -> String {
    let path = world.path().join(name);
    let made = Command::new(tool("pg_dump"))
        .args(["-Fc", "-f"])
        .arg(&path)
        .arg(&world.database)
        .status()
        .expect("pg_dump starts");
    assert!(made.success());
    path.to_str().expect("text").to_owned()
}

#[test]
fn with_data_times_are_those_of_rows_and_a_part_of_them_is_extrapolated() {
    let world = world("", &[TWO]);
    world.sql("INSERT INTO public.a SELECT n, 'x' FROM generate_series(1, 20000) n; INSERT INTO public.b SELECT n, n FROM generate_series(1, 20000) n");
    let copied = copy(&world, "whole.dump");
    let empty = report(&world, &[], 0);
    let part = report(&world, &["--with-data", "0.25", "--copy", &copied], 0);
    assert_eq!((&part["twin"], &part["data"]), (&json!("copy"), &json!({ "fraction": 0.25 })));
    assert_eq!(part["twin_differs"], json!([]));
    let time =
        |report: &Value, at: usize| statements(report)[at]["duration_ms"].as_f64().expect("a time");
    for statement in statements(&part) {
        let (measured, estimated) = (&statement["duration_ms"], &statement["estimated_ms"]);
        let (measured, estimated) =
            (measured.as_f64().expect("a time"), estimated.as_f64().expect("a time"));
        assert!((estimated - measured * 4.0).abs() < 0.01, "{statement}");
    }
    // Twenty thousand rows are read by both statements.
    assert!(time(&part, 0) > time(&empty, 0), "{part}\n{empty}");
    let scanned = texts(&statements(&part)[1]["scanned"]);
    assert!(
        scanned.contains(&"public.a".to_owned()) && scanned.contains(&"public.b".to_owned()),
        "{scanned:?}"
    );
    let full = report(&world, &["--with-data", "full", "--copy", &copied], 0);
    assert_eq!(full["data"], "full");
    assert!(statements(&full).iter().all(|it| it["estimated_ms"].is_null()));
    let people = rehearse(&world, &["--with-data", "0.25", "--copy", &copied]).expect(0).stdout;
    assert!(people.contains("'~' is an estimate"), "{people}");
    let mut named =
        command(&world, &["--with-data", "full", "--copy", &copied, "--format", "json"]);
    named.env("SCRATCH_DATABASE_URL", super::world::named());
    assert_eq!(Answer::of(named).expect(0).json()["rehearsal"]["twin_differs"], json!([]));
}

#[test]
fn a_copy_must_be_one_of_this_database_at_this_version() {
    let world = world("", &[TWO]);
    let old = copy(&world, "old.dump");
    world.run(&["apply"]).expect(0);
    world.write("003_c.sql", "CREATE TABLE public.c ();\n");
    let with = |part: &str, copy: &str, code: i32| {
        let arguments = ["--with-data", part, "--copy", copy, "--format", "json"];
        rehearse(&world, &arguments).expect(code).findings()
    };
    assert_eq!(with("full", &old, 21), ["twin-plan"]);
    let text = world.path().join("text.sql");
    fs::write(&text, "SELECT 1;\n").expect("it is written");
    assert_eq!(with("full", text.to_str().expect("text"), 2), ["twin-copy"]);
    assert_eq!(with("full", "/nowhere/at.all", 2), ["twin-copy"]);
    for part in ["0", "1.5", "-1", "NaN", "half"] {
        let arguments =
            [&format!("--with-data={part}"), "--copy", old.as_str(), "--format", "json"];
        assert_eq!(rehearse(&world, &arguments).expect(2).findings(), ["usage"], "{part}");
    }
    assert_eq!(
        rehearse(&world, &["--copy", &old, "--format", "json"]).expect(2).findings(),
        ["usage"]
    );
    assert_eq!(
        rehearse(&world, &["--with-data", "full", "--format", "json"]).expect(2).findings(),
        ["usage"]
    );
}

/// Nobody who looks for what was applied, or failed, must find what only a twin has seen.
#[test]
fn the_log_tells_of_no_migration_that_only_a_twin_has_seen() {
    let text = "DO $$ BEGIN RAISE WARNING 'heard'; END $$;\nSELECT 1 / 0;\n";
    let world = world("", &[("002_b.sql", text)]);
    let answer = rehearse(&world, &["--log", "json", "--format", "json"]).expect(40);
    let events: Vec<String> = answer
        .stderr
        .lines()
        .map(|line| {
            let record: Value = serde_json::from_str(line).expect("a record");
            record["event"].as_str().expect("an event").to_owned()
        })
        .collect();
    for event in ["run-started", "migration-started", "migration-applied", "migration-failed"] {
        assert!(!events.contains(&event.to_owned()), "{events:?}");
    }
    assert!(answer.stderr.contains("heard"), "{answer:#?}");
}
