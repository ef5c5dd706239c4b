//! Owns the rule `bad-waiver`: a waiver that is not understood is never taken for a
//! comment. Must never judge the statement below it.

use super::super::offence::Found;
use super::super::rule::{Facts, Rule};
use super::super::waiver::Misfit;

pub(in super::super) const FACTS: Facts = Facts {
    name: "bad-waiver",
    fault: "this '-- dreichor:' line cannot be followed: {}",
    reason: "who writes a waiver must be able to rely on its being read",
    remedy: "write '-- dreichor: allow(RULE) REASON' on the line above the statement, for a \
             rule that can be waived, or remove the line",
    waivable: false,
    in_every_profile: true,
};

/// Notes the directives that say nothing.
pub(in super::super) fn check(misfits: &[Misfit], found: &mut Found) {
    for misfit in misfits {
        found.add(Rule::BadWaiver, misfit.offset, &misfit.what);
    }
}
