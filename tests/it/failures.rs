//! A failing statement: file, line, column, the line with a caret, and all that the server
//! says, in the document and in the text for people. Cases: `tests/cases/failures`.

use crate::support::World;
use serde_json::Value;
use std::fs;
use std::path::Path;

const NAME: &str = "001_case.sql";

struct Case {
    title: String,
    /// Keys and values, in order.
    expected: Vec<(String, String)>,
    text: String,
}

fn cases(table: &str) -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/failures").join(table);
    let table = fs::read_to_string(path).expect("the table is there");
    let table = table.replace('␍', "\r").replace('␉', "\t").replace("«300»", &" ".repeat(300));
    let mut sections = table.trim_end_matches('\n').split("\n== ");
    let first = sections.next().expect("a case").strip_prefix("== ").expect("a title");
    std::iter::once(first).chain(sections).map(case).collect()
}

fn case(section: &str) -> Case {
    let (head, text) = section.split_once("\n---\n").expect("a text");
    let mut lines = head.split('\n');
    let title = lines.next().expect("a title").to_owned();
    let expected = lines
        .map(|line| {
            let (key, value) = line.split_once(": ").expect("a key");
            (key.to_owned(), value.to_owned())
        })
        .collect();
    Case { title, expected, text: text.to_owned() }
}

/// `statement LINE:COLUMN SQLSTATE` of the document.
fn place(failed: &Value) -> String {
    let state = failed["sqlstate"].as_str().expect("a state");
    match (&failed["statement"], &failed["line"], &failed["column"]) {
        (Value::Null, Value::Null, Value::Null) => format!("- - {state}"),
        (statement, line, column) => format!("{statement} {line}:{column} {state}"),
    }
}

/// What differs between a case and what the program said of it.
fn differences(case: &Case, failed: &Value, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut differs = |what: &str, expected: &str, found: &str| {
        wrong.push(format!("  {what}: wanted {expected:?}\n  {what}: found  {found:?}"));
    };
    let said = |key: &str| failed[key].as_str().unwrap_or_default().to_owned();
    let mut shown = String::new();
    for (key, value) in &case.expected {
        match key.as_str() {
            "at" if place(failed) != *value => differs("at", value, &place(failed)),
            "text" if said("text") != *value => differs("text", value, &said("text")),
            "query" => {
                let found = failed["internal_position"].to_string();
                if found != *value {
                    differs("query", value, &found);
                }
            }
            "message" | "detail" | "hint" | "context" if !said(key).contains(value) => {
                differs(key, value, &said(key));
            }
            "shown" => shown.push_str(&format!("{value}\n")),
            "at" | "text" | "message" | "detail" | "hint" | "context" => {}
            unknown => panic!("unknown key '{unknown}' in '{}'", case.title),
        }
    }
    if !text.contains(&shown) {
        differs("shown", &shown, text);
    }
    wrong
}

fn hold(table: &str) {
    let world = World::empty();
    let mut wrong = Vec::new();
    let cases = cases(table);
    assert!(cases.len() >= 10, "only {} cases in {table}", cases.len());
    for case in &cases {
        assert!(case.expected.iter().any(|(key, _)| key == "at"), "{}", case.title);
        world.write(NAME, &case.text);
        let answer = world.run(&["apply", "--format", "json"]).expect(40);
        let text = world.run(&["apply"]).expect(40);
        let document = answer.json();
        assert_eq!(document["failed"]["version"], NAME);
        assert_eq!(document["remaining"][0], NAME);
        let found = differences(case, &document["failed"], &text.stdout);
        if !found.is_empty() {
            wrong.push(format!("{}\n{}", case.title, found.join("\n")));
        }
        let left = world.sql(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
        );
        assert_eq!(left, "2", "'{}' left something behind", case.title);
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
    assert_eq!(world.logged(), vec![format!("failed:{NAME}"); cases.len() * 2]);
    world.run(&["history", "--verify"]).expect(0);
}

#[test]
fn every_failure_has_its_place() {
    hold("places.txt");
}

#[test]
fn every_failure_has_the_servers_words() {
    hold("words.txt");
}

#[test]
fn the_log_tells_the_failure_with_the_same_place() {
    let world = World::with(&[(NAME, "CREATE TABLE public.a ();\n  SELECT 'ß', nope;")]);
    let answer = world.run(&["apply", "--log", "json"]).expect(40);
    let records: Vec<Value> =
        answer.stderr.lines().map(|line| serde_json::from_str(line).expect("a record")).collect();
    let failed = records.iter().find(|it| it["event"] == "migration-failed").expect("a record");
    assert_eq!(failed["migration"], NAME);
    assert_eq!(failed["sqlstate"], "42703");
    assert_eq!(failed["place"], "001_case.sql:2:15");
    assert_eq!(failed["code"], "failed");
    assert_eq!(failed["exit_code"], 40);
    assert_eq!(failed["priority"], 3);
    assert!(failed["message"].as_str().unwrap().contains("LINE:   SELECT 'ß', nope;"));
}
