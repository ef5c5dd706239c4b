//! Owns the cases of the comparison: tables, and the properties that hold for all sets and
//! histories. Must never need a database.

use super::*;
use crate::core::history::AppliedMigration;
use crate::core::set::{Found, FoundFile};
use proptest::prelude::*;

/// `name` has the digest of its own name; `name=text` has the digest of the text.
fn digest_of(word: &str) -> (String, Option<Digest>) {
    match word.split_once('=') {
        Some((name, "?")) => (name.to_owned(), None),
        Some((name, text)) => (name.to_owned(), Some(Digest::of(text.as_bytes()))),
        None => (word.to_owned(), Some(Digest::of(word.as_bytes()))),
    }
}

fn set(words: &str) -> MigrationSet {
    let found = words.split_whitespace().map(|word| {
        let (name, digest) = digest_of(word);
        let digest = digest.unwrap();
        let content = Found::File { digest, size: 1, not_utf8_at: None, byte_order_mark: false };
        FoundFile { name, content }
    });
    MigrationSet::assemble(found.collect()).unwrap()
}

fn history(words: &str) -> History {
    let applied = words.split_whitespace().map(|word| {
        let (name, digest) = digest_of(word);
        AppliedMigration { version: name.into(), digest }
    });
    let applied = applied.collect();
    History { table_exists: true, log_exists: true, applied, ..History::default() }
}

/// Set, history, expected pending, expected differences as `code:subject`.
const CASES: &[(&str, &str, &str, &str)] = &[
    ("", "", "", ""),
    ("001_a.sql 002_b.sql", "", "001_a.sql 002_b.sql", ""),
    ("001_a.sql 002_b.sql", "001_a.sql", "002_b.sql", ""),
    ("001_a.sql 002_b.sql", "001_a.sql 002_b.sql", "", ""),
    ("001_a.sql", "001_a.sql 002_b.sql", "", "ahead:002_b.sql"),
    ("", "001_a.sql", "", "ahead:001_a.sql"),
    ("001_a.sql=x", "001_a.sql", "", "edited:001_a.sql"),
    ("001_a.sql=x 002_b.sql", "001_a.sql", "002_b.sql", "edited:001_a.sql"),
    ("002_b.sql", "001_a.sql 002_b.sql", "", "missing:001_a.sql"),
    ("001_a.sql 003_c.sql", "001_a.sql 002_b.sql", "003_c.sql", "missing:002_b.sql"),
    ("001_a.sql 002_b.sql 003_c.sql", "001_a.sql 003_c.sql", "", "inserted:002_b.sql"),
    ("001_a.sql 002_z.sql=b", "001_a.sql 002_b.sql=b", "", "renamed:002_b.sql"),
    ("001_a.sql 003_b.sql=b", "001_a.sql 002_b.sql=b", "", "renamed:002_b.sql"),
    ("001_b.sql=b 002_c.sql", "002_b.sql=b 002_c.sql", "", "renamed:002_b.sql"),
    ("001_a.sql", "001_a.sql 001_a.sql", "", "duplicated:001_a.sql"),
    ("001_a.sql", "001_a.sql=?", "", "no-checksum:001_a.sql"),
    ("001_a.sql 002_b.sql", "001_a.sql=? 002_b.sql", "", "no-checksum:001_a.sql"),
    ("001_a.sql", "001_a.sql nonsense", "", "ahead:nonsense"),
    ("001_a.sql", "%_ 001_a.sql", "", "missing:%_"),
    (
        "001_a.sql=x 002_b.sql 004_d.sql 005_e.sql",
        "001_a.sql 003_c.sql 004_d.sql 006_f.sql",
        "",
        "edited:001_a.sql inserted:002_b.sql missing:003_c.sql inserted:005_e.sql ahead:006_f.sql",
    ),
];

#[test]
fn every_contradiction_is_named() {
    for (files, rows, pending, differences) in CASES {
        let comparison = compare(&set(files), &history(rows));
        let names: Vec<_> = comparison.pending.iter().map(|m| m.version.as_str()).collect();
        assert_eq!(names.join(" "), *pending, "pending of [{files}] over [{rows}]");
        let found: Vec<_> = comparison
            .differences
            .iter()
            .map(|difference| format!("{}:{}", difference.code(), difference.subject()))
            .collect();
        assert_eq!(found.join(" "), *differences, "differences of [{files}] over [{rows}]");
    }
}

#[test]
fn a_row_that_only_the_log_knows_is_a_contradiction() {
    let mut rows = history("001_a.sql");
    rows.unlisted.push("002_b.sql".to_owned());
    let comparison = compare(&set("001_a.sql 002_b.sql"), &rows);
    assert_eq!(comparison.differences, [Difference::Unlisted("002_b.sql".to_owned())]);
    assert_eq!(comparison.differences[0].exit_code(), Code::Diverged);
    assert_eq!(comparison.pending, [], "what the log calls applied is never run again");
}

#[test]
fn line_endings_are_told_from_edits() {
    let recorded = Digest::of(b"create table a ();\n");
    let found = Digest::of(b"create table a ();\r\n");
    let version = Version::parse("001_a.sql").unwrap();
    let edited = Difference::Edited { version, recorded, found, line_endings: false };
    for (bytes, code) in [
        (b"create table a ();\r\n".to_vec(), "line-endings"),
        (b"create table b ();\r\n".to_vec(), "edited"),
    ] {
        let differences = vec![edited.clone()];
        let mut comparison = Comparison { pending: Vec::new(), differences };
        comparison.examine_line_endings(|_| Some(bytes.clone()));
        assert_eq!(comparison.differences[0].code(), code);
    }
}

proptest! {
    #[test]
    fn a_prefix_of_the_set_is_never_a_contradiction(count in 0u32..30, applied in 0u32..30) {
        let names: Vec<String> = (0..count).map(|n| format!("{n:03}_m.sql")).collect();
        let applied = applied.min(count) as usize;
        let comparison = compare(&set(&names.join(" ")), &history(&names[..applied].join(" ")));
        prop_assert_eq!(comparison.differences, vec![]);
        let pending: Vec<_> = comparison.pending.iter().map(|m| m.version.to_string()).collect();
        prop_assert_eq!(pending, &names[applied..]);
    }

    #[test]
    fn what_is_not_a_prefix_is_always_a_contradiction(
        mask in proptest::collection::vec(any::<bool>(), 1..16),
    ) {
        let names: Vec<String> = (0..mask.len()).map(|n| format!("{n:03}_m.sql")).collect();
        let rows: Vec<_> = names.iter().zip(&mask).filter(|(_, on)| **on).map(|(n, _)| n.clone()).collect();
        let is_prefix = !mask.windows(2).any(|pair| !pair[0] && pair[1]);
        let comparison = compare(&set(&names.join(" ")), &history(&rows.join(" ")));
        prop_assert_eq!(comparison.differences.is_empty(), is_prefix);
    }
}
