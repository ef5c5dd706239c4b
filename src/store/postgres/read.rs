//! Owns reading the history, from one snapshot, with `SELECT` on the two tables alone. Must
//! never write, lock or trust what is stored.

use super::connect::Connection;
use super::pin::reader_pins;
use super::tables::{
    IDENTITY, Identity, Presence, SHAPES, are_history_columns, are_log_columns, judge_shapes,
};
use crate::core::digest::Digest;
use crate::core::history::{AppliedMigration, History, Provenance};
use crate::core::log::LogRow;
use crate::store::fault::StoreFault;
use crate::store::{Facts, Inquiry, Outcome};
use futures_util::TryStreamExt;
use std::pin::pin;
use std::time::SystemTime;
use tokio_postgres::types::{FromSql, ToSql, Type};
use tokio_postgres::{Row, SimpleColumn, SimpleQueryMessage};

/// One snapshot for all that follows, in which nothing can be written.
pub(super) const SNAPSHOT: &str = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// All columns, so that the first row tells whether they are the two that it must have.
const VERSIONS: &str = "SELECT * FROM public.dreichor_schema_migrations";

/// The names of the log's columns, and no row.
const LOG_NAMES: &str = "SELECT * FROM public.dreichor_schema_migration_log LIMIT 0";

const CHECKSUMS: &str = "\
SELECT version, sha256 FROM public.dreichor_schema_migration_log \
WHERE event IN ('applied', 'baselined')";

const APPLIED: &str = "\
SELECT version, applied_at, NULL::text, NULL::text, NULL::text FROM public.dreichor_schema_migrations \
ORDER BY version COLLATE \"C\"";

const APPLIED_BY: &str = "\
SELECT m.version, m.applied_at, l.event, l.os_user, l.database_role \
FROM public.dreichor_schema_migrations AS m \
LEFT JOIN (SELECT DISTINCT ON (version) version, event, os_user, database_role \
FROM public.dreichor_schema_migration_log WHERE event IN ('applied', 'baselined') \
ORDER BY version, sequence DESC) AS l ON l.version = m.version \
ORDER BY m.version COLLATE \"C\"";

pub(super) const LOG_COLUMNS: &str = "\
sequence, run_id, version, event, sha256, plan_digest, started_at, finished_at, duration_us, \
sqlstate, message, os_user, sudo_user, unit, database_role, host, tool_version, approval, \
previous_hash, row_hash";

/// A table that is read has other columns than it must have.
const SHAPE: StoreFault = StoreFault::Protocol { expected: "a history table's columns" };

const NONE: [(&(dyn ToSql + Sync), Type); 0] = [];

impl Connection {
    /// Opens a snapshot, or goes on in the one in which the identity was asked.
    pub(super) async fn open_snapshot(&mut self) -> Result<Presence, StoreFault> {
        if !self.snapshot {
            let pins = reader_pins(&self.spec, self.server_major);
            let question = format!("{SNAPSHOT}; {pins}; {IDENTITY}");
            let answer = self.client.simple_query(&question).await.map_err(|e| self.fault(&e))?;
            // The lock belongs to the backend that signed on, whichever a pooler leads to now.
            let backend = self.identity.backend;
            self.identity = Identity { backend, ..Identity::read(&answer)? };
        }
        // Whoever opens it closes it, so the next reader takes a new one.
        self.snapshot = false;
        let presence = self.identity.readable()?;
        if self.identity.hollow { self.read_shapes().await } else { Ok(presence) }
    }

    /// Ends the snapshot in which the identity was asked: what is read next is of its own moment.
    pub(super) async fn end_snapshot(&mut self) -> Result<(), StoreFault> {
        if std::mem::take(&mut self.snapshot) { self.close_snapshot().await } else { Ok(()) }
    }

