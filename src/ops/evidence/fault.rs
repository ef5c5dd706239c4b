//! Owns why there is no evidence, or why it cannot be checked. Must never end anything itself.

use crate::core::code::Code;
use crate::core::finding::Explain;
use crate::files::papers::PaperFileFault;
use crate::ops::failure::Failure;

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
            Self::Output(fault) | Self::Input(fault) => fault.path().display().to_string(),
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
