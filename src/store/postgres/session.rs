//! Owns writing under the run lock: making the history tables, running a file, proving that
//! the transaction which records is the one that ran it, recording. Must never decide which
//! migration is next, nor repeat one.

use super::cancel::PostgresCompanion;
use super::connect::Connection;
use super::error::{server_error, severity};
use super::pin::PUT_BACK_FIRST;
use super::read::column;
use super::tables::{CREATE_HISTORY, CREATE_LOG, CREATED_GRANTS, last_row};
use crate::core::history::History;
use crate::core::log::{ChainHead, LogEvent, LogRow, whole_microseconds};
use crate::core::schema::model::Schema;
use crate::core::version::Version;
use crate::store::fault::StoreFault;
use crate::store::{Companion as _, Entry, Extent, RoleNames, Run, Session, Transaction};
use futures_util::TryStreamExt;
use std::pin::pin;
use std::time::Duration;
use tokio::time::timeout;
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::types::{ToSql, Type};

/// A connection that holds the run lock.
pub struct PostgresSession {
    pub(super) connection: Connection,
    pub(super) run: Run,
    /// Statements that put the session back as it was.
    pub(super) put_back: String,
    /// End of the log's chain; under the lock nobody else moves it.
    pub(super) head: ChainHead,
}

/// A transaction under the run lock. Dropped without a commit, its connection is dropped with
/// the session, and the server rolls back.
pub struct PostgresTransaction<'a> {
    session: &'a mut PostgresSession,
    /// The chain's end as it will be when this transaction commits.
    head: ChainHead,
    /// Identity of the server's transaction, once it has begun.
    transaction_id: Option<String>,
    /// Whether anything was sent.
    begun: bool,
}

/// Proof that a file ran, as a value that only [`PostgresTransaction::run`] makes.
#[derive(Debug)]
pub struct Ran {
    transaction_id: String,
}

impl Session for PostgresSession {
    type Transaction<'a> = PostgresTransaction<'a>;
    type Companion = PostgresCompanion;

    async fn history(&mut self) -> Result<History, StoreFault> {
        Ok(self.connection.read_facts(None).await?.history)
    }

    async fn prepare(&mut self) -> Result<(), StoreFault> {
        let connection = &self.connection;
        let failed = |error: tokio_postgres::Error| connection.fault(&error);
        connection.client.batch_execute("BEGIN").await.map_err(failed)?;
        let presence = connection.in_snapshot().read_shapes().await?;
        let mut missing = Vec::new();
        if !presence.history {
            missing.push(CREATE_HISTORY);
        }
        if !presence.log {
            missing.push(CREATE_LOG);
        }
        if !missing.is_empty() {
            connection.client.batch_execute(&missing.join("; ")).await.map_err(failed)?;
            let grants =
                connection.client.query_typed(CREATED_GRANTS, &[]).await.map_err(failed)?;
            for grant in &grants {
                let revoke: &str = column(grant, 0)?;
                connection.client.batch_execute(revoke).await.map_err(failed)?;
            }
        }
        let last = connection
            .client
            .query_typed(
                "SELECT sequence, row_hash FROM public.dreichor_schema_migration_log \
                 ORDER BY sequence DESC LIMIT 1",
                &[],
            )
            .await
            .map_err(failed)?;
        let head = match last.first() {
            Some(row) => ChainHead { sequence: column(row, 0)?, row_hash: Some(column(row, 1)?) },
            None => ChainHead::default(),
        };
        connection.client.batch_execute("COMMIT").await.map_err(failed)?;
        self.head = head;
        Ok(())
    }

    fn begin(&mut self) -> PostgresTransaction<'_> {
        let head = self.head.clone();
        PostgresTransaction { session: self, head, transaction_id: None, begun: false }
    }

    async fn record_events(
        &mut self,
        event: LogEvent,
        entries: &[Entry<'_>],
    ) -> Result<(), StoreFault> {
        match self.insert_rows(event, entries).await {
            Ok(head) => {
                self.head = head;
                Ok(())
            }
            Err(error) => {
                let fault = self.connection.fault(&error);
                // A connection that cannot roll back is gone, and the server does it.
                let _the_first_fault_counts =
                    self.connection.client.batch_execute("ROLLBACK").await;
                Err(fault)
            }
        }
    }

    async fn schema(&mut self, roles: &RoleNames, limit: Duration) -> Result<Schema, StoreFault> {
        let read = match timeout(limit, self.connection.read_schema(roles)).await {
            Ok(Ok(schema)) => return Ok(schema),
            Ok(Err(fault)) => fault,
            Err(_elapsed) => {
                // What it waits for is given up on the server too.
                let _ended_by_itself = self.companion().cancel().await;
                StoreFault::Lost { reason: "the schema was not read in time".to_owned() }
            }
        };
        // A transaction that failed would take nothing of the run.
        let _a_lost_connection_shows_itself =
            self.connection.client.batch_execute("ROLLBACK").await;
        Err(read)
    }

    async fn server_version(&mut self) -> Result<String, StoreFault> {
        self.connection.read_server_version().await
    }

    async fn extent(&mut self) -> Result<Extent, StoreFault> {
        self.connection.read_extent().await
    }

    fn companion(&self) -> PostgresCompanion {
        PostgresCompanion::beside(&self.connection)
    }

    async fn release(self) {
        // Closing the connection gives the lock back as well; behind a pooler only this does.
        let _closing_does_it_too = self.connection.unlock().await;
        let Connection { client, task, .. } = self.connection;
        drop(client);
        let _driver_never_panics = task.await;
    }
}

