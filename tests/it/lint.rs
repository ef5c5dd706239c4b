//! The policy at the doors: what `lint` says in each of its forms, and that `plan`, `apply` and
//! `seal` say the same. Which rule finds what is tried in `src/core/policy` and `tests/cases/lint`.

use crate::support::World;
use crate::support::program::{Answer, binary};
use boon::{Compiler, Schemas};
use dreichor_migrate::core::policy::Rule;
use dreichor_migrate::core::policy::lint::LintReport;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const TABLE: (&str, &str) =
    ("001_a.sql", "CREATE TABLE public.t (id bigint NOT NULL, a bigint, b bigint);\n");
/// Two refusals in `strict`, one warning, one waiver.
const MIXED: (&str, &str) = (
    "002_b.sql",
    "-- größe\nALTER TABLE public.t DROP COLUMN a;\n\
     -- dreichor: allow(rename) no release reads it ☃\nALTER TABLE public.t RENAME COLUMN b TO c;\n\
     /* é */ CREATE INDEX t_id ON t (id);\n",
);

/// `lint` of a directory, with nothing of an environment around it.
fn lint(directory: &Path, more: &[&str]) -> Answer {
    let mut command = binary();
    command.arg("--migrations").arg(directory).arg("lint").args(more);
    Answer::of(command)
}

