//! Owns the rule `no-statement`: a file that does nothing. Must never count what cannot be
//! read as nothing.

use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};

pub(in super::super) const FACTS: Facts = Facts {
    name: "no-statement",
    fault: "the file holds no statement",
    reason: "a file that does nothing is one that was not finished, and once it is applied it \
             can never be",
    remedy: "write the statements, or remove the file, which was never applied",
    source: "design 4",
    standing: Standing::Strict,
    before: "",
    bad: "-- nothing yet",
    good: "CREATE TABLE public.t (id bigint);",
};

/// Notes a file whose statements number none, at its start; what could not be read may be one.
pub(in super::super) fn check(statements: usize, unread: bool, found: &mut Found) {
    if statements == 0 && !unread {
        found.add(Rule::NoStatement, 0, "");
    }
}
