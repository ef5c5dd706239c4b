//! Owns the plan file: a plan with all that it was made of, for people to read and to approve.
//! Must never hold a secret, nor the way to a database.

use super::{FORM, PaperFault, hexadecimal, read};
use crate::core::digest::Digest;
use crate::core::history::History;
use crate::core::instant;
use crate::core::log::Actor;
use crate::core::plan::{Plan, Target, pin};
use crate::core::policy::lint::LintReport;
use crate::core::rehearsal::Rehearsal;
use crate::core::version::Version;
use serde::{Deserialize, Serialize};
use std::time::SystemTime;

/// A plan as `plan --out` writes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanFile {
    /// Form of this paper.
    pub form: u32,
    /// Version of the program that planned.
    pub tool_version: String,
    /// The environment that the plan is made for.
    pub environment: String,
    /// Its database, by name.
    pub database: String,
    /// The plan's digest: of environment, database, history and pending files.
    #[serde(with = "hexadecimal::prefixed")]
    pub digest: Digest,
    /// When it was made, in UTC.
    pub planned_at: String,
    /// Who made it.
    pub planned_by: Planner,
    /// The history that it applies to, in order.
    pub history: Vec<AppliedFile>,
    /// What it would apply, in order.
    pub pending: Vec<PendingFile>,
    /// What the policy finds in the pending files, and what is waived.
    pub lint: Option<LintReport>,
    /// The rehearsal of this very plan; none was made, or none was at hand.
    pub rehearsal: Option<Rehearsal>,
}

/// Who made a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planner {
    /// Operating-system user.
    pub os_user: String,
    /// The user who called `sudo`, where one did.
    pub sudo_user: Option<String>,
    /// The host's name.
    pub host: String,
}

/// An applied migration, as the database told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppliedFile {
    /// Its name as stored.
    pub version: String,
    /// Its recorded checksum.
    #[serde(with = "hexadecimal::optional")]
    pub sha256: Option<Digest>,
}

/// A pending migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PendingFile {
    /// Its file name.
    pub version: String,
    /// SHA-256 of its exact bytes.
    #[serde(with = "hexadecimal")]
    pub sha256: Digest,
    /// Its length in bytes.
    pub size: u64,
}

impl Planner {
    /// Whoever runs this program.
    #[must_use]
    pub fn of(actor: &Actor) -> Self {
        Self {
            os_user: actor.os_user.clone(),
            sudo_user: actor.sudo_user.clone(),
            host: actor.host.clone(),
        }
    }
}

impl PlanFile {
    /// The file of a plan, without what a rehearsal says of it.
    #[must_use]
    pub fn of(
        target: Target<'_>,
        plan: &Plan,
        history: &History,
        actor: &Actor,
        planned_at: SystemTime,
    ) -> Self {
        Self {
            form: FORM,
            tool_version: actor.tool_version.clone(),
            environment: target.environment.to_owned(),
            database: target.database.to_owned(),
            digest: plan.digest,
            planned_at: instant::utc(planned_at),
            planned_by: Planner::of(actor),
            history: history
                .applied
                .iter()
                .map(|it| AppliedFile { version: it.version.to_string(), sha256: it.digest })
                .collect(),
            pending: plan
                .pending
                .iter()
                .map(|it| PendingFile {
                    version: it.version.to_string(),
                    sha256: it.digest,
                    size: it.size,
                })
                .collect(),
            lint: Some(plan.lint.clone()),
            rehearsal: None,
        }
    }

    /// Reads a plan file, and proves that its digest is its content's.
    ///
    /// # Errors
    /// When it is no plan file, or its digest is another.
    pub fn parse(bytes: &[u8]) -> Result<Self, PaperFault> {
        let file: Self = read(bytes)?;
        let wrong = |name, wanted| Err(PaperFault::Member { name, wanted });
        if instant::parse(&file.planned_at).is_none() {
            return wrong("planned_at", "an instant such as 2026-11-21T03:54:33Z");
        }
        if file.pending.iter().any(|it| Version::parse(&it.version).is_none()) {
            return wrong("version", "a migration's file name");
        }
        let rehearsed = file.rehearsal.as_ref().map(Rehearsal::plan_digest);
        if rehearsed.is_some_and(|plan| plan != Some(file.digest)) {
            return wrong("rehearsal", "one of this very plan");
        }
        let computed = file.computed();
        if computed != file.digest {
            return Err(PaperFault::Digest { stated: file.digest, computed });
        }
        Ok(file)
    }

    /// The digest of what it holds.
    fn computed(&self) -> Digest {
        pin(
            Target { environment: &self.environment, database: &self.database },
            self.history.iter().map(|it| (it.version.as_str(), it.sha256)),
            self.pending.iter().map(|it| (it.version.as_str(), it.sha256)),
        )
    }

    /// What a newer plan has otherwise, in plain words: which file changed, what was applied.
    #[must_use]
    pub fn differences(&self, newer: &Self) -> Vec<String> {
        let mut out = Vec::new();
        let pending = |file: &Self, name: &str| {
            file.pending.iter().find(|it| it.version == name).map(|it| it.sha256)
        };
        let applied = |file: &Self, name: &str| {
            file.history.iter().find(|it| it.version == name).map(|it| it.sha256)
        };
        for file in &self.pending {
            let name = &file.version;
            match (pending(newer, name), applied(newer, name)) {
                (Some(digest), _) if digest == file.sha256 => {}
                (Some(_), _) => out.push(format!("'{name}' was changed")),
                (None, Some(_)) => out.push(format!("'{name}' was applied")),
                (None, None) => out.push(format!("'{name}' is gone")),
            }
        }
        for file in &newer.pending {
            let name = &file.version;
            if pending(self, name).is_none() {
                match applied(self, name) {
                    Some(_) => out.push(format!("'{name}' is pending again")),
                    None => out.push(format!("'{name}' was added")),
                }
            }
        }
        for file in &self.history {
            let name = &file.version;
            match (applied(newer, name), pending(newer, name)) {
                (Some(digest), _) if digest == file.sha256 => {}
                (Some(_), _) => {
                    out.push(format!(
                        "the recorded checksum of '{}' is another",
                        name.escape_debug()
                    ));
                }
                (None, Some(_)) => {}
                (None, None) => {
                    out.push(format!("'{}' is not in the history any more", name.escape_debug()));
                }
            }
        }
        for file in &newer.history {
            let name = &file.version;
            if applied(self, name).is_none() && pending(self, name).is_none() {
                out.push(format!("'{}' was applied", name.escape_debug()));
            }
        }
        out
    }
}

#[cfg(test)]
#[path = "plan_file_tests.rs"]
mod tests;