    /// What a fault of a reading statement says of the tables: a missing column or another
    /// type is told as what stands there.
    async fn explain(&self, fault: StoreFault) -> StoreFault {
        let of_shape = match &fault {
            StoreFault::Server(error) => matches!(error.sqlstate.as_str(), "42703" | "25P02"),
            StoreFault::Protocol { .. } => true,
            _ => false,
        };
        if !of_shape {
            return fault;
        }
        // The failed statement ended the transaction; the catalogs are asked in a new one.
        let asked = self.client.batch_execute("ROLLBACK").await.map_err(|e| self.fault(&e));
        match asked.and(self.read_shapes().await) {
            Err(shape) => shape,
            Ok(_) => fault,
        }
    }

    /// Which tables exist, in the very shape that they must have.
    pub(super) async fn read_shapes(&self) -> Result<Presence, StoreFault> {
        let rows = self.client.query_typed(SHAPES, &[]).await.map_err(|e| self.fault(&e))?;
        let rows: Result<Vec<(String, String)>, StoreFault> =
            rows.iter().map(|row| Ok((column(row, 0)?, column(row, 1)?))).collect();
        judge_shapes(&rows?)
    }

    pub(super) async fn close_snapshot(&self) -> Result<(), StoreFault> {
        self.client.batch_execute("COMMIT").await.map_err(|e| self.fault(&e))
    }

    /// Sends a query and hands each row on, so that no table has to fit into memory.
    async fn each_row(
        &self,
        query: &str,
        take: &mut dyn FnMut(&Row) -> Result<(), StoreFault>,
    ) -> Result<(), StoreFault> {
        let rows = self.client.query_typed_raw(query, NONE).await.map_err(|e| self.fault(&e))?;
        let mut rows = pin!(rows);
        while let Some(row) = rows.try_next().await.map_err(|e| self.fault(&e))? {
            take(&row)?;
        }
        Ok(())
    }

    /// The history, and what else is wanted, from one snapshot; without the schema, in one round
    /// trip.
    pub(super) async fn read_facts(
        &mut self,
        inquiry: Option<&Inquiry>,
    ) -> Result<Facts, StoreFault> {
        let presence = self.open_snapshot().await?;
        let mut checksums: Vec<(Box<str>, Option<Digest>)> = Vec::new();
        let mut history = History {
            table_exists: presence.history,
            log_exists: presence.log,
            ..History::default()
        };
        // All questions go out together, and the end of the snapshot with them.
        let applied = &mut history.applied;
        let versions = async {
            if !presence.history {
                return Ok(());
            }
            self.each_row(VERSIONS, &mut |row| {
                let columns = row.columns().iter().map(|it| (it.name(), it.type_()));
                if applied.is_empty() && !are_history_columns(columns) {
                    return Err(SHAPE);
                }
                applied.push(AppliedMigration { version: column(row, 0)?, digest: None });
                Ok(())
            })
            .await
        };
        let names = async {
            if !presence.log {
                return Ok(());
            }
            let answer = self.client.simple_query(LOG_NAMES).await.map_err(|e| self.fault(&e))?;
            let are_ours = answer.iter().any(|message| match message {
                SimpleQueryMessage::RowDescription(columns) => {
                    are_log_columns(columns.iter().map(SimpleColumn::name))
                }
                _ => false,
            });
            if are_ours { Ok(()) } else { Err(SHAPE) }
        };
        let sums = async {
            if !presence.log {
                return Ok(());
            }
            self.each_row(CHECKSUMS, &mut |row| {
                checksums.push((column(row, 0)?, Digest::parse(column(row, 1)?)));
                Ok(())
            })
            .await
        };
        let schema = inquiry.and_then(|it| it.schema.as_ref());
        let catalogs = self.read_catalogs(schema, inquiry.map(|it| &it.privileges));
        let (versions, names, sums, catalogs, closed) = if schema.is_some() {
            // What is asked for last depends on what was answered first.
            let read = tokio::join!(biased; versions, names, sums, catalogs);
            (read.0, read.1, read.2, read.3, self.close_snapshot().await)
        } else {
            tokio::join!(biased; versions, names, sums, catalogs, self.close_snapshot())
        };
        let read = versions.and(names).and(sums).and(catalogs);
        match read.and_then(|read| closed.map(|()| read)) {
            Err(fault) => Err(self.explain(fault).await),
            Ok((schema, excesses)) => {
                history.attach(checksums);
                Ok(Facts { history, excesses, schema })
            }
        }
    }

