//! Owns the cases of the verdict. Must never need a database.

use super::*;
use crate::core::comparison::compare;
use crate::core::digest::Digest;
use crate::core::history::AppliedMigration;
use crate::core::set::{Found, FoundFile};
use crate::core::version::Version;

fn judged(files: &str, rows: Option<&str>, range: Option<(&str, Option<&str>)>) -> Verdict {
    let found = files.split_whitespace().map(|name| {
        let digest = Digest::of(name.trim_end_matches('!').as_bytes());
        let content = Found::File { digest, size: 1, not_utf8_at: None, byte_order_mark: false };
        FoundFile { name: name.to_owned(), content }
    });
    let set = MigrationSet::assemble(found.collect()).unwrap();
    let applied = rows.unwrap_or_default().split_whitespace().map(|word| {
        let name = word.trim_end_matches('!');
        AppliedMigration { version: name.into(), digest: Some(Digest::of(word.as_bytes())) }
    });
    let history = History {
        table_exists: rows.is_some(),
        log_exists: rows.is_some(),
        applied: applied.collect(),
        ..History::default()
    };
    let requirement = range.map_or(Requirement::Installed, |(requires, up_to)| {
        let up_to = up_to.map(|name| Version::parse(name).unwrap());
        Requirement::Range(Range::new(Version::parse(requires).unwrap(), up_to).unwrap())
    });
    let comparison = compare(&set, &history);
    let (structure, demanded) = (Structure::NoSeal, Demanded::Nothing);
    let observed = ObservedSchema { structure, demanded, excesses: &[] };
    judge(&set, &history, &comparison, &requirement, observed)
}

const A: &str = "001_a.sql";
const B: &str = "002_b.sql";
const C: &str = "003_c.sql";

#[test]
fn the_verdict_names_the_gravest_and_lists_all() {
    type Row<'a> = (&'a str, Option<&'a str>, Option<(&'a str, Option<&'a str>)>, &'a str, &'a str);
    let cases: &[Row<'_>] = &[
        ("001_a.sql", Some("001_a.sql"), None, "compatible", ""),
        ("", Some(""), None, "compatible", ""),
        ("", None, None, "compatible", ""),
        ("001_a.sql", None, None, "behind", "never-migrated pending"),
        ("001_a.sql 002_b.sql", Some("001_a.sql"), None, "behind", "pending"),
        ("001_a.sql", Some("001_a.sql 002_b.sql"), None, "ahead", "ahead"),
        ("001_a.sql", Some("001_a.sql!"), None, "diverged", "edited"),
        // The gravest first: diverged before ahead before behind.
        (
            "001_a.sql 003_c.sql",
            Some("001_a.sql! 002_b.sql"),
            None,
            "diverged",
            "edited missing pending",
        ),
        ("001_a.sql", Some("001_a.sql! 002_b.sql"), None, "diverged", "edited ahead"),
        // Ranges.
        ("001_a.sql 002_b.sql", Some(A), Some((A, None)), "compatible", ""),
        ("001_a.sql 002_b.sql", Some(A), Some((B, None)), "behind", "pending"),
        (
            "001_a.sql 002_b.sql",
            Some("001_a.sql 002_b.sql"),
            Some((A, None)),
            "ahead",
            "unsupported",
        ),
        ("001_a.sql 002_b.sql", Some("001_a.sql 002_b.sql"), Some((A, Some(B))), "compatible", ""),
        // An old release on a newer schema, within and outside its range.
        ("001_a.sql", Some("001_a.sql 002_b.sql"), Some((A, Some(B))), "compatible", ""),
        ("001_a.sql", Some("001_a.sql 002_b.sql"), Some((A, None)), "ahead", "ahead"),
        ("001_a.sql", Some("001_a.sql 002_b.sql 003_c.sql"), Some((A, Some(B))), "ahead", "ahead"),
        // A requirement that nobody knows is never taken for met.
        ("001_a.sql", Some(A), Some((C, None)), "behind", "unknown-requirement"),
        ("", None, Some((C, None)), "behind", "unknown-requirement"),
        // Of a release whose migrations are not installed yet, on a database that has them.
        ("001_a.sql", Some("001_a.sql 002_b.sql"), Some((B, None)), "compatible", ""),
        // No set has it, the database has: its file is missing, or newer than the whole set.
        (
            "001_a.sql 003_c.sql",
            Some("001_a.sql 002_b.sql 003_c.sql"),
            Some((B, Some(C))),
            "diverged",
            "missing",
        ),
        // The database went another way than the release: as if its files were installed.
        (
            "001_a.sql",
            Some("001_a.sql 002_b.sql 003_c.sql"),
            Some(("002_x.sql", Some(C))),
            "diverged",
            "overtaken-requirement",
        ),
        (
            "001_a.sql",
            Some("001_a.sql 002_b.sql"),
            Some((A, Some("002_x.sql"))),
            "diverged",
            "overtaken-requirement",
        ),
    ];
    for (files, rows, range, name, codes) in cases {
        let verdict = judged(files, *rows, *range);
        assert_eq!(verdict.name(), *name, "[{files}] over {rows:?} for {range:?}");
        let found: Vec<_> = verdict.objections().iter().map(Explain::code).collect();
        assert_eq!(found.join(" "), *codes, "[{files}] over {rows:?} for {range:?}");
    }
}
