//! Owns the migration set: what was found in one directory, checked as a whole (design
//! section 4), in the byte order of names. Must never read the directory itself.

use crate::core::digest::Digest;
use crate::core::finding::Explain;
use crate::core::seal::{Seal, Sealed};
use crate::core::version::Version;

/// One name found in the directory, as the `files` floor saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// The name, with anything that is not UTF-8 replaced.
    pub name: String,
    /// What it is.
    pub content: Found,
}

/// What a name in the directory turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A regular file that was read to its end.
    File {
        /// SHA-256 of its exact bytes.
        digest: Digest,
        /// Its length in bytes.
        size: u64,
        /// Byte offset of the first byte that is not UTF-8.
        not_utf8_at: Option<u64>,
        /// Whether it starts with a byte-order mark.
        byte_order_mark: bool,
    },
    /// A symbolic link that leads out of the directory.
    LinkOut,
    /// A directory, device, socket or FIFO.
    NotAFile,
    /// It could not be read; the text is the operating system's.
    Unreadable(String),
}

/// One migration of the set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Its file name.
    pub version: Version,
    /// SHA-256 of its exact bytes.
    pub digest: Digest,
    /// Its length in bytes.
    pub size: u64,
}

/// The ordered migrations of one directory, checked as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MigrationSet {
    migrations: Vec<Migration>,
}

/// One reason why a directory is no migration set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetFault {
    /// A name that is neither a migration's nor one of the few others allowed.
    Name(String),
    /// A link that leaves the directory.
    LinkOut(String),
    /// A directory, device, socket or FIFO.
    NotAFile(String),
    /// Not UTF-8, at this byte.
    NotUtf8(String, u64),
    /// Starts with a byte-order mark.
    ByteOrderMark(String),
    /// Could not be read.
    Unreadable(String, String),
    /// Two or more files with one number.
    SameNumber(Vec<Version>),
    /// The directory, which is named here, holds no migration at all.
    Empty(String),
    /// Byte order and numeric order of the prefixes differ between these two neighbours.
    OrderDiffers(Version, Version),
}

impl MigrationSet {
    /// Checks everything that was found and puts it in order.
    ///
    /// # Errors
    /// All offenders at once, in the byte order of their names.
    pub fn assemble(found: Vec<FoundFile>) -> Result<Self, Vec<SetFault>> {
        let mut faults = Vec::new();
        let mut migrations = Vec::with_capacity(found.len());
        for file in found {
            if is_bystander(&file.name) {
                continue;
            }
            let Some(version) = Version::parse(&file.name) else {
                faults.push(SetFault::Name(file.name));
                continue;
            };
            match file.content {
                Found::LinkOut => faults.push(SetFault::LinkOut(file.name)),
                Found::NotAFile => faults.push(SetFault::NotAFile(file.name)),
                Found::Unreadable(why) => faults.push(SetFault::Unreadable(file.name, why)),
                Found::File { not_utf8_at: Some(at), .. } => {
                    faults.push(SetFault::NotUtf8(file.name, at));
                }
                Found::File { byte_order_mark: true, .. } => {
                    faults.push(SetFault::ByteOrderMark(file.name));
                }
                Found::File { digest, size, .. } => {
                    migrations.push(Migration { version, digest, size });
                }
            }
        }
        migrations.sort_unstable_by(|a, b| a.version.cmp(&b.version));
        faults.sort_by_key(SetFault::subject);
        check_numbers(&migrations, &mut faults);
        if faults.is_empty() { Ok(Self { migrations }) } else { Err(faults) }
    }

    /// The migrations that a seal pins, whose files are somewhere else.
    #[must_use]
    pub fn of_seal(seal: &Seal) -> Self {
        let migration = |entry: &Sealed| Migration {
            version: entry.version.clone(),
            digest: entry.file,
            size: 0,
        };
        Self { migrations: seal.entries().iter().map(migration).collect() }
    }

    /// The migrations, in order.
    #[must_use]
    pub fn migrations(&self) -> &[Migration] {
        &self.migrations
    }

    /// The migration of this name.
    #[must_use]
    pub fn get(&self, version: &str) -> Option<&Migration> {
        let at = self.migrations.binary_search_by(|entry| entry.version.as_str().cmp(version));
        at.ok().and_then(|at| self.migrations.get(at))
    }

    /// The last migration in order.
    #[must_use]
    pub fn newest(&self) -> Option<&Migration> {
        self.migrations.last()
    }
}

/// `README*` and the seal may lie beside the migrations (design section 4).
#[must_use]
pub fn is_bystander(name: &str) -> bool {
    name.starts_with("README") || name == "seal.toml"
}

fn check_numbers(ordered: &[Migration], faults: &mut Vec<SetFault>) {
    // Where byte order and numeric order agree, which is usual, this is sorted already.
    let mut by_number: Vec<&Version> = ordered.iter().map(|it| &it.version).collect();
    by_number.sort_by(|one, other| one.compare_numbers(other));
    for same in by_number.chunk_by(|one, other| one.compare_numbers(other).is_eq()) {
        if same.len() > 1 {
            faults.push(SetFault::SameNumber(same.iter().copied().cloned().collect()));
        }
    }
    for pair in ordered.windows(2) {
        if let [first, second] = pair
            && first.version.compare_numbers(&second.version).is_gt()
        {
            faults.push(SetFault::OrderDiffers(first.version.clone(), second.version.clone()));
        }
    }
}

