//! Owns the name of a migration, which is its version (design section 4). Must never look
//! into a file or a directory.

use std::cmp::Ordering;
use std::fmt;

/// The file name of a migration, for example `001_init.sql`: what the database records.
///
/// Order is the byte order of names and nothing else (design rule 9).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(Box<str>);

/// Longest file name that Linux file systems accept, in bytes.
const LONGEST: usize = 255;

impl Version {
    /// Reads a file name; `None` unless it matches `^[0-9]{3,}_[a-z0-9][a-z0-9_]*\.sql$`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let stem = name.strip_suffix(".sql")?;
        let (digits, title) = stem.split_once('_')?;
        let valid = name.len() <= LONGEST
            && digits.len() >= 3
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !title.is_empty()
            && !title.starts_with('_')
            && title
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        valid.then(|| Self(name.into()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number in front, as written, for example `001`.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.0.split_once('_').map_or("", |(digits, _)| digits)
    }

    /// The prefix without its leading zeros: two files with the same one have the same number.
    #[must_use]
    pub fn number(&self) -> &str {
        self.prefix().trim_start_matches('0')
    }

    /// Compares the prefixes as numbers of any length.
    #[must_use]
    pub fn compare_numbers(&self, other: &Self) -> Ordering {
        let (mine, theirs) = (self.number(), other.number());
        mine.len().cmp(&theirs.len()).then_with(|| mine.cmp(theirs))
    }

    /// What stands between the number and `.sql`, for example `init`.
    #[must_use]
    pub fn title(&self) -> &str {
        self.0.split_once('_').and_then(|(_, rest)| rest.strip_suffix(".sql")).unwrap_or_default()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_read_as_the_design_says() {
        for name in ["001_init.sql", "0001_a.sql", "999999999999999999999999_x_1.sql", "000_0.sql"]
        {
            assert_eq!(Version::parse(name).map(|v| v.to_string()).as_deref(), Some(name));
        }
        for name in [
            "01_init.sql",
            "001-init.sql",
            "001_.sql",
            "001__a.sql",
            "001_Init.sql",
            "001_a.SQL",
            "001_a.sql ",
            " 001_a.sql",
            "001_a",
            "001_a.sql.bak",
            "001_ä.sql",
            "٠٠١_a.sql",
            "001_a b.sql",
            "",
            ".sql",
            "_a.sql",
            "001.sql",
            "001_a\n.sql",
            "../001_a.sql",
        ] {
            assert_eq!(Version::parse(name), None, "{name:?}");
        }
        assert_eq!(Version::parse(&format!("001_{}.sql", "a".repeat(300))), None);
    }

    #[test]
    fn parts_of_a_name() {
        let version = Version::parse("0042_add_things.sql").unwrap();
        assert_eq!((version.prefix(), version.number()), ("0042", "42"));
        assert_eq!(version.title(), "add_things");
    }

    proptest! {
        #[test]
        fn numbers_compare_as_numbers(a in 0u64..100_000, b in 0u64..100_000, wide in 3usize..8) {
            let left = Version::parse(&format!("{a:0wide$}_a.sql")).unwrap();
            let right = Version::parse(&format!("{b:03}_a.sql")).unwrap();
            prop_assert_eq!(left.compare_numbers(&right), a.cmp(&b));
        }

        #[test]
        fn parsing_never_panics_and_keeps_the_text(name in "\\PC*") {
            if let Some(version) = Version::parse(&name) {
                prop_assert_eq!(version.as_str(), name);
            }
        }
    }
}
