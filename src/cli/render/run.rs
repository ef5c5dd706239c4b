//! Owns how a run of migrations is shown to people: what was applied, what failed and where, what
//! is left, and the next safe act. Must never decide how it ended.

use super::paint::Paint;
use super::width::columns;
use crate::core::failure::StatementFailure;
use crate::core::report::{RunEnd, RunReport};
use crate::core::version::Version;
use std::time::Duration;

pub(super) fn write_run(out: &mut String, report: &RunReport, paint: Paint) {
    if let Some(backup) = &report.backup {
        out.push_str(&format!(
            "backup   {}\n         {} bytes, {} tables, read back, {}\n         {}\n",
            backup.path.display(),
            backup.bytes,
            backup.tables,
            milliseconds(backup.duration),
            backup.digest
        ));
    }
    for step in &report.applied {
        let name = format!("{:<50}", step.version.as_str());
        out.push_str(&format!(
            "  {}  {name} {:>11}\n",
            paint.good("applied"),
            milliseconds(step.duration)
        ));
    }
    let next = write_end(out, &report.end, paint);
    for trouble in &report.troubles {
        out.push_str(&format!("  {} {trouble}\n", paint.bad("trouble:")));
    }
    match (&report.end, report.applied.len()) {
        (RunEnd::Completed, 0) => out.push_str("nothing is pending\n"),
        (RunEnd::Completed, count) => {
            out.push_str(&format!("{count} applied, nothing is pending\n"));
        }
        (_, count) => {
            out.push_str(&format!(
                "{count} applied and kept, {} not applied:\n",
                report.remaining.len()
            ));
            for version in &report.remaining {
                out.push_str(&format!("  {}  {version}\n", paint.open("pending")));
            }
        }
    }
    if let Some(approval) = &report.approval {
        out.push_str(&format!("approved {}\n", approval.line));
    }
    out.push_str(&format!("run      {}\n", report.run_id));
    if let Some(next) = next {
        out.push_str(&format!("next:    {next}\n"));
    }
}

/// What ended a run early; gives the next safe act back.
pub(super) fn write_end(out: &mut String, end: &RunEnd, paint: Paint) -> Option<&'static str> {
    let mut line = |word: &str, version: &Version, text: &str| {
        out.push_str(&format!("  {}  {version}\n    {text}\n", paint.bad(word)));
    };
    match end {
        RunEnd::Completed => None,
        RunEnd::Failed(failure) => {
            line("failed ", &failure.version, "it was rolled back and left nothing");
            write_failure(out, failure, paint);
            Some("correct the file, which was never applied, then plan and apply again")
        }
        RunEnd::TimedOut(failure) => {
            line("timeout", &failure.version, "it was rolled back and left nothing");
            write_failure(out, failure, paint);
            Some("let the other session end, then apply again: nothing is retried by itself")
        }
        RunEnd::TransactionReplaced { version } => {
            line(
                "unknown",
                version,
                "it ended or replaced the transaction it ran in; it was not recorded,\n    and part of it may be committed",
            );
            Some("compare the schema with the file by hand before any further run")
        }
        RunEnd::FileChanged { version, reason } => {
            line("changed", version, &format!("{reason}\n    nothing of it was sent"));
            Some("see who writes into the migration directory, then plan and apply again")
        }
        RunEnd::Interrupted { version, signal } => {
            line("stopped", version, &format!("{signal}; it was rolled back and left nothing"));
            Some("plan and apply again when it may run")
        }
        RunEnd::ConnectionLost { version, reason } => {
            line("lost   ", version, &format!("{reason}\n    it left nothing"));
            Some("see the server's log, then plan and apply again")
        }
        RunEnd::Unknown { version, reason } => {
            line("unknown", version, &format!("whether it was committed is not known: {reason}"));
            Some("when the server answers again, ask 'dreichor-migrate status'")
        }
    }
}

