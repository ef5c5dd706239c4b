//! Owns the approval: a statement about one plan that its approver signs, byte for byte, and
//! whether it lets that plan run now. Must never look at a signature: `ssh-keygen` does.

use super::plan_file::Planner;
use super::{PaperFault, hexadecimal, read};
use crate::core::digest::Digest;
use crate::core::instant;
use crate::core::log::Actor;
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};

/// What `ssh-keygen -Y` calls the namespace: a signature made for anything else is none here.
pub const NAMESPACE: &str = "dreichor-migrate-approval";

/// How far the clock of an approver's machine may go before this host's.
pub const TOLERANCE: Duration = Duration::from_secs(300);

/// The most bytes of a reference: it stands in one line of the log.
pub const LONGEST_REFERENCE: usize = 200;

/// The statement that is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Form of this paper.
    pub form: u32,
    /// Version of the program that wrote it.
    pub tool_version: String,
    /// The environment that it is given for.
    pub environment: String,
    /// Its database, by name.
    pub database: String,
    /// The digest of the plan that is approved.
    #[serde(with = "hexadecimal::prefixed")]
    pub plan: Digest,
    /// SHA-256 of the plan file that was read; none where the digest alone was approved.
    #[serde(with = "hexadecimal::optional")]
    pub plan_file: Option<Digest>,
    /// What it refers to, for example a work order.
    pub reference: String,
    /// Who approves: a principal of the allowed signers.
    pub approver: String,
    /// Who planned, as the plan file says it; none where the digest alone was approved.
    pub planned_by: Option<Planner>,
    /// From when it counts, in UTC.
    pub approved_at: String,
    /// Until when it counts, in UTC; every approval ends.
    pub expires_at: String,
}

/// What an approval is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The environment of the run.
    pub environment: &'a str,
    /// Its database.
    pub database: &'a str,
    /// The plan that is about to run.
    pub plan: Digest,
    /// The host's clock.
    pub now: SystemTime,
}

/// Why an approval does not let the plan run, as far as its own words tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// Given for another environment.
    Environment,
    /// Given for another database.
    Database,
    /// Given for another plan.
    Plan,
    /// It counts only later.
    Future,
    /// It counts no longer.
    Expired,
}

impl Approval {
    /// Reads a statement.
    ///
    /// # Errors
    /// When it is none, or says what no statement can say.
    pub fn parse(bytes: &[u8]) -> Result<Self, PaperFault> {
        let approval: Self = read(bytes)?;
        let wrong = |name, wanted| Err(PaperFault::Member { name, wanted });
        if !is_reference(&approval.reference) {
            return wrong("reference", "one line of at most 200 bytes");
        }
        if !is_principal(&approval.approver) {
            return wrong("approver", "one name, without blanks, commas and patterns");
        }
        let (from, until) =
            (instant::parse(&approval.approved_at), instant::parse(&approval.expires_at));
        match (from, until) {
            (None, _) => wrong("approved_at", "an instant such as 2026-11-21T03:54:33Z"),
            (_, None) => wrong("expires_at", "an instant such as 2026-11-21T03:54:33Z"),
            _ => Ok(approval),
        }
    }

    /// Whether it is given for what is asked, and counts now.
    ///
    /// # Errors
    /// The first thing that is not so.
    pub fn answer(&self, question: &Question<'_>) -> Result<(), Unfit> {
        let (from, until) = (instant::parse(&self.approved_at), instant::parse(&self.expires_at));
        if self.environment != question.environment {
            Err(Unfit::Environment)
        } else if self.database != question.database {
            Err(Unfit::Database)
        } else if self.plan != question.plan {
            Err(Unfit::Plan)
        } else if from.is_none_or(|from| from > question.now + TOLERANCE) {
            Err(Unfit::Future)
        } else if until.is_none_or(|until| until <= question.now) {
            Err(Unfit::Expired)
        } else {
            Ok(())
        }
    }

    /// The form of it that the history log keeps, in its column `approval`.
    #[must_use]
    pub fn line(&self, statement: &Digest) -> String {
        format!("{}, approved by {}, statement {statement}", self.reference, self.approver)
    }

    /// The name of whoever made the plan or runs it, as far as that is the approver's.
    #[must_use]
    pub fn same_person(&self, actor: &Actor) -> Option<String> {
        let runner = [Some(&actor.os_user), actor.sudo_user.as_ref()];
        let is_approver = |name: &&String| is_same(&self.approver, name);
        let runs = || runner.into_iter().flatten().find(is_approver).cloned();
        self.planner_is_approver().or_else(runs)
    }

    /// The name of whoever made the plan, as far as that is the approver's.
    #[must_use]
    pub fn planner_is_approver(&self) -> Option<String> {
        let names =
            self.planned_by.iter().flat_map(|it| [Some(&it.os_user), it.sudo_user.as_ref()]);
        names.flatten().find(|name| is_same(&self.approver, name)).cloned()
    }
}

/// Reads the form that the history log keeps: reference, approver and digest of the statement.
#[must_use]
pub fn parse_line(line: &str) -> Option<(&str, &str, Digest)> {
    // Neither a digest nor a principal has a blank, so whatever the reference says, these are last.
    let (rest, statement) = line.rsplit_once(", statement ")?;
    let (reference, approver) = rest.rsplit_once(", approved by ")?;
    Some((reference, approver, Digest::parse(statement)?))
}

/// Whether a principal and the name of a user are one person, as far as names tell.
fn is_same(principal: &str, user: &str) -> bool {
    let fold = |text: &str| text.to_lowercase();
    let local = |text: &str| fold(text.split('@').next().unwrap_or_default());
    fold(principal) == fold(user) || local(principal) == local(user)
}

/// Whether a text can be the reference: one line that is not empty.
#[must_use]
pub fn is_reference(text: &str) -> bool {
    !text.trim().is_empty()
        && text.trim() == text
        && text.len() <= LONGEST_REFERENCE
        && !text.contains(is_unwritten)
}

/// Whether a text can be a principal: a name, and not a pattern or a list of them (ssh-keygen(1),
/// "ALLOWED SIGNERS").
#[must_use]
pub fn is_principal(text: &str) -> bool {
    let forbidden = |it: char| it.is_whitespace() || is_unwritten(it) || "*?!,\"'\\".contains(it);
    !text.is_empty() && text.len() <= 255 && !text.starts_with('-') && !text.contains(forbidden)
}

/// Characters that are not seen, or change how others are.
fn is_unwritten(it: char) -> bool {
    it.is_control()
        || matches!(it, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
#[path = "approval_tests.rs"]
mod tests;
