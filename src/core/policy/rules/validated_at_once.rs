//! Owns the rule `validated-at-once`: a constraint is validated in another transaction than
//! the one that added it. Must never refuse it for a table without rows.
//!
//! Source: PostgreSQL manual, "ALTER TABLE", "Explicit Locking"

use super::super::acts::{Act, ActionKind};
use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::Scene;
use std::collections::HashSet;

pub(in super::super) const FACTS: Facts = Facts {
    name: "validated-at-once",
    fault: "'{}' stands in the file that added the constraint, so that its lock is held while \
            every row is looked at",
    reason: "a constraint added NOT VALID spares a table only where its lock is given back \
             before the rows are looked at",
    remedy: "validate it in the next migration; or take a maintenance window and say so: '-- \
             dreichor: allow(validated-at-once) REASON' on the line above",
    source: "PostgreSQL manual, \"ALTER TABLE\", \"Explicit Locking\"",
    standing: Standing::StrictUnlessWaived,
    before: "CREATE TABLE public.t (id bigint NOT NULL, a bigint);\nCREATE INDEX t_a ON \
             public.t (a);",
    bad: "ALTER TABLE public.t ADD CONSTRAINT t_a_check CHECK (a > 0) NOT VALID;\nALTER TABLE \
          public.t VALIDATE CONSTRAINT t_a_check;",
    good: "ALTER TABLE public.t ADD CONSTRAINT t_a_check CHECK (a > 0) NOT VALID;",
};

pub(super) fn check(scene: &Scene<'_>, found: &mut Found) {
    let mut added: HashSet<&String> = HashSet::new();
    for act in &scene.read.acts {
        let Act::AlterTable { table, action } = act else { continue };
        let Some(constraint) = &action.subject else { continue };
        if action.element.as_ref().is_some_and(|it| it.not_valid) {
            added.insert(constraint);
        }
        let is_added_here = added.contains(constraint)
            || scene.inventory.is_added_here(table, constraint, scene.terms);
        if action.kind == ActionKind::ValidateConstraint && is_added_here && !scene.is_empty(table)
        {
            found.add(Rule::ValidatedAtOnce, action.offset, &action.what);
        }
    }
}
