//! Owns the properties of the log's chain. Must never need a database.

use super::*;
use proptest::prelude::*;

fn row(version: &str) -> LogRow {
    LogRow {
        sequence: 0,
        run_id: "5e9c".to_owned(),
        version: version.to_owned(),
        event: LogEvent::Applied.name().to_owned(),
        sha256: Digest::of(version.as_bytes()).hex(),
        plan_digest: Some(Digest::of(b"plan").hex()),
        started_at: UNIX_EPOCH + Duration::from_micros(1_700_000_000_000_001),
        finished_at: UNIX_EPOCH + Duration::from_micros(1_700_000_000_000_777),
        duration_us: 776,
        sqlstate: None,
        message: None,
        os_user: "root".to_owned(),
        sudo_user: None,
        unit: None,
        database_role: "dreichor_prod_migrator".to_owned(),
        host: "host".to_owned(),
        tool_version: "0.1.0".to_owned(),
        approval: None,
        previous_hash: None,
        row_hash: String::new(),
    }
}

fn chain(length: usize) -> Vec<LogRow> {
    let mut head = ChainHead::default();
    let mut rows = Vec::new();
    for number in 0..length {
        let next = row(&format!("{number:03}_m.sql")).linked(&head);
        head = ChainHead { sequence: next.sequence, row_hash: Some(next.row_hash.clone()) };
        rows.push(next);
    }
    rows
}

fn breaks(rows: &[LogRow]) -> Vec<ChainBreak> {
    let mut verifier = ChainVerifier::default();
    rows.iter().flat_map(|row| verifier.verify(row)).collect()
}

type Edit = fn(&mut LogRow);

const EDITS: &[(&str, Edit)] = &[
    ("run_id", |row| row.run_id.push('x')),
    ("version", |row| row.version.push('x')),
    ("event", |row| row.event = "failed".to_owned()),
    ("sha256", |row| row.sha256 = Digest::of(b"other").hex()),
    ("plan_digest", |row| row.plan_digest = None),
    ("started_at", |row| row.started_at += Duration::from_micros(1)),
    ("finished_at", |row| row.finished_at -= Duration::from_micros(1)),
    ("duration_us", |row| row.duration_us += 1),
    ("sqlstate", |row| row.sqlstate = Some(String::new())),
    ("message", |row| row.message = Some("-".to_owned())),
    ("os_user", |row| row.os_user.push('x')),
    ("sudo_user", |row| row.sudo_user = Some("x".to_owned())),
    ("unit", |row| row.unit = Some("x".to_owned())),
    ("database_role", |row| row.database_role.push('x')),
    ("host", |row| row.host.push('x')),
    ("tool_version", |row| row.tool_version.push('x')),
    ("approval", |row| row.approval = Some("x".to_owned())),
];

#[test]
fn an_edit_of_any_column_is_found_where_it_is() {
    for (column, edit) in EDITS {
        let mut rows = chain(3);
        edit(&mut rows[1]);
        assert_eq!(breaks(&rows), [ChainBreak::Edited { sequence: 2 }], "{column}");
    }
}

#[test]
fn an_edit_whose_hash_was_mended_breaks_the_next_link() {
    let mut rows = chain(3);
    rows[1].version = "009_other.sql".to_owned();
    rows[1].row_hash = rows[1].computed_hash();
    assert_eq!(breaks(&rows), [ChainBreak::Link { sequence: 3 }]);
}

#[test]
fn no_text_can_pretend_to_be_another_column() {
    let mut left = row("a");
    left.os_user = "x\"\nsudo_user \"y".to_owned();
    let mut right = row("a");
    right.os_user = "x".to_owned();
    right.sudo_user = Some("y".to_owned());
    assert_ne!(left.computed_hash(), right.computed_hash());
    let dash = LogRow { unit: Some("-".to_owned()), ..row("a") };
    assert_ne!(dash.computed_hash(), row("a").computed_hash());
}

#[test]
fn times_before_1970_keep_their_microseconds() {
    let time = UNIX_EPOCH - Duration::new(1, 1_000);
    assert_eq!(microseconds(time), -1_000_001);
    assert_eq!(
        whole_microseconds(UNIX_EPOCH + Duration::new(1, 1_999)),
        UNIX_EPOCH + Duration::new(1, 1_000)
    );
}

proptest! {
    #[test]
    fn an_untouched_chain_is_whole(length in 0usize..20) {
        prop_assert_eq!(breaks(&chain(length)), vec![]);
    }

    #[test]
    fn a_removed_row_is_noticed_unless_it_was_the_last(length in 2usize..20, at in 0usize..20) {
        let mut rows = chain(length);
        let at = at % (length - 1);
        rows.remove(at);
        prop_assert!(!breaks(&rows).is_empty());
    }

    #[test]
    fn swapped_rows_are_noticed(length in 2usize..20, at in 0usize..20) {
        let mut rows = chain(length);
        let at = at % (length - 1);
        rows.swap(at, at + 1);
        prop_assert!(!breaks(&rows).is_empty());
    }
}
