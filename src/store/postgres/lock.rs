//! Owns the run lock: one run at a time for each database, through whatever connection it
//! comes. Must never wait without a limit, and never end another run.

use super::connect::{Connection, connect};
use super::pin::{RUN_MARK, put_back, reader_pins, session_pins};
use super::read::column;
use super::session::PostgresSession;
use super::tables::{first_row, last_row};
use crate::core::history::{History, Provenance};
use crate::core::log::{ChainHead, LogRow};
use crate::core::schema::model::Schema;
use crate::core::spelling::literal;
use crate::store::fault::StoreFault;
use crate::store::{Facts, Holder, Inquiry, Outcome, RoleNames, Run, Store};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::timeout;
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::types::{ToSql, Type};

/// Key of the session-level advisory lock (PostgreSQL manual, "Advisory Locks"): the letters
/// `dreichor`. Advisory locks belong to one database, and to the server session that took
/// them: a killed run leaves none behind.
pub const LOCK_KEY: i64 = i64::from_be_bytes(*b"dreichor");

/// Longest wait for the second connection that shows a pooler.
const SECOND_LOOK: Duration = Duration::from_secs(2);

impl Store for Connection {
    type Session = PostgresSession;

    async fn history(&mut self) -> Result<History, StoreFault> {
        Ok(self.read_facts(None).await?.history)
    }

    async fn facts(&mut self, inquiry: &Inquiry) -> Result<Facts, StoreFault> {
        self.read_facts(Some(inquiry)).await
    }

    async fn provenance(&mut self) -> Result<Vec<Provenance>, StoreFault> {
        self.read_provenance().await
    }

    async fn read_log(&mut self, take: &mut dyn FnMut(LogRow)) -> Result<(), StoreFault> {
        self.read_log_rows(take).await
    }

    async fn schema(&mut self, roles: &RoleNames) -> Result<Schema, StoreFault> {
        self.read_schema(roles).await
    }

    async fn outcome(&mut self, transaction_id: &str) -> Result<Outcome, StoreFault> {
        self.read_outcome(transaction_id).await
    }

    async fn lock(
        mut self,
        run: Run,
        patience: Option<Duration>,
        waiting: &dyn Fn(&Holder),
    ) -> Result<PostgresSession, StoreFault> {
        if self.identity.standby || self.identity.read_only {
            return Err(StoreFault::ReadOnly { standby: self.identity.standby });
        }
        if self.relayed {
            self.require_own_server_session(&run.run_id).await?;
        }
        let started = Instant::now();
        match (self.try_lock(&run.run_id).await?, patience) {
            (true, _) => {}
            (false, None) => return Err(self.busy(Duration::ZERO).await),
            (false, Some(patience)) => {
                if let Some(holder) = self.holder().await? {
                    waiting(&holder);
                }
                self.wait(&run.run_id, patience, started).await?;
            }
        }
        let pins = session_pins(&self.spec, self.server_major, &run.run_id);
        self.client.batch_execute(&pins).await.map_err(|e| self.fault(&e))?;
        let put_back = put_back(&pins);
        Ok(PostgresSession { connection: self, run, put_back, head: ChainHead::default() })
    }
}

impl Connection {
    /// Refuses a pooler that shares the server session, in which the lock would stand, between
    /// its clients, or that resets it between two transactions of one client.
    ///
    /// The session is marked; then a second connection must not meet a mark, and the session
    /// must still have its own.
    async fn require_own_server_session(&mut self, run_id: &str) -> Result<(), StoreFault> {
        self.end_snapshot().await?;
        self.mark(run_id).await?;
        let second = connect(&self.spec, Arc::new(|_notice| {}));
        // Where none can be had in time, nobody else was handed this server session.
        if let Ok(Ok(second)) = timeout(SECOND_LOOK, second).await
            && second.identity.marked
        {
            let evidence = "a second connection was handed a server session of another one";
            return Err(StoreFault::Pooled { evidence });
        }
        if !self.mark(run_id).await? {
            let evidence = "the server session was reset between two transactions";
            return Err(StoreFault::Pooled { evidence });
        }
        Ok(())
    }

    /// Marks the server session as this run's; whether it was so already.
    async fn mark(&self, run_id: &str) -> Result<bool, StoreFault> {
        let was = format!("pg_catalog.current_setting('{RUN_MARK}', true)");
        let statement = format!("SELECT {was} <> ''; {}", self.take(run_id, "true"));
        let answer = self.client.simple_query(&statement).await.map_err(|e| self.fault(&e))?;
        self.is_taken(&answer)?;
        Ok(first_row(&answer).is_some_and(|row| row.get(0) == Some("t")))
    }

    /// Tries the lock without waiting, and marks the server session as ours when it is taken.
    async fn try_lock(&mut self, run_id: &str) -> Result<bool, StoreFault> {
        // The reader's snapshot ends here; what is decided under the lock is read under it.
        let end = if std::mem::take(&mut self.snapshot) { "COMMIT; " } else { "" };
        let lock = format!("pg_catalog.pg_try_advisory_lock({LOCK_KEY})");
        let statement = format!("{end}{}", self.take(run_id, &lock));
        let answer = self.client.simple_query(&statement).await.map_err(|e| self.fault(&e))?;
        self.is_taken(&answer)
    }

