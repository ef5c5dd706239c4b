//! Owns the paper about a judgement of a set: what was refused, what was warned of, and what was
//! waived, with places. Must never hold a line of the files: a paper is kept, and a file may be
//! longer than anybody reads.

use super::offence::FileOffence;
use super::profile::{Level, Profile};
use super::waiver::FileWaiver;
use crate::core::finding::Explain;
use serde::{Deserialize, Serialize};

/// The form of the paper.
const FORM: u32 = 1;

/// What the policy said of a set, or of the pending part of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LintReport {
    /// The form of this paper.
    pub form: u32,
    /// The profile that was judged by.
    pub profile: Profile,
    /// Everything that was found, in the order of the set.
    pub findings: Vec<LintFinding>,
    /// Everything that was waived, in the order of the set.
    pub waivers: Vec<LintWaiver>,
}

/// One breach of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LintFinding {
    /// The rule's name.
    pub rule: String,
    /// Whether it is refused.
    pub level: Level,
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What the author can do.
    pub remedy: String,
}

/// One waiver that took effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LintWaiver {
    /// The rule's name.
    pub rule: String,
    /// Why, in its author's words.
    pub reason: String,
    /// The file.
    pub file: String,
    /// The line of the waiver, from 1.
    pub line: usize,
}

impl LintReport {
    /// A report about nothing.
    #[must_use]
    pub fn empty(profile: Profile) -> Self {
        Self { form: FORM, profile, findings: Vec::new(), waivers: Vec::new() }
    }

    /// The report of what was found.
    #[must_use]
    pub fn of(profile: Profile, offences: &[FileOffence], waivers: &[FileWaiver]) -> Self {
        let finding = |it: &FileOffence| LintFinding {
            rule: it.offence.rule.name().to_owned(),
            level: it.offence.level,
            file: it.file.clone(),
            line: it.offence.place.line,
            column: it.offence.place.column,
            message: it.fault(),
            remedy: it.remedy(),
        };
        let waiver = |it: &FileWaiver| LintWaiver {
            rule: it.waiver.rule.name().to_owned(),
            reason: it.waiver.reason.clone(),
            file: it.file.clone(),
            line: it.waiver.place.line,
        };
        Self {
            form: FORM,
            profile,
            findings: offences.iter().map(finding).collect(),
            waivers: waivers.iter().map(waiver).collect(),
        }
    }

    /// How many findings have a level.
    #[must_use]
    pub fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|it| it.level == level).count()
    }
}
