//! Owns the twin: a scratch database with the environment's structure and history, and a second
//! one of the same. Must never leave either behind, and never read more of the environment than
//! its structure and its history.

use super::{Request, schema_of};
use crate::core::code::Code;
use crate::core::digest::Digest;
use crate::core::finding::Explain;
use crate::core::history::History;
use crate::core::rehearsal::Source;
use crate::core::schema::difference::compare;
use crate::core::schema::model::Schema;
use crate::core::seal::{Seal, SealFault};
use crate::core::set::MigrationSet;
use crate::core::version::Version;
use crate::host::identity::{actor, random_id};
use crate::host::programs::{Address, Programs, ServerFault};
use crate::ops::context::Context;
use crate::ops::failure::Failure;
use crate::ops::reach::{Current, connect_once, read_seal};
use crate::ops::scratch::{self, Scratch, program_address};
use crate::ops::seal::{ReplayFault, apply};
use crate::store::postgres::rehearsal::Original;
use crate::store::{Run, Session, Store};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// A twin. Dropped, it is removed.
pub(super) struct Twin {
    /// The environment's context, but on the twin.
    pub(super) context: Context,
    /// The same on the second one.
    pub(super) measured: Context,
    /// What stands in both.
    pub(super) schema: Schema,
    scratch: Scratch,
}

/// Why there is no twin, or no report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TwinFault {
    /// The structure of the live database could not be dumped.
    Dump {
        /// What `pg_dump` said.
        reason: String,
    },
    /// The copy that was provided cannot be restored.
    Copy {
        /// Which.
        path: PathBuf,
        /// What `pg_restore` said.
        reason: String,
    },
    /// The structure that was dumped cannot be restored.
    Restore {
        /// What `pg_restore` said.
        reason: String,
    },
    /// The rehearsal is over, and its databases or roles are still on the named server.
    Left {
        /// What psql said.
        reason: String,
    },
    /// On the twin another plan is pending than in the environment.
    OtherPlan {
        /// Its digest.
        found: Digest,
    },
}

impl Twin {
    /// Makes the second one of a first one that is whole.
    async fn of(original: &Context, mut scratch: Scratch) -> Result<Self, Failure> {
        let context = scratch.context(original, None);
        let schema = schema_of(&context).await?;
        let copy = scratch.copy().await?;
        let measured = scratch.context(original, Some(&copy));
        Ok(Self { context, measured, schema, scratch })
    }

    pub(super) fn is_throwaway(&self) -> bool {
        self.scratch.is_throwaway()
    }

    /// Removes it, and says what could not be removed.
    pub(super) fn remove(self) -> Result<(), TwinFault> {
        self.scratch.remove().map_err(|fault| TwinFault::Left { reason: said(fault) })
    }
}

/// The programs that suit the environment's server.
fn programs(major: u32, more: &[&str]) -> Result<Programs, Failure> {
    if scratch::is_named()? {
        return Ok(Programs::of_major(major, more)?);
    }
    let programs = Programs::of_major(major, &[&["initdb", "postgres"], more].concat())?;
    programs.require_major("postgres", major)?;
    Ok(programs)
}

/// A twin of a dump: of the live structure, or of a copy that has rows.
pub(super) async fn of_dump(
    context: &Context,
    request: &Request,
    original: &Original,
) -> Result<Twin, Failure> {
    let settings = &context.settings;
    let source = match &request.copy {
        Some(path) => Err(std::path::absolute(path).unwrap_or_else(|_| path.clone())),
        None => Ok(()),
    };
    let needed: &[&str] = if source.is_ok() { &["pg_dump", "pg_restore"] } else { &["pg_restore"] };
    let programs = programs(original.major, needed)?;
    let dump = match &source {
        Ok(()) => {
            let wait = settings.lock_timeout.map_or(0, |limit| limit.as_millis());
            let options = [
                "--schema-only".to_owned(),
                "--format=custom".to_owned(),
                "--no-subscriptions".to_owned(),
                "--no-security-labels".to_owned(),
                "--no-password".to_owned(),
                format!("--lock-wait-timeout={wait}"),
            ];
            let dumped = programs.dump(&program_address(&context.url), &options).await;
            dumped.map_err(|fault| TwinFault::Dump { reason: said(fault) })?
        }
        Err(path) => {
            let list = [OsStr::new("--list"), path.as_os_str()];
            let listed = programs.restore(None, &list, Vec::new());
            let broken = |fault| TwinFault::Copy { path: path.clone(), reason: said(fault) };
            listed.await.map_err(broken)?;
            Vec::new()
        }
    };
    let scratch = Scratch::open_for_twin(settings, programs, Some(original))?;
    require_major(&scratch, original.major).await?;
    let mut options: Vec<OsString> =
        ["--exit-on-error", "--single-transaction", "--no-tablespaces", "--no-subscriptions"]
            .map(OsString::from)
            .to_vec();
    if !scratch.is_throwaway() {
        // Its roles have other names there.
        options.extend(["--no-owner", "--no-privileges"].map(OsString::from));
        options.push(format!("--role={}", scratch.owner()).into());
    }
    let at = scratch.administrator();
    match &source {
        Ok(()) => {
            let restored = scratch.programs().restore(Some(&at), &options, dump).await;
            restored.map_err(|fault| TwinFault::Restore { reason: said(fault) })?;
            take_history(&scratch.context(context, None), original).await?;
        }
        Err(path) => restore_copy(&scratch, &at, options, path).await?,
    }
    Twin::of(context, scratch).await
}

