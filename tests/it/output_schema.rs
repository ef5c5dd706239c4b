//! `docs/schema/output.schema.json` is what the program writes: every document of every test
//! is judged by it, and here each kind of answer is made at least once, failures included.

use crate::support::World;
use crate::support::program::{Answer, binary};
use crate::support::server::{psql, sql};
use boon::{Compiler, SchemaIndex, Schemas};
use dreichor_migrate::core::code::TABLE;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Child, Command};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

const SCHEMA: &str = include_str!("../../docs/schema/output.schema.json");

fn schema() -> Value {
    serde_json::from_str(SCHEMA).expect("the schema is JSON")
}

fn judge(document: &Value) -> Result<(), String> {
    static COMPILED: OnceLock<(Schemas, SchemaIndex)> = OnceLock::new();
    let (schemas, index) = COMPILED.get_or_init(|| {
        let mut schemas = Schemas::new();
        let mut compiler = Compiler::new();
        let place = "urn:dreichor-migrate:output";
        compiler.add_resource(place, schema()).expect("a schema");
        let index = compiler.compile(place, &mut schemas).expect("a valid schema");
        (schemas, index)
    });
    schemas.validate(document, *index).map_err(|error| format!("{error:#}"))
}

/// Asserts that a document is what the schema publishes.
#[track_caller]
pub(crate) fn assert_valid(document: &Value) {
    if let Err(error) = judge(document) {
        panic!("{error}\n{document:#}");
    }
}

/// One answer of each kind, and the code it must end with.
fn answers() -> Vec<Value> {
    let world = World::with(&[("001_a.sql", "CREATE TABLE public.a ();")]);
    let mut documents = Vec::new();
    let mut take = |code: i32, arguments: &[&str]| {
        let answer = world.run(&[arguments, &["--format", "json"]].concat());
        documents.push(answer.expect(code).json());
    };
    take(0, &["plan"]);
    let path = world.path().join("plan.json").display().to_string();
    take(0, &["plan", "--out", &path]);
    let out = world.path().join("approvals/prod").display().to_string();
    let reviewed =
        ["approve", "--plan", &path, "--reference", "x", "--approver", "a", "--out", &out];
    take(0, &reviewed);
    take(2, &["approve", "--plan", &path, "--reference", "x"]);
    world.configure("approval = 'required'");
    take(0, &["plan"]);
    take(21, &["apply"]);
    world.configure("");
    take(0, &["lint"]);
    take(78, &["lint", "--migrations", "/nowhere"]);
    take(10, &["check"]);
    take(10, &["probe"]);
    take(2, &["probe", "--no-such-option"]);
    take(2, &["--no-such-option", "probe"]);
    take(78, &["probe", "--config", "/nowhere/migrate.toml"]);
    take(12, &["baseline"]);
    take(21, &["apply", "--plan", &format!("sha256:{}", "0".repeat(64))]);
    take(0, &["apply"]);
    take(0, &["apply"]);
    take(0, &["check"]);
    take(0, &["probe"]);
    take(0, &["rehearse"]);
    take(0, &["seal"]);
    take(0, &["seal", "--show"]);
    take(0, &["check"]);
    take(0, &["verify"]);
    world.sql("CREATE TABLE public.more ()");
    take(13, &["verify"]);
    world.configure("[gate]\n[[gate.ignore]]\nkind = 'table'\nname = 'more'\nreason = 'a test'");
    take(0, &["verify"]);
    take(0, &["check"]);
    world.sql("DROP TABLE public.more");
    std::fs::remove_file(world.migrations().join("seal.toml")).expect("it is there");
    take(0, &["provision"]);
    take(0, &["new", "second"]);
    take(2, &["new", "No Title"]);
    take(0, &["requirement", "init"]);
    take(2, &["requirement", "init", "--requires", "009_none.sql"]);
    take(10, &["check", "--requires", "009_none.sql"]);
    take(2, &["apply", "--no-such-option"]);
    take(78, &["status", "--config", "/nowhere/migrate.toml"]);
    world.write("002_second.sql", "CREATE TABLE public.b ();\nSELECT 1 / 0;\n");
    take(40, &["apply"]);
    take(0, &["status"]);
    take(0, &["history"]);
    take(0, &["history", "--verify"]);
    world.write("002_second.sql", "COMMIT;");
    take(20, &["plan"]);
    world.sql("DELETE FROM public.dreichor_schema_migration_log WHERE sequence = 1");
    take(12, &["history", "--verify"]);
    world.write("002_second.sql", "CREATE TABLE public.b ();");
    world.sql("DELETE FROM public.dreichor_schema_migration_log");
    take(12, &["status"]);
    take(12, &["check"]);
    take(0, &["baseline", "--dry-run"]);
    take(0, &["baseline"]);
    take(0, &["apply"]);
    std::fs::remove_file(world.migrations().join("002_second.sql")).expect("it is there");
    world.sql("DELETE FROM public.dreichor_schema_migration_log WHERE version = '002_second.sql'");
    take(11, &["check"]);
    take(11, &["status"]);
    documents
}

