//! The story of `evidence`: all that is known of one run, in one directory that nobody needs this
//! program to read. Writes nothing to the database.

mod check;

use crate::core::code::Code;
use crate::core::digest::Digest;
use crate::core::evidence::index::{self, Absent, Command, Index, Listed, names, row_name};
use crate::core::evidence::log_paper::{Chain, LogPaper};
use crate::core::evidence::manifest::{self, Files};
use crate::core::evidence::page;
use crate::core::evidence::run_record::RunRecord;
use crate::core::evidence::verification::{self, Papers};
use crate::core::finding::Explain;
use crate::core::instant::utc;
use crate::core::log::{ChainVerifier, LogRow, microseconds};
use crate::core::review;
use crate::core::review::plan_file::PlanFile;
use crate::files::evidence::{write_archive, write_directory};
use crate::files::papers::{self, PaperFileFault};
use crate::host::{identity, journalctl};
use crate::ops::context::Context;
use crate::ops::failure::{ChainFault, Failure};
use crate::ops::reach::{Current, connect_once};
use crate::ops::record::directory;
use crate::store::Store;
pub use check::{Checked, check};
use serde::Serialize;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::task::spawn_blocking;

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

/// Why there is no evidence, or why it cannot be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EvidenceFault {
    /// Neither the log nor a record knows the run.
    NoRun {
        /// As it was asked for.
        run: String,
    },
    /// It cannot be written.
    Output(PaperFileFault),
    /// What is to be checked cannot be read.
    Input(PaperFileFault),
}

impl EvidenceFault {
    /// The exit code of a command that ended with this fault.
    #[must_use]
    pub fn exit_code(&self) -> Code {
        match self {
            Self::Output(PaperFileFault::System { .. }) => Code::Internal,
            Self::NoRun { .. } | Self::Output(_) | Self::Input(_) => Code::Usage,
        }
    }
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

/// The directory as it comes together.
struct Gathering {
    files: Files,
    index: Index,
}

impl Gathering {
    fn new(context: &Context, run_id: &str) -> Self {
        let (settings, actor) = (&context.settings, identity::actor());
        let sudo = actor.sudo_user.map(|name| format!(" (called by {name})"));
        let mut index = Index::new(run_id, &settings.environment, &settings.database);
        index.exported_at = utc(SystemTime::now());
        index.exported_by = format!("{}{}", actor.os_user, sudo.unwrap_or_default());
        index.exported_on = actor.host;
        index.tool_version = actor.tool_version;
        Self { files: Files::new(), index }
    }

    fn put(&mut self, name: &str, bytes: Vec<u8>) {
        self.files.insert(name.to_owned(), bytes);
    }

    fn put_paper(&mut self, name: &str, paper: &impl Serialize) -> Result<(), Failure> {
        let text = review::write(paper).map_err(|fault| Failure::System(fault.to_string()))?;
        self.put(name, text.into_bytes());
        Ok(())
    }

    fn lack(&mut self, names: &[&str], why: &str) {
        for name in names {
            self.index.absent.push(Absent {
                name: (*name).to_owned(),
                what: index::what(name).to_owned(),
                why: why.to_owned(),
            });
        }
    }

    /// The papers that the run left in the state directory.
    fn take_record(&mut self, context: &Context) {
        let kept = [
            names::RUN,
            names::PLAN,
            names::APPROVAL,
            names::SIGNATURE,
            names::BEFORE,
            names::AFTER,
        ];
        let Some(home) = records(context).map(|home| home.join(&self.index.run_id)) else {
            return self.lack(&kept, "the configuration has no 'state', so nothing was kept");
        };
        if !home.is_dir() {
            let why = format!("this host has no '{}'", home.display());
            return self.lack(&kept, &why);
        }
        for name in kept {
            match papers::read(&home.join(name), papers::LONGEST) {
                Ok(bytes) => self.put(name, bytes),
                Err(PaperFileFault::Missing(_)) => {
                    let why = match name {
                        names::APPROVAL | names::SIGNATURE => "the run used no approval",
                        names::AFTER => "the run did not come so far, or it could not be read",
                        _ => "it was not kept",
                    };
                    self.lack(&[name], why);
                }
                Err(fault) => self.lack(&[name], &fault.message()),
            }
        }
    }

