//! The paper is read back as it was written, and the conflict table is symmetric.

use super::change::{Changes, sentence};
use super::lock::Mode;
use super::*;
use crate::core::review;
use crate::core::schema::canonical::parse;
use crate::core::schema::difference::compare;

#[test]
fn who_waits_for_whom_is_mutual() {
    for one in Mode::ALL {
        for other in Mode::ALL {
            assert_eq!(one.conflicts_with(other), other.conflicts_with(one), "{one:?} {other:?}");
        }
    }
}

#[test]
fn names_are_those_of_the_server_in_both_of_its_forms() {
    for mode in Mode::ALL {
        let camel: String = mode
            .name()
            .split(' ')
            .map(|word| {
                let (first, rest) = word.split_at(1);
                format!("{first}{}", rest.to_lowercase())
            })
            .collect();
        assert_eq!(Mode::parse(&format!("{camel}Lock")), Some(mode));
        assert_eq!(serde_json::to_string(&mode).unwrap(), format!("\"{}\"", mode.name()));
    }
    assert_eq!(Mode::parse("SIReadLock"), None);
    assert_eq!(Mode::parse("Share"), None);
}

fn lock(relation: &str, kind: &str, mode: Mode) -> HeldLock {
    HeldLock { relation: relation.to_owned(), kind: kind.to_owned(), mode, blocks: mode.blocks() }
}

fn paper() -> Rehearsal {
    let statement = RehearsedStatement {
        line: 3,
        text: "ALTER TABLE public.a".to_owned(),
        duration_ms: 1.25,
        estimated_ms: Some(12.5),
        locks: vec![
            lock("public.a", "table", Mode::AccessExclusive),
            lock("public.a_pkey", "index", Mode::AccessExclusive),
            lock("public.b", "table", Mode::Share),
            lock("public.c", "table", Mode::AccessExclusive),
        ],
        rewrote: vec!["public.a".to_owned()],
        scanned: Vec::new(),
        made: Vec::new(),
        changed: Vec::new(),
        dropped: Vec::new(),
    };
    Rehearsal {
        form: review::FORM,
        environment: "prod".to_owned(),
        database: "d".to_owned(),
        plan: Digest::of(b"plan").to_string(),
        server: "15.1".to_owned(),
        tool: "0".to_owned(),
        scratch: Ground::Throwaway,
        twin: Source::Copy,
        data: Data::Fraction(0.1),
        twin_differs: Vec::new(),
        end: End { code: "ok".to_owned(), migration: None, message: None },
        migrations: vec![RehearsedMigration {
            version: "001_a.sql".to_owned(),
            sha256: String::new(),
            duration_ms: Some(2.0),
            statements: vec![statement],
            ending_ms: None,
            failure: None,
        }],
        statements_differ: Vec::new(),
        schema_before: String::new(),
        schema_after: String::new(),
        changes: Vec::new(),
        seal: SealAnswer::NotSealed,
        seal_differs: Vec::new(),
        limits: limits(Ground::Throwaway),
        started_at: String::new(),
        finished_at: String::new(),
    }
}

#[test]
fn a_paper_is_read_back_and_nothing_strange_in_it_is_passed_over() {
    let paper = paper();
    let text = review::write(&paper).unwrap();
    assert!(text.ends_with("}\n") && text.starts_with("{\n  \"form\": 1,\n"), "{text}");
    assert_eq!(review::read::<Rehearsal>(text.as_bytes()).unwrap(), paper);
    assert_eq!(paper.plan_digest(), Some(Digest::of(b"plan")));
    let strange = text.replacen("\"form\"", "\"strange\": 1, \"form\"", 1);
    assert!(review::read::<Rehearsal>(strange.as_bytes()).is_err());
}

#[test]
fn the_worst_locks_are_the_strongest_and_tables_stand_for_their_indexes() {
    let paper = paper();
    let worst = paper.migrations[0].statements[0].worst_locks();
    let relations: Vec<&str> = worst.iter().map(|it| it.relation.as_str()).collect();
    assert_eq!(relations, ["public.a", "public.c"]);
    assert!(worst.iter().all(|it| it.mode == Mode::AccessExclusive && it.blocks.len() == 8));
    assert_eq!(worst[0].mode.blocks_shortly(), "reads and writes");
}

#[test]
fn a_change_is_told_as_what_became_of_an_object() {
    let schema = |lines: &[&str]| {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        parse(&format!("dreichor-schema 1\n{text}")).unwrap()
    };
    let before = schema(&[
        "schema public",
        "sequence public.gone",
        "table public.t",
        "column public.t.a position=1 type=integer",
        "column public.t.b position=2 type=text",
    ]);
    let after = schema(&[
        "schema public",
        "table public.new",
        "table public.t",
        "column public.t.a position=1 type=bigint not-null=yes",
        "column public.t.b position=2 type=text",
    ]);
    let differences = compare(&before, &after);
    let told: Vec<String> = differences.iter().map(sentence).collect();
    assert_eq!(
        told,
        [
            "sequence gone: dropped",
            "table new: made",
            "column t.a: type integer → bigint",
            "column t.a: not null none → yes",
        ]
    );
    let changes = Changes::of(&differences);
    assert_eq!(changes.made, ["table new"]);
    assert_eq!(changes.changed, ["column t.a"]);
    assert_eq!(changes.dropped, ["sequence gone"]);
}
