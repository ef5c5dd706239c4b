//! Owns the run lock: one run at a time for each database, through whatever connection it
//! comes. Must never wait without a limit, and never end another run.

use super::connect::Connection;
use super::pin::{RUN_MARK, pins, put_back, quote_literal};
use super::read::column;
use super::session::PostgresSession;
use super::tables::last_row;
use crate::core::history::{History, Provenance};
use crate::core::log::{ChainHead, LogRow};
use crate::store::fault::StoreFault;
use crate::store::{Holder, Outcome, Run, Store};
use std::time::{Duration, Instant};
use tokio_postgres::types::{ToSql, Type};

/// Key of the session-level advisory lock (PostgreSQL manual, "Advisory Locks"): the letters
/// `dreichor`. Advisory locks belong to one database, and to the server session that took
/// them: a killed run leaves none behind.
pub const LOCK_KEY: i64 = i64::from_be_bytes(*b"dreichor");

impl Store for Connection {
    type Session = PostgresSession;

    async fn history(&mut self) -> Result<History, StoreFault> {
        self.read_history().await
    }

    async fn provenance(&mut self) -> Result<Vec<Provenance>, StoreFault> {
        self.read_provenance().await
    }

    async fn read_log(&mut self, take: &mut dyn FnMut(LogRow)) -> Result<(), StoreFault> {
        self.read_log_rows(take).await
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
        let pins = pins(&self.spec, self.server_major, Some(&run.run_id));
        self.client.batch_execute(&pins).await.map_err(|e| self.fault(&e))?;
        let put_back = put_back(&pins);
        Ok(PostgresSession { connection: self, run, put_back, head: ChainHead::default() })
    }
}

impl Connection {
    /// Tries the lock without waiting, and marks the server session as ours when it is taken.
    async fn try_lock(&mut self, run_id: &str) -> Result<bool, StoreFault> {
        // The reader's snapshot ends here; what is decided under the lock is read under it.
        let end = if std::mem::take(&mut self.snapshot) { "COMMIT; " } else { "" };
        let answer = self
            .client
            .simple_query(&format!(
                "{end}SELECT pg_catalog.current_setting('{RUN_MARK}', true), pg_catalog.pg_backend_pid(); \
                 SELECT CASE WHEN pg_catalog.pg_try_advisory_lock({LOCK_KEY}) THEN \
                 pg_catalog.set_config('{RUN_MARK}', {}, false) END",
                quote_literal(run_id)
            ))
            .await
            .map_err(|e| self.fault(&e))?;
        let taken = last_row(&answer).is_some_and(|row| row.get(0).is_some());
        self.require_own_session(&answer, taken).await?;
        Ok(taken)
    }

    /// A lock that is taken twice in one server session protects nothing: a mark of another
    /// run, or another backend than the one that signed on, shows a pooler.
    async fn require_own_session(
        &self,
        answer: &[tokio_postgres::SimpleQueryMessage],
        taken: bool,
    ) -> Result<(), StoreFault> {
        let first = answer.iter().find_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        let marked = first.and_then(|row| row.get(0)).is_some_and(|mark| !mark.is_empty());
        let backend = first.and_then(|row| row.get(1)).and_then(|pid| pid.parse().ok());
        let evidence = if marked {
            "this server session already carries the mark of another run"
        } else if backend != Some(self.identity.backend) {
            "the backend changed between two statements"
        } else {
            return Ok(());
        };
        if taken {
            // One acquisition of ours is given back; another run's own stays counted. Its mark
            // was overwritten, which only makes the next run that meets it refuse as well.
            let unlock = format!("SELECT pg_catalog.pg_advisory_unlock({LOCK_KEY})");
            self.client.batch_execute(&unlock).await.map_err(|e| self.fault(&e))?;
        }
        Err(StoreFault::Pooled { evidence })
    }

    /// Waits in the server, whose lock queue is fair and wakes us at once, under a timeout.
    async fn wait(
        &self,
        run_id: &str,
        patience: Duration,
        started: Instant,
    ) -> Result<(), StoreFault> {
        let limit = patience.as_millis().max(1);
        let answer = self
            .client
            .batch_execute(&format!(
                "SELECT pg_catalog.set_config('lock_timeout', '{limit}', false), \
                 pg_catalog.set_config('statement_timeout', '0', false)"
            ))
            .await;
        answer.map_err(|e| self.fault(&e))?;
        let waited = self
            .client
            .batch_execute(&format!(
                "SELECT pg_catalog.pg_advisory_lock({LOCK_KEY}); \
                 SELECT pg_catalog.set_config('{RUN_MARK}', {}, false)",
                quote_literal(run_id)
            ))
            .await;
        match waited {
            Ok(()) => Ok(()),
            Err(error) if error.code().is_some_and(|state| state.code() == "55P03") => {
                Err(self.busy(started.elapsed()).await)
            }
            Err(error) => Err(self.fault(&error)),
        }
    }

    async fn busy(&self, waited: Duration) -> StoreFault {
        match self.holder().await {
            Ok(holder) => StoreFault::Busy { holder, waited },
            Err(fault) => fault,
        }
    }

    /// Who holds the lock; none when it was given back meanwhile.
    async fn holder(&self) -> Result<Option<Holder>, StoreFault> {
        let [high, low] = key_halves();
        let parameters: [(&(dyn ToSql + Sync), Type); 2] =
            [(&high, Type::INT8), (&low, Type::INT8)];
        let rows = self
            .client
            .query_typed(
                "SELECT l.pid, COALESCE(a.application_name, ''), COALESCE(a.usename::text, ''), a.backend_start \
                 FROM pg_catalog.pg_locks AS l \
                 LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid \
                 WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 \
                 AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d \
                 WHERE d.datname = pg_catalog.current_database()) \
                 AND l.classid::bigint = $1 AND l.objid::bigint = $2",
                &parameters,
            )
            .await
            .map_err(|e| self.fault(&e))?;
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
