//! Owns the rule `constraint-validates`: a constraint is added first and validated later.
//! Must never refuse it for a table without rows.
//!
//! Source: PostgreSQL manual, "ALTER TABLE", "Explicit Locking"

use super::super::acts::Act;
use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::Scene;

pub(in super::super) const FACTS: Facts = Facts {
    name: "constraint-validates",
    fault: "'{}' looks at every row while nobody can write",
    reason: "the table is read whole under a lock that writes wait for, and for a foreign key \
             the other table's writes wait too",
    remedy: "add it NOT VALID, and validate it in the next migration, which lets writes \
             through; or take a maintenance window and say so: '-- dreichor: \
             allow(constraint-validates) REASON' on the line above",
    source: "PostgreSQL manual, \"ALTER TABLE\", \"Explicit Locking\"",
    standing: Standing::StrictUnlessWaived,
    before: "CREATE TABLE public.t (id bigint NOT NULL, a bigint);\nCREATE INDEX t_a ON \
             public.t (a);",
    bad: "ALTER TABLE public.t ADD CONSTRAINT t_a_check CHECK (a > 0);",
    good: "ALTER TABLE public.t ADD CONSTRAINT t_a_check CHECK (a > 0) NOT VALID;",
};

pub(super) fn check(scene: &Scene<'_>, found: &mut Found) {
    let mut told = Vec::new();
    for act in &scene.read.acts {
        let Act::AlterTable { table, action } = act else { continue };
        let Some(element) = &action.element else { continue };
        if element.not_valid || scene.is_empty(table) {
            continue;
        }
        // The linter leaves out what a new column brings with it.
        if let Some(offset) = element.check {
            found.add(Rule::ConstraintValidates, offset, &action.what);
        }
        // It tells a foreign key twice, and keys that build an index, which is another rule.
        if let Some((_, offset)) = &element.foreign_key {
            told.push(*offset);
        }
    }
    for hint in scene.hints(Rule::ConstraintValidates) {
        let within = hint.offset..=hint.offset + hint.what.len();
        if let Some(at) = told.iter().position(|offset| within.contains(offset)) {
            told.remove(at);
            found.add(Rule::ConstraintValidates, hint.offset, &hint.what);
        }
    }
}
