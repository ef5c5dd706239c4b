//! Owns what is known of a failing statement: where it stands in its file and all that the
//! server said of it (design section 10). Must never format it for a terminal.

use crate::core::place::{Place, line_at};
use crate::core::policy::StatementSpan;
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

/// Where in a file an error happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Located {
    /// The statement's number, from 1.
    pub statement: Option<usize>,
    /// The place.
    pub place: Option<Place>,
    /// The line at that place.
    pub line: Option<String>,
}

/// Finds the statement and the place of an error in the file that was sent.
///
/// The server counts characters of the whole text, and reads all of it before it runs any: so
/// its position, where it gives one, tells the statement better than `completed`, the number
/// of statements that had completed. Without a position the start of the statement is the
/// place. An error after all statements has neither (`completed` is none).
#[must_use]
pub fn locate(
    text: &str,
    statements: &[StatementSpan],
    error: &ServerError,
    completed: Option<usize>,
) -> Located {
    let Some(completed) = completed else { return Located::default() };
    let (statement, place) = match error.position {
        Some(position) => {
            let offset = text.char_indices().nth(position.saturating_sub(1));
            let offset = offset.map_or(text.len(), |(offset, _)| offset);
            let begun = statements.partition_point(|span| span.start <= offset);
            (begun.max(1), Some(Place::of_character(text, position)))
        }
        None => {
            let span = statements.get(completed);
            (completed + 1, span.map(|span| Place::of_byte(text, span.start)))
        }
    };
    let line = place.map(|place| line_at(text, place).to_owned());
    Located { statement: Some(statement), place, line }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::policy::inspect;

    fn located(text: &str, position: Option<usize>, completed: Option<usize>) -> Located {
        let error = ServerError { position, ..ServerError::default() };
        locate(text, &inspect(text).statements, &error, completed)
    }

    #[test]
    fn the_servers_position_wins_over_the_count_of_statements() {
        let text = "create table é ();\r\nselekt 1;";
        let found = located(text, Some(21), Some(0));
        assert_eq!(found.statement, Some(2));
        assert_eq!(found.place, Some(Place { line: 2, column: 1 }));
        assert_eq!(found.line.as_deref(), Some("selekt 1;"));
        assert_eq!(located(text, None, Some(1)), found);
    }

    #[test]
    fn a_position_at_a_semicolon_or_past_the_end_belongs_to_the_statement_before() {
        let text = "create table a ();\ncreate view b as;\n";
        for position in [text.find("as;").unwrap() + 3, text.len() + 1, 9999] {
            assert_eq!(located(text, Some(position), Some(0)).statement, Some(2));
        }
    }

    #[test]
    fn an_error_after_all_statements_has_no_place() {
        assert_eq!(located("select 1;", None, None), Located::default());
        assert_eq!(located("", Some(1), Some(0)).statement, Some(1));
    }
}
