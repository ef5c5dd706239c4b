//! Owns reading the history, from one snapshot, with `SELECT` on the two tables alone. Must
//! never write, lock or trust what is stored.

use super::connect::Connection;
use super::pin::reader_pins;
use super::tables::{IDENTITY, Identity, Presence};
use crate::core::history::Provenance;
use crate::core::log::LogRow;
use crate::core::schema::model::Schema;
use crate::store::fault::StoreFault;
use crate::store::{Facts, Inquiry, Outcome, RoleNames};
use std::time::SystemTime;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, ToSql, Type};

/// One snapshot for all that follows, in which nothing can be written.
pub(super) const SNAPSHOT: &str = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";

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
        if self.identity.hollow { self.in_snapshot().read_shapes().await } else { Ok(presence) }
    }

    /// Ends the snapshot in which the identity was asked: what is read next is of its own moment.
    pub(super) async fn end_snapshot(&mut self) -> Result<(), StoreFault> {
        if std::mem::take(&mut self.snapshot) { self.close_snapshot().await } else { Ok(()) }
    }

    pub(super) async fn close_snapshot(&self) -> Result<(), StoreFault> {
        self.in_snapshot().close().await
    }

    /// The history, and what else is wanted, from one snapshot.
    pub(super) async fn read_facts(
        &mut self,
        inquiry: Option<&Inquiry>,
    ) -> Result<Facts, StoreFault> {
        let presence = self.open_snapshot().await?;
        self.in_snapshot().read_facts(presence, inquiry).await
    }

    /// The live schema, from a snapshot of its own.
    pub(super) async fn read_schema(&mut self, roles: &RoleNames) -> Result<Schema, StoreFault> {
        self.open_snapshot().await?;
        let (schema, _) = self.in_snapshot().read_catalogs(Some(roles), None).await?;
        self.close_snapshot().await?;
        schema.ok_or(StoreFault::Protocol { expected: "a schema" })
    }

    pub(super) async fn read_provenance(&mut self) -> Result<Vec<Provenance>, StoreFault> {
        self.open_snapshot().await?;
        let presence = self.in_snapshot().read_shapes().await?;
        let mut rows = Vec::new();
        if presence.history {
            let query = if presence.log { APPLIED_BY } else { APPLIED };
            self.in_snapshot()
                .each_row(query, &mut |row| {
                    let (user, role): (Option<&str>, Option<&str>) =
                        (column(row, 3)?, column(row, 4)?);
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
        if self.in_snapshot().read_shapes().await?.log {
            let query = format!(
                "SELECT {LOG_COLUMNS} FROM public.dreichor_schema_migration_log ORDER BY sequence"
            );
            self.in_snapshot()
                .each_row(&query, &mut |row| {
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