impl PostgresSession {
    /// Puts the session back as a fresh one of ours.
    pub(super) async fn put_back(&self) -> Result<(), tokio_postgres::Error> {
        let client = &self.connection.client;
        if self.put_back.is_ascii() {
            let whole = format!("{PUT_BACK_FIRST}; {}", self.put_back);
            return client.batch_execute(&whole).await;
        }
        let (first, rest) = tokio::join!(
            biased;
            client.batch_execute(PUT_BACK_FIRST),
            client.batch_execute(&self.put_back)
        );
        first.and(rest)
    }

    async fn insert_rows(
        &self,
        event: LogEvent,
        entries: &[Entry<'_>],
    ) -> Result<ChainHead, tokio_postgres::Error> {
        let client = &self.connection.client;
        let statement = format!("{INSERT_LOG} VALUES ({VALUES})");
        let mut head = self.head.clone();
        client.batch_execute("BEGIN").await?;
        for entry in entries {
            let row = self.row(event, entry, &head);
            client.execute_typed(&statement, &log_values(&row)).await?;
            head = ChainHead { sequence: row.sequence, row_hash: Some(row.row_hash) };
        }
        client.batch_execute("COMMIT").await?;
        Ok(head)
    }

    fn row(&self, event: LogEvent, entry: &Entry<'_>, head: &ChainHead) -> LogRow {
        let actor = &self.run.actor;
        let row = LogRow {
            sequence: 0,
            run_id: self.run.run_id.clone(),
            version: entry.version.to_string(),
            event: event.name().to_owned(),
            sha256: entry.digest.hex(),
            plan_digest: entry.plan.map(|digest| digest.hex()),
            started_at: whole_microseconds(entry.started_at),
            finished_at: whole_microseconds(entry.finished_at),
            duration_us: i64::try_from(entry.duration.as_micros()).unwrap_or(i64::MAX),
            sqlstate: entry.failure.map(|(state, _)| state.to_owned()),
            message: entry.failure.map(|(_, message)| message.to_owned()),
            os_user: actor.os_user.clone(),
            sudo_user: actor.sudo_user.clone(),
            unit: actor.unit.clone(),
            database_role: self.connection.identity.role.clone(),
            host: actor.host.clone(),
            tool_version: actor.tool_version.clone(),
            approval: entry.approval.map(str::to_owned),
            previous_hash: None,
            row_hash: String::new(),
        };
        row.linked(head)
    }
}

/// Asked in the same breath as `BEGIN`: which transaction and which backend this is.
const BEGIN: &str =
    "BEGIN; SELECT pg_catalog.pg_current_xact_id()::text, pg_catalog.pg_backend_pid()";

const INSERT_LOG: &str = "INSERT INTO public.dreichor_schema_migration_log (sequence, run_id, \
version, event, sha256, plan_digest, started_at, finished_at, duration_us, sqlstate, message, \
os_user, sudo_user, unit, database_role, host, tool_version, approval, previous_hash, row_hash)";

const VALUES: &str =
    "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20";

type Values<'a> = [(&'a (dyn ToSql + Sync), Type); 20];

fn log_values(row: &LogRow) -> Values<'_> {
    [
        (&row.sequence, Type::INT8),
        (&row.run_id, Type::TEXT),
        (&row.version, Type::TEXT),
        (&row.event, Type::TEXT),
        (&row.sha256, Type::TEXT),
        (&row.plan_digest, Type::TEXT),
        (&row.started_at, Type::TIMESTAMPTZ),
        (&row.finished_at, Type::TIMESTAMPTZ),
        (&row.duration_us, Type::INT8),
        (&row.sqlstate, Type::TEXT),
        (&row.message, Type::TEXT),
        (&row.os_user, Type::TEXT),
        (&row.sudo_user, Type::TEXT),
        (&row.unit, Type::TEXT),
        (&row.database_role, Type::TEXT),
        (&row.host, Type::TEXT),
        (&row.tool_version, Type::TEXT),
        (&row.approval, Type::TEXT),
        (&row.previous_hash, Type::TEXT),
        (&row.row_hash, Type::TEXT),
    ]
}

/// What failed in a migration's transaction after so many statements, or after all of them.
fn statement_fault(
    connection: &Connection,
    error: &tokio_postgres::Error,
    completed: Option<usize>,
) -> StoreFault {
    match error.as_db_error() {
        Some(error) => StoreFault::Statement { completed, error: server_error(error) },
        None => connection.fault(error),
    }
}

