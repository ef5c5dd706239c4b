//! Owns what is said of an approval that does not let a plan run: what differs, and how to get
//! the right one. Must never decide that it does.

use super::approval::{Approval, Unfit};
use crate::core::digest::Digest;
use crate::core::finding::{Explain, Finding};

/// The most objections that are told; a directory may hold the approvals of years.
pub const MOST: usize = 20;

/// An approval that was looked at and does not let the plan run, or that there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The file, or the directory in which there is none.
    pub path: String,
    /// Why not.
    pub objection: Objection,
    /// The approval, where the file could be read as one.
    pub approval: Option<Box<Approval>>,
}

/// Why an approval does not let the plan run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Objection {
    /// There is no approval at all.
    None,
    /// The file, its signature, or the directory cannot be read as what it should be.
    Unreadable {
        /// Why.
        reason: String,
        /// The next safe act.
        remedy: String,
    },
    /// Its own words do not fit.
    Unfit {
        /// Which of them.
        unfit: Unfit,
        /// What the plan has otherwise than the approved one; empty where that cannot be told.
        differences: Vec<String>,
    },
    /// It has no signature beside it.
    Unsigned {
        /// Where the signature should be.
        signature: String,
    },
    /// The signature is not over these bytes, or not for this purpose.
    WrongSignature {
        /// What `ssh-keygen` said.
        reason: String,
    },
    /// The signature is right, and its key may not sign for the approver.
    NotAllowed {
        /// What `ssh-keygen` said.
        reason: String,
        /// Whose keys may.
        allowed: String,
    },
    /// The approver planned or runs the plan.
    SamePerson {
        /// The user name that is theirs.
        user: String,
    },
    /// Who planned is not known, and must be another than the approver.
    PlannerUnknown,
    /// So many more were looked at, and none fits.
    More {
        /// How many.
        count: usize,
    },
}

/// What is asked for, as the next acts name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The environment.
    pub environment: String,
    /// Its database.
    pub database: String,
    /// The plan that is about to run.
    pub plan: Digest,
    /// Where an approval belongs.
    pub directory: String,
}

impl Wanted {
    /// How to get an approval of the plan, as it can be typed.
    #[must_use]
    pub fn how(&self) -> String {
        let Self { environment, directory, .. } = self;
        format!(
            "have this plan approved: 'dreichor-migrate plan --env {environment} --out FILE', then, as the approver, 'dreichor-migrate approve --env {environment} --plan FILE --reference TEXT --key KEY', and put the two files that it writes into '{directory}'"
        )
    }

    /// What is said of all that was looked at: the most relevant first, and not too many.
    #[must_use]
    pub fn findings(&self, refused: &[Refused]) -> Vec<Finding> {
        let mut sorted: Vec<&Refused> = refused.iter().collect();
        sorted.sort_by(|a, b| {
            let newest = |it: &Refused| it.approval.as_ref().map(|it| it.approved_at.clone());
            let rank = self.rank(a).cmp(&self.rank(b));
            rank.then_with(|| newest(b).cmp(&newest(a))).then_with(|| a.path.cmp(&b.path))
        });
        let finding = |it: &Refused| About { refused: it, wanted: self }.finding();
        let mut out: Vec<Finding> = sorted.iter().take(MOST).map(|it| finding(it)).collect();
        if let Some(count) = sorted.len().checked_sub(MOST).filter(|count| *count > 0) {
            let objection = Objection::More { count };
            out.push(finding(&Refused { path: self.directory.clone(), objection, approval: None }));
        }
        out
    }

    /// An approval of this plan, or one that could not be read, comes before one of something else.
    fn rank(&self, refused: &Refused) -> u8 {
        match (&refused.objection, &refused.approval) {
            (Objection::Unfit { unfit: Unfit::Environment | Unfit::Database, .. }, _) => 3,
            (Objection::Unfit { unfit: Unfit::Plan, .. }, _) => 2,
            (_, Some(_)) => 0,
            (_, None) => 1,
        }
    }
}

struct About<'a> {
    refused: &'a Refused,
    wanted: &'a Wanted,
}

