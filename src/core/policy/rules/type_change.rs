//! Owns the rule `type-change`: no type changes without saying why. Must never refuse it for
//! a table that the same file made.
//!
//! Source: PostgreSQL manual, "ALTER TABLE", "Explicit Locking"

use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::Scene;

pub(in super::super) const FACTS: Facts = Facts {
    name: "type-change",
    fault: "'{}' changes the type of what is there",
    reason: "rows are written anew under a lock that nobody reads through, and what was \
             recorded may read otherwise",
    remedy: "add a new column and let releases move over to it; where it must be, say why: '-- \
             dreichor: allow(type-change) REASON' on the line above",
    source: "design 8",
    standing: Standing::StrictUnlessWaived,
    before: "CREATE TABLE public.t (id bigint NOT NULL, a bigint);\nCREATE INDEX t_a ON \
             public.t (a);",
    bad: "ALTER TABLE public.t ALTER COLUMN a TYPE text;",
    good: "ALTER TABLE public.t ADD COLUMN a_text text;",
};

pub(super) fn check(scene: &Scene<'_>, found: &mut Found) {
    for hint in scene.hints(Rule::TypeChange).filter(|_| !scene.on_empty_table) {
        found.add(Rule::TypeChange, hint.offset, &hint.what);
    }
}
