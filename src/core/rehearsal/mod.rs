//! Owns the report of a rehearsal: what the pending plan did on a twin of the environment, statement
//! by statement, and what schema it left. A paper: written once, read back by others. Must never
//! say more than was measured, nor mark an estimate as a measurement.

pub mod change;
pub mod lock;

use crate::core::digest::Digest;
use lock::Mode;
use serde::{Deserialize, Serialize};

/// What is true of every rehearsal, and said in every report.
const LIMITS: [&str; 5] = [
    "locks are those that are held when a statement ends; one that it gave back before cannot be seen",
    "a lock is told at the statement that took it first, and is held until the migration commits",
    "locks on relations that the transaction itself made, on catalogs and on TOAST tables are left out",
    "nobody else used the twin: time spent waiting for others is in no duration",
    "settings of the live server, database and roles are not those of the twin",
];

/// What is true of one on a server that was started for it.
const THROWAWAY: &str =
    "the throwaway server does not wait for its disk (fsync is off), and the live one does";

/// What no rehearsal can see, and what one on this ground cannot.
#[must_use]
pub fn limits(ground: Ground) -> Vec<String> {
    let more = (ground == Ground::Throwaway).then_some(THROWAWAY);
    LIMITS.into_iter().chain(more).map(str::to_owned).collect()
}

/// The report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rehearsal {
    /// The form of this paper.
    pub form: u32,
    /// The environment whose plan was rehearsed.
    pub environment: String,
    /// Its database.
    pub database: String,
    /// The plan's digest, `sha256:` and 64 hexadecimal digits.
    pub plan: String,
    /// The server's version.
    pub server: String,
    /// The version of this program.
    pub tool: String,
    /// Where the twin stood.
    pub scratch: Ground,
    /// What the twin was made of.
    pub twin: Source,
    /// Which rows it had.
    pub data: Data,
    /// What the twin had otherwise than the environment before anything was applied.
    pub twin_differs: Vec<String>,
    /// How it ended.
    pub end: End,
    /// The pending migrations in order, each with its statements.
    pub migrations: Vec<RehearsedMigration>,
    /// Where one statement after the other ended otherwise than each file as a whole, as `apply`
    /// sends it: what is told of statements is then to be read with care.
    pub statements_differ: Vec<String>,
    /// Fingerprint of the twin's schema before.
    pub schema_before: String,
    /// And after.
    pub schema_after: String,
    /// What the plan changes, a sentence for each object.
    pub changes: Vec<String>,
    /// Whether the schema after is the sealed one.
    pub seal: SealAnswer,
    /// Where it is another one.
    pub seal_differs: Vec<String>,
    /// What no rehearsal can see.
    pub limits: Vec<String>,
    /// When it started, UTC.
    pub started_at: String,
    /// When it ended, UTC.
    pub finished_at: String,
}

/// Where a twin stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// On a server that the program started, with the names of the environment.
    Throwaway,
    /// On a server that was named, with names of its own.
    Named,
}

/// What a twin was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The structure of the live database.
    Dump,
    /// The applied migrations, held to their seal.
    Seal,
    /// The applied migrations.
    Set,
    /// A copy with data that the operator provided.
    Copy,
}

/// Which rows a twin had.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Data {
    /// None: durations are those of empty tables.
    None,
    /// All, as the operator says.
    Full,
    /// This part of them, as the operator says.
    Fraction(f64),
}

/// How a rehearsal ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// The name of the exit code of an apply that ends so: `ok` when all was applied.
    pub code: String,
    /// The migration that ended it.
    pub migration: Option<String>,
    /// What was wrong.
    pub message: Option<String>,
}

/// One migration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RehearsedMigration {
    /// Its version.
    pub version: String,
    /// Digest of its bytes.
    pub sha256: String,
    /// How long it took as `apply` runs it, with its rows and the commit; none where it was not
    /// applied.
    pub duration_ms: Option<f64>,
    /// Its statements, as far as they were run one by one.
    pub statements: Vec<RehearsedStatement>,
    /// How long, run one by one, its end took: deferred constraints and the commit.
    pub ending_ms: Option<f64>,
    /// What ended it when its statements were run one by one.
    pub failure: Option<String>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RehearsedStatement {
    /// Its line in the file, from 1.
    pub line: usize,
    /// Its first line.
    pub text: String,
    /// How long it took on the twin.
    pub duration_ms: f64,
    /// An estimate for all of the data, where the twin had a part of it and the statement read or
    /// rewrote relations: the duration divided by that part.
    pub estimated_ms: Option<f64>,
    /// Locks on relations that were there before, which it was the first to take.
    pub locks: Vec<HeldLock>,
    /// Tables and indexes that were there before and whose rows it wrote anew.
    pub rewrote: Vec<String>,
    /// Tables and indexes that were there before and that it read through.
    pub scanned: Vec<String>,
    /// Objects that it made.
    pub made: Vec<String>,
    /// Objects that it changed.
    pub changed: Vec<String>,
    /// Objects that it dropped.
    pub dropped: Vec<String>,
}

/// A lock on a relation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldLock {
    /// The relation, qualified.
    pub relation: String,
    /// What it is, for example `table` or `index`.
    pub kind: String,
    /// The mode.
    pub mode: Mode,
    /// What of other sessions waits for it.
    pub blocks: Vec<String>,
}

/// Whether a schema is the sealed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SealAnswer {
    /// It is.
    Equal,
    /// It is not.
    Differs,
    /// There is no seal, or it does not know the newest version.
    NotSealed,
    /// The plan was not applied to its end.
    NotReached,
}

impl Rehearsal {
    /// The digest of the plan that was rehearsed.
    #[must_use]
    pub fn plan_digest(&self) -> Option<Digest> {
        Digest::parse(&self.plan)
    }

    /// Whether all of the plan was applied to the twin.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.end.code == crate::core::code::Code::Ok.name()
    }
}

impl RehearsedStatement {
    /// The strongest of the locks that it took, in the order of their relations; of tables and
    /// their indexes the tables, since what waits for one waits for the other.
    #[must_use]
    pub fn worst_locks(&self) -> Vec<&HeldLock> {
        let is_index = |it: &HeldLock| it.kind.ends_with("index");
        let rank = |it: &HeldLock| (it.mode, !is_index(it));
        let worst = self.locks.iter().map(rank).max();
        self.locks.iter().filter(|it| Some(rank(it)) == worst).collect()
    }
}

#[cfg(test)]
mod tests;
