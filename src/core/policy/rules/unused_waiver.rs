//! Owns the rule `unused-waiver`: a waiver that waives nothing is said. Must never refuse a
//! file for it.

use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::super::waiver::Written;

pub(in super::super) const FACTS: Facts = Facts {
    name: "unused-waiver",
    fault: "there is nothing to waive for '{}' in the statement below",
    reason: "who reads a waiver takes the statement for dangerous, and a mistyped rule leaves \
             one unguarded",
    remedy: "remove the line, or name the rule that is meant",
    source: "design 8",
    standing: Standing::Advice,
    before: "",
    bad: "-- dreichor: allow(drop) it was empty\nCREATE TABLE public.t (id bigint);",
    good: "CREATE TABLE public.t (id bigint);",
};

/// Notes a waiver whose rule the statement does not break.
pub(in super::super) fn note(written: &Written, found: &mut Found) {
    found.add(Rule::UnusedWaiver, written.offset, written.rule.name());
}
