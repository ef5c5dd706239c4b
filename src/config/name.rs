//! Owns the rules for names that the configuration gives: environments, databases, schemas,
//! roles. Must never quote or change a name; what is accepted is used byte for byte.

use std::fmt;

/// The most bytes PostgreSQL keeps of a name (manual, "Identifiers and Key Words"); the rest
/// would be cut off silently, so a longer name is refused.
pub(super) const LONGEST: usize = 63;

/// Why a name cannot be used. Holds nothing of the name itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFault {
    /// It has no characters.
    Empty,
    /// It has more than 63 bytes.
    TooLong,
    /// It holds a control character, such as a newline or NUL.
    Control,
    /// It holds `://`: a URL, perhaps with a password, was written where a name belongs.
    Url,
    /// PostgreSQL keeps it for itself: `pg_…`, and `public` and `none` for roles.
    Reserved,
    /// It is `$user`, which PostgreSQL replaces by the role's name.
    Variable,
}

impl fmt::Display for NameFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Empty => "it is empty",
            Self::TooLong => "it has more than 63 bytes, and PostgreSQL would cut it off",
            Self::Control => "it holds a control character",
            Self::Url => "it holds '://', and a name is wanted, not a URL",
            Self::Reserved => "PostgreSQL keeps this name for itself",
            Self::Variable => "PostgreSQL would replace it by the name of the role",
        })
    }
}

/// Whether a name can be an environment's: `^[a-z][a-z0-9_-]{0,31}$`, so that it can be the
/// instance of a systemd unit without escaping.
pub(super) fn is_environment(name: &str) -> bool {
    name.len() <= 32
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
}

/// Checks a database's name: 1 to 63 bytes, no control character, no URL.
pub(super) fn check_database(name: &str) -> Result<(), NameFault> {
    if name.is_empty() {
        Err(NameFault::Empty)
    } else if name.contains("://") {
        Err(NameFault::Url)
    } else if name.len() > LONGEST {
        Err(NameFault::TooLong)
    } else if name.contains(char::is_control) {
        Err(NameFault::Control)
    } else {
        Ok(())
    }
}

/// Checks a schema's name of the search path: as a database's, and not `$user` nor `pg_…`.
///
/// `pg_catalog` is always searched, and first, unless it is named (manual, "The Schema Search
/// Path"); naming it could only let another schema hide the system's own functions.
pub(super) fn check_schema(name: &str) -> Result<(), NameFault> {
    check_database(name)?;
    if name == "$user" {
        Err(NameFault::Variable)
    } else if name.starts_with("pg_") {
        Err(NameFault::Reserved)
    } else {
        Ok(())
    }
}

/// Checks a role's name: as a database's, and none that `CREATE ROLE` refuses as reserved
/// (manual, "CREATE ROLE": `pg_…`; `public` and `none` are words of `GRANT` and `SET ROLE`).
pub(super) fn check_role(name: &str) -> Result<(), NameFault> {
    check_database(name)?;
    if name.starts_with("pg_") || matches!(name, "public" | "none") {
        Err(NameFault::Reserved)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environment_names_fit_a_unit_instance() {
        for good in ["dev", "prod", "a", "stage-2", "x_y", &"a".repeat(32)] {
            assert!(is_environment(good), "{good}");
        }
        for bad in
            ["", "Prod", "2dev", "-a", "_a", "a b", "a@b", "a.b", "é", "a\n", &"a".repeat(33)]
        {
            assert!(!is_environment(bad), "{bad:?}");
        }
    }

    #[test]
    fn names_are_refused_for_their_own_reason() {
        assert_eq!(check_database(&"d".repeat(63)), Ok(()));
        assert_eq!(check_database("Größe \"x\""), Ok(()));
        assert_eq!(check_database(""), Err(NameFault::Empty));
        assert_eq!(check_database(&"é".repeat(32)), Err(NameFault::TooLong));
        assert_eq!(check_database("a\nb"), Err(NameFault::Control));
        assert_eq!(check_database("postgres://u:p@localhost/x"), Err(NameFault::Url));
        assert_eq!(check_schema("public"), Ok(()));
        assert_eq!(check_schema("$user"), Err(NameFault::Variable));
        assert_eq!(check_schema("pg_catalog"), Err(NameFault::Reserved));
        assert_eq!(check_schema("pg_temp"), Err(NameFault::Reserved));
        assert_eq!(check_role("dreichor_owner"), Ok(()));
        assert_eq!(check_role("public"), Err(NameFault::Reserved));
        assert_eq!(check_role("none"), Err(NameFault::Reserved));
        assert_eq!(check_role("pg_monitor"), Err(NameFault::Reserved));
        assert_eq!(check_role(""), Err(NameFault::Empty));
    }
}
