//! Owns the rule `protected-table`: what must stay replayable is neither destroyed nor
//! reinterpreted. Must never refuse what only adds: columns, constraints, indexes, comments.
//!
//! Source: design 4 and 8

use super::super::acts::{Act, ActionKind, Class};
use super::super::inventory::is_protected;
use super::super::name::Name;
use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::Scene;

pub(in super::super) const FACTS: Facts = Facts {
    name: "protected-table",
    fault: "'{}' would destroy or reinterpret a protected table",
    reason: "what these tables hold is evidence, and must mean tomorrow what it meant when it \
             was written",
    remedy: "leave the table as it is and add a new one, or a new column; 'protected_tables' of \
             the configuration names them",
    source: "design 4 and 8",
    standing: Standing::Strict,
    before: "",
    bad: "TRUNCATE public.audit_events;",
    good: "ALTER TABLE public.audit_events ADD COLUMN note text;",
};

pub(super) fn check(scene: &Scene<'_>, found: &mut Found) {
    for act in &scene.read.acts {
        if let Some((what, offset)) = harm(act, scene) {
            found.add(Rule::ProtectedTable, offset, &what);
        }
    }
}

/// What an act does to a protected table, or to what it stands on, and where.
fn harm(act: &Act, scene: &Scene<'_>) -> Option<(String, usize)> {
    let terms = scene.terms;
    let guarded = |name: &Name| is_protected(name, terms);
    let foundation = |class: Class, name: &Name| {
        scene.inventory.is_foundation(class, name, terms)
            && !scene.inventory.is_made_here(class, name, terms)
    };
    match act {
        Act::CreateTable(table) => {
            let parent = table.inherits.iter().find(|name| guarded(name))?;
            Some((format!("INHERITS ({})", parent.told()), parent.offset))
        }
        Act::CreateTrigger { table, replaces: true, .. }
            if guarded(table) && !scene.is_made_here(table) =>
        {
            Some(("CREATE OR REPLACE TRIGGER".to_owned(), table.offset))
        }
        Act::Create { on: Some(table), adds: false, name, .. } if guarded(table) => {
            Some((format!("{} ON {}", name.told(), table.told()), table.offset))
        }
        Act::Create { class, name, replaces: true, .. } if foundation(*class, name) => {
            Some((format!("CREATE OR REPLACE … {}", name.told()), name.offset))
        }
        Act::AlterTable { table, action } if guarded(table) && !keeps(action.kind) => {
            Some((action.what.clone(), action.offset))
        }
        Act::Alter { class, name, kind, what } if *kind != ActionKind::Tune => {
            let hit = foundation(*class, name) || is_part(*class, name, scene);
            hit.then(|| (what.clone(), name.offset))
        }
        Act::Drop { class, name, on, what, .. } => {
            let hit = on.as_ref().is_some_and(guarded)
                || (what.eq_ignore_ascii_case("drop owned") && !terms.protected_tables.is_empty())
                || (*class == Class::Relation && guarded(name))
                || foundation(*class, name)
                || is_part(*class, name, scene);
            hit.then(|| (format!("{what} {}", name.told()), name.offset))
        }
        Act::Other { what, mentions } => {
            let name = mentions.iter().find(|name| guarded(name))?;
            Some((what.clone(), name.offset))
        }
        Act::CreateIndex(_)
        | Act::CreateTrigger { .. }
        | Act::Create { .. }
        | Act::AlterTable { .. }
        | Act::Alter { .. }
        | Act::Plain => None,
    }
}

/// Actions that add to a table, or that no reader sees.
fn keeps(kind: ActionKind) -> bool {
    matches!(
        kind,
        ActionKind::AddColumn
            | ActionKind::AddConstraint
            | ActionKind::ValidateConstraint
            | ActionKind::SetNotNull
            | ActionKind::EnableTrigger
            | ActionKind::Tune
    )
}

/// The schema of a protected table, and the sequences and indexes that PostgreSQL names after it.
fn is_part(class: Class, name: &Name, scene: &Scene<'_>) -> bool {
    let protected = || scene.terms.protected_tables.iter();
    match class {
        Class::Schema => protected().any(|table| match table.rsplit_once('.') {
            Some((schema, _)) => schema == name.object,
            None => scene.terms.search_path.contains(&name.object),
        }),
        Class::Relation => protected().any(|table| {
            let table = table.rsplit_once('.').map_or(table.as_str(), |(_, table)| table);
            let rest = name.object.strip_prefix(table);
            rest.is_some_and(|rest| rest.starts_with('_'))
                && rest.is_some_and(|rest| {
                    ["_seq", "_key", "_pkey"].iter().any(|end| rest.ends_with(end))
                })
        }),
        Class::Routine | Class::Type | Class::Other => false,
    }
}
