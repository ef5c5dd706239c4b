//! Owns which differences only follow from another one that is told. Must never leave out one
//! that nothing else tells of.

use super::difference::{Difference, Fault};
use super::key::Key;
use super::kind::Kind;
use super::model::Schema;
use super::name::Name;
use super::object::Object;
use crate::core::policy::lexer::{self, Lexer, Token};
use std::collections::BTreeSet;

/// Leaves out what only follows from another difference.
pub(super) fn without_consequences(
    all: Vec<Difference>,
    expected: &Schema,
    found: &Schema,
) -> Vec<Difference> {
    let causes = Causes::of(&all, expected, found);
    let follows: Vec<bool> = all.iter().map(|it| causes.explain(it)).collect();
    all.into_iter().zip(follows).filter(|(_, follows)| !follows).map(|(it, _)| it).collect()
}

/// What differs, by how others may follow from it. Names are texts of [`Name`].
struct Causes<'a> {
    expected: &'a Schema,
    found: &'a Schema,
    /// Schemas, relations and types that one side alone has.
    containers: BTreeSet<&'a str>,
    /// Columns that differ.
    columns: BTreeSet<&'a str>,
    /// Columns that one side alone has.
    lost: BTreeSet<&'a str>,
    /// Constraints that have an index, and differ.
    constraints: BTreeSet<&'a str>,
    /// Attributes that differ.
    changed: BTreeSet<(&'a str, Key)>,
}

impl<'a> Causes<'a> {
    fn of(all: &'a [Difference], expected: &'a Schema, found: &'a Schema) -> Self {
        let names = |which: &dyn Fn(&Difference) -> bool| {
            all.iter().filter(|it| which(it)).map(|it| it.name.text()).collect::<BTreeSet<_>>()
        };
        let has_index = |it: &Difference| {
            let form = |schema: &Schema| {
                let form = schema.value(it.kind, &it.name, Key::Form);
                matches!(form, Some("primary key" | "unique" | "exclusion"))
            };
            form(expected) || form(found)
        };
        let is_column = |it: &Difference| it.kind == Kind::Column;
        Self {
            expected,
            found,
            containers: names(&|it| {
                it.fault.is_presence() && (it.kind == Kind::Schema || it.kind.has_members())
            }),
            columns: names(&is_column),
            lost: names(&|it| is_column(it) && it.fault.is_presence()),
            constraints: names(&|it| it.kind == Kind::Constraint && has_index(it)),
            changed: all
                .iter()
                .filter_map(|it| match it.fault {
                    Fault::Other { key, .. } => Some((it.name.text(), key)),
                    _ => None,
                })
                .collect(),
        }
    }

    fn explain(&self, it: &Difference) -> bool {
        if (1..it.kind.depth()).any(|depth| self.containers.contains(it.name.outer(depth))) {
            return true;
        }
        let of_object = match &it.fault {
            Fault::Missing => self.goes_along(it, self.expected, self.found),
            Fault::Unexpected => self.goes_along(it, self.found, self.expected),
            Fault::Other { key, expected, found } => {
                self.changes_along(it, *key, expected.as_deref(), found.as_deref())
            }
            Fault::Order { .. } => false,
        };
        // An index that a constraint made goes, comes and changes with it; a sequence so with
        // its column.
        of_object
            || (it.kind == Kind::Index && self.constraints.contains(it.name.text()))
            || (it.kind == Kind::Sequence && self.is_of_changed_column(it))
            || (it.kind == Kind::Column && self.is_of_defined(it))
    }

    /// Whether an object that `there` has and `elsewhere` lacks went with a table or a column.
    fn goes_along(&self, it: &Difference, there: &Schema, elsewhere: &Schema) -> bool {
        let Some(object) = there.find(it.kind, &it.name) else { return false };
        match it.kind {
            Kind::Constraint => {
                self.holds_lost(object, it.name.outer(2))
                    || self.leads_to_lost(object)
                    || self.is_of_partition(it.name.outer(2), object, elsewhere)
            }
            Kind::Index => self.holds_lost(object, it.name.outer(2)),
            Kind::Statistics => object.value(Key::Of).is_some_and(|table| {
                let table = Name::of_sql(table);
                self.containers.contains(table.text()) || self.holds_lost(object, table.text())
            }),
            _ => false,
        }
    }

    /// Whether one of its columns is there on one side alone.
    fn holds_lost(&self, object: &Object, table: &str) -> bool {
        const HOLDERS: [Key; 5] =
            [Key::Columns, Key::Include, Key::Expression, Key::Expressions, Key::Predicate];
        let is_lost = |word: &str| {
            self.lost.contains(format!("{table}.{}", Name::of_sql(word).text()).as_str())
        };
        HOLDERS.into_iter().filter_map(|key| object.value(key)).any(|it| words(it).any(is_lost))
    }

