//! Owns what is known of a backup before and after it is made: the name of its file, which of
//! several are kept, what a dump's table of contents tells, how much room it wants. Must never
//! touch a file.

use crate::core::digest::Digest;
use crate::core::instant::utc;
use crate::core::log::microseconds;
use std::collections::HashSet;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// A backup that was made, read back and put in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Its file.
    pub path: PathBuf,
    /// The size of that file.
    pub bytes: u64,
    /// The digest of that file.
    pub digest: Digest,
    /// The plan that it was made before.
    pub plan: Digest,
    /// How many tables its table of contents has.
    pub tables: usize,
    /// From the start of `pg_dump` until it was in its place.
    pub duration: Duration,
    /// What `pg_dump` says of its version.
    pub program: String,
    /// What the server says of its own.
    pub server: String,
}

/// What stands at the end of a backup's name.
const SUFFIX: &str = ".dump";

/// Digits of the plan's digest in a name.
const PLAN_DIGITS: usize = 12;

/// Digits of a run's identity.
const RUN_DIGITS: usize = 32;

/// The name of a backup: when, of which plan, by which run. Names of one directory are in the
/// order in which they were made, as far as the clock was.
#[must_use]
pub fn name(at: SystemTime, plan: Digest, run_id: &str) -> String {
    let time: String = utc(at).chars().filter(|it| !matches!(it, '-' | ':' | 'Z')).collect();
    // Two of one second are in their order as well.
    let part = microseconds(at).rem_euclid(1_000_000);
    let plan: String = plan.hex().chars().take(PLAN_DIGITS).collect();
    format!("{time}.{part:06}Z-{plan}-{run_id}{SUFFIX}")
}

/// Whether a file's name is one that [`name`] makes: nothing else is ever removed.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(SUFFIX) else { return false };
    let parts: Vec<&str> = stem.split('-').collect();
    let hexadecimal = |text: &str, digits: usize| {
        text.len() == digits && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
    };
    match *parts.as_slice() {
        [time, plan, run] => {
            let shape: Vec<u8> =
                time.bytes().map(|it| if it.is_ascii_digit() { b'0' } else { it }).collect();
            shape == b"00000000T000000.000000Z"
                && hexadecimal(plan, PLAN_DIGITS)
                && hexadecimal(run, RUN_DIGITS)
        }
        _ => false,
    }
}

/// The names that are removed when `keep` backups stay, the new one among them whatever its
/// name says of its time.
#[must_use]
pub fn surplus(names: Vec<String>, new: &str, keep: usize) -> Vec<String> {
    let mut older: Vec<String> =
        names.into_iter().filter(|name| is_name(name) && name != new).collect();
    older.sort_unstable();
    let stay = keep.saturating_sub(1).min(older.len());
    older.truncate(older.len() - stay);
    older
}

/// How much room a dump may want: the tables as they lie on the disk, without their indexes, and
/// an eighth more, because text that hardly compresses is a little longer than what it tells, and
/// some for definitions.
#[must_use]
pub fn room(tables: u64) -> u64 {
    const DEFINITIONS: u64 = 4 << 20;
    tables.saturating_add(tables / 8).saturating_add(DEFINITIONS)
}

/// The catalog of relations, `pg_class`: what a dump calls a relation's definition by.
const RELATIONS: &str = "1259";

/// What a dump holds, by the server's numbers of relations.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Contents {
    defined: HashSet<u32>,
    filled: HashSet<u32>,
}

impl Contents {
    /// Reads what `pg_restore --list` says: `NUMBER; CATALOG OBJECT KIND…`.
    #[must_use]
    pub fn parse(list: &str) -> Self {
        let mut contents = Self::default();
        for line in list.lines().filter(|line| !line.starts_with(';')) {
            let Some((_, entry)) = line.split_once("; ") else { continue };
            let mut words = entry.split(' ');
            let (Some(catalog), Some(object)) = (words.next(), words.next()) else { continue };
            let Ok(object) = object.parse() else { continue };
            match (catalog, words.next(), words.next()) {
                (RELATIONS, Some(_kind), _) => contents.defined.insert(object),
                ("0", Some("TABLE"), Some("DATA")) => contents.filled.insert(object),
                _ => continue,
            };
        }
        contents
    }

