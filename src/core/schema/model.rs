//! Owns the schema: all its objects, sorted, each once. Must never take two objects of one name
//! for one.

use super::key::Key;
use super::kind::Kind;
use super::name::Name;
use super::object::Object;
use crate::core::finding::Explain;

/// A schema.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    objects: Vec<Object>,
}

/// Why objects make no schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaFault {
    /// An object that cannot be one.
    Malformed {
        /// Which, as it was told.
        object: String,
        /// What it has.
        what: &'static str,
    },
    /// Two objects have one name.
    Duplicate {
        /// Kind and name.
        object: String,
    },
    /// A line of a canonical text is not as this program writes it.
    NotCanonical {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        what: &'static str,
    },
}

impl Schema {
    /// A schema of these objects, in any order.
    ///
    /// # Errors
    /// [`SchemaFault::Duplicate`] when two have the same kind and name.
    pub fn assemble(mut objects: Vec<Object>) -> Result<Self, SchemaFault> {
        objects.sort_unstable_by(|one, other| one.identity().cmp(&other.identity()));
        for pair in objects.windows(2) {
            if let [one, other] = pair
                && one.identity() == other.identity()
            {
                let object = format!("{} {}", one.kind().name(), one.name().text());
                return Err(SchemaFault::Duplicate { object });
            }
        }
        Ok(Self { objects })
    }

    /// Its objects in order: by kind, then by name.
    #[must_use]
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// The object of this kind and name.
    #[must_use]
    pub fn find(&self, kind: Kind, name: &Name) -> Option<&Object> {
        let at = self.objects.binary_search_by(|it| it.identity().cmp(&(kind, name))).ok()?;
        self.objects.get(at)
    }

    /// The value of an attribute of an object.
    #[must_use]
    pub fn value(&self, kind: Kind, name: &Name, key: Key) -> Option<&str> {
        self.find(kind, name)?.value(key)
    }
}

impl Explain for SchemaFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "schema-object-malformed",
            Self::Duplicate { .. } => "schema-object-duplicate",
            Self::NotCanonical { .. } => "schema-text-invalid",
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::Malformed { object, .. } | Self::Duplicate { object } => object.clone(),
            Self::NotCanonical { line, .. } => format!("line {line}"),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Malformed { object, what } => format!("'{object}' has {what}"),
            Self::Duplicate { object } => format!("'{object}' was told twice"),
            Self::NotCanonical { line, what } => {
                format!("line {line} of the schema's text has {what}")
            }
        }
    }

    fn remedy(&self) -> String {
        match self {
            Self::Malformed { .. } | Self::Duplicate { .. } => {
                "the schema was not judged; report this as a bug, with the server's version"
                    .to_owned()
            }
            Self::NotCanonical { .. } => {
                "take the text as the program wrote it; it is not edited by hand".to_owned()
            }
        }
    }
}
