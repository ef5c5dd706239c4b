//! Owns the rule `unqualified-name`: a name says in which schema it stands. Must never ask it
//! of what can have no schema, or of temporary tables.

use super::super::acts::{Act, Class};
use super::super::name::Name;
use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::View;

pub(in super::super) const FACTS: Facts = Facts {
    name: "unqualified-name",
    fault: "the name '{}' has no schema, so that the search path decides what is meant",
    reason: "the same file must mean the same objects, whoever runs it and whatever is set",
    remedy: "write the schema before the name: public.…",
    source: "design 5",
    standing: Standing::Advice,
    before: "",
    bad: "CREATE TABLE t (id bigint);",
    good: "CREATE TABLE public.t (id bigint);",
};

pub(super) fn check(view: &View<'_>, found: &mut Found) {
    let bare = view.acts.iter().filter_map(named).find(|name| name.schema.is_none());
    if let Some(name) = bare {
        found.add(Rule::UnqualifiedName, name.offset, &name.object);
    }
}

/// The name that an act works on, where it can have a schema.
fn named(act: &Act) -> Option<&Name> {
    let in_schema = |class: &Class| matches!(class, Class::Relation | Class::Routine | Class::Type);
    match act {
        Act::CreateTable(table) => Some(&table.name).filter(|_| !table.temporary),
        Act::CreateIndex(index) => Some(&index.table),
        Act::CreateTrigger { table, .. } | Act::AlterTable { table, .. } => Some(table),
        Act::Create { class, name, .. }
        | Act::Alter { class, name, .. }
        | Act::Drop { class, name, .. } => Some(name).filter(|_| in_schema(class)),
        Act::Plain | Act::Other { .. } => None,
    }
}
