//! Runs the tables of cases in `tests/cases/policy` (its README says how they are written).
//! Must never hold a case itself, but for what a table cannot say.

use super::{FileOffence, Inspection, Profile, Rule, Standing, inspect};
use crate::core::finding::Explain;
use std::fs;
use std::path::Path;

/// One case of a table.
struct Case {
    title: String,
    expect: String,
    statements: Option<usize>,
    waived: Option<String>,
    text: String,
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/policy")
}

fn cases(table: &str) -> Vec<Case> {
    let mut sections = table.split("\n== ");
    let first = sections.next().unwrap().strip_prefix("== ").unwrap();
    std::iter::once(first).chain(sections).map(case).collect()
}

fn case(section: &str) -> Case {
    let (head, text) = section.split_once("\n---").unwrap();
    let mut lines = head.lines();
    let title = lines.next().unwrap().to_owned();
    let (mut expect, mut statements, mut waived) = (None, None, None);
    for line in lines {
        match line.split_once(": ").unwrap() {
            ("expect", value) => expect = Some(value.to_owned()),
            ("statements", value) => statements = Some(value.parse().unwrap()),
            ("waived", value) => waived = Some(value.to_owned()),
            (key, _) => panic!("unknown key '{key}' in '{title}'"),
        }
    }
    let text = text.strip_prefix('\n').unwrap_or(text);
    let text = text.replace("«NBSP»", "\u{a0}").replace("«BOM»", "\u{feff}");
    let text = text.replace('␀', "\0").replace('␍', "\r").replace('␋', "\x0b").replace('␌', "\x0c");
    Case { title, expect: expect.unwrap(), statements, waived, text }
}

/// The rules that these tables are about; those of the profiles have tables of their own.
fn is_subject(rule: Rule) -> bool {
    rule.is_refused_in(Profile::Standard) || rule == Rule::NoStatement
}

fn summary(inspection: &Inspection) -> String {
    let found: Vec<String> = inspection
        .offences
        .iter()
        .filter(|it| is_subject(it.rule))
        .map(|it| format!("{}@{}:{}", it.rule, it.place.line, it.place.column))
        .collect();
    if found.is_empty() { "none".to_owned() } else { found.join(", ") }
}

#[test]
fn every_case_of_the_tables_holds() {
    let mut faults = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        for case in cases(fs::read_to_string(&path).unwrap().trim_end_matches('\n')) {
            count += 1;
            let inspection = inspect(&case.text);
            let mut fault = |what: &str, found: String, wanted: String| {
                if found != wanted {
                    let file = path.file_name().unwrap().display();
                    let messages: Vec<&str> =
                        inspection.offences.iter().map(|it| it.what.as_str()).collect();
                    faults.push(format!(
                        "{file}: {}\n  {what} {found}\n  wanted {wanted}\n  {messages:?}",
                        case.title
                    ));
                }
            };
            fault("found", summary(&inspection), case.expect.clone());
            if let Some(wanted) = case.statements {
                let found = inspection.statements.len();
                fault("statements", found.to_string(), wanted.to_string());
            }
            let waived: Vec<&str> = inspection.waivers.iter().map(|it| it.rule.name()).collect();
            fault("waived", waived.join(", "), case.waived.clone().unwrap_or_default());
        }
    }
    assert!(count >= 120, "only {count} cases were found");
    assert!(faults.is_empty(), "{} of {count}:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn what_servers_accept_is_accepted() {
    let text = fs::read_to_string(folder().join("valid.sql")).unwrap();
    for statement in text.split("\n-- @@\n") {
        let inspection = inspect(statement);
        assert_eq!(summary(&inspection), "none", "{statement}");
        assert_eq!(inspection.statements.len(), 1, "{statement}");
    }
}

#[test]
fn a_span_leaves_comments_and_the_semicolon_out() {
    let text = "-- a\nSELECT 1 /* b */ ; -- c\n/* d */ SELECT ';' -- e\n;";
    let spans: Vec<&str> =
        inspect(text).statements.iter().map(|it| text.get(it.start..it.end).unwrap()).collect();
    assert_eq!(spans, ["SELECT 1", "SELECT ';'"]);
}

#[test]
fn an_offence_explains_itself() {
    let offence = inspect("SELECT 1;\n\n commit  work;").offences.remove(0);
    assert_eq!(offence.statement, 2);
    assert_eq!(offence.offset, 12);
    let finding = FileOffence { file: "002_x.sql".to_owned(), offence }.finding();
    assert_eq!(finding.code, "transaction-control");
    assert_eq!(finding.subject, "002_x.sql");
    assert_eq!(
        finding.message,
        "'002_x.sql' line 3, column 2: 'commit work' is transaction control, and would break up \
         the transaction that the migration and its record share"
    );
    assert!(finding.remedy.starts_with("remove the command"));
}

#[test]
fn a_waiver_says_what_why_and_where() {
    let text = "SELECT 1;\n  -- dreichor: allow(unreadable)  because of X \nFROB a;";
    let waiver = inspect(text).waivers.remove(0);
    assert_eq!(waiver.rule, Rule::Unreadable);
    assert_eq!(waiver.reason, "because of X");
    assert_eq!(waiver.statement, 2);
    assert_eq!((waiver.place.line, waiver.place.column), (2, 3));
}

#[test]
fn rules_have_names_reasons_and_remedies() {
    for rule in Rule::ALL {
        assert_eq!(Rule::of_name(rule.name()), Some(rule));
        assert!(rule.name().bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{rule}");
        for sentence in [rule.reason(), rule.remedy()] {
            assert!(!sentence.is_empty() && !sentence.ends_with('.'), "{sentence}");
            assert!(!sentence.starts_with(char::is_uppercase), "{sentence}");
        }
        let (standing, profiles) = (rule.standing(), [Profile::Strict, Profile::Standard]);
        let refused = profiles.map(|profile| rule.is_refused_in(profile));
        let waived = profiles.map(|profile| rule.can_be_waived_in(profile));
        let expected = match standing {
            Standing::Always => ([true, true], [false, false]),
            Standing::AlwaysUnlessWaived => ([true, true], [true, true]),
            Standing::Strict => ([true, false], [false, true]),
            Standing::StrictUnlessWaived => ([true, false], [true, true]),
            Standing::Advice => ([false, false], [true, true]),
        };
        assert_eq!((refused, waived), expected, "{rule}");
        assert!(rule.source().starts_with("design ") || rule.source().starts_with("PostgreSQL"));
    }
    assert_eq!(Rule::of_name("Unreadable"), None);
}

#[test]
fn profiles_are_read_as_they_are_written() {
    for profile in [Profile::Strict, Profile::Standard] {
        assert_eq!(Profile::of_word(profile.word()), Some(profile));
    }
    assert_eq!(Profile::of_word("Strict"), None);
}
