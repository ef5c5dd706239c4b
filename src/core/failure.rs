//! Owns what is known of a failing statement: where it stands in its file and all that the
//! server said of it (design section 10). Must never format it for a terminal.

use crate::core::place::{Place, line_at};
use crate::core::version::Version;
use std::fmt;

/// What the server says of an error (PostgreSQL manual, "Error and Notice Message Fields").
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerError {
    /// `ERROR`, `FATAL` or `PANIC`.
    pub severity: String,
    /// The five-character SQLSTATE.
    pub sqlstate: String,
    /// The primary message.
    pub message: String,
    /// DETAIL.
    pub detail: Option<String>,
    /// HINT.
    pub hint: Option<String>,
    /// CONTEXT, for example the call stack of functions.
    pub context: Option<String>,
    /// Position in the text that was sent, in characters from 1.
    pub position: Option<usize>,
    /// Position in a text that the server made or found inside a function, and that text.
    pub internal: Option<(usize, String)>,
}

impl ServerError {
    /// Whether the server ended a statement because it waited or ran too long.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        // 55P03 lock_not_available; 57014 query_canceled is a timeout only by its text, so
        // statement timeouts are told apart by the caller, who knows whether it cancelled.
        self.sqlstate == "55P03"
    }
}

/// A session that blocked a statement (PostgreSQL manual, `pg_blocking_pids`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocker {
    /// Its backend.
    pub pid: i32,
    /// Its `application_name`.
    pub application: String,
    /// Its role.
    pub role: String,
    /// Its state, for example `idle in transaction`.
    pub state: String,
    /// How long its transaction is open, in whole seconds.
    pub transaction_seconds: Option<i64>,
    /// The relation and mode that it holds and that are waited for, where visible.
    pub lock: Option<String>,
}

impl fmt::Display for Blocker {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "pid {} ({}), role {}", self.pid, self.application, self.role)?;
        if !self.state.is_empty() {
            write!(out, ", {}", self.state)?;
        }
        if let Some(seconds) = self.transaction_seconds {
            write!(out, ", transaction open for {seconds} s")?;
        }
        match &self.lock {
            Some(lock) => write!(out, ", holds {lock}"),
            None => Ok(()),
        }
    }
}

/// A statement of a migration that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementFailure {
    /// The migration.
    pub version: Version,
    /// The statement's number in the file, from 1; none where it cannot be known.
    pub statement: Option<usize>,
    /// Where in the file.
    pub place: Option<Place>,
    /// The line of the file at that place.
    pub line: Option<String>,
    /// What the server said.
    pub error: ServerError,
    /// Who blocked it, when it timed out.
    pub blockers: Vec<Blocker>,
}

/// Finds the place of an error in the text that was sent.
///
/// The server counts characters of the whole text; where it gives no position, the start of
/// the statement that failed is the place.
#[must_use]
pub fn locate(
    text: &str,
    error: &ServerError,
    statement_start: Option<usize>,
) -> Option<(Place, String)> {
    let place = match error.position {
        Some(position) => Place::of_character(text, position),
        None => Place::of_byte(text, statement_start?),
    };
    Some((place, line_at(text, place).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_position_wins_over_the_statements_start() {
        let text = "create table é ();\r\nselekt 1;";
        let error = ServerError { position: Some(21), ..ServerError::default() };
        let (place, line) = locate(text, &error, Some(0)).unwrap();
        assert_eq!((place.line, place.column, line.as_str()), (2, 1, "selekt 1;"));
        let silent = ServerError::default();
        let (place, _) = locate(text, &silent, text.find("selekt")).unwrap();
        assert_eq!((place.line, place.column), (2, 1));
        assert_eq!(locate(text, &silent, None), None);
    }
}
