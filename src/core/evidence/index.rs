//! Owns what an evidence directory says of itself: which files it has and what each is, what it
//! lacks and why, and by which commands all of it is checked by hand. Must never leave out what
//! is missing.

use crate::core::review::FORM;
use serde::{Deserialize, Serialize};

/// Its name.
pub const NAME: &str = "evidence.json";

/// Names of the papers of a run, in the record and in the directory alike.
pub mod names {
    /// The record of the run.
    pub const RUN: &str = "run.json";
    /// The plan file.
    pub const PLAN: &str = "plan.json";
    /// The approval's statement.
    pub const APPROVAL: &str = "approval.json";
    /// Its signature.
    pub const SIGNATURE: &str = "approval.json.sig";
    /// The allowed signers of its approver.
    pub const SIGNERS: &str = "allowed_signers";
    /// What the policy found in the pending files.
    pub const LINT: &str = "lint.json";
    /// The rehearsal.
    pub const REHEARSAL: &str = "rehearsal.json";
    /// The rows of the log.
    pub const LOG: &str = "log.json";
    /// The entries of the journal.
    pub const JOURNAL: &str = "journal.json";
    /// The same for people.
    pub const JOURNAL_TEXT: &str = "journal.txt";
    /// The schema before the run, as canonical text.
    pub const BEFORE: &str = "schema-before.txt";
    /// The schema after it.
    pub const AFTER: &str = "schema-after.txt";
    /// What changed between them, in sentences.
    pub const CHANGES: &str = "schema-changes.txt";
    /// The page.
    pub const PAGE: &str = "index.html";
    /// The text for who opens the directory.
    pub const README: &str = "README.txt";
}

/// What a directory says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// Form of this paper.
    pub form: u32,
    /// The run.
    pub run_id: String,
    /// The environment.
    pub environment: String,
    /// Its database, by name.
    pub database: String,
    /// When it was put together, in UTC.
    pub exported_at: String,
    /// By whom.
    pub exported_by: String,
    /// On which host.
    pub exported_on: String,
    /// Version of the program that did it.
    pub tool_version: String,
    /// Its files but this one, the page, the text and the manifest.
    pub files: Vec<Listed>,
    /// What is not in it, and why.
    pub absent: Vec<Absent>,
    /// How it is checked by hand, without this program.
    pub commands: Vec<Command>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// What it is.
    pub what: String,
}

/// One file that could be there and is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absent {
    /// Its name.
    pub name: String,
    /// What it would be.
    pub what: String,
    /// Why it is not there.
    pub why: String,
}

/// One command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// What it shows.
    pub shows: String,
    /// As it is typed in the directory.
    pub typed: String,
}

/// Every paper that a directory can have, and what it is.
pub const PAPERS: [(&str, &str); 13] = [
    (names::RUN, "the record of the run: who, when, with what, how it ended"),
    (names::PLAN, "the plan: the history it applied to, and the digest of each pending file"),
    (names::LINT, "what the policy found in the pending files, and what was waived"),
    (names::REHEARSAL, "the rehearsal of this plan: durations, locks, changes"),
    (names::APPROVAL, "the approval: the statement that was signed, byte for byte"),
    (names::SIGNATURE, "its signature"),
    (names::SIGNERS, "the public keys that may sign for its approver"),
    (names::LOG, "the rows of the history log, with their hashes and the row before"),
    (names::JOURNAL, "the entries of the journal"),
    (names::JOURNAL_TEXT, "the same, a line each"),
    (names::BEFORE, "the schema before the run, a line for each object"),
    (names::AFTER, "the schema after it"),
    (names::CHANGES, "what changed between the two, a sentence each"),
];

/// The name of the text that a row's hash is made of.
#[must_use]
pub fn row_name(sequence: i64) -> String {
    format!("row-{sequence}.txt")
}

/// What a paper is.
#[must_use]
pub fn what(name: &str) -> &'static str {
    if name.starts_with("row-") {
        return "what the hash of this row is made of";
    }
    PAPERS.iter().find(|(known, _)| *known == name).map_or("", |(_, what)| what)
}

impl Index {
    /// The text for who opens the directory.
    #[must_use]
    pub fn readme(&self) -> String {
        let mut out = format!(
            "Evidence of one run of dreichor-migrate\n\n\
             run          {}\nenvironment  {}\ndatabase     {}\n\
             exported     {} by {} on {}, dreichor-migrate {}\n\n\
             index.html shows the run at a glance; any browser opens it, and it needs no network.\n\n\
             Files\n\n",
            self.run_id,
            self.environment,
            self.database,
            self.exported_at,
            self.exported_by,
            self.exported_on,
            self.tool_version
        );
        for file in &self.files {
            out.push_str(&format!("  {:<20} {}\n", file.name, file.what));
        }
        out.push_str(&format!("  {NAME:<20} this list, and what is not here\n"));
        out.push_str(&format!("  {:<20} the digest of each file\n", super::manifest::NAME));
        out.push_str("\nNot here\n\n");
        for absent in &self.absent {
            out.push_str(&format!("  {:<20} {}\n", absent.name, absent.why));
        }
        if self.absent.is_empty() {
            out.push_str("  nothing is missing\n");
        }
        out.push_str("\nChecked by hand, in this directory\n\n");
        for command in &self.commands {
            out.push_str(&format!("  {}:\n    {}\n", command.shows, command.typed));
        }
        out.push_str(
            "\nEach row-N.txt is what the hash of row N of the log is made of, the hash of the row\n\
             before included: its digest is that row's 'row_hash' in log.json, and the\n\
             'previous_hash' of the next. The digest of SHA256SUMS itself is worth writing down\n\
             elsewhere: whoever can write this directory can write all of it anew.\n",
        );
        out
    }

    /// An index without files.
    #[must_use]
    pub fn new(run_id: &str, environment: &str, database: &str) -> Self {
        Self {
            form: FORM,
            run_id: run_id.to_owned(),
            environment: environment.to_owned(),
            database: database.to_owned(),
            exported_at: String::new(),
            exported_by: String::new(),
            exported_on: String::new(),
            tool_version: String::new(),
            files: Vec::new(),
            absent: Vec::new(),
            commands: Vec::new(),
        }
    }
}
