//! A database behind our traits. A [`Store`] can only be read; a [`Session`] is what a store
//! becomes when it takes the run lock, and only a session can write. So writing without the
//! lock does not compile (design rule 6), and neither does recording a migration that was not
//! run in the same transaction (rule 3): the proof is a value that only running it gives.

#![expect(
    async_fn_in_trait,
    reason = "the stores are known at compile time and every future stays on one thread"
)]

pub mod fault;
pub mod postgres;

use crate::core::digest::Digest;
use crate::core::failure::Blocker;
use crate::core::history::{History, Provenance};
use crate::core::log::{Actor, LogEvent, LogRow};
use crate::core::privilege::Excess;
use crate::core::schema::model::Schema;
pub use crate::core::schema::roles::RoleNames;
use crate::core::version::Version;
use fault::StoreFault;
use std::time::{Duration, SystemTime};

/// A database that is open for reading. Every read runs in a `READ ONLY` transaction, needs
/// only `SELECT` on the two history tables, works on a standby, and takes their absence for
/// an answer.
pub trait Store: Sized {
    /// The same database with the run lock held.
    type Session: Session;

    /// What the database says was applied, from one snapshot.
    ///
    /// # Errors
    /// When the history cannot be read, or has another shape than it must have.
    async fn history(&mut self) -> Result<History, StoreFault>;

    /// All that a verdict is made of, from one snapshot.
    ///
    /// # Errors
    /// As [`Store::history`] and [`Store::schema`].
    async fn facts(&mut self, inquiry: &Inquiry) -> Result<Facts, StoreFault>;

    /// When and by whom each migration was applied, in the byte order of versions.
    ///
    /// # Errors
    /// As [`Store::history`].
    async fn provenance(&mut self) -> Result<Vec<Provenance>, StoreFault>;

    /// Reads the log in the order of its rows, one at a time, however long it is.
    ///
    /// # Errors
    /// As [`Store::history`].
    async fn read_log(&mut self, take: &mut dyn FnMut(LogRow)) -> Result<(), StoreFault>;

    /// The live schema, from one snapshot: all of it but what belongs to the server, to
    /// extensions and to the two history tables.
    ///
    /// # Errors
    /// When the catalogs cannot be read, or tell what this program does not know.
    async fn schema(&mut self, roles: &RoleNames) -> Result<Schema, StoreFault>;

    /// What became of a transaction whose commit was not answered.
    ///
    /// # Errors
    /// When it could not be asked.
    async fn outcome(&mut self, transaction_id: &str) -> Result<Outcome, StoreFault>;

    /// Takes the run lock, waiting for another run at most as long as `patience` says.
    /// `waiting` is told once who holds it.
    ///
    /// # Errors
    /// [`StoreFault::Busy`], naming the holder, when another run has it.
    async fn lock(
        self,
        run: Run,
        patience: Option<Duration>,
        waiting: &dyn Fn(&Holder),
    ) -> Result<Self::Session, StoreFault>;
}

/// A database whose run lock this run holds.
pub trait Session {
    /// A transaction on it.
    type Transaction<'a>: Transaction
    where
        Self: 'a;
    /// What stands beside it while a statement runs.
    type Companion: Companion;

    /// The history again, now stable.
    ///
    /// # Errors
    /// As [`Store::history`].
    async fn history(&mut self) -> Result<History, StoreFault>;

    /// Makes the history tables where they are missing. Harmless where they are not.
    ///
    /// # Errors
    /// When the role may not create them.
    async fn prepare(&mut self) -> Result<(), StoreFault>;

    /// Starts a transaction. Nothing is sent before its first statement.
    fn begin(&mut self) -> Self::Transaction<'_>;

    /// Writes rows of the log alone, in one transaction of their own: of something that left
    /// nothing, or of what is taken over.
    ///
    /// # Errors
    /// When they could not be written; then none was.
    async fn record_events(
        &mut self,
        event: LogEvent,
        entries: &[Entry<'_>],
    ) -> Result<(), StoreFault>;

    /// The live schema, as [`Store::schema`] tells it, within a limit. Whatever becomes of it, the
    /// session is as it was.
    ///
    /// # Errors
    /// As [`Store::schema`].
    async fn schema(&mut self, roles: &RoleNames, limit: Duration) -> Result<Schema, StoreFault>;

    /// What the server says of its version.
    ///
    /// # Errors
    /// When it could not be asked.
    async fn server_version(&mut self) -> Result<String, StoreFault>;

    /// What a backup of the database must hold, at this moment.
    ///
    /// # Errors
    /// When the catalogs cannot be read, or a table is locked for longer than the session waits.
    async fn extent(&mut self) -> Result<Extent, StoreFault>;

    /// What stands beside this session while a statement runs.
    fn companion(&self) -> Self::Companion;

    /// Gives the lock back and closes the connection.
    async fn release(self);
}

/// Migrations that commit together with their rows, or not at all. Dropped without a commit,
/// it is rolled back.
pub trait Transaction {
    /// Proof that a migration ran in this transaction; only [`Transaction::run`] makes one.
    type Ran;

    /// Sends the file. On an error the transaction has failed and must be rolled back.
    ///
    /// # Errors
    /// [`StoreFault::Statement`] with the statement's number and what the server said.
    async fn run(&mut self, version: &Version, text: &str) -> Result<Self::Ran, StoreFault>;

