//! The story of the backup before a run: room, a dump by the server's own `pg_dump`, read back as a
//! whole, on the disk under its name, and only then are old ones removed. Writes nothing to the
//! database.

use crate::config;
use crate::core::backup::{self, Backup, Contents};
use crate::core::event::Event;
use crate::core::finding::Explain;
use crate::core::instant::utc;
use crate::core::plan::Plan;
use crate::files::backups::{self, Digesting, Draft};
use crate::host::clock::Stopwatch;
use crate::host::programs::{Programs, ServerFault};
use crate::ops::context::Context;
use crate::ops::failure::Failure;
use crate::ops::scratch::program_address;
use crate::store::fault::StoreFault;
use crate::store::{Extent, Session};
use std::ffi::OsString;
use std::io;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::task::{spawn_blocking, yield_now};
use tokio::time::{MissedTickBehavior, interval};

/// The programs that make a backup and read it.
const PROGRAMS: [&str; 2] = ["pg_dump", "pg_restore"];

/// Between two words on how far it is.
const TOLD: Duration = Duration::from_secs(1);

/// Why there is no backup. Nothing was applied, and nothing was written to the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BackupFault {
    /// The disk has less room than the backup may want.
    NoRoom {
        /// The directory.
        path: PathBuf,
        /// Bytes that are free.
        free: u64,
        /// Bytes that may be wanted.
        wanted: u64,
    },
    /// The directory, or a file in it, cannot be used.
    Files {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
    /// A program of PostgreSQL is missing, is of another version, or failed.
    Program(ServerFault),
    /// The server does not tell what must be in it.
    Server(StoreFault),
    /// What `pg_dump` wrote cannot be read back.
    Unreadable(ServerFault),
    /// What `pg_dump` wrote lacks tables.
    Incomplete {
        /// Their names.
        relations: Vec<String>,
    },
}

/// A backup, where the environment wants one, and what failed beside it.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) backup: Option<Backup>,
    pub(super) troubles: Vec<String>,
}

/// Makes the backup that the environment wants before this plan is carried out. Dropped, the
/// future ends `pg_dump` and leaves no file.
///
/// # Errors
/// [`Failure::Backup`].
pub(super) async fn make<S: Session>(
    context: &Context,
    session: &mut S,
    plan: &Plan,
    run_id: &str,
) -> Result<Made, Failure> {
    let config::Backup::PgDump { keep } = context.settings.backup else {
        return Ok(Made::default());
    };
    let Some(state) = &context.settings.state else { return Ok(Made::default()) };
    let directory = state.join("backups").join(&context.settings.environment);
    let started = Stopwatch::start();
    let name = backup::name(started.started_at(), plan.digest, run_id);
    let backup = dump(context, session, plan, (&directory, &name), started).await?;
    context.log.write(&Event::BackupMade { backup: Box::new(backup.clone()) });
    let troubles = prune(&directory, &name, keep);
    for message in &troubles {
        context.log.write(&Event::Trouble { version: None, message: message.clone() });
    }
    Ok(Made { backup: Some(backup), troubles })
}

/// From the first question to the backup in its place.
async fn dump<S: Session>(
    context: &Context,
    session: &mut S,
    plan: &Plan,
    (directory, name): (&Path, &str),
    started: Stopwatch,
) -> Result<Backup, BackupFault> {
    let failed = |error: io::Error| files(directory, &error);
    let extent = session.extent().await.map_err(BackupFault::Server)?;
    let programs =
        Programs::of_major(extent.server_major, &PROGRAMS).map_err(BackupFault::Program)?;
    for program in PROGRAMS {
        programs.require_major(program, extent.server_major).map_err(BackupFault::Program)?;
    }
    let program = programs.version_of("pg_dump").map_err(BackupFault::Program)?;
    backups::prepare(directory).map_err(failed)?;
    // Under the run lock nobody else makes one for this environment.
    backups::remove_drafts(directory, backup::is_name).map_err(failed)?;
    let (free, wanted) = (backups::free(directory).map_err(failed)?, backup::room(extent.bytes));
    if free < wanted {
        return Err(BackupFault::NoRoom { path: directory.to_owned(), free, wanted });
    }
    let (draft, file) = Draft::begin(directory, name).map_err(failed)?;
    let address = program_address(&context.url);
    let limit = context.settings.lock_timeout.map_or(0, |limit| limit.as_millis());
    let mut arguments = vec!["--format=custom".to_owned(), "--no-password".to_owned()];
    if limit > 0 {
        arguments.push(format!("--lock-wait-timeout={limit}"));
    }
    let dumping = programs.dump_into(&address, &arguments, file);
    telling(context, directory, &draft, dumping).await.map_err(BackupFault::Program)?;
    context.log.status("reading the backup back");
    let tables = read_back(session, &programs, draft.path(), &extent).await?;
    let (bytes, digest) = digested(draft.path()).await.map_err(failed)?;
    let path = draft.path().to_owned();
    let synced = spawn_blocking(move || Draft::sync(&path)).await;
    synced.map_err(io::Error::other).flatten().map_err(failed)?;
    Ok(Backup {
        path: draft.finish().map_err(failed)?,
        bytes,
        digest,
        plan: plan.digest,
        tables,
        duration: started.elapsed(),
        program,
        server: extent.server_version,
    })
}

