//! The story of `new`: the next number, and a file that reminds of the rules. Touches no
//! database.

use crate::core::finding::Explain;
use crate::core::set::MigrationSet;
use crate::core::version::Version;
use crate::files;
use crate::ops::failure::Failure;
use std::path::{Path, PathBuf};

const HEADER: &str = "\
-- Say here what this migration changes, and why.
--
-- Forward only: once applied anywhere, this file is never edited, renamed or removed.
-- It runs in one transaction together with its history rows: no BEGIN, COMMIT or ROLLBACK,
-- nothing that PostgreSQL cannot run in a transaction.
-- Schema changes only, with qualified names (public.…); data is not changed here.
-- 'dreichor-migrate lint' tells what else to mind.

";

/// Why no name can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitleFault {
    /// What was asked for.
    pub title: String,
}

/// What `new` made.
#[derive(Debug)]
pub struct Created {
    /// Its name.
    pub version: Version,
    /// Where it lies.
    pub path: PathBuf,
}

/// Makes the next migration of a directory.
///
/// # Errors
/// The set's faults, [`Failure::Title`] or [`Failure::Files`]; an existing file is never overwritten.
pub fn create(directory: &Path, title: &str) -> Result<Created, Failure> {
    let set = MigrationSet::assemble(files::list(directory)?).map_err(Failure::Set)?;
    let Some(version) = next_version(&set, title) else {
        return Err(Failure::Title(TitleFault { title: title.to_owned() }));
    };
    let path = files::create(directory, &version, HEADER)?;
    Ok(Created { version, path })
}

/// The number after the newest, with as many digits as it has.
fn next_version(set: &MigrationSet, title: &str) -> Option<Version> {
    let newest = set.newest().map_or("000", |newest| newest.version.prefix());
    let next: u128 = newest.parse::<u128>().ok()?.checked_add(1)?;
    let width = newest.len();
    let version = Version::parse(&format!("{next:0width$}_{title}.sql"))?;
    // 999 + 1 would sort before 999_…; a set that grows so large needs wider numbers first.
    (version.prefix().len() == width).then_some(version)
}

impl Explain for TitleFault {
    fn code(&self) -> &'static str {
        "bad-title"
    }

    fn subject(&self) -> String {
        self.title.clone()
    }

    fn message(&self) -> String {
        format!(
            "'{}' makes no migration's name: lower-case letters, digits and '_' do, and a number after the newest one with as many digits",
            self.title.escape_debug()
        )
    }

    fn remedy(&self) -> String {
        "try again with a title such as 'add_orders'".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_number_is_as_wide_as_the_newest() {
        let home = tempfile::tempdir().unwrap();
        let make = |title: &str| create(home.path(), title).map(|c| c.version.to_string());
        assert_eq!(make("init").unwrap(), "001_init.sql");
        assert_eq!(make("add_x").unwrap(), "002_add_x.sql");
        assert!(matches!(make("Add X"), Err(Failure::Title(_))));
        std::fs::write(home.path().join("999_last.sql"), "select 1;").unwrap();
        assert!(make("one_more").is_err());
    }
}
