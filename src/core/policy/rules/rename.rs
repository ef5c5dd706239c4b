//! Owns the rule `rename`: what a running release uses keeps its name. Must never refuse it
//! for what the same file made.
//!
//! Source: PostgreSQL manual, "ALTER TABLE", "ALTER TYPE"

use super::super::acts::{Act, ActionKind};
use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::Scene;

pub(in super::super) const FACTS: Facts = Facts {
    name: "rename",
    fault: "'{}' takes a name away that a running release uses",
    reason: "the release that runs while the migration is applied asks for the old name and fails",
    remedy: "add what is new beside what is old, and drop the old one with a later release; or \
             take a maintenance window and say so: '-- dreichor: allow(rename) REASON' on the \
             line above",
    source: "PostgreSQL manual, \"ALTER TABLE\"",
    standing: Standing::StrictUnlessWaived,
    before: "CREATE TABLE public.t (id bigint NOT NULL, a bigint);\nCREATE INDEX t_a ON \
             public.t (a);",
    bad: "ALTER TABLE public.t RENAME COLUMN a TO b;",
    good: "CREATE VIEW public.t_with_b AS SELECT id, a AS b FROM public.t;",
};

pub(super) fn check(scene: &Scene<'_>, found: &mut Found) {
    let mut own = false;
    for act in &scene.read.acts {
        let renamed = match act {
            Act::AlterTable { table, action } if is_rename(action.kind) => {
                own |= scene.is_made_here(table);
                Some((action.what.as_str(), action.offset)).filter(|_| !scene.is_made_here(table))
            }
            Act::Alter { class, name, kind, what } if is_rename(*kind) => {
                own |= scene.inventory.is_made_here(*class, name, scene.terms);
                Some((what.as_str(), name.offset)).filter(|_| !own)
            }
            _ => None,
        };
        if let Some((what, offset)) = renamed {
            found.add(Rule::Rename, offset, what);
            return;
        }
    }
    // Forms that only the tree shows.
    for hint in scene.hints(Rule::Rename).filter(|_| !own) {
        found.add(Rule::Rename, hint.offset, &hint.what);
    }
}

fn is_rename(kind: ActionKind) -> bool {
    matches!(kind, ActionKind::Rename | ActionKind::SetSchema)
}
