//! Owns the rule `drop`: nothing is taken away without saying why. Must never refuse taking
//! away what the same file made.

use super::super::acts::{Act, ActionKind};
use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::Scene;

pub(in super::super) const FACTS: Facts = Facts {
    name: "drop",
    fault: "'{}' takes away what running releases and records may still need",
    reason: "what is dropped is gone, and a release that runs may still read it",
    remedy: "stop using it first, and drop it with a later release; say why: '-- dreichor: \
             allow(drop) REASON' on the line above",
    source: "design 8",
    standing: Standing::StrictUnlessWaived,
    before: "CREATE TABLE public.t (id bigint, a bigint);",
    bad: "ALTER TABLE public.t DROP COLUMN a;",
    good: "-- dreichor: allow(drop) no release since 2.0 reads it\nALTER TABLE public.t DROP \
           COLUMN a;",
};

pub(super) fn check(scene: &Scene<'_>, found: &mut Found) {
    for act in &scene.read.acts {
        match act {
            Act::Drop { class, name, on, what, .. } => {
                let own = match on {
                    Some(table) => scene.is_made_here(table),
                    None => scene.inventory.is_made_here(*class, name, scene.terms),
                };
                if !own {
                    let offset = scene.start().unwrap_or(name.offset);
                    found.add(Rule::Drop, offset, &format!("{what} {}", name.told()));
                }
            }
            Act::AlterTable { table, action }
                if takes(action.kind) && !scene.is_made_here(table) =>
            {
                found.add(Rule::Drop, action.offset, &action.what);
            }
            Act::Alter { class, name, kind: ActionKind::DropProperty, what }
                if !scene.inventory.is_made_here(*class, name, scene.terms) =>
            {
                found.add(Rule::Drop, name.offset, what);
            }
            Act::Other { what, mentions } if what.to_ascii_lowercase().starts_with("drop") => {
                let offset = mentions.first().map_or(0, |name| name.offset);
                found.add(Rule::Drop, offset, what);
            }
            _ => {}
        }
    }
}

/// Actions that take something away.
fn takes(kind: ActionKind) -> bool {
    matches!(
        kind,
        ActionKind::DropColumn
            | ActionKind::DropConstraint
            | ActionKind::DropProperty
            | ActionKind::Detach
    )
}