    /// Lint and rehearsal, out of the plan that holds them.
    fn take_plan(&mut self) {
        let plan = self.files.get(names::PLAN).and_then(|bytes| PlanFile::parse(bytes).ok());
        let (lint, rehearsal) = plan.map(|it| (it.lint, it.rehearsal)).unwrap_or_default();
        let lint = lint.and_then(|lint| review::write(&lint).ok());
        let rehearsal = rehearsal.and_then(|rehearsal| review::write(&rehearsal).ok());
        for (name, text) in [(names::LINT, lint), (names::REHEARSAL, rehearsal)] {
            match text {
                Some(text) => self.put(name, text.into_bytes()),
                None if self.files.contains_key(names::PLAN) => {
                    self.lack(&[name], "the plan holds none");
                }
                None => self.lack(&[name], "there is no plan that could hold it"),
            }
        }
    }

    /// The keys that may sign for the approver: of all lines those that name it.
    fn take_approval(&mut self, context: &Context) {
        let Some(bytes) = self.files.get(names::APPROVAL) else {
            return self.lack(&[names::SIGNERS], "there is no approval");
        };
        let approver = review::approval::Approval::parse(bytes).map(|it| it.approver);
        let path = &context.settings.allowed_signers;
        match (approver, std::fs::read_to_string(path)) {
            (Ok(approver), Ok(text)) => {
                let lines: String = text
                    .lines()
                    .filter(|line| may_name(line, &approver))
                    .map(|line| format!("{line}\n"))
                    .collect();
                if lines.is_empty() {
                    let why = format!("'{}' does not name '{approver}' any more", path.display());
                    self.lack(&[names::SIGNERS], &why);
                } else {
                    self.put(names::SIGNERS, lines.into_bytes());
                }
            }
            (Err(fault), _) => {
                self.lack(&[names::SIGNERS], &format!("the approval cannot be read: {fault}"));
            }
            (_, Err(error)) => {
                let why = format!("'{}' cannot be read: {error}", path.display());
                self.lack(&[names::SIGNERS], &why);
            }
        }
    }

    fn take_log(&mut self, told: &Told) -> Result<(), Failure> {
        let run = (self.index.run_id.clone(), self.index.database.clone());
        let paper = LogPaper::of(
            (&run.0, &run.1),
            SystemTime::now(),
            told.chain.clone(),
            told.before.as_ref(),
            &told.rows,
        );
        for row in told.before.iter().chain(&told.rows) {
            self.put(&row_name(row.sequence), row.canonical_text().into_bytes());
        }
        self.put_paper(names::LOG, &paper)
    }

    async fn take_journal(&mut self) -> Result<(), Failure> {
        let run_id = self.index.run_id.clone();
        let asked = spawn_blocking(move || journalctl::entries(&run_id)).await;
        let asked = asked.map_err(|_| Failure::System("a thread was lost".to_owned()))?;
        match asked {
            Ok(entries) => {
                let text: String = entries.iter().map(journal_line).collect();
                self.put_paper(names::JOURNAL, &entries)?;
                self.put(names::JOURNAL_TEXT, text.into_bytes());
            }
            Err(why) => self.lack(&[names::JOURNAL, names::JOURNAL_TEXT], &why),
        }
        Ok(())
    }

    fn take_schema(&mut self) {
        match verification::changes(&self.files) {
            Some(text) => self.put(names::CHANGES, text.into_bytes()),
            None => self.lack(&[names::CHANGES], "it needs the schema before and after"),
        }
    }

