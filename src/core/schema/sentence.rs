//! Owns the sentence of a difference, and the next safe act. Must never decide what differs.

use super::difference::{Difference, Fault};
use super::key::Key;
use super::kind::Kind;
use crate::core::finding::Explain;

/// Values longer than this are not put into a sentence.
const LONGEST: usize = 120;

impl Explain for Difference {
    fn code(&self) -> &'static str {
        match self.fault {
            Fault::Missing => "object-missing",
            Fault::Unexpected => "object-unexpected",
            Fault::Other { .. } | Fault::Order { .. } => "object-differs",
        }
    }

    fn subject(&self) -> String {
        format!("{} {}", self.kind.name(), self.name.shown())
    }

    fn message(&self) -> String {
        let subject = self.subject();
        match &self.fault {
            Fault::Missing => format!("{subject}: missing"),
            Fault::Unexpected => format!("{subject}: not expected"),
            Fault::Order { expected, found } => {
                format!(
                    "{subject}: columns in the order {} expected, {} found",
                    expected.join(", "),
                    found.join(", ")
                )
            }
            Fault::Other { key, expected, found } => {
                let value = |value: &Option<Box<str>>| {
                    value
                        .as_deref()
                        .filter(|it| !it.is_empty())
                        .map(|it| shown(self.kind, *key, it))
                };
                let what = differs(*key, value(expected).as_deref(), value(found).as_deref());
                format!("{subject}: {what}")
            }
        }
    }

    fn remedy(&self) -> String {
        let subject = self.subject();
        match self.fault {
            Fault::Missing => {
                format!("find out who removed {subject}; a new migration can make it again")
            }
            Fault::Unexpected => {
                format!("find out who made {subject}; a new migration can remove it")
            }
            Fault::Other { .. } | Fault::Order { .. } => {
                format!("find out who changed {subject}; a new migration can put it right")
            }
        }
    }
}

/// What is said of an attribute that has another value.
fn differs(key: Key, expected: Option<&str>, found: Option<&str>) -> String {
    let name = key.name().replace('-', " ");
    let is_long = |it: &str| it.len() > LONGEST || it.chars().any(char::is_control);
    if is_opaque(key) || expected.is_some_and(is_long) || found.is_some_and(is_long) {
        return format!("another {name} than expected");
    }
    let flag = |value: Option<&str>| match value? {
        "yes" => Some(name.clone()),
        "no" => Some(format!("not {name}")),
        // PostgreSQL 18 knows one more way.
        "not valid" if key == Key::NotNull => Some(format!("{name} that is not valid")),
        _ => None,
    };
    match (flag(expected), flag(found)) {
        (Some(expected), None) if found.is_none() => format!("{expected} expected"),
        (None, Some(found)) if expected.is_none() => format!("{found} found, not expected"),
        (Some(expected), Some(found)) => format!("{expected} expected, {found} found"),
        _ => {
            let what = if key == Key::Type { String::new() } else { format!("{name} ") };
            let (expected, found) = (expected.unwrap_or("none"), found.unwrap_or("none"));
            format!("{what}{expected} expected, {found} found")
        }
    }
}

/// Whether a value says nothing to whoever reads it.
fn is_opaque(key: Key) -> bool {
    key.is_statement() || matches!(key, Key::Body | Key::Aggregate | Key::Range | Key::Base)
}

/// A value for whoever reads it: the catalogs' letters and bytes as words.
fn shown(kind: Kind, key: Key, value: &str) -> String {
    match (kind, key) {
        (Kind::Statistics, Key::Form) => {
            let form = |letter| match letter {
                'd' => "ndistinct".to_owned(),
                'f' => "dependencies".to_owned(),
                'm' => "mcv".to_owned(),
                'e' => "expressions".to_owned(),
                other => other.to_string(),
            };
            value.chars().map(form).collect::<Vec<_>>().join(", ")
        }
        (Kind::Trigger, Key::Arguments) => {
            let arguments = value.strip_suffix("\\000").unwrap_or(value).split("\\000");
            let quote = |it: &str| format!("'{}'", it.replace('\'', "''"));
            arguments.map(quote).collect::<Vec<_>>().join(", ")
        }
        _ => value.to_owned(),
    }
}
