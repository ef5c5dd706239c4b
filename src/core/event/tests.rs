//! Every kind of event carries what its row promises, and nothing else.

use super::*;
use crate::core::code::TABLE;
use crate::core::failure::ServerError;
use crate::core::place::Place;

fn version() -> Version {
    Version::parse("002_b.sql").unwrap()
}

fn failure(located: bool) -> Box<StatementFailure> {
    Box::new(StatementFailure {
        version: version(),
        statement: located.then_some(3),
        place: located.then_some(Place { line: 7, column: 9 }),
        line: located.then(|| "select 1/0;".to_owned()),
        error: ServerError {
            severity: "ERROR".to_owned(),
            sqlstate: "22012".to_owned(),
            message: "division by zero".to_owned(),
            context: Some("PL/pgSQL function f()".to_owned()),
            ..Default::default()
        },
        blockers: Vec::new(),
    })
}

fn notice(version: Option<Version>) -> Event {
    Event::ServerNotice {
        version,
        severity: "WARNING".to_owned(),
        sqlstate: "01000".to_owned(),
        message: "careful".to_owned(),
        more: Vec::new(),
    }
}

fn finding(subject: &str) -> Event {
    let (message, remedy) = ("it is wrong".to_owned(), "mend it".to_owned());
    let finding = Finding { code: "wrong", subject: subject.to_owned(), message, remedy };
    Event::Finding { code: Code::Behind, finding }
}

/// An event of each kind with all that it can carry, and one with as little as it can.
fn samples() -> Vec<[Event; 2]> {
    let twice = |event: Event| [event.clone(), event];
    let failed =
        |code| [true, false].map(|all| Event::MigrationFailed { code, failure: failure(all) });
    let trouble = |version| Event::Trouble { version, message: "it failed".to_owned() };
    let backup = Backup {
        path: "/b/1.dump".into(),
        bytes: 7,
        digest: Digest::of(b""),
        plan: Digest::of(b""),
        tables: 2,
        duration: Duration::from_millis(5),
        program: "pg_dump (PostgreSQL) 15.1".to_owned(),
        server: "15.1".to_owned(),
    };
    let mut samples = vec![
        twice(Event::BackupMade { backup: Box::new(backup) }),
        twice(Event::RunStarted { plan: Digest::of(b""), pending: 2 }),
        twice(Event::PlanApproved { plan: Digest::of(b""), approval: "WO-123".to_owned() }),
        twice(Event::WaiverInForce {
            version: "002_b.sql".to_owned(),
            line: 3,
            rule: "drop",
            reason: "nobody reads it".to_owned(),
        }),
        twice(Event::MigrationStarted { version: version(), number: 1, of: 2 }),
        twice(Event::MigrationApplied { version: version(), duration: Duration::from_millis(5) }),
        failed(Code::Failed),
        failed(Code::TimedOut),
        twice(Event::MigrationInterrupted { version: version(), signal: "SIGTERM" }),
        [notice(Some(version())), notice(None)],
        twice(Event::WaitingForLock { holder: "pid 1".to_owned(), patience: Duration::ZERO }),
        twice(Event::ConnectionRetried { reason: "refused".to_owned() }),
        [trouble(Some(version())), trouble(None)],
        [finding("002_b.sql"), finding("run")],
        twice(Event::AnswerLost { code: Code::Internal, reason: "no space".to_owned() }),
    ];
    samples.extend(TABLE.iter().map(|row| {
        twice(Event::Ended {
            command: "check",
            code: row.code,
            summary: "it ended".to_owned(),
            remedy: (row.code != Code::Ok).then(|| "mend it".to_owned()),
        })
    }));
    samples
}

/// The fields that an event carries, in the order of the table.
fn carried(fields: &Fields) -> Vec<Field> {
    let Fields {
        migration,
        statement,
        place,
        code,
        finding,
        sqlstate,
        plan,
        duration,
        remedy,
        backup,
    } = fields;
    let carried = [
        (Field::Migration, migration.is_some()),
        (Field::Statement, statement.is_some()),
        (Field::Place, place.is_some()),
        (Field::Code, code.is_some()),
        (Field::ExitCode, code.is_some()),
        (Field::Finding, finding.is_some()),
        (Field::Sqlstate, sqlstate.is_some()),
        (Field::Plan, plan.is_some()),
        (Field::DurationMs, duration.is_some()),
        (Field::Remedy, remedy.is_some()),
        (Field::Backup, backup.is_some()),
        (Field::BackupBytes, backup.is_some()),
        (Field::BackupDigest, backup.is_some()),
    ];
    carried.into_iter().filter(|(_, there)| *there).map(|(field, _)| field).collect()
}

fn sorted(mut fields: Vec<Field>) -> Vec<Field> {
    fields.sort_by_key(|field| *field as usize);
    fields
}

#[test]
fn each_kind_carries_the_fields_of_its_row_and_no_other() {
    let samples = samples();
    let kinds: Vec<Kind> = samples.iter().map(|[event, _]| event.kind()).collect();
    assert_eq!(kinds, Kind::all().collect::<Vec<_>>());
    for [fullest, barest] in samples {
        let row = fullest.kind().row();
        let all = [row.always, row.sometimes].concat();
        assert_eq!(carried(&fullest.record().fields), sorted(all), "{}", row.name);
        assert_eq!(carried(&barest.record().fields), sorted(row.always.to_vec()), "{}", row.name);
    }
}

#[test]
fn a_record_has_the_identity_of_its_kind() {
    for [event, _] in samples() {
        let (row, record) = (event.kind().row(), event.record());
        assert_eq!((record.message_id, record.name), (row.message_id, row.name));
        assert_eq!(record.priority, event.priority());
        let fixed = row.priority.unwrap_or(Priority::Warning);
        assert_eq!(record.priority, fixed, "{}", row.name);
    }
}

#[test]
fn a_timeout_is_told_apart_from_a_failure() {
    let kind = |code| Event::MigrationFailed { code, failure: failure(true) }.kind();
    assert_eq!(kind(Code::TimedOut), Kind::MigrationTimedOut);
    assert_eq!(kind(Code::Failed), Kind::MigrationFailed);
}

#[test]
fn a_failure_tells_place_statement_state_and_context() {
    let record = Event::MigrationFailed { code: Code::Failed, failure: failure(true) }.record();
    assert_eq!(record.priority, Priority::Error);
    assert_eq!(
        record.message,
        "002_b.sql:7:9, statement 3: ERROR 22012: division by zero; it was rolled back and left nothing\nCONTEXT: PL/pgSQL function f()\nLINE: select 1/0;\n              ^"
    );
    assert_eq!(record.fields.sqlstate.as_deref(), Some("22012"));
    assert_eq!(record.fields.statement, Some(3));
    assert_eq!(record.fields.place.as_deref(), Some("002_b.sql:7:9"));
}

#[test]
fn notices_keep_their_level() {
    let levels = ["WARNING", "NOTICE", "INFO", "LOG", "DEBUG"].map(notice_priority);
    let expected =
        [Priority::Warning, Priority::Notice, Priority::Info, Priority::Info, Priority::Debug];
    assert_eq!(levels, expected);
}
