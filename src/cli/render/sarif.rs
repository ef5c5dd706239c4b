//! Owns the SARIF 2.1.0 form of a judgement, from which code-review systems annotate. Must never
//! tell a rule, a place or a waiver otherwise than the other forms do.

use crate::core::finding::Explain;
use crate::core::policy::{Level, Profile, Rule};
use crate::ops::lint::Linted;
use serde_json::{Value, json};
use std::path::Path;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The whole file.
pub(in crate::cli) fn text(linted: &Linted) -> String {
    let profile = linted.report.profile;
    let rules: Vec<Value> = Rule::ALL.iter().map(|it| rule(*it, profile)).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "dreichor-migrate",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "properties": {"profile": profile.word()},
            "results": results(linted),
        }],
    });
    format!("{log:#}\n")
}

fn rule(rule: Rule, profile: Profile) -> Value {
    json!({
        "id": rule.name(),
        "shortDescription": {"text": rule.reason()},
        "help": {"text": format!("{}; source: {}", rule.remedy(), rule.source())},
        "defaultConfiguration": {"level": level(rule.level_in(profile))},
    })
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Refused => "error",
        Level::Warning => "warning",
    }
}

fn results(linted: &Linted) -> Vec<Value> {
    let found = linted.offences.iter().map(|it| {
        let place = it.offence.place;
        json!({
            "ruleId": it.offence.rule.name(),
            "ruleIndex": index(it.offence.rule),
            "level": level(it.offence.level),
            "message": {"text": format!("{}; {}", it.fault(), it.remedy())},
            "locations": [location(&linted.directory, &it.file, place.line, place.column)],
        })
    });
    let waived = linted.waivers.iter().map(|it| {
        let (waiver, place) = (&it.waiver, it.waiver.place);
        json!({
            "ruleId": waiver.rule.name(),
            "ruleIndex": index(waiver.rule),
            "level": level(waiver.rule.level_in(linted.report.profile)),
            "message": {"text": format!("'{}' is waived: {}", waiver.rule, waiver.reason)},
            "locations": [location(&linted.directory, &it.file, place.line, place.column)],
            "suppressions": [{"kind": "inSource", "justification": waiver.reason}],
        })
    });
    found.chain(waived).collect()
}

fn index(rule: Rule) -> Option<usize> {
    Rule::ALL.iter().position(|it| *it == rule)
}

fn location(directory: &Path, file: &str, line: usize, column: usize) -> Value {
    json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(&directory.join(file))},
        "region": {"startLine": line, "startColumn": column},
    }})
}

/// A path as a URI: relative where it was named so, since that is how a review system finds it.
fn uri(path: &Path) -> String {
    let mut uri = if path.is_absolute() { "file://".to_owned() } else { String::new() };
    let path = path.to_string_lossy();
    let path = path.strip_prefix("./").unwrap_or(&path);
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}