impl Transaction for PostgresTransaction<'_> {
    type Ran = Ran;

    async fn run(&mut self, version: &Version, text: &str) -> Result<Ran, StoreFault> {
        let transaction_id = match &self.transaction_id {
            Some(transaction_id) => transaction_id.clone(),
            None => self.open().await?,
        };
        let connection = &self.session.connection;
        let file = async {
            let mut completed = 0;
            match connection.client.simple_query_raw(text).await {
                Ok(answers) => {
                    let mut answers = pin!(answers);
                    loop {
                        match answers.try_next().await {
                            Ok(Some(SimpleQueryMessage::CommandComplete(_))) => completed += 1,
                            Ok(Some(_)) => {}
                            Ok(None) => return Ok(()),
                            Err(error) => return Err((completed, error)),
                        }
                    }
                }
                Err(error) => Err((completed, error)),
            }
        };
        // The requests go out together and are answered in their order; when one fails, the
        // server refuses what follows it in the transaction.
        let (ran, put_back) = tokio::join!(biased; file, self.session.put_back());
        if let Err((completed, error)) = ran {
            return Err(statement_fault(connection, &error, Some(completed)));
        }
        match put_back {
            Ok(()) => Ok(Ran { transaction_id }),
            // What fails here is the file's doing: a deferred constraint, or a transaction that
            // is not the one that was begun.
            Err(error) if error.code().is_some_and(|state| state.code() == "25P02") => {
                Err(StoreFault::TransactionReplaced { version: version.clone() })
            }
            Err(error) => Err(statement_fault(connection, &error, None)),
        }
    }

    async fn record(&mut self, ran: Ran, entry: &Entry<'_>) -> Result<(), StoreFault> {
        let row = self.session.row(LogEvent::Applied, entry, &self.head);
        let connection = &self.session.connection;
        let backend = connection.identity.backend;
        let mut values: Vec<(&(dyn ToSql + Sync), Type)> = log_values(&row).into();
        values.push((&ran.transaction_id, Type::TEXT));
        values.push((&backend, Type::INT4));
        // One statement: both rows, and only if this is still the transaction, and the server
        // session, that ran the file.
        let statement = format!(
            "WITH proof AS MATERIALIZED (SELECT 1 AS one \
             WHERE pg_catalog.pg_current_xact_id_if_assigned()::text = $21 \
             AND pg_catalog.pg_backend_pid() = $22), \
             history AS (INSERT INTO public.dreichor_schema_migrations (version, applied_at) \
             SELECT $3, $8 FROM proof) \
             {INSERT_LOG} SELECT {VALUES} FROM proof"
        );
        match connection.client.execute_typed(&statement, &values).await {
            Ok(1) => {
                self.head = ChainHead { sequence: row.sequence, row_hash: Some(row.row_hash) };
                Ok(())
            }
            Ok(_) => Err(StoreFault::TransactionReplaced { version: entry.version.clone() }),
            // The file's doing as well: it made the transaction read-only, or the tables go.
            Err(error) => Err(statement_fault(connection, &error, None)),
        }
    }

    async fn commit(self) -> Result<(), StoreFault> {
        let connection = &self.session.connection;
        match connection.client.batch_execute("COMMIT").await {
            Ok(()) => {
                self.session.head = self.head;
                Ok(())
            }
            Err(error) if error.as_db_error().is_some_and(|e| severity(e) == "ERROR") => {
                Err(connection.fault(&error))
            }
            Err(error) => {
                let reason = super::error::reason(&error);
                Err(StoreFault::CommitUnknown {
                    transaction_id: self.transaction_id.unwrap_or_default(),
                    reason: connection.ending.or(reason),
                })
            }
        }
    }

    async fn rollback(self) -> Result<(), StoreFault> {
        if !self.begun {
            return Ok(());
        }
        let connection = &self.session.connection;
        connection.client.batch_execute("ROLLBACK").await.map_err(|e| connection.fault(&e))?;
        self.session.put_back().await.map_err(|e| connection.fault(&e))
    }
}

impl PostgresTransaction<'_> {
    /// Begins, and waits until it is known: a file that is sent while its `BEGIN` may still
    /// fail, for example because a signal cancels it, would run and commit without one.
    async fn open(&mut self) -> Result<String, StoreFault> {
        self.begun = true;
        let connection = &self.session.connection;
        let answer =
            connection.client.simple_query(BEGIN).await.map_err(|e| connection.fault(&e))?;
        let expected = StoreFault::Protocol { expected: "the transaction's identity" };
        let row = last_row(&answer).ok_or(expected.clone())?;
        let backend = row.get(1).and_then(|pid| pid.parse::<i32>().ok());
        if backend != Some(connection.identity.backend) {
            let evidence = "the backend changed between two transactions";
            return Err(StoreFault::Pooled { evidence });
        }
        let transaction_id = row.get(0).ok_or(expected)?.to_owned();
        self.transaction_id = Some(transaction_id.clone());
        Ok(transaction_id)
    }
}