/// Restores a copy with its rows, and lets the planner know them.
async fn restore_copy(
    scratch: &Scratch,
    at: &Address,
    mut options: Vec<OsString>,
    path: &Path,
) -> Result<(), Failure> {
    options.push(path.as_os_str().to_owned());
    let restored = scratch.programs().restore(Some(at), &options, Vec::new()).await;
    restored.map_err(|fault| TwinFault::Copy { path: path.to_owned(), reason: said(fault) })?;
    Ok(scratch.programs().script(at, "ANALYZE;\n").await?)
}

/// A twin of the applied migrations, held to their seal where that is asked for.
pub(super) async fn of_set(
    context: &Context,
    source: Source,
    set: &MigrationSet,
    history: &History,
    original: &Original,
) -> Result<Twin, Failure> {
    let directory = &context.settings.migrations;
    let newest = history.newest().and_then(Version::parse);
    let seal = match (source, &newest) {
        (Source::Seal, Some(version)) => Some((sealed(directory, version)?, version)),
        _ => None,
    };
    let programs = programs(original.major, &[])?;
    let scratch = Scratch::open_for_twin(&context.settings, programs, None)?;
    require_major(&scratch, original.major).await?;
    let twin = scratch.context(context, None);
    let run = Run { run_id: random_id(), actor: actor() };
    let store = connect_once(&twin, &Current::default()).await?;
    let mut session = store.lock(run, None, &|_holder| {}).await?;
    session.prepare().await?;
    let is_applied = |version: &Version| {
        history.applied.iter().any(|applied| *applied.version == *version.as_str())
    };
    for migration in set.migrations().iter().filter(|it| is_applied(&it.version)) {
        apply(directory, &mut session, migration).await?;
    }
    session.release().await;
    take_history(&twin, original).await?;
    let twin = Twin::of(context, scratch).await?;
    if let Some((seal, version)) = seal {
        let expected = seal.schema_at(version.as_str())?;
        let differences = compare(&expected, &twin.schema);
        if !differences.is_empty() {
            return Err(Failure::Replay(ReplayFault { version: version.clone(), differences }));
        }
    }
    Ok(twin)
}

/// The seal, which must know the version.
fn sealed(directory: &Path, version: &Version) -> Result<Seal, Failure> {
    let Some(seal) = read_seal(directory)? else {
        let directory = directory.display().to_string();
        return Err(SealFault::NoSeal { directory }.into());
    };
    if seal.get(version.as_str()).is_none() {
        return Err(SealFault::Unsealed { version: version.to_string() }.into());
    }
    Ok(seal)
}

/// So that the same is pending there.
async fn take_history(twin: &Context, original: &Original) -> Result<(), Failure> {
    let mut store = connect_once(twin, &Current::default()).await?;
    store.take_history(original).await?;
    store.close().await;
    Ok(())
}

/// A named server must be of the environment's major version.
async fn require_major(scratch: &Scratch, wanted: u32) -> Result<(), Failure> {
    let store = scratch.connect().await?;
    let found = store.server_major();
    store.close().await;
    if found == wanted {
        return Ok(());
    }
    let path = PathBuf::from(crate::config::SCRATCH_VARIABLE);
    Err(ServerFault::OtherMajor { path, wanted, found }.into())
}

/// What a program said, without its name.
fn said(fault: ServerFault) -> String {
    match fault {
        ServerFault::Program { reason, .. } => reason,
        other => other.message(),
    }
}

impl TwinFault {
    /// The exit code.
    #[must_use]
    pub fn exit_code(&self) -> Code {
        match self {
            Self::Dump { reason } if reason.contains("permission denied") => Code::Denied,
            Self::Dump { .. } | Self::Restore { .. } | Self::Left { .. } => Code::Unreachable,
            Self::OtherPlan { .. } => Code::NotApproved,
            Self::Copy { .. } => Code::Usage,
        }
    }
}

impl Explain for TwinFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Dump { .. } => "twin-dump",
            Self::Copy { .. } => "twin-copy",
            Self::Restore { .. } => "twin-restore",
            Self::Left { .. } => "twin-left",
            Self::OtherPlan { .. } => "twin-plan",
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::Dump { .. } | Self::Restore { .. } | Self::Left { .. } => "twin".to_owned(),
            Self::OtherPlan { found } => found.to_string(),
            Self::Copy { path, .. } => path.display().to_string(),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Dump { reason } => {
                format!("the structure of the live database cannot be dumped: {reason}")
            }
            Self::Copy { path, reason } => {
                format!("the copy '{}' cannot be restored: {reason}", path.display())
            }
            Self::Restore { reason } => {
                format!("the dumped structure cannot be restored for a rehearsal: {reason}")
            }
            Self::Left { reason } => {
                format!("the rehearsal is over, and its twin could not be removed: {reason}")
            }
            Self::OtherPlan { found } => format!(
                "on the twin the plan is {found}, another one than the environment's: its history is another one, or files changed meanwhile"
            ),
        }
    }

    fn remedy(&self) -> String {
        match self {
            Self::Dump { .. } => {
                "let the role read what is to be dumped, or rehearse with --from set"
            }
            Self::Copy { .. } => {
                "name a custom-format dump of this environment's database, as pg_dump -Fc makes it"
            }
            Self::Restore { .. } => {
                "install on this host what the structure needs, such as extensions, or rehearse with --from set"
            }
            Self::Left { .. } => {
                "drop what it names by hand: databases first, then roles; its report is written where one was wanted"
            }
            Self::OtherPlan { .. } => {
                "rehearse again; with --copy, provide one that was made since the last migration"
            }
        }
        .to_owned()
    }
}

impl From<TwinFault> for Failure {
    fn from(fault: TwinFault) -> Self {
        Self::Twin(fault)
    }
}
