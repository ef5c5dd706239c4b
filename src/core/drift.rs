//! Owns a difference as `verify` shows it: with what is sealed and what was found. Must never
//! leave out a difference.

use crate::core::schema::canonical::write_line;
use crate::core::schema::difference::{Difference, Fault};
use crate::core::schema::mend::statement;
use crate::core::schema::model::Schema;
use crate::core::schema::roles::RoleNames;
use crate::core::structure::ComparedSchema;

/// One difference between the sealed schema and the live one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// The difference.
    pub difference: Difference,
    /// The sealed object, as the canonical text has it; none for one that is not sealed.
    pub expected: Option<String>,
    /// The live object; none for one that is not there.
    pub found: Option<String>,
    /// The statement that would mend it, where one is safe to say; for review, never executed.
    pub statement: Option<String>,
}

/// Every difference that counts, with both sides of it.
#[must_use]
pub fn describe(compared: &ComparedSchema, live: &Schema, roles: &RoleNames) -> Vec<Drift> {
    let line = |schema: Option<&Schema>, it: &Difference| {
        schema.and_then(|schema| schema.find(it.kind, &it.name)).map(write_line)
    };
    let show = |difference: &Difference| match &difference.fault {
        Fault::Order { expected, found } => Drift {
            difference: difference.clone(),
            expected: Some(expected.join(", ")),
            found: Some(found.join(", ")),
            statement: None,
        },
        _ => Drift {
            expected: line(compared.sealed.as_ref(), difference),
            found: line(Some(live), difference),
            statement: compared
                .sealed
                .as_ref()
                .and_then(|sealed| statement(difference, sealed, live, roles)),
            difference: difference.clone(),
        },
    };
    compared.differences.iter().map(show).collect()
}
