//! Owns what an evidence directory is checked for, without a database and without a network: that
//! it is whole, and that its papers tell the same run. Must never take what could not be checked
//! for good.

use super::index::{self, Index, names, row_name};
use super::log_paper::PaperRow;
use super::manifest::{self, Files, ManifestFault};
use super::page;
use super::papers::Papers;
use crate::core::digest::Digest;
use crate::core::finding::Explain;
use crate::core::log::LogEvent;
use crate::core::rehearsal::change::sentence;
use crate::core::review;
use crate::core::review::approval::{Approval, parse_line};
use crate::core::review::plan_file::PlanFile;
use crate::core::schema::canonical;
use serde::de::DeserializeOwned;

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    code: &'static str,
    subject: String,
    message: String,
}

/// What was found in a directory.
#[derive(Debug, Default)]
pub struct Verified {
    /// What the directory is about; none where that cannot be read.
    pub index: Option<Index>,
    /// What contradicts itself.
    pub contradictions: Vec<Contradiction>,
    /// What was checked, and is so.
    pub checked: Vec<String>,
}

fn contradiction(code: &'static str, subject: &str, message: String) -> Contradiction {
    Contradiction { code, subject: subject.to_owned(), message }
}

/// Reads the papers that are there; what cannot be read is said.
#[must_use]
pub fn read(files: &Files) -> (Papers, Vec<Contradiction>) {
    let mut faults = Vec::new();
    let mut fault = |name: &str, why: String| {
        faults.push(contradiction("evidence-unreadable", name, format!("'{name}': {why}")));
    };
    let mut papers = Papers {
        index: paper(files, index::NAME, &mut fault),
        run: paper(files, names::RUN, &mut fault),
        log: paper(files, names::LOG, &mut fault),
        ..Papers::default()
    };
    if let Some(bytes) = files.get(names::PLAN) {
        match PlanFile::parse(bytes) {
            Ok(plan) => papers.plan = Some(plan),
            Err(why) => fault(names::PLAN, why.to_string()),
        }
    }
    if let Some(bytes) = files.get(names::APPROVAL) {
        match Approval::parse(bytes) {
            Ok(approval) => papers.approval = Some((approval, Digest::of(bytes))),
            Err(why) => fault(names::APPROVAL, why.to_string()),
        }
    }
    (papers, faults)
}

fn paper<T: DeserializeOwned>(
    files: &Files,
    name: &str,
    fault: &mut dyn FnMut(&str, String),
) -> Option<T> {
    match review::read(files.get(name)?) {
        Ok(paper) => Some(paper),
        Err(why) => {
            fault(name, why.to_string());
            None
        }
    }
}

/// Checks all of a directory but its signature.
#[must_use]
pub fn verify(files: &Files) -> Verified {
    let (papers, unreadable) = read(files);
    let mut found = Verified { contradictions: unreadable, ..Verified::default() };
    found.manifest(files);
    found.index(files, &papers);
    found.log(files, &papers);
    found.run(&papers);
    found.plan(files, &papers);
    found.approval(&papers);
    found.schema(files, &papers);
    found.page(files, &papers);
    found.index = papers.index;
    found
}

impl Contradiction {
    /// Something in the directory that is no plain file.
    #[must_use]
    pub fn strange(name: &str) -> Self {
        let message = format!("'{}' is no plain file", name.escape_debug());
        contradiction("file-extra", name, message)
    }
}

impl Contradiction {
    /// The signature is not what it should be.
    #[must_use]
    pub fn signature(why: &str) -> Self {
        let message = format!("the signature of the approval does not hold: {why}");
        contradiction("signature-wrong", names::SIGNATURE, message)
    }
}

impl Verified {
    fn hold(&mut self, so: bool, code: &'static str, subject: &str, message: impl Into<String>) {
        if !so {
            self.contradictions.push(contradiction(code, subject, message.into()));
        }
    }

    /// Says that something is so, when nothing was found against it since then.
    fn passed(&mut self, before: usize, what: &str) {
        if self.contradictions.len() == before {
            self.checked.push(what.to_owned());
        }
    }

    fn manifest(&mut self, files: &Files) {
        let before = self.contradictions.len();
        for fault in manifest::compare(files) {
            let (code, subject, message) = match fault {
                ManifestFault::Absent => {
                    ("manifest-missing", manifest::NAME.to_owned(), "there is no manifest".into())
                }
                ManifestFault::Line(number) => (
                    "manifest-line",
                    format!("line {number}"),
                    format!("line {number} of the manifest is none of sha256sum"),
                ),
                ManifestFault::Missing(name) => {
                    let message = format!("'{name}' is in the manifest and not in the directory");
                    ("file-missing", name, message)
                }
                ManifestFault::Extra(name) => {
                    let message = format!("'{name}' is in the directory and not in the manifest");
                    ("file-extra", name, message)
                }
                ManifestFault::Changed(name) => {
                    let message = format!("'{name}' is not what the manifest has");
                    ("file-changed", name, message)
                }
            };
            self.contradictions.push(contradiction(code, &subject, message));
        }
        self.passed(before, "every file is as the manifest has it, and there is no other");
    }

