//! Owns the union of everything that can keep a command from giving its answer. Must never
//! add a fault of its own kind: it wraps those of the floors below.

use crate::config::{ConfigFault, UrlFault};
use crate::core::code::Code;
use crate::core::comparison::Difference;
use crate::core::digest::Digest;
use crate::core::failure::StatementFailure;
use crate::core::finding::{Explain, Finding};
use crate::core::policy::FileOffence;
use crate::core::requirement::Stranger;
use crate::core::review::objection::{Refused, Wanted};
use crate::core::seal::SealFault;
use crate::core::set::SetFault;
use crate::files::FilesFault;
use crate::host::credential::CredentialFault;
use crate::host::programs::ServerFault;
use crate::ops::approval::Uncheckable;
use crate::ops::approve::ApproveFault;
use crate::ops::backup::BackupFault;
use crate::ops::evidence::EvidenceFault;
use crate::ops::probe::Late;
use crate::ops::record::RecordFault;
use crate::ops::rehearse::TwinFault;
use crate::ops::requirement::{DraftFault, RequirementFileFault};
use crate::ops::review::ReviewFault;
use crate::ops::seal::ReplayFault;
use crate::store::fault::StoreFault;

/// Why a command could not give its answer.
#[derive(Debug)]
pub enum Failure {
    /// The configuration, or a requirement, is wrong.
    Config(Vec<ConfigFault>),
    /// The configuration file itself cannot be had.
    ConfigFile(ConfigFileFault),
    /// The file of a requirement cannot be had.
    RequirementFile(RequirementFileFault),
    /// The command line requires versions that can belong to no release of the installed set.
    Strangers(Vec<Stranger>),
    /// No requirement can be made, or it cannot be written.
    Draft(Vec<DraftFault>),
    /// `DATABASE_URL` is missing or wrong.
    Url(Vec<UrlFault>),
    /// A place where the URL may stand cannot be read.
    Credential(CredentialFault),
    /// The migration directory cannot be used.
    Files(FilesFault),
    /// The migration set breaks a rule.
    Set(Vec<SetFault>),
    /// The seal is wrong, or the files are not the sealed ones.
    Seal(Vec<SealFault>),
    /// A sealed migration makes another schema now.
    Replay(ReplayFault),
    /// A migration failed on the scratch database.
    Scratch(Box<StatementFailure>),
    /// There is no server for a scratch database, or it failed.
    Server(ServerFault),
    /// There is no twin for a rehearsal, or no report of it.
    Twin(TwinFault),
    /// Something failed on the twin of a rehearsal, outside of a migration.
    OnTwin(Box<Failure>),
    /// Pending files hold what no migration may hold.
    Content(Vec<FileOffence>),
    /// Files and history contradict each other, so nothing can be planned.
    Contradiction(Vec<Difference>),
    /// The plan is not the one that was asked for.
    OtherPlan(OtherPlan),
    /// Nobody has approved the plan, in a way that counts now.
    NotApproved(Wanted, Vec<Refused>),
    /// Whether the plan is approved cannot be told.
    Uncheckable(Uncheckable),
    /// A paper of the review.
    Review(ReviewFault),
    /// Nothing was approved.
    Approve(ApproveFault),
    /// There is no evidence, or it cannot be read.
    Evidence(EvidenceFault),
    /// There is no record, and so no run.
    Record(RecordFault),
    /// There is no backup, and so no run.
    Backup(BackupFault),
    /// The database.
    Store(StoreFault),
    /// What `baseline` may not take over.
    Baseline(Vec<BaselineFault>),
    /// The log's chain is broken.
    Chain(Vec<ChainFault>),
    /// No migration's name can be made of what was asked for.
    Title(crate::ops::create::TitleFault),
    /// A signal ended the command before a migration was sent.
    Interrupted(&'static str),
    /// No answer came within the deadline.
    Late(Late),
    /// The operating system refuses what every program may do.
    System(String),
}

/// Why the configuration file cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFileFault {
    /// Its path.
    pub path: std::path::PathBuf,
    /// What the operating system said.
    pub reason: String,
}

/// The plan has changed since its digest was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherPlan {
    /// The digest that was asked for.
    pub demanded: Digest,
    /// The digest of today's plan.
    pub found: Digest,
}

/// Why a database cannot be taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BaselineFault {
    /// There is no history table.
    NothingToTakeOver,
    /// A recorded version has no file.
    NoFile(String),
}

/// One break in the log's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainFault(pub crate::core::log::ChainBreak);

