//! Owns every way in which a database can refuse, fail or be lost, as facts. Must never hold
//! a secret, nor the words of a driver that may.

use crate::core::code::Code;
use crate::core::failure::ServerError;
use crate::core::finding::Explain;
use crate::core::schema::model::SchemaFault;
use crate::core::version::Version;
use crate::store::Holder;
use std::net::IpAddr;
use std::time::Duration;

/// What went wrong with a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreFault {
    /// No connection: nothing listens, or nobody answered in time.
    Unreachable {
        /// Host and port, as configured.
        address: String,
        /// What the operating system or the server said.
        reason: String,
    },
    /// The host name leads to an address that is not on this host.
    NotThisHost {
        /// The name, as configured.
        host: String,
        /// Where it leads.
        address: IpAddr,
    },
    /// Connected to another database than the environment's.
    OtherDatabase {
        /// The environment's.
        expected: String,
        /// What `current_database()` says.
        found: String,
    },
    /// The server has no such database.
    NoDatabase {
        /// The environment's.
        expected: String,
    },
    /// Authentication failed, or a privilege is missing.
    Denied(ServerError),
    /// Another run holds the lock.
    Busy {
        /// Who, where it can be seen.
        holder: Option<Holder>,
        /// How long this run waited.
        waited: Duration,
    },
    /// Statements of one connection reach different server sessions, so the lock would
    /// protect nothing.
    Pooled {
        /// What showed it.
        evidence: &'static str,
    },
    /// The database cannot be written now: a standby, or read-only by default.
    ReadOnly {
        /// Whether the server is in recovery.
        standby: bool,
    },
    /// A history table has another shape than it must have.
    HistoryShape {
        /// The table.
        table: &'static str,
        /// What was found.
        found: String,
    },
    /// A statement of a migration failed.
    Statement {
        /// How many statements of the file had completed before it; none where it failed
        /// after all of them, for example by a deferred constraint.
        completed: Option<usize>,
        /// What the server said.
        error: ServerError,
    },
    /// The file ended or replaced the transaction that it ran in.
    TransactionReplaced {
        /// The migration.
        version: Version,
    },
    /// The connection was lost, and nothing was being committed.
    Lost {
        /// Why.
        reason: String,
    },
    /// The connection was lost while a commit was on its way.
    CommitUnknown {
        /// Identity of the server's transaction.
        transaction_id: String,
        /// Why.
        reason: String,
    },
    /// A statement of this program failed.
    Server(ServerError),
    /// What the catalogs tell makes no schema.
    Schema(SchemaFault),
    /// The server answered what its protocol does not allow here.
    Protocol {
        /// What was expected.
        expected: &'static str,
    },
}

impl StoreFault {
    /// The exit code of a command that ended with this fault.
    #[must_use]
    pub fn exit_code(&self) -> Code {
        match self {
            Self::Unreachable { .. } | Self::Lost { .. } | Self::Protocol { .. } => {
                Code::Unreachable
            }
            Self::NotThisHost { .. } | Self::OtherDatabase { .. } | Self::NoDatabase { .. } => {
                Code::WrongDatabase
            }
            Self::Denied(_) => Code::Denied,
            Self::Busy { .. } | Self::Pooled { .. } => Code::Busy,
            Self::ReadOnly { .. } => Code::NotPermitted,
            Self::HistoryShape { .. } => Code::Diverged,
            Self::Statement { .. } => Code::Failed,
            Self::TransactionReplaced { .. } | Self::CommitUnknown { .. } => Code::Unknown,
            Self::Schema(_) => Code::Internal,
            Self::Server(error) => server_code(error),
        }
    }
}

/// The code of an error that one of our own statements met.
fn server_code(error: &ServerError) -> Code {
    match error.sqlstate.get(..2) {
        Some("28") => Code::Denied,
        Some("08" | "53" | "57" | "58" | "XX") => Code::Unreachable,
        _ if error.sqlstate == "42501" => Code::Denied,
        _ if error.sqlstate == "25006" => Code::NotPermitted,
        _ if error.sqlstate == "55P03" => Code::TimedOut,
        _ => Code::Failed,
    }
}

