//! Owns an evidence directory as it comes together: each paper that can be had, and of each that
//! cannot, why. Must never leave a paper out silently.

use super::{Told, records};
use crate::core::evidence::index::{self, Absent, Command, Index, Listed, names, row_name};
use crate::core::evidence::log_paper::LogPaper;
use crate::core::evidence::manifest::{self, Files};
use crate::core::evidence::page;
use crate::core::evidence::papers::Papers;
use crate::core::evidence::verification;
use crate::core::finding::Explain;
use crate::core::instant::utc;
use crate::core::review;
use crate::core::review::plan_file::PlanFile;
use crate::files::papers::{self, PaperFileFault};
use crate::host::{identity, journalctl};
use crate::ops::context::Context;
use crate::ops::failure::Failure;
use serde::Serialize;
use serde_json::{Map, Value};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::task::spawn_blocking;

/// The directory as it comes together.
pub(super) struct Gathering {
    files: Files,
    index: Index,
}

impl Gathering {
    pub(super) fn new(context: &Context, run_id: &str) -> Self {
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
    pub(super) fn take_record(&mut self, context: &Context) {
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
    pub(super) fn take_plan(&mut self) {
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
    pub(super) fn take_approval(&mut self, context: &Context) {
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

    pub(super) fn take_log(&mut self, told: &Told) -> Result<(), Failure> {
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

    pub(super) async fn take_journal(&mut self) -> Result<(), Failure> {
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

    pub(super) fn take_schema(&mut self) {
        match verification::changes(&self.files) {
            Some(text) => self.put(names::CHANGES, text.into_bytes()),
            None => self.lack(&[names::CHANGES], "it needs the schema before and after"),
        }
    }

    /// List, page, text and manifest: made of what is there by now, in this order.
    pub(super) fn finish(mut self) -> Result<(Files, Vec<Absent>), Failure> {
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
