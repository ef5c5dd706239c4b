//! Owns what a fault of the store means for a run: which of its ends, where in the file, and
//! who was in the way. Must never talk to the server.

use crate::core::failure::{ServerError, StatementFailure, locate};
use crate::core::finding::Explain;
use crate::core::policy::inspect;
use crate::core::report::RunEnd;
use crate::core::version::Version;
use crate::host::clock::Stopwatch;
use crate::ops::context::Context;
use crate::ops::watch::Watch;
use crate::store::fault::StoreFault;
use std::time::Duration;

/// What a fault means for the run.
pub(super) fn judge_fault<C>(
    watch: &Watch<C>,
    context: &Context,
    version: &Version,
    text: &str,
    fault: StoreFault,
    started: &Stopwatch,
) -> RunEnd {
    let version = version.clone();
    let (completed, error) = match fault {
        StoreFault::TransactionReplaced { version } => {
            return RunEnd::TransactionReplaced { version };
        }
        StoreFault::Statement { completed, error } => (completed, error),
        StoreFault::Server(error) | StoreFault::Denied(error) => (None, error),
        StoreFault::Lost { reason } => {
            return match watch.signal {
                Some(signal) => RunEnd::Interrupted { version, signal },
                None => RunEnd::ConnectionLost { version, reason },
            };
        }
        other => return RunEnd::ConnectionLost { version, reason: other.message() },
    };
    if let Some(signal) = watch.signal
        && matches!(error.sqlstate.as_str(), "57014" | "55P03")
    {
        return RunEnd::Interrupted { version, signal };
    }
    if error.severity != "ERROR" {
        let reason = format!("{} {}: {}", error.severity, error.sqlstate, error.message);
        return RunEnd::ConnectionLost { version, reason };
    }
    let timed_out = is_timeout(&error, context.settings.statement_timeout, started);
    let located = locate(text, &inspect(text).statements, &error, completed);
    let failure = Box::new(StatementFailure {
        version,
        statement: located.statement,
        place: located.place,
        line: located.line,
        error,
        blockers: if timed_out { watch.blockers.clone() } else { Vec::new() },
    });
    if timed_out { RunEnd::TimedOut(failure) } else { RunEnd::Failed(failure) }
}

/// A lock timeout has its own SQLSTATE; a statement timeout shares 57014 with cancellation by
/// somebody else, and is told by its limit having passed.
fn is_timeout(error: &ServerError, limit: Option<Duration>, started: &Stopwatch) -> bool {
    match error.sqlstate.as_str() {
        "55P03" => true,
        "57014" => {
            limit.is_some_and(|limit| started.elapsed() >= limit)
                || error.message.contains("statement timeout")
        }
        _ => false,
    }
}
