//! Owns a finding as every JSON answer has it. Must never change a word of it.

use crate::core::finding::Finding;
use serde_json::{Value, json};

/// A finding with its four members.
pub(super) fn written(finding: &Finding) -> Value {
    json!({
        "code": finding.code,
        "subject": finding.subject,
        "message": finding.message,
        "remedy": finding.remedy,
    })
}
