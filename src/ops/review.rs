//! Owns what `plan` and `approve` do with papers: the plan file that is written and read, and why
//! one is refused. Must never ask a database.

use crate::core::code::Code;
use crate::core::digest::Digest;
use crate::core::finding::Explain;
use crate::core::history::History;
use crate::core::plan::{Plan, Target};
use crate::core::rehearsal::Rehearsal;
use crate::core::review::plan_file::PlanFile;
use crate::core::review::{self, PaperFault};
use crate::files::papers::{self, Existing, PaperFileFault, Readers};
use crate::host::identity;
use crate::ops::context::Context;
use crate::ops::failure::Failure;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Where a plan file goes, and what goes into it.
#[derive(Debug, Clone, Default)]
pub struct Output {
    /// The file, which must not exist.
    pub path: PathBuf,
    /// A rehearsal of the plan, in place of the one that is kept in the state directory.
    pub rehearsal: Option<PathBuf>,
}

/// Why a paper that was named cannot be used, or cannot be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReviewFault {
    /// What is asked for cannot be written.
    Output(PaperFileFault),
    /// What was named cannot be read.
    Input(PaperFileFault),
    /// What was named is no plan file, or not as it was written.
    NotAPlan {
        /// The file.
        path: PathBuf,
        /// Why.
        fault: PaperFault,
    },
    /// What was named is no rehearsal of this plan.
    NotItsRehearsal {
        /// The file.
        path: PathBuf,
        /// The plan.
        plan: Digest,
    },
}

/// The plan of this moment as a paper, without a rehearsal.
pub(super) fn paper(context: &Context, plan: &Plan, history: &History) -> PlanFile {
    let settings = &context.settings;
    let target = Target { environment: &settings.environment, database: &settings.database };
    PlanFile::of(target, plan, history, &identity::actor(), SystemTime::now())
}

/// Writes the plan file.
///
/// # Errors
/// [`Failure::Review`]; an existing file is never overwritten.
pub(super) fn write_plan(
    context: &Context,
    output: &Output,
    mut file: PlanFile,
) -> Result<(), Failure> {
    file.rehearsal = match &output.rehearsal {
        Some(path) => Some(named_rehearsal(path, file.digest)?),
        None => kept_rehearsal(context, file.digest),
    };
    let text = review::write(&file).map_err(|fault| Failure::System(fault.to_string()))?;
    papers::write(&output.path, text.as_bytes(), Readers::All, Existing::Keep)
        .map_err(|fault| Failure::Review(ReviewFault::Output(fault)))
}

/// Reads a plan file, with the digest of its exact bytes.
///
/// # Errors
/// When it cannot be read, or is not as it was written.
pub fn read_plan(path: &Path) -> Result<(PlanFile, Digest), ReviewFault> {
    let bytes = papers::read(path, papers::LONGEST).map_err(ReviewFault::Input)?;
    match PlanFile::parse(&bytes) {
        Ok(file) => Ok((file, Digest::of(&bytes))),
        Err(fault) => Err(ReviewFault::NotAPlan { path: path.to_owned(), fault }),
    }
}

fn named_rehearsal(path: &Path, plan: Digest) -> Result<Rehearsal, Failure> {
    let bytes = papers::read(path, papers::LONGEST)
        .map_err(|fault| Failure::Review(ReviewFault::Input(fault)))?;
    rehearsal_of(&bytes, plan).ok_or_else(|| {
        Failure::Review(ReviewFault::NotItsRehearsal { path: path.to_owned(), plan })
    })
}

/// The rehearsal of this very plan that the state directory has. One that cannot be read is told,
/// and is none: a plan can be reviewed without.
pub(super) fn kept_rehearsal(context: &Context, plan: Digest) -> Option<Rehearsal> {
    let settings = &context.settings;
    let directory = settings.state.as_ref()?.join("rehearsals").join(&settings.environment);
    let path = directory.join(format!("{}.json", plan.hex()));
    let why = match papers::read(&path, papers::LONGEST) {
        Ok(bytes) => match rehearsal_of(&bytes, plan) {
            Some(rehearsal) => return Some(rehearsal),
            None => format!("'{}' is no rehearsal of plan {plan}", path.display()),
        },
        Err(PaperFileFault::Missing(_)) => return None,
        Err(fault) => fault.message(),
    };
    let message = format!("the plan file has no rehearsal: {why}");
    context.log.write(&crate::core::event::Event::Trouble { version: None, message });
    None
}

fn rehearsal_of(bytes: &[u8], plan: Digest) -> Option<Rehearsal> {
    let rehearsal: Rehearsal = review::read(bytes).ok()?;
    (rehearsal.plan_digest() == Some(plan)).then_some(rehearsal)
}

impl ReviewFault {
    /// The exit code.
    #[must_use]
    pub fn exit_code(&self) -> Code {
        match self {
            Self::Output(PaperFileFault::System { .. }) => Code::Internal,
            Self::Output(_) | Self::NotItsRehearsal { .. } => Code::Usage,
            Self::Input(_) | Self::NotAPlan { .. } => Code::NotApproved,
        }
    }
}

impl Explain for ReviewFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Output(fault) | Self::Input(fault) => fault.code(),
            Self::NotAPlan { .. } => "not-a-plan",
            Self::NotItsRehearsal { .. } => "other-rehearsal",
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::Output(fault) | Self::Input(fault) => fault.subject(),
            Self::NotAPlan { path, .. } | Self::NotItsRehearsal { path, .. } => {
                path.display().to_string()
            }
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Output(fault) | Self::Input(fault) => fault.message(),
            Self::NotAPlan { path, fault } => {
                format!("'{}' is no plan file as 'plan --out' writes it: {fault}", path.display())
            }
            Self::NotItsRehearsal { path, plan } => {
                format!("'{}' is no rehearsal of plan {plan}", path.display())
            }
        }
    }

    fn remedy(&self) -> String {
        match self {
            Self::Output(fault) | Self::Input(fault) => fault.remedy(),
            Self::NotAPlan { .. } => {
                "have the plan written again: dreichor-migrate plan --out FILE".to_owned()
            }
            Self::NotItsRehearsal { .. } => {
                "rehearse this plan: dreichor-migrate rehearse".to_owned()
            }
        }
    }
}
