//! Owns why the gate could not be asked, as an error of the service. Must never be taken for an
//! answer.

use crate::config::ConfigFault;
use crate::core::finding::{Explain, Finding};
use crate::core::seal::SealFault;
use crate::store::fault::StoreFault;
use crate::store::postgres::lent::LentFault;
use std::error::Error;
use std::fmt;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GateFault {
    /// The requirement is wrong.
    Requirement(Vec<ConfigFault>),
    /// The seal is wrong.
    Seal(SealFault),
    /// A transaction is open on the connection.
    InTransaction,
    /// The database.
    Store(Box<StoreFault>),
}

impl GateFault {
    /// Everything that is wrong, each with the next safe act.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        match self {
            Self::Requirement(faults) => faults.iter().map(Explain::finding).collect(),
            Self::Seal(fault) => vec![fault.finding()],
            Self::Store(fault) => vec![fault.finding()],
            Self::InTransaction => vec![Finding {
                code: "in-transaction",
                subject: "connection".to_owned(),
                message: "a transaction is open on the connection".to_owned(),
                remedy: "ask before the first transaction, or on a connection of its own"
                    .to_owned(),
            }],
        }
    }
}

impl From<LentFault> for GateFault {
    fn from(fault: LentFault) -> Self {
        match fault {
            LentFault::InTransaction => Self::InTransaction,
            LentFault::Store(fault) => Self::Store(fault),
        }
    }
}

impl fmt::Display for GateFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, finding) in self.findings().iter().enumerate() {
            let apart = if at > 0 { "; " } else { "" };
            write!(out, "{apart}{}: {}", finding.message, finding.remedy)?;
        }
        Ok(())
    }
}

impl Error for GateFault {}
