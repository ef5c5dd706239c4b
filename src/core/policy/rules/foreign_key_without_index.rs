//! Owns the rule `foreign-key-without-index`: the columns of a foreign key lead an index.
//! Must never ask for an index that a later statement of the same file makes.
//!
//! Source: PostgreSQL manual, "Constraints: Foreign Keys"

use super::super::acts::{Act, Element};
use super::super::name::Name;
use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::Scene;

pub(in super::super) const FACTS: Facts = Facts {
    name: "foreign-key-without-index",
    fault: "no index begins with the columns of the foreign key ({})",
    reason: "each deleted or changed row of the other table looks for its references, and \
             without an index that reads the whole table under a lock",
    remedy: "create an index whose first columns are those of the foreign key",
    source: "PostgreSQL manual, \"Constraints\"",
    standing: Standing::StrictUnlessWaived,
    before: "CREATE TABLE public.t (id bigint NOT NULL, a bigint);\nCREATE INDEX t_a ON \
             public.t (a);",
    bad: "CREATE TABLE public.u (t bigint REFERENCES public.t (id));",
    good: "CREATE TABLE public.u (t bigint REFERENCES public.t (id));\nCREATE INDEX u_t ON \
           public.u (t);",
};

/// Asked when the whole file is known.
pub(in super::super) fn check(scene: &Scene<'_>, found: &mut Found) {
    for act in &scene.read.acts {
        match act {
            Act::CreateTable(table) => {
                for element in &table.elements {
                    check_element(&table.name, element, scene, found);
                }
            }
            Act::AlterTable { table, action } => {
                if let Some(element) = &action.element {
                    check_element(table, element, scene, found);
                }
            }
            _ => {}
        }
    }
}

fn check_element(table: &Name, element: &Element, scene: &Scene<'_>, found: &mut Found) {
    if let Some((columns, offset)) = &element.foreign_key
        && !columns.is_empty()
        && !scene.inventory.has_index(table, columns, scene.terms)
    {
        found.add(Rule::ForeignKeyWithoutIndex, *offset, &columns.join(", "));
    }
}