    pub(super) async fn read_provenance(&mut self) -> Result<Vec<Provenance>, StoreFault> {
        self.open_snapshot().await?;
        let presence = self.read_shapes().await?;
        let mut rows = Vec::new();
        if presence.history {
            let query = if presence.log { APPLIED_BY } else { APPLIED };
            self.each_row(query, &mut |row| {
                let (user, role): (Option<&str>, Option<&str>) = (column(row, 3)?, column(row, 4)?);
                rows.push(Provenance {
                    version: column(row, 0)?,
                    applied_at: finite(row, 1),
                    event: column(row, 2)?,
                    by: user.zip(role).map(|(user, role)| format!("{user} as {role}")),
                });
                Ok(())
            })
            .await?;
        }
        self.close_snapshot().await?;
        Ok(rows)
    }

    pub(super) async fn read_outcome(
        &mut self,
        transaction_id: &str,
    ) -> Result<Outcome, StoreFault> {
        // Rows that are read after the outcome must not be older than it.
        self.end_snapshot().await?;
        let parameters: [(&(dyn ToSql + Sync), Type); 1] = [(&transaction_id, Type::TEXT)];
        let question = "SELECT pg_catalog.pg_xact_status($1::text::pg_catalog.xid8)";
        match self.client.query_typed_one(question, &parameters).await {
            Ok(row) => match column::<Option<&str>>(&row, 0)? {
                Some("in progress") => Ok(Outcome::InProgress),
                _ => Ok(Outcome::Ended),
            },
            // 22023: a server that crashed has forgotten the identity, so it never committed.
            Err(error) if error.code().is_some_and(|state| state.code() == "22023") => {
                Ok(Outcome::Ended)
            }
            Err(error) => Err(self.fault(&error)),
        }
    }

    pub(super) async fn read_log_rows(
        &mut self,
        take: &mut dyn FnMut(LogRow),
    ) -> Result<(), StoreFault> {
        self.open_snapshot().await?;
        if self.read_shapes().await?.log {
            let query = format!(
                "SELECT {LOG_COLUMNS} FROM public.dreichor_schema_migration_log ORDER BY sequence"
            );
            self.each_row(&query, &mut |row| {
                take(log_row(row)?);
                Ok(())
            })
            .await?;
        }
        self.close_snapshot().await
    }
}

pub(super) fn log_row(row: &Row) -> Result<LogRow, StoreFault> {
    Ok(LogRow {
        sequence: column(row, 0)?,
        run_id: column(row, 1)?,
        version: column(row, 2)?,
        event: column(row, 3)?,
        sha256: column(row, 4)?,
        plan_digest: column(row, 5)?,
        started_at: finite(row, 6).unwrap_or(SystemTime::UNIX_EPOCH),
        finished_at: finite(row, 7).unwrap_or(SystemTime::UNIX_EPOCH),
        duration_us: column(row, 8)?,
        sqlstate: column(row, 9)?,
        message: column(row, 10)?,
        os_user: column(row, 11)?,
        sudo_user: column(row, 12)?,
        unit: column(row, 13)?,
        database_role: column(row, 14)?,
        host: column(row, 15)?,
        tool_version: column(row, 16)?,
        approval: column(row, 17)?,
        previous_hash: column(row, 18)?,
        row_hash: column(row, 19)?,
    })
}

/// A column of a type that the table's shape promised.
pub(super) fn column<'a, T: FromSql<'a>>(row: &'a Row, at: usize) -> Result<T, StoreFault> {
    row.try_get(at).map_err(|_type| StoreFault::Protocol { expected: "a column of its type" })
}

/// A timestamp; none for `infinity` and for what the clock's type cannot hold.
fn finite(row: &Row, at: usize) -> Option<SystemTime> {
    row.try_get(at).ok()
}
