//! Owns the sentence of a difference, and the next safe act. Must never decide what differs.

use super::difference::{Difference, Fault};
use super::key::Key;
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
                let what = match key {
                    Key::Type => String::new(),
                    key => format!("{} ", key.name().replace('-', " ")),
                };
                let is_long = |value: &Option<Box<str>>| {
                    value
                        .as_ref()
                        .is_some_and(|it| it.len() > LONGEST || it.chars().any(char::is_control))
                };
                if *key == Key::Body || key.is_statement() || is_long(expected) || is_long(found) {
                    return format!(
                        "{subject}: another {}than expected",
                        if what.is_empty() { "type " } else { &what }
                    );
                }
                let name = key.name().replace('-', " ");
                match (expected.as_deref(), found.as_deref()) {
                    (Some("yes"), None) => format!("{subject}: {name} expected"),
                    (None, Some("yes")) => format!("{subject}: {name} found, not expected"),
                    (Some("no"), None) => format!("{subject}: not {name} expected"),
                    (None, Some("no")) => format!("{subject}: not {name} found, not expected"),
                    (expected, found) => format!(
                        "{subject}: {what}{} expected, {} found",
                        expected.unwrap_or("none"),
                        found.unwrap_or("none")
                    ),
                }
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
