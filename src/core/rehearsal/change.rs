//! Owns how a change is told: a difference between the schema before and the one after, as what
//! was made, changed or dropped. Must never decide what differs.

use crate::core::finding::Explain;
use crate::core::schema::difference::{Difference, Fault};

/// Values longer than this are not put into a sentence.
const LONGEST: usize = 60;

/// Objects by what became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Made.
    pub made: Vec<String>,
    /// Changed.
    pub changed: Vec<String>,
    /// Dropped.
    pub dropped: Vec<String>,
}

impl Changes {
    /// Sorts the differences between before and after.
    #[must_use]
    pub fn of(differences: &[Difference]) -> Self {
        let mut changes = Self::default();
        for difference in differences {
            let subject = difference.subject();
            let list = match difference.fault {
                Fault::Missing => &mut changes.dropped,
                Fault::Unexpected => &mut changes.made,
                Fault::Other { .. } | Fault::Order { .. } => &mut changes.changed,
            };
            if list.last() != Some(&subject) {
                list.push(subject);
            }
        }
        changes
    }
}

/// The sentence of one change.
#[must_use]
pub fn sentence(difference: &Difference) -> String {
    let subject = difference.subject();
    match &difference.fault {
        Fault::Missing => format!("{subject}: dropped"),
        Fault::Unexpected => format!("{subject}: made"),
        Fault::Order { found, .. } => {
            format!("{subject}: columns now in the order {}", found.join(", "))
        }
        Fault::Other { key, expected, found } => {
            let name = key.name().replace('-', " ");
            let short = |it: &Option<Box<str>>| match it.as_deref() {
                None | Some("") => Some("none".to_owned()),
                Some(text) if text.len() > LONGEST || text.chars().any(char::is_control) => None,
                Some(text) => Some(text.to_owned()),
            };
            match (short(expected), short(found)) {
                (Some(before), Some(after)) => format!("{subject}: {name} {before} → {after}"),
                _ => format!("{subject}: another {name}"),
            }
        }
    }
}
