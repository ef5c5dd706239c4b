//! The story of the backup before a run: room, a dump by the server's own `pg_dump`, read back as a
//! whole, on the disk under its name, and only then are old ones removed. Writes nothing to the
//! database.

mod lookout;

use crate::config;
use crate::core::backup::{self, Backup, Contents};
use crate::core::event::Event;
use crate::core::failure::Blocker;
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
use crate::store::{Companion, Extent, Session};
use lookout::{Blocked, Lookout, Waiting};
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::task::{spawn_blocking, yield_now};

/// The programs that make a backup and read it.
const PROGRAMS: [&str; 2] = ["pg_dump", "pg_restore"];

/// Its notices are of no use to anybody.
const OPTIONS: &str = "-c client_min_messages=warning";

/// A server that knows it sees within a second that `pg_dump` is gone, also while it waits.
fn checking(server_major: u32) -> &'static str {
    if server_major >= 14 { " -c client_connection_check_interval=1000" } else { "" }
}

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
    /// Somebody was in the way for longer than a statement may wait for a lock.
    Blocked {
        /// Who.
        blockers: Vec<Blocker>,
        /// How long it was waited.
        limit: Option<Duration>,
    },
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
    let backup = dump(context, session, (plan, run_id), (&directory, &name), started).await?;
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
    (plan, run_id): (&Plan, &str),
    (directory, name): (&Path, &str),
    started: Stopwatch,
) -> Result<Backup, BackupFault> {
    let failed = |error: io::Error| files(directory, &error);
    let limit = context.settings.lock_timeout;
    let mut lookout = Lookout::new(session.companion(), limit);
    let extent = lookout.over(Waiting::Session, |_blockers| {}, session.extent()).await;
    let extent = match extent {
        Ok(Ok(extent)) => extent,
        Ok(Err(StoreFault::Server(error))) if error.is_timeout() => {
            return Err(BackupFault::Blocked { blockers: lookout.blockers, limit });
        }
        Ok(Err(fault)) => return Err(BackupFault::Server(fault)),
        Err(Blocked) => return Err(BackupFault::Blocked { blockers: lookout.blockers, limit }),
    };
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
    pg_dump(context, &programs, &mut lookout, &draft, file, (run_id, extent.server_major)).await?;
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

/// Dumps into the draft, says how far it is, and waits for nobody for longer than a statement may.
async fn pg_dump<C: Companion>(
    context: &Context,
    programs: &Programs,
    lookout: &mut Lookout<C>,
    draft: &Draft,
    file: File,
    (run_id, major): (&str, u32),
) -> Result<(), BackupFault> {
    let address = program_address(&context.url);
    let limit = context.settings.lock_timeout;
    // It is found by this name, and by no other of the same time.
    let application = format!("dreichor-migrate backup {run_id}");
    let mut arguments = vec![
        "--format=custom".to_owned(),
        "--no-password".to_owned(),
        format!("--dbname=application_name='{application}' options='{OPTIONS}{}'", checking(major)),
    ];
    if let Some(limit) = limit {
        arguments.push(format!("--lock-wait-timeout={}", limit.as_millis()));
    }
    let since = utc(Stopwatch::start().started_at());
    let tell = |blockers: &[Blocker]| {
        let so_far = draft.bytes() >> 20;
        let who = blockers.first().map(|it| format!(", waiting for {it}")).unwrap_or_default();
        context.log.status(&format!("making a backup, {so_far} MiB by now{who}, since {since}"));
    };
    tell(&[]);
    let dumping = programs.dump_into(&address, &arguments, file);
    match lookout.over(Waiting::Application(&application), tell, dumping).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(fault)) if lookout.blockers.is_empty() => Err(BackupFault::Program(fault)),
        Ok(Err(_)) | Err(Blocked) => {
            Err(BackupFault::Blocked { blockers: std::mem::take(&mut lookout.blockers), limit })
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
            Self::Blocked { .. } => "backup-blocked",
            Self::Unreadable(_) => "backup-unreadable",
            Self::Incomplete { .. } => "backup-incomplete",
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::NoRoom { path, .. } | Self::Files { path, .. } => path.display().to_string(),
            Self::Program(fault) | Self::Unreadable(fault) => fault.subject(),
            Self::Server(fault) => fault.subject(),
            Self::Blocked { .. } => "pg_dump".to_owned(),
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
            Self::Blocked { blockers, limit } => {
                let limit = limit.unwrap_or_default().as_millis();
                let who: Vec<String> =
                    blockers.iter().map(|it| format!("; blocked by {it}")).collect();
                format!("a lock was not given within {limit} ms{}", who.concat())
            }
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
            Self::Blocked { .. } => "let the other session end, then apply again".to_owned(),
            Self::Unreadable(_) | Self::Incomplete { .. } => {
                "see the disk and the server's log, then apply again".to_owned()
            }
        }
    }
}