impl Explain for About<'_> {
    fn code(&self) -> &'static str {
        match &self.refused.objection {
            Objection::None => "no-approval",
            Objection::Unreadable { .. } => "approval-unreadable",
            Objection::Unfit { unfit, .. } => match unfit {
                Unfit::Environment | Unfit::Database => "approval-elsewhere",
                Unfit::Plan => "approval-other-plan",
                Unfit::Future => "approval-from-the-future",
                Unfit::Expired => "approval-expired",
            },
            Objection::Unsigned { .. } => "approval-unsigned",
            Objection::WrongSignature { .. } => "wrong-signature",
            Objection::NotAllowed { .. } => "signer-not-allowed",
            Objection::SamePerson { .. } => "approver-not-distinct",
            Objection::PlannerUnknown => "planner-unknown",
            Objection::More { .. } => "more-approvals",
        }
    }

    fn subject(&self) -> String {
        self.refused.path.clone()
    }

    fn message(&self) -> String {
        let (path, wanted) = (&self.refused.path, self.wanted);
        let of = self.refused.approval.as_deref();
        let text = |get: fn(&Approval) -> &str| of.map_or("", get).escape_debug().to_string();
        let approver = text(|it| &it.approver);
        match &self.refused.objection {
            Objection::None => format!(
                "nobody has approved plan {} for environment '{}': there is no approval in '{path}'",
                wanted.plan, wanted.environment
            ),
            Objection::Unreadable { reason, .. } => format!("'{path}' is no approval: {reason}"),
            Objection::Unfit { unfit, differences } => match unfit {
                Unfit::Environment => format!(
                    "'{path}' is given for environment '{}', not for '{}'",
                    text(|it| &it.environment),
                    wanted.environment
                ),
                Unfit::Database => format!(
                    "'{path}' is given for database '{}', not for '{}'",
                    text(|it| &it.database),
                    wanted.database
                ),
                Unfit::Plan if differences.is_empty() => {
                    format!("'{path}' is given for another plan, not for {}", wanted.plan)
                }
                Unfit::Plan => format!(
                    "'{path}' is given for another plan, and since it was made {}",
                    differences.join(", ")
                ),
                Unfit::Future => format!(
                    "'{path}' counts from {} on, which is later than this host's clock says",
                    text(|it| &it.approved_at)
                ),
                Unfit::Expired => format!("'{path}' expired at {}", text(|it| &it.expires_at)),
            },
            Objection::Unsigned { signature } => {
                format!("'{path}' has no signature: there is no '{signature}'")
            }
            Objection::WrongSignature { reason } => {
                format!("the signature of '{path}' is not of these bytes: {reason}")
            }
            Objection::NotAllowed { reason, allowed } => {
                let because = if reason.is_empty() { String::new() } else { format!(": {reason}") };
                format!(
                    "the key that signed '{path}' may not sign for '{approver}' by '{allowed}'{because}"
                )
            }
            Objection::SamePerson { user } => format!(
                "'{path}' is approved by '{approver}', who is '{}', and that user planned it or runs it",
                user.escape_debug()
            ),
            Objection::PlannerUnknown => {
                format!("'{path}' does not say who planned, and the approver must be another")
            }
            Objection::More { count } => {
                format!("{count} more approvals were looked at, and none is of this plan")
            }
        }
    }

    fn remedy(&self) -> String {
        match &self.refused.objection {
            Objection::Unreadable { remedy, .. } => remedy.clone(),
            Objection::Unsigned { .. } => {
                format!("put the signature beside it, or {}", self.wanted.how())
            }
            Objection::NotAllowed { allowed, .. } => format!(
                "see '{allowed}': whoever may approve has a line there, as ssh-keygen(1) says under ALLOWED SIGNERS; or {}",
                self.wanted.how()
            ),
            Objection::Unfit { unfit: Unfit::Future, .. } => {
                "compare the clocks of this host and of the approver's".to_owned()
            }
            Objection::PlannerUnknown => {
                format!("approve the plan file, not its digest alone: {}", self.wanted.how())
            }
            Objection::SamePerson { .. } => {
                format!("let another person approve or run it: {}", self.wanted.how())
            }
            Objection::More { .. } => {
                "move approvals that were used or are over out of the directory".to_owned()
            }
            Objection::None | Objection::Unfit { .. } | Objection::WrongSignature { .. } => {
                self.wanted.how()
            }
        }
    }
}