    /// Writes the two rows of a migration that ran, after proving that this very transaction
    /// ran it.
    ///
    /// # Errors
    /// [`StoreFault::TransactionReplaced`] when it did not; nothing was recorded.
    async fn record(&mut self, ran: Self::Ran, entry: &Entry<'_>) -> Result<(), StoreFault>;

    /// Commits.
    ///
    /// # Errors
    /// [`StoreFault::CommitUnknown`] when the connection was lost while the commit was on
    /// its way.
    async fn commit(self) -> Result<(), StoreFault>;

    /// Rolls back and puts the session back as it was.
    ///
    /// # Errors
    /// When the connection is gone; the server then rolls back by itself.
    async fn rollback(self) -> Result<(), StoreFault>;
}

/// What the server knows of a transaction (PostgreSQL manual, `pg_xact_status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is still open, or committing.
    InProgress,
    /// It has ended; whether it committed is told by its rows, because a server that crashed
    /// may give the same identity to another transaction.
    Ended,
}

/// What can be seen of a busy session from beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Glimpse {
    /// Who blocks it.
    pub blockers: Vec<Blocker>,
    /// PostgreSQL's own progress view of what it does, where there is one.
    pub progress: Option<String>,
}

/// Stands beside a session that is busy: it cancels the running statement and sees who blocks
/// it, over connections of its own.
pub trait Companion {
    /// Sends one cancel request. That it was sent does not say that anything was cancelled.
    ///
    /// # Errors
    /// When the server could not be reached.
    async fn cancel(&self) -> Result<(), StoreFault>;

    /// Who blocks the session at this moment, and how far it is.
    ///
    /// # Errors
    /// When it could not be asked.
    async fn glimpse(&mut self) -> Result<Glimpse, StoreFault>;

    /// Who blocks the sessions of this database that have this `application_name`.
    ///
    /// # Errors
    /// When it could not be asked.
    async fn blockers_of(&mut self, application: &str) -> Result<Vec<Blocker>, StoreFault>;
}

/// What a verdict wants to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inquiry {
    /// Whose rights are asked for.
    pub privileges: PrivilegeQuestion,
    /// The roles in whose names the schema is told; none where it is not wanted.
    pub schema: Option<RoleNames>,
}

/// What a verdict is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// What the database says was applied.
    pub history: History,
    /// What the runtime role can do and must not. A role that does not exist can do nothing.
    pub excesses: Vec<Excess>,
    /// The live schema, where it was wanted.
    pub schema: Option<Schema>,
}

/// Whose rights are asked for, and what they must not reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivilegeQuestion {
    /// The runtime role.
    pub role: String,
    /// The role that owns what it must not own.
    pub owner: String,
    /// Roles that it must not be a member of.
    pub forbidden: Vec<String>,
    /// The databases of the other environments.
    pub other_databases: Vec<String>,
}

impl PrivilegeQuestion {
    /// The question for an environment: its runtime must not reach its owner's and its migrator's
    /// rights, those that the server gives to write everything, nor the other databases.
    #[must_use]
    pub fn of(roles: &RoleNames, other_databases: Vec<String>) -> Self {
        let forbidden = [&*roles.owner, &*roles.migrator, "pg_write_all_data", "pg_maintain"];
        Self {
            role: roles.runtime.clone(),
            owner: roles.owner.clone(),
            forbidden: forbidden.map(str::to_owned).to_vec(),
            other_databases,
        }
    }
}

/// The run that takes the lock, as it will stand in every row of the log.
#[derive(Debug, Clone)]
pub struct Run {
    /// Identity of the run.
    pub run_id: String,
    /// Who runs, where and with what.
    pub actor: Actor,
}

/// Who holds the run lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Its backend.
    pub pid: i32,
    /// Its `application_name`.
    pub application: String,
    /// Its role.
    pub role: String,
    /// Since when it is connected, where this role may see it.
    pub since: Option<SystemTime>,
}

/// What a backup of the database must hold, and how large it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extent {
    /// The server's major version.
    pub server_major: u32,
    /// What the server says of its version.
    pub server_version: String,
    /// Bytes of all rows on the disk, without indexes.
    pub bytes: u64,
    /// Every table and materialized view that is neither the server's nor an extension's.
    pub relations: Vec<StoredRelation>,
}

/// One of the relations that a backup must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRelation {
    /// The server's number of it.
    pub number: u32,
    /// Its name, quoted, with its schema.
    pub name: String,
    /// Whether it has rows of its own: a partitioned table has none.
    pub has_rows: bool,
}

/// What a row of the log says of one migration; the session adds who, where and the chain.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The migration.
    pub version: &'a Version,
    /// SHA-256 of its exact bytes.
    pub digest: Digest,
    /// Digest of the plan; none for a baseline.
    pub plan: Option<Digest>,
    /// The approval of the plan, in the log's form; none where none was needed.
    pub approval: Option<&'a str>,
    /// When it started.
    pub started_at: SystemTime,
    /// When it ended.
    pub finished_at: SystemTime,
    /// How long it took.
    pub duration: Duration,
    /// SQLSTATE and message of a failure.
    pub failure: Option<(&'a str, &'a str)>,
}