impl Explain for StoreFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "unreachable",
            Self::NotThisHost { .. } => "not-this-host",
            Self::OtherDatabase { .. } => "other-database",
            Self::NoDatabase { .. } => "no-database",
            Self::Denied(_) => "denied",
            Self::Busy { .. } => "busy",
            Self::Pooled { .. } => "pooled",
            Self::ReadOnly { .. } => "read-only",
            Self::HistoryShape { .. } => "history-shape",
            Self::Statement { .. } => "statement-failed",
            Self::TransactionReplaced { .. } => "transaction-replaced",
            Self::Lost { .. } => "connection-lost",
            Self::CommitUnknown { .. } => "commit-unknown",
            Self::Schema(fault) => fault.code(),
            Self::Server(_) => "server-error",
            Self::Protocol { .. } => "protocol",
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::Unreachable { address, .. } => address.clone(),
            Self::NotThisHost { host, .. } => host.clone(),
            Self::OtherDatabase { found, .. } => found.clone(),
            Self::NoDatabase { expected } => expected.clone(),
            Self::HistoryShape { table, .. } => (*table).to_owned(),
            Self::TransactionReplaced { version } => version.to_string(),
            Self::Schema(fault) => fault.subject(),
            Self::Denied(error) | Self::Server(error) | Self::Statement { error, .. } => {
                error.sqlstate.clone()
            }
            Self::Busy { .. } => "run lock".to_owned(),
            Self::Pooled { .. }
            | Self::ReadOnly { .. }
            | Self::Lost { .. }
            | Self::CommitUnknown { .. }
            | Self::Protocol { .. } => "connection".to_owned(),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Unreachable { address, reason } => {
                format!("no connection to PostgreSQL at {address}: {reason}")
            }
            Self::NotThisHost { host, address } => {
                format!("'{host}' leads to {address}, which is not a loopback address")
            }
            Self::OtherDatabase { expected, found } => {
                format!("connected to database '{found}', not to this environment's '{expected}'")
            }
            Self::NoDatabase { expected } => {
                format!("the server has no database '{expected}'")
            }
            Self::Denied(error) | Self::Server(error) | Self::Statement { error, .. } => {
                tell(error)
            }
            Self::Busy { holder: Some(holder), waited } => {
                format!("another run holds the lock{}: {holder}", after(*waited))
            }
            Self::Busy { holder: None, waited } => format!(
                "another run held the lock{} and was gone when it was asked for",
                after(*waited)
            ),
            Self::Pooled { evidence } => format!(
                "a connection pooler hands the statements of this run to different server sessions ({evidence}), so the run lock would protect nothing"
            ),
            Self::ReadOnly { standby: true } => {
                "the server is a standby and cannot be written".to_owned()
            }
            Self::ReadOnly { standby: false } => {
                "the database refuses writes: its transactions are read-only".to_owned()
            }
            Self::HistoryShape { table, found } => {
                format!("'{table}' is not the table that this program makes: {found}")
            }
            Self::TransactionReplaced { version } => format!(
                "'{version}' ended or replaced the transaction it ran in; it was not recorded, and part of it may be committed"
            ),
            Self::Schema(fault) => fault.message(),
            Self::Lost { reason } => format!("the connection was lost: {reason}"),
            Self::CommitUnknown { reason, .. } => {
                format!("the connection was lost while the commit was on its way: {reason}")
            }
            Self::Protocol { expected } => {
                format!("the server's answer is not PostgreSQL's protocol: {expected} was expected")
            }
        }
    }

    fn remedy(&self) -> String {
        match self {
            Self::Schema(fault) => return fault.remedy(),
            Self::Unreachable { .. } => {
                "see whether PostgreSQL runs and listens there: systemctl status postgresql"
            }
            Self::NotThisHost { .. } => {
                "write 127.0.0.1 into DATABASE_URL, or mend the name in /etc/hosts; only a database on this host is migrated"
            }
            Self::OtherDatabase { .. } => {
                "see where the port of DATABASE_URL leads; nothing was read from or written to that database"
            }
            Self::NoDatabase { .. } => {
                "create it with the SQL that 'dreichor-migrate provision' prints"
            }
            Self::Denied(_) => {
                "see user and password in DATABASE_URL, and the grants that 'dreichor-migrate provision' prints"
            }
            Self::Busy { .. } => "let the other run end, or wait for it with --wait",
            Self::Pooled { .. } => "connect to PostgreSQL itself, or through a pooler in session mode",
            Self::ReadOnly { standby: true } => "run it on the primary",
            Self::ReadOnly { standby: false } => {
                "see default_transaction_read_only of the server, the database and the role"
            }
            Self::HistoryShape { .. } => {
                "see who changed it; restore it from a backup, nothing is repaired by itself"
            }
            Self::TransactionReplaced { .. } => {
                "compare the schema with the file by hand before any further run"
            }
            Self::Lost { .. } | Self::CommitUnknown { .. } => {
                "see the server's log, then ask 'dreichor-migrate status'"
            }
            Self::Protocol { .. } => "see what listens on the port of DATABASE_URL",
            Self::Statement { .. } | Self::Server(_) => "see the server's log",
        }
        .to_owned()
    }
}

fn after(waited: Duration) -> String {
    if waited.is_zero() {
        String::new()
    } else {
        format!(" after {} s of waiting", waited.as_secs())
    }
}

fn tell(error: &ServerError) -> String {
    let mut text = format!("{} {}: {}", error.severity, error.sqlstate, error.message);
    for (name, value) in [("detail", &error.detail), ("hint", &error.hint)] {
        if let Some(value) = value {
            text.push_str(&format!(" ({name}: {value})"));
        }
    }
    text
}

impl std::fmt::Display for Holder {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "pid {} ({}), role {}", self.pid, self.application, self.role)?;
        match self.since {
            Some(since) => write!(out, ", since {}", crate::core::instant::utc(since)),
            None => Ok(()),
        }
    }
}
