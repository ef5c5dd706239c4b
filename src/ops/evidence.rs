//! The story of `evidence`: all that is known of one run, in one directory that nobody needs this
//! program to read. Writes nothing to the database.

mod check;
mod fault;
mod gathering;

use crate::core::digest::Digest;
use crate::core::evidence::index::{Absent, names};
use crate::core::evidence::log_paper::Chain;
use crate::core::evidence::manifest::{self};
use crate::core::evidence::run_record::RunRecord;
use crate::core::finding::Explain;
use crate::core::log::{ChainVerifier, LogRow, microseconds};
use crate::core::review;
use crate::files::evidence::{write_archive, write_directory};
use crate::files::papers::{self};
use crate::ops::context::Context;
use crate::ops::failure::{ChainFault, Failure};
use crate::ops::reach::{Current, connect_once};
use crate::ops::record::directory;
use crate::store::Store;
pub use check::{Checked, check};
pub use fault::EvidenceFault;
use gathering::Gathering;
use std::path::PathBuf;

/// What is asked for.
#[derive(Debug)]
pub struct Request {
    /// The run, or `latest`.
    pub run: String,
    /// The directory, which must not exist.
    pub out: PathBuf,
    /// One file of the same, which must not exist.
    pub archive: Option<PathBuf>,
}

/// The run that was last begun, of those that the log and the records know.
const LATEST: &str = "latest";

/// What was written.
#[derive(Debug)]
pub struct Exported {
    /// The run.
    pub run_id: String,
    /// The directory.
    pub directory: PathBuf,
    /// The one file.
    pub archive: Option<PathBuf>,
    /// How many files the directory has.
    pub files: usize,
    /// The digest of the manifest: written down elsewhere, it holds all of it.
    pub manifest: Digest,
    /// What is not there, and why.
    pub absent: Vec<Absent>,
}

/// Puts together what is known of a run.
///
/// # Errors
/// When the log cannot be read, nobody knows the run, or the directory cannot be written.
pub async fn export(context: &Context, request: &Request) -> Result<Exported, Failure> {
    let told = read_log(context, &request.run).await?;
    let (run_id, told) = choose(context, request, told)?;
    let mut gathering = Gathering::new(context, &run_id);
    gathering.take_record(context);
    gathering.take_plan();
    gathering.take_approval(context);
    gathering.take_log(&told)?;
    gathering.take_journal().await?;
    gathering.take_schema();
    let (files, absent) = gathering.finish()?;
    let manifest = files.get(manifest::NAME).map(|bytes| Digest::of(bytes));
    write_directory(&request.out, &files).map_err(EvidenceFault::Output)?;
    if let Some(archive) = &request.archive {
        let name = format!("evidence-{}-{run_id}", context.settings.environment);
        write_archive(archive, &name, &files).map_err(EvidenceFault::Output)?;
    }
    Ok(Exported {
        run_id,
        directory: request.out.clone(),
        archive: request.archive.clone(),
        files: files.len(),
        manifest: manifest.unwrap_or_else(|| Digest::of(b"")),
        absent,
    })
}

/// What the log tells of a run.
struct Told {
    rows: Vec<LogRow>,
    before: Option<LogRow>,
    chain: Chain,
}

/// Walks the whole log once; of the run that is wanted, or of the last one, the rows are kept.
async fn read_log(context: &Context, wanted: &str) -> Result<Told, Failure> {
    let mut store = connect_once(context, &Current::default()).await?;
    let mut verifier = ChainVerifier::default();
    let mut breaks = Vec::new();
    let (mut rows, mut before): (Vec<LogRow>, Option<LogRow>) = (Vec::new(), None);
    let mut last: Option<LogRow> = None;
    store
        .read_log(&mut |row| {
            let found = verifier.verify(&row).into_iter().map(|it| ChainFault(it).message());
            breaks.extend(found);
            let begins = match wanted {
                LATEST => rows.last().is_none_or(|it| it.run_id != row.run_id),
                _ => row.run_id == wanted && rows.is_empty(),
            };
            if begins {
                rows.clear();
                before.clone_from(&last);
            }
            if wanted == LATEST || row.run_id == wanted {
                rows.push(row.clone());
            }
            last = Some(row);
        })
        .await?;
    let head = verifier.head().row_hash.clone();
    let chain = Chain { whole: breaks.is_empty(), rows: verifier.rows(), head, breaks };
    Ok(Told { rows, before, chain })
}

/// The run that is meant: of the last ones in the log and among the records, the later.
fn choose(context: &Context, request: &Request, told: Told) -> Result<(String, Told), Failure> {
    let known = |run: &str| records(context).map(|home| home.join(run).join(names::RUN).exists());
    if request.run != LATEST {
        let run = request.run.clone();
        let is_plain = run.len() == 32 && run.bytes().all(|it| it.is_ascii_hexdigit());
        if is_plain && (!told.rows.is_empty() || known(&run) == Some(true)) {
            return Ok((run, told));
        }
        return Err(EvidenceFault::NoRun { run }.into());
    }
    let logged = told.rows.first().map(|row| (microseconds(row.started_at), row.run_id.clone()));
    let recorded = newest_record(context);
    match (logged, recorded) {
        (Some((at, run)), Some((begun, other))) if run == other || at >= begun => Ok((run, told)),
        (_, Some((_, run))) => {
            Ok((run, Told { rows: Vec::new(), before: None, chain: told.chain }))
        }
        (Some((_, run)), None) => Ok((run, told)),
        (None, None) => Err(EvidenceFault::NoRun { run: LATEST.to_owned() }.into()),
    }
}

fn records(context: &Context) -> Option<PathBuf> {
    Some(directory(context.settings.state.as_ref()?, &context.settings.environment))
}

/// When the newest of the records began, and its run.
fn newest_record(context: &Context) -> Option<(i128, String)> {
    let homes = std::fs::read_dir(records(context)?).ok()?;
    let read = |home: PathBuf| {
        let bytes = papers::read(&home.join(names::RUN), papers::LONGEST).ok()?;
        let record: RunRecord = review::read(&bytes).ok()?;
        Some((i128::from(record.started_at_us), record.run_id))
    };
    homes.filter_map(|entry| read(entry.ok()?.path())).max()
}
