//! The plan file round-trips byte for byte, and whatever is changed in it is refused or told.

use super::*;
use crate::core::history::AppliedMigration;
use crate::core::policy::{Profile, lint::LintReport};
use crate::core::review::write;
use crate::core::set::Migration;
use crate::core::{comparison::Comparison, plan::make_plan};
use std::time::{Duration, UNIX_EPOCH};

fn actor() -> Actor {
    Actor {
        os_user: "root".to_owned(),
        sudo_user: Some("ada".to_owned()),
        unit: None,
        host: "db1".to_owned(),
        tool_version: "0.1.0".to_owned(),
    }
}

fn file(rows: &[(&str, Option<&str>)], files: &[(&str, &str)]) -> PlanFile {
    let history = History {
        applied: rows
            .iter()
            .map(|(name, text)| AppliedMigration {
                version: (*name).into(),
                digest: text.map(|text| Digest::of(text.as_bytes())),
            })
            .collect(),
        ..History::default()
    };
    let pending = files
        .iter()
        .map(|(name, text)| Migration {
            version: Version::parse(name).unwrap(),
            digest: Digest::of(text.as_bytes()),
            size: text.len() as u64,
        })
        .collect();
    let target = Target { environment: "prod", database: "dreichor_prod" };
    let plan = make_plan(target, &history, Comparison { pending, differences: Vec::new() })
        .unwrap()
        .judged(LintReport::empty(Profile::Strict));
    let at = UNIX_EPOCH + Duration::from_secs(1_763_697_273);
    PlanFile::of(target, &plan, &history, &actor(), at)
}

fn sample() -> PlanFile {
    file(&[("000_old.sql", None), ("001_a.sql", Some("a"))], &[("002_b.sql", "b")])
}

#[test]
fn it_is_read_as_it_was_written() {
    let text = write(&sample()).unwrap();
    assert!(text.starts_with("{\n  \"form\": 1,\n  \"tool_version\": \"0.1.0\",\n"), "{text}");
    assert!(text.ends_with("\n  \"rehearsal\": null\n}\n"), "{text}");
    let read = PlanFile::parse(text.as_bytes()).unwrap();
    assert_eq!(read, sample());
    assert_eq!(write(&read).unwrap(), text);
}

#[test]
fn whatever_is_changed_in_it_is_refused() {
    let text = write(&sample()).unwrap();
    let hex = |of: &str| Digest::of(of.as_bytes()).hex();
    for (from, to) in [
        ("\"prod\"", "\"dev\""),
        ("\"dreichor_prod\"", "\"dreichor_dev\""),
        ("001_a.sql", "001_b.sql"),
        ("002_b.sql", "002_c.sql"),
        ("002_b.sql", "../b.sql"),
        (&*hex("a"), &*hex("x")),
        (&*hex("b"), &*hex("x")),
        (&*hex("b"), "x"),
        ("\"sha256\": null", &*format!("\"sha256\": \"{}\"", hex("x"))),
        ("\"form\": 1", "\"form\": 2"),
        ("\"form\": 1,", ""),
        ("\"form\": 1,", "\"form\": 1, \"form\": 1,"),
        ("\"form\": 1,", "\"form\": 1, \"more\": 1,"),
        ("\"host\"", "\"hosts\""),
        ("2025-11-21", "2025-02-30"),
        ("\"sha256:", "\""),
        ("}\n", "}\n{}"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        assert!(PlanFile::parse(changed.as_bytes()).is_err(), "{from} -> {to}");
    }
    let stated = text.replace(&sample().digest.hex(), &hex("x"));
    assert!(matches!(PlanFile::parse(stated.as_bytes()), Err(PaperFault::Digest { .. })));
    for other in ["", "[]", "null", "{", "not json", "{\"form\": 1}"] {
        assert!(PlanFile::parse(other.as_bytes()).is_err(), "{other}");
    }
}

#[test]
fn a_refusal_quotes_nothing_of_the_text() {
    for text in ["postgres://u:canary@localhost/x", "{\"form\": \"canary\"}", "{\"canary\": 1}"] {
        let fault = PlanFile::parse(text.as_bytes()).unwrap_err();
        assert!(!fault.to_string().contains("canary"), "{fault}");
    }
}

#[test]
fn what_differs_is_named() {
    let old = file(&[("001_a.sql", Some("a"))], &[("002_b.sql", "b"), ("003_c.sql", "c")]);
    let differences = |rows: &[(&str, Option<&str>)], files: &[(&str, &str)]| {
        old.differences(&file(rows, files)).join("; ")
    };
    let (one, two, three) = (("001_a.sql", Some("a")), ("002_b.sql", "b"), ("003_c.sql", "c"));
    assert_eq!(differences(&[one], &[two, three]), "");
    assert_eq!(differences(&[one], &[two, ("003_c.sql", "x")]), "'003_c.sql' was changed");
    assert_eq!(differences(&[one], &[two]), "'003_c.sql' is gone");
    assert_eq!(differences(&[one], &[two, three, ("004_d.sql", "d")]), "'004_d.sql' was added");
    assert_eq!(differences(&[one, ("002_b.sql", Some("b"))], &[three]), "'002_b.sql' was applied");
    assert_eq!(
        differences(&[one, ("002_x.sql", Some("x"))], &[two, three]),
        "'002_x.sql' was applied"
    );
    assert_eq!(differences(&[], &[("001_a.sql", "a"), two, three]), "'001_a.sql' is pending again");
    assert_eq!(differences(&[], &[two, three]), "'001_a.sql' is not in the history any more");
    let recorded = "the recorded checksum of '001_a.sql' is another";
    assert_eq!(differences(&[("001_a.sql", None)], &[two, three]), recorded);
}