    /// Whether a foreign key leads to a table or a column that one side alone has.
    fn leads_to_lost(&self, object: &Object) -> bool {
        object.value(Key::References).is_some_and(|table| {
            let table = Name::of_sql(table);
            let is_lost = |word: &str| {
                self.lost
                    .contains(format!("{}.{}", table.text(), Name::of_sql(word).text()).as_str())
            };
            self.containers.contains(table.text())
                || object.value(Key::ReferencedColumns).is_some_and(|it| words(it).any(is_lost))
        })
    }

    /// Whether a foreign key is told because its table is no partition any more: what a partition
    /// has of the tables above it is told of those.
    fn is_of_partition(&self, table: &str, object: &Object, elsewhere: &Schema) -> bool {
        if !self.changed.contains(&(table, Key::PartitionOf))
            || object.value(Key::References).is_none()
        {
            return false;
        }
        let all = elsewhere.objects();
        let parent_of = |name: &str| {
            let relation =
                all.iter().find(|it| it.kind() == Kind::Table && it.name().text() == name);
            relation.and_then(|it| it.value(Key::PartitionOf)).map(Name::of_sql)
        };
        let mut above = parent_of(table);
        while let Some(parent) = above {
            let has_it = |it: &Object| {
                it.kind() == Kind::Constraint
                    && it.name().outer(2) == parent.text()
                    && it.compared().eq(object.compared())
            };
            if all.iter().any(has_it) {
                return true;
            }
            above = parent_of(parent.text());
        }
        false
    }

    fn is_of_changed_column(&self, it: &Difference) -> bool {
        [self.expected, self.found].into_iter().any(|schema| {
            schema.value(it.kind, &it.name, Key::OwnedBy).map(Name::of_sql).is_some_and(|column| {
                self.columns.contains(column.text()) || self.containers.contains(column.outer(2))
            })
        })
    }

    /// Whether a column is what the definition of its view makes of it.
    fn is_of_defined(&self, it: &Difference) -> bool {
        let is_made = match it.fault {
            Fault::Other { key, .. } => {
                matches!(key, Key::Position | Key::Type | Key::Collation)
            }
            _ => true,
        };
        is_made && self.changed.contains(&(it.name.outer(2), Key::Definition))
    }

    /// Whether an attribute changed with another one, of the same object or of its relation.
    fn changes_along(
        &self,
        it: &Difference,
        key: Key,
        expected: Option<&str>,
        found: Option<&str>,
    ) -> bool {
        let with = |name, causes: &[Key]| {
            causes.iter().any(|cause| self.changed.contains(&(name, *cause)))
        };
        let (own, relation) = (it.name.text(), it.name.outer(2));
        let by_form = || with(own, &[Key::Form]) && (expected.is_none() || found.is_none());
        match (it.kind, key) {
            (_, Key::PartitionBound) => with(own, &[Key::PartitionOf]),
            (Kind::Index, Key::PartitionOf) => with(relation, &[Key::PartitionOf]),
            (_, Key::Inherited) => with(relation, &[Key::PartitionOf, Key::Inherits]),
            (_, Key::PartitionColumns | Key::PartitionExpressions) => {
                with(own, &[Key::PartitionBy])
            }
            (Kind::Column, Key::Expression) => with(own, &[Key::Generated]),
            (_, Key::Validated) => with(own, &[Key::Enforced]),
            // What only one form of the kind has at all.
            (Kind::Function, Key::Result | Key::Aggregate)
            | (Kind::Type, Key::Type | Key::Range | Key::Base)
            | (
                Kind::Constraint,
                Key::Columns
                | Key::Expression
                | Key::Operators
                | Key::References
                | Key::ReferencedColumns,
            ) => by_form(),
            // The definition holds all of the trigger, and is told for its condition.
            (Kind::Trigger, Key::Definition) => {
                let condition = expected.and_then(condition_of);
                let is_other = |(name, key): &(&str, Key)| *name == own && *key != Key::Definition;
                condition.is_some()
                    && condition == found.and_then(condition_of)
                    && self.changed.iter().any(is_other)
            }
            _ => false,
        }
    }
}

/// The condition of a trigger, out of its definition.
fn condition_of(definition: &str) -> Option<&str> {
    let (_, after) = definition.split_once(" WHEN ")?;
    after.rsplit_once(" EXECUTE ").map(|(condition, _)| condition)
}

/// The words in a text of SQL that may name a column, each as it is written.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let tokens: Vec<Token> = Lexer::new(text).collect();
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let symbol = |at: Option<usize>| {
            at.and_then(|at| tokens.get(at)).and_then(|it| text.get(it.start..it.end))
        };
        let is_type = symbol(at.checked_sub(1)) == Some(":");
        let is_function = symbol(Some(at + 1)) == Some("(");
        if matches!(token.kind, lexer::Kind::Word | lexer::Kind::Name) && !is_type && !is_function {
            found.extend(text.get(token.start..token.end));
        }
    }
    found.into_iter()
}
