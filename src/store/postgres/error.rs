//! Owns the translation of the driver's errors into the store's faults. Must never pass on
//! the driver's own text where a typed fact exists.

use crate::core::failure::ServerError;
use crate::store::fault::StoreFault;
use tokio_postgres::error::{DbError, ErrorPosition, Severity};

/// All that the server said of an error.
pub(super) fn server_error(error: &DbError) -> ServerError {
    let (position, internal) = match error.position() {
        Some(ErrorPosition::Original(at)) => (usize::try_from(*at).ok(), None),
        Some(ErrorPosition::Internal { position, query }) => {
            (None, usize::try_from(*position).ok().map(|at| (at, query.clone())))
        }
        None => (None, None),
    };
    ServerError {
        severity: severity(error).to_owned(),
        sqlstate: error.code().code().to_owned(),
        message: error.message().to_owned(),
        detail: error.detail().map(str::to_owned),
        hint: error.hint().map(str::to_owned),
        context: error.where_().map(str::to_owned),
        position,
        internal,
    }
}

/// The severity in the protocol's own words; the one beside it is in the server's language
/// (PostgreSQL manual, "Error and Notice Message Fields", `V` and `S`).
pub(super) fn severity(error: &DbError) -> &str {
    match error.parsed_severity() {
        Some(Severity::Panic) => "PANIC",
        Some(Severity::Fatal) => "FATAL",
        Some(Severity::Error) => "ERROR",
        Some(Severity::Warning) => "WARNING",
        Some(Severity::Notice) => "NOTICE",
        Some(Severity::Debug) => "DEBUG",
        Some(Severity::Info) => "INFO",
        Some(Severity::Log) => "LOG",
        None => error.severity(),
    }
}

/// A fault of one of our own statements.
pub(super) fn fault(error: &tokio_postgres::Error) -> StoreFault {
    match error.as_db_error() {
        Some(error) => {
            let error = server_error(error);
            match error.sqlstate.as_str() {
                "42501" => StoreFault::Denied(error),
                "25006" => StoreFault::ReadOnly { standby: false },
                // What pgbouncer says before it ends the connection.
                "08P01" if error.message.contains("statement pooling mode") => {
                    StoreFault::Pooled { evidence: "it allows no transaction blocks" }
                }
                _ => StoreFault::Server(error),
            }
        }
        None => StoreFault::Lost { reason: reason(error) },
    }
}

/// The cause at the end of the driver's chain, which is the operating system's where it has
/// one. The chain of an input or output error holds no part of the connection's secrets.
pub(super) fn reason(error: &tokio_postgres::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = inner.to_string();
        cause = inner.source();
    }
    text
}
