//! Owns reading in a snapshot that is open, on a connection of ours or on one that is lent: the
//! history, and beside it what else a verdict is made of. Must never write, lock or trust what is
//! stored.

use super::connect::Connection;
use super::driver::Ending;
use super::error;
use super::read::column;
use super::tables::{Presence, SHAPES, are_history_columns, are_log_columns, judge_shapes};
use crate::core::digest::Digest;
use crate::core::history::{AppliedMigration, History};
use crate::store::fault::StoreFault;
use crate::store::{Facts, Inquiry};
use futures_util::TryStreamExt;
use std::pin::pin;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row, SimpleColumn, SimpleQueryMessage};

/// All columns, so that the first row tells whether they are the two that it must have.
const VERSIONS: &str = "SELECT * FROM public.dreichor_schema_migrations";

/// The names of the log's columns, and no row.
const LOG_NAMES: &str = "SELECT * FROM public.dreichor_schema_migration_log LIMIT 0";

const CHECKSUMS: &str = "\
SELECT version, sha256 FROM public.dreichor_schema_migration_log \
WHERE event IN ('applied', 'baselined')";

/// A table that is read has other columns than it must have.
const SHAPE: StoreFault = StoreFault::Protocol { expected: "a history table's columns" };

const NONE: [(&(dyn ToSql + Sync), Type); 0] = [];

/// A snapshot that is open. Whoever opened it sees to its end.
#[derive(Clone, Copy)]
pub(super) struct Snapshot<'c> {
    pub(super) client: &'c Client,
    pub(super) server_major: u32,
    /// The database's name.
    pub(super) database: &'c str,
    /// Why the connection ended, where it is ours.
    pub(super) ending: Option<&'c Ending>,
}

impl Connection {
    /// The snapshot that is open.
    pub(super) fn in_snapshot(&self) -> Snapshot<'_> {
        let ending = Some(&self.ending);
        let (client, database) = (&self.client, self.spec.database.as_str());
        Snapshot { client, server_major: self.server_major, database, ending }
    }
}

impl Snapshot<'_> {
    /// The fault of one of our statements; a lost connection with its true reason.
    pub(super) fn fault(&self, error: &tokio_postgres::Error) -> StoreFault {
        match (error::fault(error), self.ending) {
            (StoreFault::Lost { reason }, Some(ending)) => {
                StoreFault::Lost { reason: ending.or(reason) }
            }
            (fault, _) => fault,
        }
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

    /// Ends the snapshot.
    pub(super) async fn close(&self) -> Result<(), StoreFault> {
        self.client.batch_execute("COMMIT").await.map_err(|e| self.fault(&e))
    }

    /// Sends a query and hands each row on, so that no table has to fit into memory.
    pub(super) async fn each_row(
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
        &self,
        presence: Presence,
        inquiry: Option<&Inquiry>,
    ) -> Result<Facts, StoreFault> {
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
            (read.0, read.1, read.2, read.3, self.close().await)
        } else {
            tokio::join!(biased; versions, names, sums, catalogs, self.close())
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
}
