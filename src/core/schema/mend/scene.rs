//! Owns what a statement is made from: the object that differs, as it is sealed and as it was
//! found, and what stands around it. Must never spell a statement.

use super::spelling::{names, quote_identifier, quote_name, unquote};
use crate::core::policy::lexer::{Kind as Token, Lexer};
use crate::core::schema::key::Key;
use crate::core::schema::kind::Kind;
use crate::core::schema::model::Schema;
use crate::core::schema::name::Name;
use crate::core::schema::object::Object;
use crate::core::schema::roles::RoleNames;
use std::collections::BTreeSet;

/// An object that differs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene<'a> {
    /// What it is.
    pub(super) kind: Kind,
    /// Its name.
    pub(super) name: &'a Name,
    /// The sealed schema.
    pub(super) expected: &'a Schema,
    /// The live one.
    pub(super) found: &'a Schema,
    /// The roles of the environment.
    pub(super) roles: &'a RoleNames,
}

impl<'a> Scene<'a> {
    /// Its sealed attribute.
    pub(super) fn sealed(&self, key: Key) -> Option<&'a str> {
        self.expected.value(self.kind, self.name, key)
    }

    /// Its live attribute.
    pub(super) fn live(&self, key: Key) -> Option<&'a str> {
        self.found.value(self.kind, self.name, key)
    }

    /// Whether an attribute is as it is sealed.
    pub(super) fn is_same(&self, key: Key) -> bool {
        self.sealed(key) == self.live(key)
    }

    /// The attributes that differ.
    pub(super) fn differing(&self) -> Vec<Key> {
        Key::all().filter(|key| key.is_compared() && self.sealed(*key) != self.live(*key)).collect()
    }

    /// Its own name, without the schema.
    pub(super) fn identifier(&self) -> String {
        quote_identifier(&self.name.last())
    }

    /// Its name with its schema.
    pub(super) fn qualified(&self) -> String {
        quote_name(&self.name.parts())
    }

    /// The name of its relation, with its schema.
    pub(super) fn relation(&self) -> String {
        quote_name(self.name.parts().iter().take(2))
    }

    /// Its name beside its relation's: that of an index, which stands in the same schema.
    pub(super) fn beside(&self) -> String {
        let parts = self.name.parts();
        quote_name(parts.first().into_iter().chain(parts.last()))
    }

    /// The name of its relation.
    pub(super) fn relation_name(&self) -> Name {
        let parts = self.name.parts();
        Name::of(parts.iter().take(2).map(String::as_str))
    }

    /// The live relation or domain that it stands in.
    pub(super) fn container(&self) -> Option<&'a Object> {
        let name = self.relation_name();
        let kinds = Kind::ALL.into_iter().filter(|kind| kind.has_members());
        kinds.filter_map(|kind| self.found.find(kind, &name)).next()
    }

    /// The live objects of this kind in its relation.
    pub(super) fn live_members(&self, kind: Kind) -> impl Iterator<Item = &'a Object> {
        members(self.found, kind, self.name.outer(2))
    }

    /// The sealed objects of this kind in its relation.
    pub(super) fn sealed_members(&self, kind: Kind) -> impl Iterator<Item = &'a Object> {
        members(self.expected, kind, self.name.outer(2))
    }

    /// Whether its relation hands down, or was handed, columns and constraints.
    pub(super) fn is_of_family(&self) -> bool {
        self.has_parents() || self.has_children()
    }

    fn has_parents(&self) -> bool {
        let name = self.relation_name();
        [self.expected, self.found].into_iter().any(|schema| {
            [Kind::Table, Kind::ForeignTable].into_iter().any(|kind| {
                let value = |key| schema.value(kind, &name, key);
                value(Key::PartitionOf).or(value(Key::Inherits)).is_some()
            })
        })
    }

    /// Whether its relation hands down columns and constraints.
    pub(super) fn has_children(&self) -> bool {
        let name = self.relation_name();
        [self.expected, self.found].into_iter().any(|schema| {
            schema.value(Kind::Table, &name, Key::PartitionBy).is_some()
                || schema.objects().iter().any(|it| {
                    let parents = it.value(Key::PartitionOf).or(it.value(Key::Inherits));
                    matches!(it.kind(), Kind::Table | Kind::ForeignTable)
                        && parents.is_some_and(|it| names(it).contains(&name))
                })
        })
    }

    /// Whether a live relation or index of its schema already has its name.
    pub(super) fn is_taken(&self) -> bool {
        let (schema, last) = (self.name.outer(1), self.name.last());
        self.found.objects().iter().any(|it| {
            let is_relation = match it.kind() {
                Kind::Index | Kind::Sequence | Kind::View | Kind::MaterializedView => true,
                Kind::Table | Kind::ForeignTable => true,
                Kind::Type => it.value(Key::Form) == Some("composite"),
                _ => false,
            };
            is_relation && it.name().outer(1) == schema && it.name().last() == last
        })
    }

    /// Whether a statement names what is sealed and not there, or of another type: it could not
    /// be carried out, or would mean something else.
    pub(super) fn names_what_is_missing(&self, statement: &str) -> bool {
        let missing = self.expected.objects().iter().filter(|it| {
            can_be_named(it.kind())
                && it.identity() != (self.kind, self.name)
                && self.found.find(it.kind(), it.name()).is_none_or(|live| {
                    let of_type = [Key::Type, Key::Collation, Key::Generated];
                    let has_type = matches!(it.kind(), Kind::Column | Kind::Domain);
                    has_type && of_type.iter().any(|key| it.value(*key) != live.value(*key))
                })
        });
        let mut missing = missing.peekable();
        if missing.peek().is_none() {
            return false;
        }
        let (mut names, mut texts) = (BTreeSet::new(), Vec::new());
        for token in Lexer::new(statement) {
            let text = statement.get(token.start..token.end).unwrap_or_default();
            match token.kind {
                Token::Word | Token::Name => {
                    names.insert(unquote(text));
                }
                // The name of a sequence stands in a text.
                Token::Text => texts.push(text),
                _ => {}
            }
        }
        missing.any(|it| {
            let mut parts = it.name().parts();
            let last = parts.pop().unwrap_or_default();
            let last = before_arguments(it.kind(), &last);
            let is_column = it.kind() == Kind::Column;
            let is_of_named = !is_column || parts.last().is_some_and(|it| names.contains(it));
            is_of_named && (names.contains(last) || texts.iter().any(|it| it.contains(last)))
        })
    }
}

/// A function's name without its arguments.
fn before_arguments(kind: Kind, name: &str) -> &str {
    match name.split_once('(') {
        Some((name, _)) if kind == Kind::Function => name,
        _ => name,
    }
}

/// Whether expressions name objects of this kind.
fn can_be_named(kind: Kind) -> bool {
    kind.depth() < 3 && !matches!(kind, Kind::EventTrigger | Kind::Statistics)
        || kind == Kind::Column
}

fn members<'a>(schema: &'a Schema, kind: Kind, relation: &str) -> impl Iterator<Item = &'a Object> {
    schema.objects().iter().filter(move |it| it.kind() == kind && it.name().outer(2) == relation)
}