impl Failure {
    /// The exit code.
    #[must_use]
    pub fn exit_code(&self) -> Code {
        match self {
            Self::Config(_)
            | Self::ConfigFile(_)
            | Self::RequirementFile(_)
            | Self::Url(_)
            | Self::Credential(_) => Code::Config,
            Self::Draft(faults) => match faults.first() {
                Some(DraftFault::Unwritable { .. }) => Code::Internal,
                _ => Code::Usage,
            },
            Self::Files(FilesFault::Directory { .. }) => Code::Config,
            Self::Files(_) | Self::Set(_) | Self::Seal(_) | Self::Content(_) => Code::SetInvalid,
            Self::Replay(_) => Code::Drifted,
            Self::Scratch(_) => Code::Failed,
            Self::Server(_) => Code::Unreachable,
            Self::Twin(fault) => fault.exit_code(),
            Self::OnTwin(failure) => failure.exit_code(),
            Self::Contradiction(differences) => gravest(differences),
            Self::OtherPlan(_) | Self::NotApproved(..) | Self::Uncheckable(_) => Code::NotApproved,
            Self::Review(fault) => fault.exit_code(),
            Self::Approve(fault) => fault.exit_code(),
            Self::Evidence(fault) => fault.exit_code(),
            Self::Record(_) => Code::Config,
            Self::Backup(_) => Code::BackupFailed,
            Self::Store(fault) => fault.exit_code(),
            Self::Baseline(_) | Self::Chain(_) => Code::Diverged,
            Self::Title(_) | Self::Strangers(_) => Code::Usage,
            Self::Interrupted(_) => Code::Interrupted,
            Self::Late(fault) => fault.exit_code(),
            Self::System(_) => Code::Internal,
        }
    }

    /// Everything that is wrong, each with its next safe act.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        match self {
            Self::Config(faults) => explain(faults),
            Self::ConfigFile(fault) => vec![fault.finding()],
            Self::RequirementFile(fault) => vec![fault.finding()],
            Self::Strangers(strangers) => explain(strangers),
            Self::Draft(faults) => explain(faults),
            Self::Url(faults) => explain(faults),
            Self::Credential(fault) => vec![fault.finding()],
            Self::Files(fault) => vec![fault.finding()],
            Self::Set(faults) => explain(faults),
            Self::Seal(faults) => explain(faults),
            Self::Replay(fault) => {
                let differences = fault.differences.iter().map(Explain::finding);
                std::iter::once(fault.finding()).chain(differences).collect()
            }
            Self::Scratch(failure) => vec![on_scratch(failure)],
            Self::Server(fault) => vec![fault.finding()],
            Self::Twin(fault) => vec![fault.finding()],
            Self::OnTwin(failure) => match &**failure {
                Self::Interrupted(signal) => vec![Finding {
                    code: "interrupted",
                    subject: "rehearsal".to_owned(),
                    message: format!(
                        "the rehearsal was interrupted by {signal}, and its twin is removed; nothing in the environment was touched"
                    ),
                    remedy: "rehearse again".to_owned(),
                }],
                failure => failure.findings().into_iter().map(of_twin).collect(),
            },
            Self::Content(offences) => explain(offences),
            Self::Contradiction(differences) => explain(differences),
            Self::OtherPlan(fault) => vec![fault.finding()],
            Self::NotApproved(wanted, refused) => wanted.findings(refused),
            Self::Uncheckable(fault) => vec![fault.finding()],
            Self::Review(fault) => vec![fault.finding()],
            Self::Approve(fault) => vec![fault.finding()],
            Self::Evidence(fault) => vec![fault.finding()],
            Self::Record(fault) => vec![fault.finding()],
            Self::Backup(fault) => vec![fault.finding()],
            Self::Store(fault) => vec![fault.finding()],
            Self::Baseline(faults) => explain(faults),
            Self::Chain(faults) => explain(faults),
            Self::Title(fault) => vec![fault.finding()],
            Self::Interrupted(signal) => vec![Finding {
                code: "interrupted",
                subject: "run".to_owned(),
                message: format!("interrupted by {signal} before any migration was sent"),
                remedy: "start it again when it may run".to_owned(),
            }],
            Self::Late(fault) => vec![fault.finding()],
            Self::System(reason) => vec![Finding {
                code: "system",
                subject: "operating system".to_owned(),
                message: reason.clone(),
                remedy: "see the journal of this host around this moment, then start it again"
                    .to_owned(),
            }],
        }
    }
}

