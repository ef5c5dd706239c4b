//! Owns what the configuration means once it is accepted, for one chosen environment: the
//! only form of it that the rest of the program sees. Must never hold an unchecked value.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use super::gate::Gate;
use crate::core::policy::Profile;

/// How much of a run is one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Atomicity {
    /// Each migration, together with its history rows (`atomic = "migration"`, the default).
    Migration,
    /// All pending migrations together: all or nothing (`atomic = "plan"`).
    Plan,
}

/// Whether a run needs an approval (design section 8).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Approval {
    /// Key `approval = "off"`, the default.
    #[default]
    Off,
    /// Key `approval = "required"`: `apply` runs nothing but a plan that somebody whose key is
    /// allowed has approved.
    Required {
        /// Key `distinct_approver`, by default `false`: who approves is not who planned or runs.
        distinct_approver: bool,
    },
}

/// Whether a run begins with a backup.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Backup {
    /// Key `backup = "off"`, the default.
    #[default]
    Off,
    /// Key `backup = "pg_dump"`.
    PgDump {
        /// Key `backup_keep`: how many are kept, this run's among them. Without it none is ever
        /// removed.
        keep: Option<NonZeroU32>,
    },
}

/// The roles that `provision` makes for one environment (design section 5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roles {
    /// Key `owner_role`: owns the database and cannot log in. Default `<database>_owner`.
    pub owner: String,
    /// Key `migrator_role`: applies migrations. Default `<database>_migrator`.
    pub migrator: String,
    /// Key `runtime_role`: the service itself. Default `<database>_runtime`.
    pub runtime: String,
}

/// One environment's settings. Durations are whole milliseconds, at most
/// [`super::duration::LONGEST`]; `None` is "no limit", written `"0"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The environment's name, `^[a-z][a-z0-9_-]{0,31}$`.
    pub environment: String,
    /// The configuration file these come from, as it was named to the program.
    pub file: PathBuf,
    /// Key `migrations`, at the top of the file: the directory of the migration set. A
    /// relative one starts at the configuration file's directory. No default: given here or
    /// with `--migrations`, which is taken as it is.
    pub migrations: PathBuf,
    /// Key `state`, at the top of the file: the directory of the papers that a review leaves, of
    /// backups and of what is kept of each run. A relative one starts at the configuration
    /// file's directory. Default: none, and nothing is kept.
    pub state: Option<PathBuf>,
    /// Key `allowed_signers`, at the top of the file: whose keys may approve, in the format of
    /// ssh-keygen(1), "ALLOWED SIGNERS". Default: `allowed_signers` beside the configuration file.
    pub allowed_signers: PathBuf,
    /// The directories in which approvals for this environment are looked for, in this order:
    /// `approvals/NAME` beside the configuration file, and in `state`.
    pub approvals: Vec<PathBuf>,
    /// Key `database`: its name, 1 to 63 bytes. No default; no two environments share one.
    pub database: String,
    /// Key `requirement`: the file that this environment's release ships (design section 7). A
    /// relative one starts at the configuration file's directory. Default: none, and the
    /// installed migration set is the requirement, exactly.
    pub requirement: Option<PathBuf>,
    /// Table `gate`, at the top of the file.
    pub gate: Gate,
    /// Key `policy`: `"strict"` (default) or `"standard"` (design section 8).
    pub profile: Profile,
    /// Key `atomic`: `"migration"` (default) or `"plan"`; `--atomic` overrides.
    pub atomicity: Atomicity,
    /// Key `search_path`: schema names, each to be quoted as an identifier; new objects go to
    /// the first. Default `["public"]`.
    pub search_path: Vec<String>,
    /// Key `lock_timeout`: how long a statement may wait for a lock. Default `"5s"`.
    pub lock_timeout: Option<Duration>,
    /// Key `statement_timeout`: how long a statement may take. Default `"0"`, no limit.
    pub statement_timeout: Option<Duration>,
    /// Key `idle_in_transaction_timeout`: how long the server keeps a transaction of a client
    /// that says nothing. Default `"60s"`.
    pub idle_in_transaction_timeout: Option<Duration>,
    /// Key `connect_timeout`: how long one attempt to connect may take. Default `"10s"`;
    /// never without limit. A `connect_timeout` in `DATABASE_URL` is the more specific one.
    pub connect_timeout: Duration,
    /// Keys `owner_role`, `migrator_role`, `runtime_role`.
    pub roles: Roles,
    /// Key `protected_tables`: tables, in whatever schema, that nothing may destroy or
    /// reinterpret (design section 8). Default `["audit_events", "snapshots"]`; may be empty.
    pub protected_tables: Vec<String>,
    /// Keys `approval` and `distinct_approver`.
    pub approval: Approval,
    /// Keys `backup` and `backup_keep`.
    pub backup: Backup,
    /// The other environments, name and database, in the order of the file.
    pub others: Vec<(String, String)>,
}

/// What the command line puts in place of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--migrations DIR`.
    pub migrations: Option<PathBuf>,
    /// `--atomic migration|plan`.
    pub atomicity: Option<Atomicity>,
}
