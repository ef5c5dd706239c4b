//! Owns what is wrong with a command line in a way that its grammar cannot know. Must never
//! look at anything but the command line.

use super::Refused;
use crate::cli::document::{Answer, Body};
use crate::core::code::Code;
use crate::core::finding::Explain;

/// A usage error as a command's answer.
pub(super) fn refuse(fault: &impl Explain) -> Refused {
    Refused::Usage(Answer {
        code: Code::Usage,
        findings: vec![fault.finding()],
        body: Body::Failed,
    })
}

/// What the command line lacks.
pub(super) enum Missing {
    /// `--env`.
    Environment,
    /// `--migrations`.
    Migrations,
}

impl Missing {
    pub(super) fn refused(&self) -> Refused {
        refuse(self)
    }
}

impl Explain for Missing {
    fn code(&self) -> &'static str {
        match self {
            Self::Environment => "no-environment",
            Self::Migrations => "no-migrations",
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::Environment => "--env",
            Self::Migrations => "--migrations",
        }
        .to_owned()
    }

    fn message(&self) -> String {
        match self {
            Self::Environment => "no environment is named, and none is ever assumed",
            Self::Migrations => {
                "no migration directory is named, neither here nor in the configuration"
            }
        }
        .to_owned()
    }

    fn remedy(&self) -> String {
        match self {
            Self::Environment => "name it: --env NAME, as declared in the configuration",
            Self::Migrations => "name it: --migrations DIR",
        }
        .to_owned()
    }
}