/// Waits for the dump and says how far it is.
async fn telling<T>(
    context: &Context,
    directory: &Path,
    draft: &Draft,
    dumping: impl Future<Output = T>,
) -> T {
    let mut dumping = std::pin::pin!(dumping);
    let since = utc(Stopwatch::start().started_at());
    let mut ticks = interval(TOLD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            dumped = &mut dumping => return dumped,
            _tick = ticks.tick() => {
                let so_far = draft.bytes() >> 20;
                let what = format!("a backup into '{}'", directory.display());
                context.log.status(&format!("making {what}, {so_far} MiB by now, since {since}"));
            }
        }
    }
}

/// Reads the table of contents, which must have every table that was there before and after, and
/// then all of it. How many tables it has.
async fn read_back<S: Session>(
    session: &mut S,
    programs: &Programs,
    path: &Path,
    before: &Extent,
) -> Result<usize, BackupFault> {
    let restore = async |first: &str| {
        let arguments: [OsString; 2] = [first.into(), path.into()];
        programs.restore(None, &arguments, Vec::new()).await.map_err(BackupFault::Unreadable)
    };
    let list = restore("--list").await?;
    let contents = Contents::parse(&String::from_utf8_lossy(&list));
    let lacks = |extent: &Extent| -> Vec<String> {
        let missing = extent.relations.iter().filter(|it| !contents.holds(it.number, it.has_rows));
        missing.map(|relation| relation.name.clone()).collect()
    };
    let mut relations = lacks(before);
    if !relations.is_empty() {
        // What somebody dropped meanwhile is not missed.
        let after = lacks(&session.extent().await.map_err(BackupFault::Server)?);
        relations.retain(|name| after.contains(name));
    }
    if !relations.is_empty() {
        return Err(BackupFault::Incomplete { relations });
    }
    // The contents may be whole where the rows behind them are cut off.
    restore("--file=/dev/null").await?;
    Ok(before.relations.len())
}

async fn digested(path: &Path) -> io::Result<(u64, crate::core::digest::Digest)> {
    let mut digesting = Digesting::begin(path)?;
    while digesting.step()? {
        yield_now().await;
    }
    Ok(digesting.finish())
}

/// Removes what is too much; what failed at it.
fn prune(directory: &Path, new: &str, keep: Option<NonZeroU32>) -> Vec<String> {
    let Some(keep) = keep else { return Vec::new() };
    let keep = usize::try_from(keep.get()).unwrap_or(usize::MAX);
    let told = |path: &Path, error: &io::Error| {
        format!("the old backup '{}' could not be removed: {error}", path.display())
    };
    match backups::names(directory) {
        Err(error) => vec![told(directory, &error)],
        Ok(names) => backup::surplus(names, new, keep)
            .iter()
            .filter_map(|name| {
                let error = backups::remove(directory, name).err()?;
                Some(told(&directory.join(name), &error))
            })
            .collect(),
    }
}

fn files(path: &Path, error: &io::Error) -> BackupFault {
    BackupFault::Files { path: path.to_owned(), reason: error.to_string() }
}

impl From<BackupFault> for Failure {
    fn from(fault: BackupFault) -> Self {
        Self::Backup(fault)
    }
}

impl Explain for BackupFault {
    fn code(&self) -> &'static str {
        match self {
            Self::NoRoom { .. } => "backup-no-room",
            Self::Files { .. } => "backup-files",
            Self::Program(_) => "backup-program",
            Self::Server(_) => "backup-server",
            Self::Unreadable(_) => "backup-unreadable",
            Self::Incomplete { .. } => "backup-incomplete",
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::NoRoom { path, .. } | Self::Files { path, .. } => path.display().to_string(),
            Self::Program(fault) | Self::Unreadable(fault) => fault.subject(),
            Self::Server(fault) => fault.subject(),
            Self::Incomplete { relations } => relations.first().cloned().unwrap_or_default(),
        }
    }

    fn message(&self) -> String {
        let why = match self {
            Self::NoRoom { path, free, wanted } => format!(
                "'{}' has {} MiB free, and a backup may want {} MiB",
                path.display(),
                free >> 20,
                wanted.div_ceil(1 << 20)
            ),
            Self::Files { path, reason } => {
                format!("'{}' cannot be used: {reason}", path.display())
            }
            Self::Program(fault) => fault.message(),
            Self::Server(fault) => fault.message(),
            Self::Unreadable(fault) => format!("it cannot be read back: {}", fault.message()),
            Self::Incomplete { relations } => {
                let names: Vec<String> = relations.iter().map(|name| format!("'{name}'")).collect();
                format!("its table of contents lacks {}", names.join(", "))
            }
        };
        format!("no backup was made, and nothing was applied: {why}")
    }

    fn remedy(&self) -> String {
        match self {
            Self::NoRoom { .. } => {
                "make room there, or set 'backup_keep', then apply again".to_owned()
            }
            Self::Files { .. } => {
                "see who may write there and the disk, then apply again".to_owned()
            }
            Self::Program(
                fault @ (ServerFault::NoMajor { .. } | ServerFault::OtherMajor { .. }),
            ) => fault.remedy(),
            Self::Program(_) | Self::Server(_) => {
                "mend what it said: a backup needs to read every table; then apply again".to_owned()
            }
            Self::Unreadable(_) | Self::Incomplete { .. } => {
                "see the disk and the server's log, then apply again".to_owned()
            }
        }
    }
}