fn write_failure(out: &mut String, failure: &StatementFailure, paint: Paint) {
    let error = &failure.error;
    let mut at = failure.version.to_string();
    if let Some(place) = failure.place {
        at.push_str(&format!(":{}:{}", place.line, place.column));
    }
    if let Some(number) = failure.statement {
        at.push_str(&format!(", statement {number}"));
    }
    out.push_str(&format!("    at {at}\n"));
    if let (Some(place), Some(line)) = (failure.place, &failure.line) {
        let (line, column) = excerpt(line, place.column);
        let number = place.line.to_string();
        let margin = " ".repeat(number.len());
        out.push_str(&format!("    {number} | {line}\n"));
        out.push_str(&format!("    {margin} | {}{}\n", " ".repeat(column), paint.bad("^")));
    }
    out.push_str(&format!(
        "    {} {}\n",
        paint.bad(&format!("{} {}:", error.severity, error.sqlstate)),
        error.message.replace('\n', "\n      ")
    ));
    if let Some((position, query)) = &error.internal {
        let place = crate::core::place::Place::of_character(query, *position);
        let (line, column) = excerpt(crate::core::place::line_at(query, place), place.column);
        out.push_str(&format!("    QUERY: {line}\n           {}^\n", " ".repeat(column)));
    }
    for (name, value) in
        [("DETAIL", &error.detail), ("HINT", &error.hint), ("CONTEXT", &error.context)]
    {
        if let Some(value) = value {
            let value = value.replace('\n', "\n      ");
            out.push_str(&format!("    {name}: {value}\n"));
        }
    }
    for blocker in &failure.blockers {
        out.push_str(&format!("    {} {blocker}\n", paint.bad("BLOCKED BY:")));
    }
}

/// The part of a line around a character, and how many columns of a terminal stand before it.
/// A tab is shown as one blank, so that the caret stands where the character does.
pub(super) fn excerpt(line: &str, column: usize) -> (String, usize) {
    const WIDTH: usize = 68;
    let characters: Vec<char> = line
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    let at = column.saturating_sub(1).min(characters.len());
    let start = if characters.len() <= WIDTH { 0 } else { at.saturating_sub(WIDTH / 2) };
    let before = characters.iter().take(at).skip(start).map(|character| columns(*character)).sum();
    (characters.iter().skip(start).take(WIDTH).collect(), before)
}

pub(super) fn milliseconds(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::failure::ServerError;
    use crate::core::place::Place;

    #[test]
    fn the_caret_stands_under_its_character() {
        for (line, column, character) in [
            ("select 1", 8, '1'),
            ("\tselect ☃", 9, '☃'),
            (&format!("{}x{}", "é ".repeat(60), " y".repeat(60)) as &str, 121, 'x'),
        ] {
            let (shown, offset) = excerpt(line, column);
            assert_eq!(shown.chars().nth(offset), Some(character), "{line}");
            assert!(shown.chars().count() <= 68);
        }
    }

    #[test]
    fn a_failure_is_told_with_place_line_and_context() {
        let failure = StatementFailure {
            version: Version::parse("002_b.sql").unwrap(),
            statement: Some(2),
            place: Some(Place { line: 12, column: 8 }),
            line: Some("select nme".to_owned()),
            error: ServerError {
                severity: "ERROR".to_owned(),
                sqlstate: "42703".to_owned(),
                message: "column \"nme\" does not exist".to_owned(),
                hint: Some("did you mean \"name\"".to_owned()),
                ..ServerError::default()
            },
            blockers: Vec::new(),
        };
        let mut out = String::new();
        write_failure(&mut out, &failure, Paint::none());
        let expected = "    at 002_b.sql:12:8, statement 2\n    12 | select nme\n       |        ^\n    ERROR 42703: column \"nme\" does not exist\n    HINT: did you mean \"name\"\n";
        assert_eq!(out, expected);
    }
}
