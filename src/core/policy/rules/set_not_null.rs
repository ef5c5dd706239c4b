//! Owns the rule `set-not-null`: no column is looked at whole under a lock. Must never refuse
//! it where a valid constraint says already that there is no null.
//!
//! Source: PostgreSQL manual, "ALTER TABLE", "Explicit Locking"

use super::super::acts::{Act, ActionKind};
use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::Scene;

pub(in super::super) const FACTS: Facts = Facts {
    name: "set-not-null",
    fault: "'{}' looks at every row while nobody can read the table",
    reason: "it reads the table under the strongest lock, unless a valid CHECK (column IS NOT \
             NULL) says it already",
    remedy: "add CHECK (column IS NOT NULL) NOT VALID, validate it in the next migration, and \
             set NOT NULL in the one after; or take a maintenance window and say so: '-- \
             dreichor: allow(set-not-null) REASON' on the line above",
    source: "PostgreSQL manual, \"ALTER TABLE\", \"Explicit Locking\"",
    standing: Standing::StrictUnlessWaived,
    before: "CREATE TABLE public.t (id bigint NOT NULL, a bigint);\nCREATE INDEX t_a ON \
             public.t (a);\nALTER TABLE public.t ADD COLUMN b bigint, ADD CONSTRAINT t_b CHECK \
             (b IS NOT NULL) NOT VALID;\nALTER TABLE public.t VALIDATE CONSTRAINT t_b;",
    bad: "ALTER TABLE public.t ALTER COLUMN a SET NOT NULL;",
    good: "ALTER TABLE public.t ALTER COLUMN b SET NOT NULL;",
};

pub(super) fn check(scene: &Scene<'_>, found: &mut Found) {
    for act in &scene.read.acts {
        if let Act::AlterTable { table, action } = act
            && action.kind == ActionKind::SetNotNull
            && let Some(column) = &action.subject
            && !scene.is_empty(table)
            && !scene.inventory.is_never_null(table, column, scene.terms)
        {
            found.add(Rule::SetNotNull, action.offset, &action.what);
        }
    }
}
