//! Owns the cases of the requirement. Must never need a database or a file.

use super::*;
use crate::core::history::AppliedMigration;
use crate::core::set::{Found, FoundFile};

fn version(name: &str) -> Version {
    Version::parse(name).unwrap()
}

fn set(names: &str) -> MigrationSet {
    let found = names.split_whitespace().map(|name| {
        let digest = Digest::of(name.as_bytes());
        let content = Found::File { digest, size: 1, not_utf8_at: None, byte_order_mark: false };
        FoundFile { name: name.to_owned(), content }
    });
    MigrationSet::assemble(found.collect()).unwrap()
}

fn history(names: &str) -> History {
    let applied = names
        .split_whitespace()
        .map(|name| AppliedMigration { version: name.into(), digest: None })
        .collect();
    History { table_exists: true, log_exists: true, applied, ..History::default() }
}

#[test]
fn a_range_is_exact_by_default_and_never_inverted() {
    let (one, two) = (version("001_a.sql"), version("002_b.sql"));
    let exact = Range::new(one.clone(), None).unwrap();
    assert_eq!((exact.requires(), exact.supports_up_to()), (&one, &one));
    assert_eq!(exact.bounds().count(), 1);
    let wide = Range::new(one.clone(), Some(two.clone())).unwrap();
    assert_eq!((wide.requires(), wide.supports_up_to()), (&one, &two));
    assert_eq!(wide.bounds().count(), 2);
    let inverted = Range::new(two.clone(), Some(one.clone())).unwrap_err();
    assert_eq!(inverted, InvertedRange { requires: two, supports_up_to: one });
}

#[test]
fn a_fingerprint_is_carried() {
    let digest = Digest::of(b"schema");
    let range = Range::new(version("001_a.sql"), None).unwrap();
    assert_eq!(range.schema(), None);
    assert_eq!(range.of_schema(Some(digest)).schema(), Some(digest));
}

#[test]
fn a_version_is_a_stranger_when_no_later_release_can_bring_it() {
    let installed = set("001_a.sql 002_b.sql 003_c.sql");
    let cases: [(&str, Option<&str>, &str, &str); 11] = [
        ("003_c.sql", None, "", ""),
        ("001_a.sql", Some("003_c.sql"), "", ""),
        // After the whole set: of a release that is not installed yet.
        ("004_d.sql", None, "", ""),
        ("001_a.sql", Some("999_z.sql"), "", ""),
        ("0010_z.sql", None, "", "requires"),
        // Misspelt, before or after its neighbour, and beside the newest.
        ("002_a.sql", None, "", "requires"),
        ("002_z.sql", None, "", "requires"),
        ("003_z.sql", None, "", "requires"),
        ("000_a.sql", Some("002_z.sql"), "", "requires supports_up_to"),
        ("001_a.sql", Some("002_z.sql"), "", "supports_up_to"),
        // The database knows it: a file is missing, which the verdict says.
        ("002_z.sql", None, "001_a.sql 002_b.sql 002_z.sql", ""),
    ];
    for (requires, up_to, applied, expected) in cases {
        let range = Range::new(version(requires), up_to.map(version)).unwrap();
        let strangers = range.strangers(&installed, &history(applied));
        let found: Vec<&str> = strangers.iter().map(|it| it.bound.key()).collect();
        assert_eq!(found.join(" "), expected, "{requires} {up_to:?} over [{applied}]");
        assert!(strangers.iter().all(|it| it.newest == version("003_c.sql")));
    }
}

/// That the table lost its row is the verdict's to say.
#[test]
fn what_only_the_log_knows_is_no_stranger() {
    let range = Range::new(version("002_z.sql"), None).unwrap();
    let installed = set("001_a.sql 003_c.sql");
    let unlisted = vec!["002_z.sql".to_owned()];
    let known = History { unlisted, ..history("001_a.sql") };
    assert_eq!(range.strangers(&installed, &known), []);
    assert_eq!(range.strangers(&installed, &history("001_a.sql")).len(), 1);
}

#[test]
fn a_stored_text_that_is_no_name_is_compared_as_text() {
    assert!(comes_after(&version("002_a.sql"), "001"));
    assert!(!comes_after(&version("002_a.sql"), "zzz"));
}