impl Explain for SetFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Name(_) => "bad-name",
            Self::LinkOut(_) => "link-out",
            Self::NotAFile(_) => "not-a-file",
            Self::NotUtf8(..) => "not-utf8",
            Self::ByteOrderMark(_) => "byte-order-mark",
            Self::Unreadable(..) => "unreadable-file",
            Self::SameNumber(_) => "same-number",
            Self::Empty(_) => "empty-set",
            Self::OrderDiffers(..) => "order-differs",
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::Name(name)
            | Self::LinkOut(name)
            | Self::NotAFile(name)
            | Self::NotUtf8(name, _)
            | Self::ByteOrderMark(name)
            | Self::Unreadable(name, _)
            | Self::Empty(name) => name.clone(),
            Self::SameNumber(same) => same.first().map(Version::to_string).unwrap_or_default(),
            Self::OrderDiffers(first, _) => first.to_string(),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Name(name) => format!(
                "'{}' is no migration's name: NNN_name.sql is, with at least three digits and then lower-case letters, digits and '_'",
                name.escape_debug()
            ),
            Self::LinkOut(name) => {
                format!("'{name}' is a symbolic link that leads out of the directory")
            }
            Self::NotAFile(name) => format!("'{name}' is not a regular file"),
            Self::NotUtf8(name, at) => format!("'{name}' is not UTF-8 at byte {at}"),
            Self::ByteOrderMark(name) => format!("'{name}' starts with a byte-order mark"),
            Self::Unreadable(name, why) => format!("'{name}' cannot be read: {why}"),
            Self::SameNumber(same) => {
                let names: Vec<String> = same.iter().map(|name| format!("'{name}'")).collect();
                format!("{} have the same number", names.join(" and "))
            }
            Self::Empty(directory) => format!("'{directory}' holds no migration"),
            Self::OrderDiffers(first, second) => format!(
                "'{first}' comes before '{second}' in the order of names, but its number is the greater one"
            ),
        }
    }

    fn remedy(&self) -> String {
        match self {
            Self::Name(_) => "rename it if it is new, or move it out of the directory",
            Self::LinkOut(_) => "put the file itself into the directory",
            Self::NotAFile(_) => "move it out of the directory",
            Self::NotUtf8(..) => "save the file as UTF-8",
            Self::ByteOrderMark(_) => "save the file as UTF-8 without a byte-order mark",
            Self::Unreadable(..) => {
                "make it readable for the user that runs dreichor-migrate, and look at the disk"
            }
            Self::SameNumber(_) => "give the newer file, which was never applied, the next number",
            Self::Empty(_) => {
                "see 'migrations' in the configuration; the first migration is made with 'dreichor-migrate new'"
            }
            Self::OrderDiffers(..) => {
                "give the newer file, which was never applied, a number with as many digits as the others"
            }
        }
        .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(name: &str) -> FoundFile {
        FoundFile {
            name: name.to_owned(),
            content: Found::File {
                digest: Digest::of(name.as_bytes()),
                size: 1,
                not_utf8_at: None,
                byte_order_mark: false,
            },
        }
    }

    fn codes(found: Vec<FoundFile>) -> Vec<(&'static str, String)> {
        MigrationSet::assemble(found)
            .unwrap_err()
            .iter()
            .map(|fault| (fault.code(), fault.subject()))
            .collect()
    }

    #[test]
    fn all_offenders_are_named_at_once() {
        let mut found = vec![
            file("9_short.sql"),
            file("002_b.sql"),
            file("002_a.sql"),
            file(".hidden"),
            file("010_x.sql"),
            file("0003_wide.sql"),
            file("README.md"),
            file("seal.toml"),
        ];
        found.push(FoundFile { name: "004_l.sql".into(), content: Found::LinkOut });
        found.push(FoundFile { name: "005_d.sql".into(), content: Found::NotAFile });
        found.push(FoundFile { name: "006_u.sql".into(), content: Found::Unreadable("no".into()) });
        let codes = codes(found);
        let expected = [
            ("bad-name", ".hidden"),
            ("link-out", "004_l.sql"),
            ("not-a-file", "005_d.sql"),
            ("unreadable-file", "006_u.sql"),
            ("bad-name", "9_short.sql"),
            ("same-number", "002_a.sql"),
            ("order-differs", "0003_wide.sql"),
        ];
        let expected: Vec<_> = expected.map(|(code, name)| (code, name.to_owned())).into();
        assert_eq!(codes, expected);
    }

    #[test]
    fn same_numbers_are_found_however_they_are_padded() {
        assert_eq!(codes(vec![file("0001_a.sql"), file("001_b.sql")])[0].0, "same-number");
    }

    proptest! {
        #[test]
        fn order_never_depends_on_the_listing(
            names in proptest::collection::btree_set("[0-9]{3}_[a-z]{1,4}\\.sql", 0..20),
            seed in any::<u64>(),
        ) {
            let sorted: Vec<_> = names.iter().map(|name| file(name)).collect();
            let mut shuffled = sorted.clone();
            let length = shuffled.len().max(1) as u64;
            for at in 0..shuffled.len() {
                let other = (seed.wrapping_mul(at as u64 + 7) % length) as usize;
                shuffled.swap(at, other);
            }
            prop_assert_eq!(MigrationSet::assemble(sorted), MigrationSet::assemble(shuffled));
        }
    }
}
