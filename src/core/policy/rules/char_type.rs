//! Owns the rule `char-type`: no column is padded with blanks. Must never refuse a type that
//! the server itself uses.
//!
//! Source: PostgreSQL manual, "Character Types"

use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::Scene;

pub(in super::super) const FACTS: Facts = Facts {
    name: "char-type",
    fault: "'{}' pads every value with blanks, which comparisons then ignore",
    reason: "char(n) is never smaller or faster than text, and what is read back is not what \
             was written",
    remedy: "use text, with a CHECK on its length where that matters",
    source: "PostgreSQL manual, \"Character Types\"",
    standing: Standing::Advice,
    before: "",
    bad: "CREATE TABLE public.t (code char(3));",
    good: "CREATE TABLE public.t (code text, CONSTRAINT t_code CHECK (length(code) = 3));",
};

pub(super) fn check(scene: &Scene<'_>, found: &mut Found) {
    for hint in scene.hints(Rule::CharType).filter(|_| true) {
        found.add(Rule::CharType, hint.offset, &hint.what);
    }
}
