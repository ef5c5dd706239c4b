//! Owns which differences only follow from another one that is told. Must never leave out one
//! that nothing else tells of.

use super::cloned::original_of;
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

/// What may name a column.
const HOLDERS: [Key; 5] =
    [Key::Columns, Key::Include, Key::Expression, Key::Expressions, Key::Predicate];

/// What differs, by how others may follow from it. Names are texts of [`Name`].
struct Causes<'a> {
    expected: &'a Schema,
    found: &'a Schema,
    /// Schemas, relations and types that one side alone has.
    containers: BTreeSet<&'a str>,
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
        of_object
            || (it.kind == Kind::Index && self.is_of_constraint(it))
            || (it.kind == Kind::Sequence && self.is_of_column(it))
            || (it.kind == Kind::Column && self.is_of_definition(it))
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
            Kind::Trigger => {
                self.leads_to_lost(object) || self.is_of_lost(object, there, elsewhere)
            }
            Kind::Statistics => object.value(Key::Of).is_some_and(|table| {
                let table = Name::of_sql(table);
                self.containers.contains(table.text()) || self.holds_lost(object, table.text())
            }),
            _ => false,
        }
    }

    /// Whether one of its columns is there on one side alone.
    fn holds_lost(&self, object: &Object, table: &str) -> bool {
        HOLDERS.into_iter().filter_map(|key| object.value(key)).any(|it| self.names_lost(table, it))
    }

    /// Whether a text names a column of this table that one side alone has.
    fn names_lost(&self, table: &str, text: &str) -> bool {
        let column = |word: &str| format!("{table}.{}", Name::of_sql(word).text());
        words(text).any(|word| self.lost.contains(column(word).as_str()))
    }

    /// Whether a trigger is the clone of one that one side alone has.
    fn is_of_lost(&self, object: &Object, there: &Schema, elsewhere: &Schema) -> bool {
        original_of(object).is_some_and(|original| {
            let is_in = |schema: &Schema| schema.find(Kind::Trigger, &original).is_some();
            is_in(there) && !is_in(elsewhere)
        })
    }

    /// Whether a foreign key, or a trigger, leads to a table or a column that one side alone has.
    fn leads_to_lost(&self, object: &Object) -> bool {
        object.value(Key::References).map(Name::of_sql).is_some_and(|table| {
            let columns = object.value(Key::ReferencedColumns);
            self.containers.contains(table.text())
                || columns.is_some_and(|it| self.names_lost(table.text(), it))
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

    /// Whether an index is what the constraint that made it makes of it.
    fn is_of_constraint(&self, it: &Difference) -> bool {
        let is_made = match it.fault {
            Fault::Other { key, .. } => {
                matches!(key, Key::Columns | Key::Unique | Key::Deferrable | Key::AccessMethod)
            }
            _ => true,
        };
        is_made && self.constraints.contains(it.name.text())
    }

    /// Whether a sequence is what the column that owns it makes of it.
    fn is_of_column(&self, it: &Difference) -> bool {
        let makers: &[Key] = match it.fault {
            Fault::Other { key: Key::Type, .. } => &[Key::Type],
            Fault::Other { key: Key::OwnedBy | Key::Belongs, .. }
            | Fault::Missing
            | Fault::Unexpected => &[Key::Identity, Key::Default],
            _ => return false,
        };
        [self.expected, self.found].into_iter().any(|schema| {
            schema.value(it.kind, &it.name, Key::OwnedBy).map(Name::of_sql).is_some_and(|column| {
                self.lost.contains(column.text())
                    || self.containers.contains(column.outer(2))
                    || self.with(column.text(), makers)
            })
        })
    }

    /// Whether a column is what the definition of its view makes of it.
    fn is_of_definition(&self, it: &Difference) -> bool {
        let is_made = match it.fault {
            Fault::Other { key, .. } => {
                matches!(key, Key::Position | Key::Type | Key::Collation)
            }
            _ => true,
        };
        is_made && self.with(it.name.outer(2), &[Key::Definition])
    }

    /// Whether one of these attributes differs.
    fn with(&self, name: &str, keys: &[Key]) -> bool {
        keys.iter().any(|key| self.changed.contains(&(name, *key)))
    }

    /// Whether an attribute changed with another one, of the same object or of its relation.
    fn changes_along(
        &self,
        it: &Difference,
        key: Key,
        expected: Option<&str>,
        found: Option<&str>,
    ) -> bool {
        let (own, relation) = (it.name.text(), it.name.outer(2));
        let by_form = || self.with(own, &[Key::Form]) && (expected.is_none() || found.is_none());
        // A column of another name is one that is lost and one that came.
        let is_renamed = matches!(it.kind, Kind::Index | Kind::Constraint)
            && HOLDERS.contains(&key)
            && expected.is_some_and(|it| self.names_lost(relation, it))
            && found.is_some_and(|it| self.names_lost(relation, it));
        if is_renamed {
            return true;
        }
        match (it.kind, key) {
            (_, Key::PartitionBound) => self.with(own, &[Key::PartitionOf]),
            (Kind::Index, Key::PartitionOf) => self.with(relation, &[Key::PartitionOf]),
            (_, Key::Inherited) => self.with(relation, &[Key::PartitionOf, Key::Inherits]),
            (_, Key::PartitionColumns | Key::PartitionExpressions) => {
                self.with(own, &[Key::PartitionBy])
            }
            (Kind::Column, Key::Expression) => self.with(own, &[Key::Generated]),
            (_, Key::Validated) => self.with(own, &[Key::Enforced]),
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
            // A table that is no partition any more has no clone.
            (Kind::Trigger, Key::Enabled) => {
                let is_clone_in =
                    |schema: &Schema| schema.value(it.kind, &it.name, Key::PartitionOf).is_some();
                (is_clone_in(self.expected) || is_clone_in(self.found))
                    && self.with(relation, &[Key::PartitionOf])
            }
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
