//! Owns one object of a schema: kind, name and attributes as text. Must never hold an attribute
//! twice, or a value that was not read.

use super::definition::{normalise_expression, normalise_statement};
use super::grant;
use super::key::Key;
use super::kind::Kind;
use super::model::SchemaFault;
use super::name::Name;

/// One object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    kind: Kind,
    name: Name,
    attributes: Box<[(Key, Box<str>)]>,
}

/// An object while a store tells it.
#[derive(Debug)]
pub struct Draft {
    kind: Kind,
    parts: usize,
    name: Name,
    attributes: Vec<(Key, Box<str>)>,
}

impl Draft {
    /// An object of this kind, with the parts of its name.
    #[must_use]
    pub fn new(kind: Kind, parts: &[&str]) -> Self {
        let name = Name::of(parts.iter().copied());
        Self { kind, parts: parts.len(), name, attributes: Vec::new() }
    }

    /// Adds an attribute, with SQL text as every server writes it. Without a value it is not
    /// there.
    #[must_use]
    pub fn with(mut self, key: Key, value: Option<impl Into<Box<str>>>) -> Self {
        if let Some(value) = value {
            let value: Box<str> = value.into();
            let value = if key.is_statement() {
                normalise_statement(&value).into_boxed_str()
            } else if key.is_expression() {
                normalise_expression(&value).into_boxed_str()
            } else {
                value
            };
            self.attributes.push((key, value));
        }
        self
    }

    /// Adds privileges as `WHO PRIVILEGE`.
    #[must_use]
    pub fn with_grants(mut self, grants: &[String]) -> Self {
        self.attributes.append(&mut grant::attributes(grants));
        self
    }

    /// The object.
    ///
    /// # Errors
    /// [`SchemaFault::Malformed`] when its name has not as many parts as its kind, or when an
    /// attribute is there twice.
    pub fn finish(self) -> Result<Object, SchemaFault> {
        if self.parts != self.kind.depth() {
            return Err(SchemaFault::Malformed {
                object: format!("{} {}", self.kind.name(), self.name.text()),
                what: "a name of another length",
            });
        }
        Object::new(self.kind, self.name, self.attributes)
    }
}

impl Object {
    /// An object with these attributes, in any order.
    ///
    /// # Errors
    /// [`SchemaFault::Malformed`] when an attribute is there twice.
    pub fn new(
        kind: Kind,
        name: Name,
        mut attributes: Vec<(Key, Box<str>)>,
    ) -> Result<Self, SchemaFault> {
        attributes.sort_unstable();
        let twice = |pair: &[(Key, Box<str>)]| matches!(pair, [(one, _), (next, _)] if one == next);
        if attributes.windows(2).any(twice) {
            return Err(SchemaFault::Malformed {
                object: format!("{} {}", kind.name(), name.text()),
                what: "an attribute twice",
            });
        }
        Ok(Self { kind, name, attributes: attributes.into_boxed_slice() })
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Its attributes, in order.
    #[must_use]
    pub fn attributes(&self) -> &[(Key, Box<str>)] {
        &self.attributes
    }

    /// Its attributes that count, in order.
    pub fn compared(&self) -> impl Iterator<Item = (Key, &str)> {
        self.attributes
            .iter()
            .filter(|(key, _)| key.is_compared())
            .map(|(key, value)| (*key, &**value))
    }

    /// The value of one.
    #[must_use]
    pub fn value(&self, key: Key) -> Option<&str> {
        self.attributes.iter().find(|(it, _)| *it == key).map(|(_, value)| &**value)
    }

    /// By what objects are sorted and found.
    #[must_use]
    pub fn identity(&self) -> (Kind, &Name) {
        (self.kind, &self.name)
    }
}