#[test]
fn every_kind_of_answer_is_published() {
    let documents = answers();
    // A probe's line is known by its own member, every other document by its command.
    let name = |it: &Value| {
        it["compatible"].as_bool().map_or_else(|| it["command"].clone(), |_| json!("probe"))
    };
    let named: BTreeSet<String> =
        documents.iter().map(|it| name(it).as_str().expect("a command").to_owned()).collect();
    let all = [
        "",
        "apply",
        "approve",
        "baseline",
        "check",
        "history",
        "lint",
        "new",
        "plan",
        "probe",
        "provision",
        "rehearse",
        "requirement init",
        "seal",
        "status",
        "verify",
    ];
    assert_eq!(named.iter().map(String::as_str).collect::<Vec<_>>(), all);
    // Strict: nothing may be added anywhere, and nothing may be left out.
    for document in &documents {
        assert_valid(document);
        for changed in additions(document) {
            assert!(judge(&changed).is_err(), "an unknown member is accepted: {changed:#}");
        }
        for member in document.as_object().expect("an object").keys() {
            let mut changed = document.clone();
            changed.as_object_mut().expect("an object").remove(member);
            assert!(judge(&changed).is_err(), "'{member}' may be missing: {changed:#}");
        }
    }
}

/// The document with one unknown member, once for each object in it.
fn additions(value: &Value) -> Vec<Value> {
    match value {
        Value::Object(members) => {
            let mut added = members.clone();
            added.insert("unknown".to_owned(), json!(1));
            let mut out = vec![Value::Object(added)];
            for (name, member) in members {
                for changed in additions(member) {
                    let mut copy = members.clone();
                    copy.insert(name.clone(), changed);
                    out.push(Value::Object(copy));
                }
            }
            out
        }
        Value::Array(items) => {
            let each = items.iter().enumerate().flat_map(|(at, item)| {
                additions(item).into_iter().map(move |changed| (at, changed))
            });
            each.map(|(at, changed)| {
                let mut copy = items.clone();
                copy[at] = changed;
                Value::Array(copy)
            })
            .collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

#[test]
fn a_command_line_that_is_not_understood_is_answered_in_json_too() {
    let mut command = binary();
    command.args(["--format", "json", "no-such-command"]);
    assert_valid(&Answer::of(command).expect(2).json());
}

#[test]
fn who_blocked_a_run_is_published() {
    let world = World::with(&[("001_a.sql", "CREATE TABLE public.a ();")]);
    world.configure("lock_timeout = \"1s\"");
    world.run(&["apply"]).expect(0);
    world.write("002_b.sql", "ALTER TABLE public.a ADD COLUMN b integer;");
    let mut other = Other::open(&world.database, "BEGIN; LOCK TABLE public.a;");
    wait_for(&world, "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'public.a'::regclass)");
    let document = world.run(&["apply", "--format", "json"]).expect(41).json();
    other.end();
    assert_eq!(document["failed"]["blockers"].as_array().expect("blockers").len(), 1);
}

#[test]
fn an_interrupted_run_is_published() {
    let world = World::with(&[("001_a.sql", "DO $$ BEGIN PERFORM pg_sleep(60); END $$;")]);
    let child = world.command(&["apply", "--format", "json"]).spawn().expect("it starts");
    wait_for(
        &world,
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database())",
    );
    let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).expect("a pid"));
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).expect("it runs");
    let answer = Answer::read(&child.wait_with_output().expect("it ends")).expect(42);
    assert_eq!(answer.json()["failed"], json!({ "version": "001_a.sql" }));
}

#[test]
fn the_schema_knows_the_exit_codes_of_the_table_and_no_other() {
    let schema = schema();
    let pairs = schema["$defs"]["exit"]["oneOf"].as_array().expect("pairs");
    let published: Vec<(&str, u64)> = pairs
        .iter()
        .map(|pair| {
            let name = pair["properties"]["code"]["const"].as_str().expect("a name");
            (name, pair["properties"]["exit_code"]["const"].as_u64().expect("a number"))
        })
        .collect();
    let table: Vec<_> = TABLE.iter().map(|row| (row.name, u64::from(row.number))).collect();
    assert_eq!(published, table);
}

/// Waits until a question is answered with true.
fn wait_for(world: &World, question: &str) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while sql(&world.database, question) != "t" {
        assert!(Instant::now() < deadline, "still not true: {question}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Another session, which stays open until it is ended.
struct Other(Child);

impl Other {
    fn open(database: &str, text: &str) -> Self {
        let mut command: Command = psql(database);
        let mut child = command.spawn().expect("psql starts");
        let input = child.stdin.as_mut().expect("its input is piped");
        writeln!(input, "{text}").and_then(|()| input.flush()).expect("psql reads");
        Self(child)
    }

    fn end(&mut self) {
        drop(self.0.stdin.take());
        self.0.wait().expect("psql ends");
    }
}
