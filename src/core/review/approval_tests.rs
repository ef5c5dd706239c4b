//! What an approval says is judged member by member.

use super::*;
use crate::core::review::{FORM, write};
use std::time::UNIX_EPOCH;

fn sample() -> Approval {
    Approval {
        form: FORM,
        tool_version: "0.1.0".to_owned(),
        environment: "prod".to_owned(),
        database: "dreichor_prod".to_owned(),
        plan: Digest::of(b"plan"),
        plan_file: Some(Digest::of(b"file")),
        reference: "WO-123".to_owned(),
        approver: "ada@example.org".to_owned(),
        planned_by: Some(Planner {
            os_user: "root".to_owned(),
            sudo_user: Some("grace".to_owned()),
            host: "db1".to_owned(),
        }),
        approved_at: "2026-11-21T12:00:00Z".to_owned(),
        expires_at: "2026-11-28T12:00:00Z".to_owned(),
    }
}

fn question(now: &str) -> Question<'static> {
    let now = instant::parse(now).unwrap();
    Question { environment: "prod", database: "dreichor_prod", plan: Digest::of(b"plan"), now }
}

fn actor(os_user: &str, sudo_user: Option<&str>) -> Actor {
    Actor {
        os_user: os_user.to_owned(),
        sudo_user: sudo_user.map(str::to_owned),
        unit: None,
        host: "db1".to_owned(),
        tool_version: "0.1.0".to_owned(),
    }
}

#[test]
fn it_is_read_as_it_was_written() {
    let text = write(&sample()).unwrap();
    let read = Approval::parse(text.as_bytes()).unwrap();
    assert_eq!(read, sample());
    assert_eq!(write(&read).unwrap(), text);
    for (from, to) in [
        ("\"WO-123\"", "\"\""),
        ("\"WO-123\"", "\" WO-123\""),
        ("\"WO-123\"", "\"WO\\n123\""),
        ("\"WO-123\"", "\"WO\\u202e123\""),
        ("ada@example.org", "*@example.org"),
        ("ada@example.org", "ada,grace"),
        ("ada@example.org", "ada lovelace"),
        ("ada@example.org", "-O"),
        ("2026-11-28T12:00:00Z", "never"),
        ("\"2026-11-28T12:00:00Z\"", "null"),
        ("2026-11-21T12", "2026-11-21T25"),
        ("\"plan_file\"", "\"plan_files\""),
        ("\"form\": 1", "\"form\": 2"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        assert!(Approval::parse(changed.as_bytes()).is_err(), "{from} -> {to}");
    }
}

#[test]
fn it_counts_for_one_plan_of_one_database_between_two_instants() {
    let sample = sample();
    let at = |now| sample.answer(&question(now));
    assert_eq!(at("2026-11-21T12:00:00Z"), Ok(()));
    assert_eq!(at("2026-11-28T11:59:59Z"), Ok(()));
    assert_eq!(at("2026-11-28T12:00:00Z"), Err(Unfit::Expired));
    assert_eq!(at("2026-11-21T11:55:00Z"), Ok(()));
    assert_eq!(at("2026-11-21T11:54:59Z"), Err(Unfit::Future));
    let good = question("2026-11-22T00:00:00Z");
    let asked = |question| sample.answer(&question);
    assert_eq!(asked(Question { environment: "dev", ..good }), Err(Unfit::Environment));
    assert_eq!(asked(Question { database: "other", ..good }), Err(Unfit::Database));
    assert_eq!(asked(Question { plan: Digest::of(b"x"), ..good }), Err(Unfit::Plan));
    assert_eq!(asked(Question { now: UNIX_EPOCH, ..good }), Err(Unfit::Future));
}

#[test]
fn the_same_person_is_found_by_every_name() {
    let found = |approver: &str, actor: &Actor| {
        Approval { approver: approver.to_owned(), ..sample() }.same_person(actor)
    };
    let unit = actor("dreichor-migrate", None);
    assert_eq!(found("ada@example.org", &unit), None);
    assert_eq!(found("Grace@example.org", &unit).as_deref(), Some("grace"));
    assert_eq!(found("ROOT", &unit).as_deref(), Some("root"));
    assert_eq!(found("ada@example.org", &actor("ada", None)).as_deref(), Some("ada"));
    assert_eq!(found("ada", &actor("ada@corp", None)).as_deref(), Some("ada@corp"));
    assert_eq!(found("ada@example.org", &actor("root", Some("Ada"))).as_deref(), Some("Ada"));
    assert_eq!(found("adah@example.org", &actor("ada", None)), None);
}

#[test]
fn the_line_of_the_log_is_read_back() {
    let statement = Digest::of(b"statement");
    let line = sample().line(&statement);
    assert!(line.starts_with("WO-123, approved by ada@example.org, statement sha256:"), "{line}");
    assert_eq!(parse_line(&line), Some(("WO-123", "ada@example.org", statement)));
    let reference = "x, approved by y, statement z".to_owned();
    let line = Approval { reference: reference.clone(), ..sample() }.line(&statement);
    assert_eq!(parse_line(&line), Some((&*reference, "ada@example.org", statement)));
    assert_eq!(parse_line("WO-123"), None);
}
