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

    /// An object as a store tells it: the name's parts, attributes as keys and values by turns,
    /// and privileges as `WHO PRIVILEGE`. An attribute without a value is not there.
    ///
    /// # Errors
    /// [`SchemaFault::Malformed`] when a kind or attribute is unknown or does not fit.
    pub fn from_row<'a>(
        kind: &str,
        parts: &[&str],
        attributes: impl IntoIterator<Item = Option<&'a str>>,
        grants: &[&str],
    ) -> Result<Self, SchemaFault> {
        let fault =
            |what| SchemaFault::Malformed { object: format!("{kind} {}", parts.join(".")), what };
        let known = Kind::parse(kind).ok_or_else(|| fault("an unknown kind"))?;
        if parts.len() != known.depth() {
            return Err(fault("a name of another length"));
        }
        let mut found = grant::attributes(grants);
        let mut words = attributes.into_iter();
        while let Some(key) = words.next() {
            let Some(value) = words.next() else {
                return Err(fault("an attribute without a value"));
            };
            let (Some(key), Some(value)) = (key, value) else { continue };
            let key = Key::parse(key).ok_or_else(|| fault("an unknown attribute"))?;
            let value = if key.is_statement() {
                normalise_statement(value)
            } else if key.is_expression() {
                normalise_expression(value)
            } else {
                value.to_owned()
            };
            found.push((key, value.into_boxed_str()));
        }
        Self::new(known, Name::of(parts.iter().copied()), found)
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
