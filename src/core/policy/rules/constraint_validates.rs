//! Owns the rule `constraint-validates`: a constraint is added first and validated later. Must never refuse it for a table without rows.
//!
//! Source: PostgreSQL manual, "ALTER TABLE", "Explicit Locking"

use super::super::acts::Act;
use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::Scene;

pub(in super::super) const FACTS: Facts = Facts {
    name: "constraint-validates",
    fault: "'{}' looks at every row while nobody can write",
    reason: "the table is read whole under a lock that writes wait for, and for a foreign key the other table's writes wait too",
    remedy: "add it NOT VALID, and validate it in the next migration, which lets writes through; or take a maintenance window and say so: '-- dreichor: allow(constraint-validates) REASON' on the line above",
    source: "PostgreSQL manual, \"ALTER TABLE\", \"Explicit Locking\"",
    standing: Standing::StrictUnlessWaived,
    before: "CREATE TABLE public.t (id bigint NOT NULL, a bigint);\nCREATE INDEX t_a ON public.t (a);",
    bad: "ALTER TABLE public.t ADD CONSTRAINT t_a_check CHECK (a > 0);",
    good: "ALTER TABLE public.t ADD CONSTRAINT t_a_check CHECK (a > 0) NOT VALID;",
};

pub(super) fn check(scene: &Scene<'_>, found: &mut Found) {
    let is_judged = |act: &&Act| matches!(act, Act::AlterTable { table, .. } if !scene.is_empty(table));
    let added = scene.read.acts.iter().filter(is_judged).filter_map(|act| match act {
        Act::AlterTable { action, .. } => action.element.as_ref(),
        _ => None,
    });
    let added: Vec<_> = added.collect();
    for element in &added {
        // The linter leaves out what a new column brings with it.
        if let Some(offset) = element.check.filter(|_| !element.not_valid) {
            found.add(Rule::ConstraintValidates, offset, "CHECK");
        }
    }
    for hint in scene.hints(Rule::ConstraintValidates) {
        let within = hint.offset..hint.offset + hint.what.len();
        let element = added.iter().find(|it| within.contains(&it.offset) || it.offset <= hint.offset && it.foreign_key.as_ref().is_some_and(|(_, at)| within.contains(at)));
        // A key builds an index, which is a rule of its own; a CHECK was found above.
        let is_told = element.is_none_or(|it| it.foreign_key.is_none());
        if !is_told {
            found.add(Rule::ConstraintValidates, hint.offset, &hint.what);
        }
    }
}
