//! Owns what stands beside a busy session: the cancel request and the look at who blocks it.
//! Must never end another session.

use super::connect::{Connection, ConnectionSpec, connect};
use super::error::fault;
use super::read::column;
use crate::core::failure::Blocker;
use crate::store::fault::StoreFault;
use crate::store::{Companion, Glimpse};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{CancelToken, NoTls};

/// Stands beside one session.
pub struct PostgresCompanion {
    spec: ConnectionSpec,
    token: CancelToken,
    backend: i32,
    /// Where the session itself is connected: the same server hears the cancel request.
    peer: SocketAddr,
    /// Made when it is first needed, and kept.
    connection: Option<Connection>,
}

const BLOCKERS: &str = "\
SELECT b.pid, COALESCE(a.application_name, ''), COALESCE(a.usename::text, ''), COALESCE(a.state, ''), \
EXTRACT(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)::bigint, \
(SELECT pg_catalog.string_agg(h.mode || ' on ' || h.relation::pg_catalog.regclass::text, ', ') \
FROM pg_catalog.pg_locks AS h, pg_catalog.pg_locks AS w \
WHERE w.pid = $1 AND NOT w.granted AND w.locktype = 'relation' \
AND h.pid = b.pid AND h.granted AND h.relation = w.relation AND h.database = w.database) \
FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids($1)) AS b(pid) \
LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = b.pid";

/// Sessions of this database, by the name that they signed on with.
const BACKENDS: &str = "\
SELECT a.pid FROM pg_catalog.pg_stat_activity AS a \
WHERE a.application_name = $1 AND a.datname = pg_catalog.current_database()";

/// PostgreSQL manual, "Progress Reporting": what can run inside a transaction.
const PROGRESS: &str = "\
SELECT p.phase || CASE WHEN p.blocks_total > 0 THEN ', block ' || p.blocks_done || ' of ' || p.blocks_total \
WHEN p.tuples_total > 0 THEN ', row ' || p.tuples_done || ' of ' || p.tuples_total ELSE '' END \
FROM pg_catalog.pg_stat_progress_create_index AS p WHERE p.pid = $1 \
UNION ALL \
SELECT c.command || ': ' || c.phase || CASE WHEN c.heap_blks_total > 0 THEN ', block ' || c.heap_blks_scanned || ' of ' || c.heap_blks_total ELSE '' END \
FROM pg_catalog.pg_stat_progress_cluster AS c WHERE c.pid = $1 LIMIT 1";

impl PostgresCompanion {
    pub(super) fn beside(connection: &Connection) -> Self {
        Self {
            spec: connection.spec.clone(),
            token: connection.client.cancel_token(),
            backend: connection.identity.backend,
            peer: connection.peer,
            connection: None,
        }
    }
}

impl PostgresCompanion {
    /// The connection for looks, made when it is first needed. Whoever could look gives it back.
    async fn take(&mut self) -> Result<Connection, StoreFault> {
        match self.connection.take() {
            Some(connection) => Ok(connection),
            None => {
                let mut connection = connect(&self.spec, Arc::new(|_notice| {})).await?;
                // In a transaction the server would show the same activity again and again.
                connection.end_snapshot().await?;
                Ok(connection)
            }
        }
    }
}

impl Companion for PostgresCompanion {
    async fn cancel(&self) -> Result<(), StoreFault> {
        let send = async {
            let lost = |error: io::Error| StoreFault::Lost { reason: error.to_string() };
            let mut stream = TcpStream::connect(self.peer).await.map_err(lost)?;
            let sent = self.token.cancel_query_raw(&mut stream, NoTls).await;
            sent.map_err(|error| fault(&error))?;
            // The server closes when it has passed the request on: one that came later would
            // cancel what this program asks next.
            let mut end = [0];
            stream.read(&mut end).await.map_err(lost)?;
            Ok(())
        };
        timeout(self.spec.connect_timeout, send).await.unwrap_or_else(|_elapsed| {
            Err(StoreFault::Lost { reason: "the cancel request was not taken in time".to_owned() })
        })
    }

    async fn glimpse(&mut self) -> Result<Glimpse, StoreFault> {
        let connection = self.take().await?;
        let blockers = blockers(&connection, self.backend).await?;
        let parameters: [(&(dyn ToSql + Sync), Type); 1] = [(&self.backend, Type::INT4)];
        let progress = connection
            .client
            .query_typed(PROGRESS, &parameters)
            .await
            .map_err(|error| fault(&error))?;
        self.connection = Some(connection);
        let progress = progress.first().map(|row| column(row, 0)).transpose()?;
        Ok(Glimpse { blockers, progress })
    }

    async fn blockers_of(&mut self, application: &str) -> Result<Vec<Blocker>, StoreFault> {
        let connection = self.take().await?;
        let parameters: [(&(dyn ToSql + Sync), Type); 1] = [(&application, Type::TEXT)];
        let rows = connection
            .client
            .query_typed(BACKENDS, &parameters)
            .await
            .map_err(|error| fault(&error))?;
        let mut found = Vec::new();
        for row in &rows {
            found.extend(blockers(&connection, column(row, 0)?).await?);
        }
        self.connection = Some(connection);
        Ok(found)
    }
}

/// Who blocks a backend at this moment.
async fn blockers(connection: &Connection, backend: i32) -> Result<Vec<Blocker>, StoreFault> {
    let parameters: [(&(dyn ToSql + Sync), Type); 1] = [(&backend, Type::INT4)];
    let rows = connection.client.query_typed(BLOCKERS, &parameters).await;
    let rows = rows.map_err(|error| fault(&error))?;
    rows.iter()
        .map(|row| {
            Ok(Blocker {
                pid: column(row, 0)?,
                application: column(row, 1)?,
                role: column(row, 2)?,
                state: column(row, 3)?,
                transaction_seconds: column(row, 4)?,
                lock: column(row, 5)?,
            })
        })
        .collect()
}
