//! Owns the rule `bad-waiver`: a waiver that is not understood is never taken for a
//! comment. Must never judge the statement below it.

use super::super::offence::Found;
use super::super::profile::Profile;
use super::super::rule::{Facts, Rule, Standing};
use super::super::waiver::{Misfit, Written};

pub(in super::super) const FACTS: Facts = Facts {
    name: "bad-waiver",
    fault: "this '-- dreichor:' line cannot be followed: {}",
    reason: "who writes a waiver must be able to rely on its being read",
    remedy: "write '-- dreichor: allow(RULE) REASON' on the line above the statement, for a \
             rule that can be waived, or remove the line",
    source: "design 8",
    standing: Standing::Always,
    before: "",
    bad: "-- dreichor: allow(everything) because\nCREATE TABLE public.t (id bigint);",
    good: "CREATE TABLE public.t (id bigint);",
};

/// Notes the directives that say nothing.
pub(in super::super) fn check(misfits: &[Misfit], found: &mut Found) {
    for misfit in misfits {
        found.add(Rule::BadWaiver, misfit.offset, &misfit.what);
    }
}

/// Notes a waiver that the profile does not let be: the rule is what the profile means.
pub(in super::super) fn refuse(written: &Written, profile: Profile, found: &mut Found) {
    let rule = written.rule;
    let what = format!("under '{profile}' the rule '{rule}' cannot be waived");
    found.add(Rule::BadWaiver, written.offset, &what);
}