    /// List, page, text and manifest: made of what is there by now, in this order.
    fn finish(mut self) -> Result<(Files, Vec<Absent>), Failure> {
        let listed = self
            .files
            .keys()
            .map(|name| Listed { name: name.clone(), what: index::what(name).to_owned() });
        self.index.files = listed.collect();
        let (papers, _) = verification::read(&self.files);
        self.index.commands = commands(&self.files, &papers);
        let index = self.index.clone();
        self.put_paper(index::NAME, &index)?;
        self.put(names::README, index.readme().into_bytes());
        let papers = Papers { index: Some(index), ..papers };
        let page = page::html(&papers, &self.files);
        self.put(names::PAGE, page.into_bytes());
        let manifest = manifest::text(&self.files);
        self.put(manifest::NAME, manifest.into_bytes());
        Ok((self.files, self.index.absent))
    }
}

/// What can be typed in the directory, of what is in it.
fn commands(files: &Files, papers: &Papers) -> Vec<Command> {
    let command = |shows: &str, typed: String| Command { shows: shows.to_owned(), typed };
    let mut commands = vec![
        command("no file was changed", format!("sha256sum -c {}", manifest::NAME)),
        command(
            "the hash of each row of the log",
            "sha256sum row-*.txt; grep row_hash log.json".to_owned(),
        ),
    ];
    if let (Some((approval, _)), true) = (&papers.approval, files.contains_key(names::SIGNERS)) {
        commands.push(command(
            "the signature is the approver's",
            format!(
                "ssh-keygen -Y verify -f {} -I '{}' -n {} -s {} <{}",
                names::SIGNERS,
                approval.approver,
                review::approval::NAMESPACE,
                names::SIGNATURE,
                names::APPROVAL
            ),
        ));
    }
    if let Some(backup) = papers.run.as_ref().and_then(|run| run.backup.as_ref()) {
        let typed = format!("sha256sum '{}'; pg_restore --list '{}'", backup.path, backup.path);
        commands.push(command("the backup, where it lies", typed));
    }
    commands.push(command(
        "all of it, by this program",
        "dreichor-migrate evidence --verify .".to_owned(),
    ));
    commands
}

/// Whether a line of the allowed signers may be about this principal: the patterns of its first
/// word are left to `ssh-keygen`.
fn may_name(line: &str, principal: &str) -> bool {
    let line = line.trim();
    let names = line.split_whitespace().next().unwrap_or_default().trim_matches('"');
    !line.starts_with('#')
        && names.split(',').any(|name| name == principal || name.contains(['*', '?']))
}

/// An entry of the journal, for people.
fn journal_line(entry: &Map<String, Value>) -> String {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
    let at = text("__REALTIME_TIMESTAMP").parse().unwrap_or(0);
    let at = utc(UNIX_EPOCH + Duration::from_micros(at));
    format!("{at} <{}> {}\n", text("PRIORITY"), text("MESSAGE").replace('\n', "\n    "))
}

/// Where a file lies, for who reads an answer.
fn shown(path: &Path) -> String {
    path.display().to_string()
}

impl From<EvidenceFault> for Failure {
    fn from(fault: EvidenceFault) -> Self {
        Self::Evidence(fault)
    }
}

impl Explain for EvidenceFault {
    fn code(&self) -> &'static str {
        match self {
            Self::NoRun { .. } => "no-such-run",
            Self::Output(fault) | Self::Input(fault) => fault.code(),
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::NoRun { run } => run.clone(),
            Self::Output(fault) | Self::Input(fault) => shown(fault.path()),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::NoRun { run } => format!(
                "no run '{}' is in the history log or among the records of this host",
                run.escape_debug()
            ),
            Self::Output(fault) | Self::Input(fault) => fault.message(),
        }
    }

    fn remedy(&self) -> String {
        match self {
            Self::NoRun { .. } => "see which runs there are: dreichor-migrate history".to_owned(),
            Self::Output(fault) | Self::Input(fault) => fault.remedy(),
        }
    }
}