fn set(files: &[(&str, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a directory");
    for (name, text) in files {
        fs::write(home.path().join(name), text).expect("a file");
    }
    home
}

/// `rule level file:line:column` of a report.
fn told(report: &Value) -> Vec<String> {
    let text = |it: &Value, key: &str| it[key].as_str().expect("a text").to_owned();
    let one = |it: &Value| {
        let place = format!("{}:{}:{}", text(it, "file"), it["line"], it["column"]);
        format!("{} {} {place}", text(it, "rule"), text(it, "level"))
    };
    report["findings"].as_array().expect("findings").iter().map(one).collect()
}

#[test]
fn people_see_the_line_with_a_caret_the_reason_and_the_next_act() {
    let home = set(&[TABLE, MIXED]);
    let answer = lint(home.path(), &[]).expect(20);
    assert_eq!(answer.stderr, "");
    let drop = "002_b.sql:2:22: refused: drop\n  2 | ALTER TABLE public.t DROP COLUMN a;\n    \
                |                      ^\n  'DROP COLUMN a' takes away what running releases \
                and records may still need\n  why:  what is dropped is gone, and a release that \
                runs may still read it\n  next: stop using it first,";
    assert!(answer.stdout.starts_with(drop), "{}", answer.stdout);
    let index = "002_b.sql:5:9: refused: index-blocks-writes\n  5 | /* é */ CREATE INDEX t_id ON t \
                 (id);\n    |         ^\n";
    assert!(answer.stdout.contains(index), "{}", answer.stdout);
    assert!(answer.stdout.contains("002_b.sql:5:30: warning: unqualified-name\n"));
    let end = "002_b.sql:3: waived: rename: no release reads it ☃\n2 files judged by 'strict': 2 \
               refused, 1 warning, 1 waived\n";
    assert!(answer.stdout.ends_with(end), "{}", answer.stdout);
    let calm = lint(home.path(), &["--profile", "standard"]).expect(0);
    assert!(calm.stdout.contains("002_b.sql:2:22: warning: drop\n"), "{}", calm.stdout);
    assert!(
        calm.stdout.ends_with("2 files judged by 'standard': 0 refused, 3 warnings, 1 waived\n")
    );
}

#[test]
fn machines_get_a_report_that_the_program_reads_back() {
    let home = set(&[TABLE, MIXED]);
    let answer = lint(home.path(), &["--format", "json"]).expect(20);
    let document = answer.json();
    assert_eq!(document["code"], "set-invalid");
    assert_eq!(answer.findings(), ["drop", "index-blocks-writes"]);
    let message = document["findings"][0]["message"].as_str().expect("a message");
    assert!(message.starts_with("'002_b.sql' line 2, column 22: 'DROP COLUMN a'"), "{message}");
    assert_eq!(
        told(&document["lint"]),
        [
            "drop refused 002_b.sql:2:22",
            "index-blocks-writes refused 002_b.sql:5:9",
            "unqualified-name warning 002_b.sql:5:30"
        ]
    );
    let waiver = json!({
        "rule": "rename", "reason": "no release reads it ☃", "file": "002_b.sql", "line": 3
    });
    assert_eq!(document["lint"]["waivers"], json!([waiver]));
    let report: LintReport =
        serde_json::from_value(document["lint"].clone()).expect("the report is read back");
    assert_eq!(serde_json::to_value(&report).expect("and written"), document["lint"]);
    let mut more = document["lint"].clone();
    more["findings"][0]["more"] = json!(1);
    assert!(serde_json::from_value::<LintReport>(more).is_err(), "unknown keys are refused");
}

#[test]
fn only_what_comes_after_a_version_is_judged_and_the_rest_is_known() {
    let home = set(&[TABLE, MIXED, ("003_c.sql", "CREATE INDEX t_c ON public.t (c);")]);
    let answer = lint(home.path(), &["--format", "json", "--since", "002_b.sql"]).expect(20);
    let document = answer.json();
    assert_eq!((&document["judged"], &document["before"]), (&json!(1), &json!(2)));
    assert_eq!(told(&document["lint"]), ["index-blocks-writes refused 003_c.sql:1:1"]);
    let nothing = lint(home.path(), &["--since", "003_c.sql"]).expect(0);
    assert_eq!(nothing.stdout, "0 files judged by 'strict': 0 refused, 0 warnings, 0 waived\n");
    lint(home.path(), &["--since", "3"]).expect(2);
}

#[test]
fn an_environment_lends_its_profile_and_its_tables() {
    let world = World::with(&[("001_a.sql", "DROP TABLE public.ledger;")]);
    let rules = |policy: &str, more: &[&str]| {
        world.configure(policy);
        let answer = world.run(&[&["lint", "--format", "json"], more].concat());
        (answer.code, told(&answer.json()["lint"]))
    };
    let drop = "drop refused 001_a.sql:1:1".to_owned();
    assert_eq!(rules("policy = 'strict'", &[]), (20, vec![drop.clone()]));
    let both = vec![drop, "protected-table refused 001_a.sql:1:12".to_owned()];
    assert_eq!(rules("policy = 'strict'\nprotected_tables = ['ledger']", &[]), (20, both.clone()));
    let warned: Vec<String> = both.iter().map(|it| it.replace("refused", "warning")).collect();
    assert_eq!(rules("policy = 'standard'\nprotected_tables = ['ledger']", &[]), (0, warned));
    let typed = ["--profile", "strict"];
    assert_eq!(rules("policy = 'standard'\nprotected_tables = ['ledger']", &typed), (20, both));
}

#[test]
fn neither_a_database_nor_its_url_is_needed() {
    let mut command = binary();
    command.arg("--migrations").arg(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations"));
    command.args(["lint", "--format", "json"]);
    let document = Answer::of(command).expect(0).json();
    assert_eq!(told(&document["lint"]), [""; 0], "the set of this repository is clean");
    assert_eq!(document["judged"], 3);
    assert_eq!(document["lint"]["waivers"], json!([]));
    let home = set(&[]);
    assert_eq!(lint(home.path(), &["--format", "json"]).expect(20).findings(), ["empty-set"]);
    let mut nowhere = binary();
    nowhere.args(["lint", "--config", "/nowhere/migrate.toml"]);
    Answer::of(nowhere).expect(78);
}

#[test]
fn sarif_is_what_the_standard_says() {
    let home = set(&[TABLE, MIXED]);
    let file = home.path().join("of the set.sarif");
    let kept = set(&[TABLE, MIXED]);
    for _ in 0..2 {
        let name = file.to_str().expect("a path");
        let answer = lint(kept.path(), &["--sarif", name]).expect(20);
        assert!(answer.stdout.contains("refused: drop"), "the answer is told all the same");
    }
    let log: Value =
        serde_json::from_str(&fs::read_to_string(&file).expect("a file")).expect("JSON");
    let standard = include_str!("../vendor/sarif/sarif-schema-2.1.0.json");
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    let place = "urn:sarif";
    let standard = serde_json::from_str(standard).expect("the schema is JSON");
    compiler.add_resource(place, standard).expect("a schema");
    let index = compiler.compile(place, &mut schemas).expect("a valid schema");
    schemas.validate(&log, index).unwrap_or_else(|error| panic!("{error:#}\n{log:#}"));
    let mut wrong = log.clone();
    wrong["runs"][0]["results"][0]["level"] = json!("refused");
    assert!(schemas.validate(&wrong, index).is_err(), "the schema does judge");

    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let names: Vec<&str> = rules.iter().map(|it| it["id"].as_str().expect("a name")).collect();
    assert_eq!(names, Rule::ALL.map(Rule::name));
    let results = run["results"].as_array().expect("results");
    let level = |it: &Value| it["level"].as_str().expect("a level").to_owned();
    let levels: Vec<String> = results.iter().map(level).collect();
    assert_eq!(levels, ["error", "error", "warning", "error"]);
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("an index");
        let index = usize::try_from(index).expect("a small number");
        assert_eq!(result["ruleId"], names[index]);
    }
    let location = &results[1]["locations"][0]["physicalLocation"];
    assert_eq!(location["region"], json!({"startLine": 5, "startColumn": 9}));
    let uri = location["artifactLocation"]["uri"].as_str().expect("a place");
    assert!(uri.starts_with("file:///") && uri.ends_with("/002_b.sql"), "{uri}");
    let suppressed: Vec<&Value> =
        results.iter().filter(|it| it.get("suppressions").is_some()).collect();
    assert_eq!(suppressed.len(), 1);
    assert_eq!(suppressed[0]["ruleId"], "rename");
    assert_eq!(
        suppressed[0]["suppressions"],
        json!([{"kind": "inSource", "justification": "no release reads it ☃"}])
    );
}

#[test]
fn sarif_names_files_as_the_directory_was_named() {
    let home = set(&[]);
    fs::create_dir(home.path().join("my set")).expect("a directory");
    fs::write(home.path().join("my set/001_a.sql"), "DROP TABLE public.t;").expect("a file");
    let mut command = binary();
    command.current_dir(home.path());
    command.args(["--migrations", "./my set", "lint", "--sarif", "out.sarif"]);
    Answer::of(command).expect(20);
    let log = fs::read_to_string(home.path().join("out.sarif")).expect("a file");
    assert!(log.contains("\"uri\": \"my%20set/001_a.sql\""), "{log}");
    let answer = lint(&home.path().join("my set"), &["--sarif", "/nowhere/x", "--format", "json"]);
    assert_eq!(answer.expect(1).findings(), ["output"]);
}

#[test]
fn a_plan_refuses_what_lint_refuses_and_nothing_is_touched() {
    let world = World::with(&[TABLE]);
    world.configure("policy = 'strict'");
    world.run(&["apply"]).expect(0);
    world.write(MIXED.0, MIXED.1);
    for command in ["plan", "apply"] {
        let answer = world.run(&[command, "--format", "json"]).expect(20);
        assert_eq!(answer.findings(), ["drop", "index-blocks-writes"], "{command}");
    }
    assert_eq!(world.applied(), ["001_a.sql"]);
}

#[test]
fn a_plan_shows_what_it_is_warned_of_and_what_is_waived_and_the_log_is_told() {
    let world = World::with(&[TABLE]);
    world.run(&["apply"]).expect(0);
    world.write(MIXED.0, MIXED.1);
    let document = world.run(&["plan", "--format", "json"]).expect(0).json();
    assert_eq!(document["lint"]["profile"], "standard");
    assert_eq!(
        told(&document["lint"]),
        [
            "drop warning 002_b.sql:2:22",
            "index-blocks-writes warning 002_b.sql:5:9",
            "unqualified-name warning 002_b.sql:5:30"
        ]
    );
    assert_eq!(document["lint"]["waivers"][0]["reason"], "no release reads it ☃");
    let shown = world.run(&["plan"]).expect(0).stdout;
    assert!(shown.contains("warning 002_b.sql:2:22: drop: 'DROP COLUMN a'"), "{shown}");
    assert!(shown.contains("waived  002_b.sql:3: rename: no release reads it ☃"), "{shown}");
    let answer = world.run(&["apply", "--log", "json"]).expect(0);
    let records: Vec<Value> =
        answer.stderr.lines().map(|it| serde_json::from_str(it).expect("a record")).collect();
    let waiver = records.iter().position(|it| it["event"] == "waiver-in-force").expect("told");
    let begun = records.iter().position(|it| it["event"] == "migration-started").expect("told");
    assert!(waiver < begun, "before anything is sent");
    let record = &records[waiver];
    assert_eq!(record["migration"], "002_b.sql");
    assert_eq!(record["finding"], "rename");
    assert_eq!(record["place"], "002_b.sql:3:1");
    let message = record["message"].as_str().expect("a sentence");
    assert_eq!(message, "'002_b.sql' line 3 waives 'rename': no release reads it ☃");
}

/// A table of the same plan is empty, whichever file makes it; for `lint` it may be old.
#[test]
fn a_plan_knows_which_tables_are_new_and_which_indexes_are_old() {
    let index = ("002_b.sql", "CREATE INDEX t_a ON public.t (a);");
    let world = World::with(&[TABLE, index]);
    world.configure("policy = 'strict'");
    assert_eq!(
        world.run(&["lint", "--format", "json"]).expect(20).findings(),
        ["index-blocks-writes"]
    );
    world.run(&["apply"]).expect(0);
    // What was accepted once is not judged again, and what it made is known.
    let key =
        "ALTER TABLE public.t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES public.u (id) NOT VALID;";
    let other = "CREATE TABLE public.u (id bigint PRIMARY KEY);\n";
    world.write("003_c.sql", format!("{other}{key}"));
    world.run(&["apply"]).expect(0);
    world.write("004_d.sql", key.replace("(a)", "(b)").replace("CONSTRAINT k", "CONSTRAINT l"));
    let answer = world.run(&["plan", "--format", "json"]).expect(20);
    assert_eq!(answer.findings(), ["foreign-key-without-index"]);
}

#[test]
fn a_seal_judges_what_is_new_by_the_profile() {
    let world = World::with(&[("001_a.sql", "CREATE TABLE public.t (id bigint);")]);
    world.configure("policy = 'strict'");
    world.run(&["seal"]).expect(0);
    world.write("002_b.sql", "DROP TABLE public.t;");
    assert_eq!(world.run(&["seal", "--format", "json"]).expect(20).findings(), ["drop"]);
    let waived = "-- dreichor: allow(drop) it never held a row\nDROP TABLE public.t;";
    world.write("002_b.sql", waived);
    world.run(&["seal"]).expect(0);
}
