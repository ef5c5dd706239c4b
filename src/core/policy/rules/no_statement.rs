//! Owns the rule `no-statement`: a file that does nothing. Must never count what cannot be
//! read as nothing.

use super::super::offence::Found;
use super::super::rule::{Facts, Rule};

pub(in super::super) const FACTS: Facts = Facts {
    name: "no-statement",
    fault: "the file holds no statement",
    reason: "a file that does nothing is one that was not finished, and once it is applied it \
             can never be",
    remedy: "write the statements, or remove the file, which was never applied",
    waivable: false,
    in_every_profile: false,
};

/// Notes a file whose statements number none, at its start.
pub(in super::super) fn check(statements: usize, found: &mut Found) {
    let is_unread = found.hits.iter().any(|hit| hit.rule == Rule::Unreadable);
    if statements == 0 && !is_unread {
        found.add(Rule::NoStatement, 0, "");
    }
}