    fn index(&mut self, files: &Files, papers: &Papers) {
        let Some(index) = &papers.index else {
            let so = files.contains_key(index::NAME);
            let message = format!("there is no '{}'", index::NAME);
            return self.hold(so, "file-missing", index::NAME, message);
        };
        let before = self.contradictions.len();
        for (name, _) in index::PAPERS {
            let listed = index.files.iter().any(|it| it.name == name);
            let absent = index.absent.iter().any(|it| it.name == name);
            let there = files.contains_key(name);
            let so = listed == there && absent != there;
            let message = format!("'{name}' is there, or is not, against what the list says");
            self.hold(so, "list-differs", name, message);
        }
        self.passed(before, "what is not there is named, with the reason");
    }

    fn log(&mut self, files: &Files, papers: &Papers) {
        let Some(log) = &papers.log else { return };
        let before = self.contradictions.len();
        let all: Vec<&PaperRow> = log.before.iter().chain(&log.rows).collect();
        for paper in &all {
            let row = paper.row();
            let subject = format!("row {}", row.sequence);
            let so = row.row_hash == row.computed_hash();
            let message = format!("the hash of {subject} is not that of its columns");
            self.hold(so, "chain-edited", &subject, message);
            let message = format!("the times of {subject} are not those that are hashed");
            self.hold(paper.tells_its_times(), "chain-edited", &subject, message);
            let text = files.get(&row_name(row.sequence));
            let so = text.is_some_and(|text| *text == row.canonical_text().into_bytes());
            let message = format!("'{}' is not what {subject} says", row_name(row.sequence));
            self.hold(so, "row-text", &subject, message);
        }
        for pair in all.windows(2) {
            let [one, next] = pair else { continue };
            let subject = format!("row {}", next.sequence);
            let message = format!("{subject} does not follow row {}", one.sequence);
            let so = next.sequence == one.sequence.saturating_add(1)
                && next.previous_hash.as_ref() == Some(&one.row_hash);
            self.hold(so, "chain-link", &subject, message);
        }
        if let (None, Some(first)) = (&log.before, log.rows.first()) {
            let so = first.sequence == 1 && first.previous_hash.is_none();
            let subject = format!("row {}", first.sequence);
            self.hold(so, "chain-link", &subject, format!("the row before {subject} is missing"));
        }
        for row in &log.rows {
            let subject = format!("row {}", row.sequence);
            let so = row.run_id == log.run_id;
            self.hold(so, "other-run", &subject, format!("{subject} is of another run"));
        }
        let message = "the whole chain of the log was broken when it was read".to_owned();
        self.hold(log.chain.whole, "chain-broken", names::LOG, message);
        self.passed(before, "the rows of the log are linked, and each hash is that of its columns");
    }

    fn run(&mut self, papers: &Papers) {
        let Some(run) = &papers.run else { return };
        let before = self.contradictions.len();
        if let Some(index) = &papers.index {
            let so = (&index.run_id, &index.environment, &index.database)
                == (&run.run_id, &run.environment, &run.database);
            self.hold(so, "other-run", names::RUN, "the record is of another run or database");
        }
        if let Some(log) = &papers.log {
            let so = log.run_id == run.run_id && log.database == run.database;
            self.hold(so, "other-run", names::LOG, "the rows are of another run or database");
            let applied = |row: &&PaperRow| row.event == LogEvent::Applied.name();
            let logged: Vec<&str> =
                log.rows.iter().filter(applied).map(|row| row.version.as_str()).collect();
            let recorded: Vec<&str> = run.applied.iter().map(|it| it.version.as_str()).collect();
            // A record that was never finished does not say what was applied.
            let so = !run.finished || logged == recorded;
            let message = "the record says that other migrations were applied than the log";
            self.hold(so, "applied-differs", names::RUN, message);
            for row in &log.rows {
                let subject = format!("row {}", row.sequence);
                let so = row.plan_digest.as_deref() == Some(&*run.plan.hex());
                let message = format!("{subject} is of another plan than the record");
                self.hold(so, "other-plan", &subject, message);
                let so = row.tool_version == run.tool_version && row.host == run.actor.host;
                let message = format!("{subject} names another program or host than the record");
                self.hold(so, "other-run", &subject, message);
            }
        }
        self.passed(before, "record and log tell the same run");
    }

