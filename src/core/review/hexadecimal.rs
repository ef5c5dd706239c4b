//! Owns how a digest stands in a paper: sixty-four hexadecimal digits in a member named `sha256`,
//! as `sha256sum` prints them, and with `sha256:` before them wherever a person copies it.

use crate::core::digest::Digest;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serializer};

/// Writes the digits.
///
/// # Errors
/// The writer's own.
pub fn serialize<S: Serializer>(digest: &Digest, writer: S) -> Result<S::Ok, S::Error> {
    writer.serialize_str(&digest.hex())
}

/// Reads the digits.
///
/// # Errors
/// When they are none.
pub fn deserialize<'de, D: Deserializer<'de>>(reader: D) -> Result<Digest, D::Error> {
    let text = String::deserialize(reader)?;
    let digits = (text.len() == 64).then(|| Digest::parse(&text)).flatten();
    digits.ok_or_else(|| D::Error::custom("no digest"))
}

/// The same for a digest that may not be known.
pub mod optional {
    use super::{Deserialize, Deserializer, Digest, Serializer};
    use serde::de::Error as _;

    /// Writes the digits, or null.
    ///
    /// # Errors
    /// The writer's own.
    pub fn serialize<S: Serializer>(digest: &Option<Digest>, writer: S) -> Result<S::Ok, S::Error> {
        match digest {
            Some(digest) => super::serialize(digest, writer),
            None => writer.serialize_none(),
        }
    }

    /// Reads the digits, or null.
    ///
    /// # Errors
    /// When it is neither.
    pub fn deserialize<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<Digest>, D::Error> {
        let text = Option::<String>::deserialize(reader)?;
        let parse = |text: String| {
            let digits = (text.len() == 64).then(|| Digest::parse(&text)).flatten();
            digits.ok_or_else(|| D::Error::custom("no digest"))
        };
        text.map(parse).transpose()
    }
}

/// A digest with `sha256:` before its digits.
pub mod prefixed {
    use super::{Deserialize, Deserializer, Digest, Serializer};
    use serde::de::Error as _;

    /// Writes prefix and digits.
    ///
    /// # Errors
    /// The writer's own.
    pub fn serialize<S: Serializer>(digest: &Digest, writer: S) -> Result<S::Ok, S::Error> {
        writer.serialize_str(&digest.to_string())
    }

    /// Reads prefix and digits.
    ///
    /// # Errors
    /// When they are not both there.
    pub fn deserialize<'de, D: Deserializer<'de>>(reader: D) -> Result<Digest, D::Error> {
        let text = String::deserialize(reader)?;
        let digest = text.starts_with("sha256:").then(|| Digest::parse(&text)).flatten();
        digest.ok_or_else(|| D::Error::custom("no digest"))
    }
}