    /// Whether it has a relation's definition, and its rows where it has rows of its own.
    #[must_use]
    pub fn holds(&self, relation: u32, has_rows: bool) -> bool {
        self.defined.contains(&relation) && (!has_rows || self.filled.contains(&relation))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::UNIX_EPOCH;

    const RUN: &str = "0123456789abcdef0123456789abcdef";

    fn at(seconds: u64) -> String {
        name(UNIX_EPOCH + Duration::from_secs(seconds), Digest::of(b"plan"), RUN)
    }

    #[test]
    fn a_name_says_when_of_what_and_by_whom() {
        let plan: String = Digest::of(b"plan").hex().chars().take(12).collect();
        assert_eq!(at(951_782_400), format!("20000229T000000.000000Z-{plan}-{RUN}.dump"));
        let moment = UNIX_EPOCH + Duration::from_micros(7);
        assert!(is_name(&at(1)) && at(1) < at(2));
        assert!(at(0) < name(moment, Digest::of(b"other"), RUN));
    }

    #[test]
    fn nothing_else_is_a_name() {
        let good = at(1);
        assert!(is_name(&good));
        for other in [
            "",
            ".dump",
            "keep.dump",
            &good.replace(".dump", ".dump.gz"),
            &good.replace(".dump", ""),
            &format!(".{good}.partial"),
            &format!("x{good}"),
            &good.replace('-', "--"),
            &good.replace('T', "t"),
            &good.replace("19700101", "19700-01"),
            &good.to_uppercase().replace(".DUMP", ".dump"),
            &good.replace("0123", "123"),
        ] {
            assert!(!is_name(other), "{other}");
        }
    }

    #[test]
    fn the_oldest_go_and_the_new_one_never() {
        let names = |range: std::ops::Range<u64>| range.map(at).collect::<Vec<_>>();
        assert_eq!(surplus(names(1..5), &at(4), 2), names(1..3));
        assert_eq!(surplus(names(1..5), &at(4), 1), names(1..4));
        assert_eq!(surplus(names(1..5), &at(4), 9), names(1..1));
        // A clock that was set back does not make the new one the oldest.
        assert_eq!(surplus(names(1..5), &at(1), 1), names(2..5));
        // What has no such name is not this program's.
        let mixed = vec!["mine.dump".to_owned(), at(1), at(2)];
        assert_eq!(surplus(mixed, &at(2), 1), [at(1)]);
    }

    #[test]
    fn the_contents_are_read_by_number_whatever_the_names_are() {
        let list = ";\n; Archive created at 2026\n;     dbname: d\n;\n\
            5; 2615 2200 SCHEMA - public owner\n\
            214; 1259 16385 TABLE public a owner\n\
            215; 1259 16390 TABLE public 1259 16999 TABLE owner\n\
            3310; 0 16385 TABLE DATA public a owner\n\
            3166; 2606 16389 CONSTRAINT public a a_pkey owner\n\
            3167; 1259 16400 INDEX public i owner\n\
            216; 1259 16401 SEQUENCE public s owner\n\
            3311; 0 0 SEQUENCE SET public s owner\n";
        let contents = Contents::parse(list);
        assert!(contents.holds(16385, true) && contents.holds(16390, false));
        assert!(!contents.holds(16390, true), "its rows are not there");
        assert!(!contents.holds(16999, false) && !contents.holds(16389, false));
        assert_eq!(Contents::parse(""), Contents::default());
    }

    #[test]
    fn room_is_more_than_the_tables() {
        assert_eq!(room(0), 4 << 20);
        assert_eq!(room(8 << 20), 13 << 20);
        assert_eq!(room(u64::MAX), u64::MAX);
    }
}