    fn plan(&mut self, files: &Files, papers: &Papers) {
        let Some(plan) = &papers.plan else { return };
        let before = self.contradictions.len();
        if let Some(run) = &papers.run {
            let so = (run.plan, &run.environment, &run.database)
                == (plan.digest, &plan.environment, &plan.database);
            self.hold(so, "other-plan", names::PLAN, "the run carried out another plan");
            let planned = plan.pending.iter().map(|it| it.version.as_str());
            let told = run.applied.iter().map(|it| it.version.as_str());
            let told = told.chain(run.remaining.iter().map(String::as_str));
            let message = "applied and remaining migrations are not those of the plan";
            self.hold(planned.eq(told), "other-plan", names::RUN, message);
        }
        for row in papers.log.iter().flat_map(|log| &log.rows) {
            let planned = plan.pending.iter().find(|it| it.version == row.version);
            let so = planned.is_some_and(|it| it.sha256.hex() == row.sha256)
                && row.plan_digest.as_deref() == Some(&*plan.digest.hex());
            let subject = format!("row {}", row.sequence);
            let message = format!("{subject} has a migration with other bytes than the plan");
            self.hold(so, "other-plan", &subject, message);
        }
        let lint = plan.lint.as_ref().and_then(|it| serde_json::to_value(it).ok());
        let rehearsal = plan.rehearsal.as_ref().and_then(|it| serde_json::to_value(it).ok());
        for (name, value) in [(names::LINT, &lint), (names::REHEARSAL, &rehearsal)] {
            let beside = files.get(name).map(|bytes| serde_json::from_slice(bytes).ok());
            let so = match (beside, value) {
                (None, None) => true,
                (Some(Some(beside)), Some(value)) => {
                    let beside: serde_json::Value = beside;
                    beside == *value
                }
                _ => false,
            };
            self.hold(so, "paper-differs", name, format!("'{name}' is not what the plan holds"));
        }
        self.passed(before, "the plan's digest is that of its content, and log and record have it");
    }

    fn approval(&mut self, papers: &Papers) {
        let Some((approval, statement)) = &papers.approval else { return };
        let before = self.contradictions.len();
        let name = names::APPROVAL;
        if let Some(run) = &papers.run {
            let so = (approval.plan, &approval.environment, &approval.database)
                == (run.plan, &run.environment, &run.database);
            self.hold(so, "other-plan", name, "the approval is for another plan or database");
            let so =
                run.approval.as_deref().and_then(parse_line).map(|it| it.2) == Some(*statement);
            self.hold(so, "other-approval", name, "the record names another approval");
        }
        for row in papers.log.iter().flat_map(|log| &log.rows) {
            let so =
                row.approval.as_deref().and_then(parse_line).map(|it| it.2) == Some(*statement);
            let subject = format!("row {}", row.sequence);
            self.hold(so, "other-approval", &subject, format!("{subject} names another approval"));
        }
        self.passed(before, "the approval is for this plan, and log and record name it");
    }

    fn schema(&mut self, files: &Files, papers: &Papers) {
        let Some(run) = &papers.run else { return };
        let before = self.contradictions.len();
        let mut any = false;
        for (name, stated) in [(names::BEFORE, run.schema_before), (names::AFTER, run.schema_after)]
        {
            let found = files.get(name).map(|bytes| Digest::of(bytes));
            any |= found.is_some();
            let message = format!("'{name}' is not the schema that the record names");
            self.hold(found == stated, "other-schema", name, message);
        }
        if let Some(changes) = changes(files) {
            let beside = files.get(names::CHANGES).map(Vec::as_slice);
            let message = "the sentences are not the difference of the two schemas".to_owned();
            let so = beside == Some(changes.as_bytes());
            self.hold(so, "other-schema", names::CHANGES, message);
        }
        if any {
            self.passed(before, "the schemas are those that the record names");
        }
    }

    fn page(&mut self, files: &Files, papers: &Papers) {
        let Some(index) = &papers.index else { return };
        // Another version of the program may show the same otherwise.
        if index.tool_version != env!("CARGO_PKG_VERSION") {
            return;
        }
        let before = self.contradictions.len();
        let made = [(names::PAGE, page::html(papers, files)), (names::README, index.readme())];
        for (name, text) in made {
            let so = files.get(name).is_some_and(|bytes| *bytes == text.into_bytes());
            self.hold(
                so,
                "page-differs",
                name,
                format!("'{name}' shows other than the papers say"),
            );
        }
        self.passed(before, "the page shows what the papers say");
    }
}

/// The sentences of what changed between the two schemas of a directory.
#[must_use]
pub fn changes(files: &Files) -> Option<String> {
    let schema = |name: &str| canonical::parse(std::str::from_utf8(files.get(name)?).ok()?).ok();
    let (before, after) = (schema(names::BEFORE)?, schema(names::AFTER)?);
    let differences = crate::core::schema::difference::compare(&before, &after);
    Some(differences.iter().map(|it| format!("{}\n", sentence(it))).collect())
}

impl Explain for Contradiction {
    fn code(&self) -> &'static str {
        self.code
    }

    fn subject(&self) -> String {
        self.subject.clone()
    }

    fn message(&self) -> String {
        self.message.clone()
    }

    fn remedy(&self) -> String {
        "take nothing in it for evidence; see where it was kept, and export it again".to_owned()
    }
}