    /// Waits in the server, whose lock queue is fair and wakes us at once, under a timeout.
    async fn wait(
        &self,
        run_id: &str,
        patience: Duration,
        started: Instant,
    ) -> Result<(), StoreFault> {
        let limit = patience.as_millis().max(1);
        let lock = format!("pg_catalog.pg_advisory_lock({LOCK_KEY})::text IS NOT NULL");
        let take = self.take(run_id, &lock);
        // In one transaction, so that the settings are those of the wait alone: among them that
        // the server notices when the one who waits is gone.
        let pins = reader_pins(&self.spec, self.server_major);
        let statement = format!(
            "{pins}; SELECT pg_catalog.set_config('lock_timeout', '{limit}', true), \
             pg_catalog.set_config('statement_timeout', '0', true); {take}"
        );
        match self.client.simple_query(&statement).await {
            Ok(answer) if self.is_taken(&answer)? => Ok(()),
            Ok(_) => Err(StoreFault::Protocol { expected: "the run lock" }),
            Err(error) if error.code().is_some_and(|state| state.code() == "55P03") => {
                Err(self.busy(started.elapsed()).await)
            }
            Err(error) => Err(self.fault(&error)),
        }
    }

    /// A statement that takes the lock only in the server session that signed on, and only
    /// where no other run has it already: a session may take its own lock twice, and a lock
    /// that is taken twice protects nothing. All in one statement, between whose parts no
    /// pooler can come.
    fn take(&self, run_id: &str, lock: &str) -> String {
        let backend = self.identity.backend;
        let run_id = literal(run_id);
        // Another run's mark, or nothing.
        let mark = format!(
            "COALESCE(NULLIF(pg_catalog.current_setting('{RUN_MARK}', true), {run_id}), '')"
        );
        format!(
            "SELECT {mark}, pg_catalog.pg_backend_pid(), \
             CASE WHEN {mark} = '' AND pg_catalog.pg_backend_pid() = {backend} THEN \
             CASE WHEN {lock} THEN pg_catalog.set_config('{RUN_MARK}', {run_id}, false) END END"
        )
    }

    /// Whether the lock was taken; a mark of another run, or another backend than the one that
    /// signed on, shows a pooler.
    fn is_taken(&self, answer: &[SimpleQueryMessage]) -> Result<bool, StoreFault> {
        let row = last_row(answer).ok_or(StoreFault::Protocol { expected: "the run lock" })?;
        if row.get(0).is_some_and(|mark| !mark.is_empty()) {
            let evidence = "this server session already carries the mark of another run";
            return Err(StoreFault::Pooled { evidence });
        }
        if row.get(1).and_then(|pid| pid.parse().ok()) != Some(self.identity.backend) {
            let evidence = "the backend changed between two statements";
            return Err(StoreFault::Pooled { evidence });
        }
        Ok(row.get(2).is_some())
    }

    /// Gives the lock and the mark back.
    pub(super) async fn unlock(&self) -> Result<(), StoreFault> {
        let failed = |error: tokio_postgres::Error| self.fault(&error);
        let backend = self.identity.backend;
        let unlock = format!(
            "SELECT CASE WHEN pg_catalog.pg_backend_pid() = {backend} THEN \
             pg_catalog.pg_advisory_unlock({LOCK_KEY})::text \
             || pg_catalog.set_config('{RUN_MARK}', '', false) END"
        );
        // A pooler that led this statement to another server session keeps the one that has our
        // lock, and may have handed it to somebody else by now: it is not ours to end. The next
        // run is told which backend holds the lock.
        self.client.batch_execute(&unlock).await.map_err(failed)
    }

    async fn busy(&self, waited: Duration) -> StoreFault {
        let unmark = format!("SELECT pg_catalog.set_config('{RUN_MARK}', '', false)");
        // A connection that cannot be asked has its own fault below.
        let _only_for_a_pooler = self.client.batch_execute(&unmark).await;
        match self.holder().await {
            Ok(holder) => StoreFault::Busy { holder, waited },
            Err(fault) => fault,
        }
    }

    /// Who holds the lock; none when it was given back meanwhile.
    ///
    /// Asked as the role that signed on: since when a session is there is shown to its own role,
    /// and what a provisioned session acts as is the owner.
    async fn holder(&self) -> Result<Option<Holder>, StoreFault> {
        let failed = |error: tokio_postgres::Error| self.fault(&error);
        let begin = "BEGIN TRANSACTION READ ONLY; SET LOCAL ROLE NONE";
        self.client.batch_execute(begin).await.map_err(failed)?;
        let holder = self.seen_holder().await;
        self.client.batch_execute("ROLLBACK").await.map_err(failed)?;
        holder
    }

    async fn seen_holder(&self) -> Result<Option<Holder>, StoreFault> {
        let [high, low] = key_halves();
        let parameters: [(&(dyn ToSql + Sync), Type); 2] =
            [(&high, Type::INT8), (&low, Type::INT8)];
        let question = format!(
            "SELECT l.pid, COALESCE(a.application_name, ''), COALESCE(a.usename::text, ''), \
             a.backend_start FROM pg_catalog.pg_locks AS l \
             LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid \
             WHERE {OF_THIS_DATABASE} AND l.classid::bigint = $1 AND l.objid::bigint = $2"
        );
        let rows =
            self.client.query_typed(&question, &parameters).await.map_err(|e| self.fault(&e))?;
        rows.first()
            .map(|row| {
                Ok(Holder {
                    pid: column(row, 0)?,
                    application: column(row, 1)?,
                    role: column(row, 2)?,
                    since: column(row, 3)?,
                })
            })
            .transpose()
    }
}

/// Held advisory locks of this database whose key is one number (PostgreSQL manual, `pg_locks`).
const OF_THIS_DATABASE: &str = "\
l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.database = (\
SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())";

/// The key as `pg_locks` shows it: its high and its low half.
fn key_halves() -> [i64; 2] {
    [LOCK_KEY >> 32, LOCK_KEY & 0xffff_ffff]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_the_letters_and_its_halves_make_it_again() {
        let [high, low] = key_halves();
        assert_eq!((high << 32) | low, LOCK_KEY);
        assert_eq!(&LOCK_KEY.to_be_bytes(), b"dreichor");
    }
}
