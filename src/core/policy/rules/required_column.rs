//! Owns the rule `required-column`: no new column demands of old rows what they cannot have.
//! Must never refuse it for a table without rows.
//!
//! Source: PostgreSQL manual, "ALTER TABLE", "Explicit Locking"

use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::Scene;

pub(in super::super) const FACTS: Facts = Facts {
    name: "required-column",
    fault: "'{}' is NOT NULL and has no default, which fails as soon as the table holds a row",
    reason: "it passes on an empty copy and fails where there is data; and a release that runs \
             does not write the column",
    remedy: "add it with a default, or without NOT NULL; '-- dreichor: allow(required-column) \
             REASON' on the line above where the table is known to be empty",
    source: "PostgreSQL manual, \"ALTER TABLE\", \"Explicit Locking\"",
    standing: Standing::StrictUnlessWaived,
    before: "CREATE TABLE public.t (id bigint NOT NULL, a bigint);\nCREATE INDEX t_a ON \
             public.t (a);",
    bad: "ALTER TABLE public.t ADD COLUMN b bigint NOT NULL;",
    good: "ALTER TABLE public.t ADD COLUMN b bigint NOT NULL DEFAULT 0;",
};

pub(super) fn check(scene: &Scene<'_>, found: &mut Found) {
    for hint in scene.hints(Rule::RequiredColumn).filter(|_| !scene.on_empty_table) {
        found.add(Rule::RequiredColumn, hint.offset, &hint.what);
    }
}
