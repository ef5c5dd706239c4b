//! Owns the one line that `probe` answers, whatever happens; its schema is published in
//! `docs/schema`. Must never take more than one line, nor call a schema compatible that was not
//! found to be.

use super::finding::written;
use super::json::usage_finding;
use crate::cli::document::Document;
use crate::core::code::Code;
use crate::core::finding::Finding;
use serde_json::{Value, json};

/// The line of an answer.
pub(super) fn value(document: &Document) -> Value {
    line(document.environment.as_deref(), document.code, &document.findings)
}

/// The line of a command line that could not be understood.
pub(super) fn usage(text: &str) -> Value {
    let mut finding = usage_finding(text);
    let sentence = finding.message.lines().next().unwrap_or_default();
    finding.message = sentence.trim_start_matches("error: ").to_owned();
    line(None, Code::Usage, &[finding])
}

fn line(environment: Option<&str>, code: Code, findings: &[Finding]) -> Value {
    let gravest = findings.first();
    let reason = match (code, gravest) {
        (Code::Ok, _) => "the schema is compatible",
        (_, Some(finding)) => finding.message.as_str(),
        (_, None) => code.meaning(),
    };
    json!({
        "compatible": code == Code::Ok,
        "code": code.name(),
        "exit_code": code.number(),
        "environment": environment,
        "reason": reason,
        "findings": findings.iter().map(written).collect::<Value>(),
        "remedy": gravest.map(|finding| finding.remedy.as_str()),
    })
}
