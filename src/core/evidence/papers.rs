//! Owns the papers of an evidence directory, as they were read. Must never judge them.

use super::index::Index;
use super::log_paper::LogPaper;
use super::run_record::RunRecord;
use crate::core::digest::Digest;
use crate::core::review::approval::Approval;
use crate::core::review::plan_file::PlanFile;

/// The papers of a directory, as far as they are there.
#[derive(Debug, Default)]
pub struct Papers {
    /// What it says of itself.
    pub index: Option<Index>,
    /// The record of the run.
    pub run: Option<RunRecord>,
    /// The plan file.
    pub plan: Option<PlanFile>,
    /// The approval, and the digest of its bytes.
    pub approval: Option<(Approval, Digest)>,
    /// The rows of the log.
    pub log: Option<LogPaper>,
}