/// A statement that failed where it could do no harm.
fn on_scratch(failure: &StatementFailure) -> Finding {
    let error = &failure.error;
    let at = failure.place.map(|place| format!(":{}:{}", place.line, place.column));
    let line = failure.line.as_ref().map(|line| format!(", in '{}'", line.trim()));
    Finding {
        code: "failed",
        subject: failure.version.to_string(),
        message: format!(
            "'{}'{}: {} {}: {}{}; it ran on a scratch database alone",
            failure.version,
            at.unwrap_or_default(),
            error.severity,
            error.sqlstate,
            error.message,
            line.unwrap_or_default()
        ),
        remedy: "correct the file if it was never released, then seal again".to_owned(),
    }
}

/// What is wrong on a twin is not wrong in the environment.
fn of_twin(finding: Finding) -> Finding {
    let told = finding.message;
    let message =
        format!("in the rehearsal, on its twin: {told}; nothing in the environment was touched");
    Finding { message, ..finding }
}

/// Ahead alone is *ahead*; with any contradiction it is *diverged* (design section 7).
fn gravest(differences: &[Difference]) -> Code {
    if differences.iter().all(|difference| difference.exit_code() == Code::Ahead) {
        Code::Ahead
    } else {
        Code::Diverged
    }
}

fn explain<T: Explain>(faults: &[T]) -> Vec<Finding> {
    faults.iter().map(Explain::finding).collect()
}

impl From<StoreFault> for Failure {
    fn from(fault: StoreFault) -> Self {
        Self::Store(fault)
    }
}

impl From<SealFault> for Failure {
    fn from(fault: SealFault) -> Self {
        Self::Seal(vec![fault])
    }
}

impl From<FilesFault> for Failure {
    fn from(fault: FilesFault) -> Self {
        Self::Files(fault)
    }
}

impl Explain for ConfigFileFault {
    fn code(&self) -> &'static str {
        "config-file"
    }

    fn subject(&self) -> String {
        self.path.display().to_string()
    }

    fn message(&self) -> String {
        format!("the configuration '{}' cannot be read: {}", self.path.display(), self.reason)
    }

    fn remedy(&self) -> String {
        "write it as dreichor-migrate.toml(5) says, or name another one with --config".to_owned()
    }
}

impl Explain for OtherPlan {
    fn code(&self) -> &'static str {
        "other-plan"
    }

    fn subject(&self) -> String {
        self.found.to_string()
    }

    fn message(&self) -> String {
        format!("the plan is now {}, not {}: files or history changed", self.found, self.demanded)
    }

    fn remedy(&self) -> String {
        "review the plan again: dreichor-migrate plan".to_owned()
    }
}

impl Explain for BaselineFault {
    fn code(&self) -> &'static str {
        match self {
            Self::NothingToTakeOver => "nothing-to-take-over",
            Self::NoFile(_) => "no-file",
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::NothingToTakeOver => crate::store::postgres::HISTORY_TABLE.to_owned(),
            Self::NoFile(version) => version.clone(),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::NothingToTakeOver => {
                "the database has no history table, so there is nothing to take over".to_owned()
            }
            Self::NoFile(version) => format!(
                "'{}' is recorded as applied and has no file in the migration set",
                version.escape_debug()
            ),
        }
    }

    fn remedy(&self) -> String {
        match self {
            Self::NothingToTakeOver => "apply the migrations instead: dreichor-migrate apply",
            Self::NoFile(_) => "put the file that was run into the migration set",
        }
        .to_owned()
    }
}

impl Explain for ChainFault {
    fn code(&self) -> &'static str {
        match self.0 {
            crate::core::log::ChainBreak::Sequence { .. } => "chain-sequence",
            crate::core::log::ChainBreak::Link { .. } => "chain-link",
            crate::core::log::ChainBreak::Edited { .. } => "chain-edited",
        }
    }

    fn subject(&self) -> String {
        let row = match self.0 {
            crate::core::log::ChainBreak::Sequence { found, .. } => found,
            crate::core::log::ChainBreak::Link { sequence }
            | crate::core::log::ChainBreak::Edited { sequence } => sequence,
        };
        format!("row {row}")
    }

    fn message(&self) -> String {
        match self.0 {
            crate::core::log::ChainBreak::Sequence { expected, found } => format!(
                "the log goes on with row {found} where row {expected} should stand: rows were removed or added"
            ),
            crate::core::log::ChainBreak::Link { sequence } => format!(
                "row {sequence} of the log does not follow the row before it: that row was replaced"
            ),
            crate::core::log::ChainBreak::Edited { sequence } => {
                format!("row {sequence} of the log was edited: its hash is not that of its columns")
            }
        }
    }

    fn remedy(&self) -> String {
        "compare the log with a backup; nothing is repaired by itself".to_owned()
    }
}
