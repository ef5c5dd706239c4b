//! The papers of a review that are written here and read back: the plan file, and the approval of
//! one. JSON with a fixed order of members and a final newline, so that equal papers are equal
//! bytes; what is read is refused unless every member is known and right.

pub mod approval;
pub mod hexadecimal;
pub mod objection;
pub mod plan_file;

use crate::core::digest::Digest;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::error::Category;
use std::fmt;

/// The form of the papers that this program writes and reads.
pub const FORM: u32 = 1;

/// Why a text is not the paper that it should be. Holds nothing of the text but names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaperFault {
    /// It is no JSON, or not of this shape.
    Shape {
        /// What is wrong, by kind.
        what: &'static str,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// A form that this program does not know.
    Form {
        /// The form that it says.
        found: u32,
    },
    /// A member has a value that it cannot have.
    Member {
        /// Its name.
        name: &'static str,
        /// What it must be.
        wanted: &'static str,
    },
    /// It says one digest, and its content has another.
    Digest {
        /// What it says.
        stated: Digest,
        /// What its content has.
        computed: Digest,
    },
}

impl PaperFault {
    fn of(error: &serde_json::Error) -> Self {
        // The error's own words may quote values of whatever file was named.
        let what = match error.classify() {
            Category::Io | Category::Syntax => "it is no JSON",
            Category::Eof => "it ends too early",
            Category::Data => "a member is missing, unknown, given twice or of another kind",
        };
        Self::Shape { what, line: error.line(), column: error.column() }
    }
}

impl fmt::Display for PaperFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape { what, line, column } => {
                write!(out, "{what}, at line {line}, column {column}")
            }
            Self::Form { found } => {
                write!(out, "it has form {found}, and this program reads form {FORM}")
            }
            Self::Member { name, wanted } => write!(out, "'{name}' is not {wanted}"),
            Self::Digest { stated, computed } => {
                write!(out, "it says {stated}, and its content has {computed}")
            }
        }
    }
}

/// The exact text of a paper.
///
/// # Errors
/// Never for the papers of this module, whose members are all text and numbers.
pub fn write<T: Serialize>(paper: &T) -> Result<String, PaperFault> {
    let mut text = serde_json::to_string_pretty(paper).map_err(|error| PaperFault::of(&error))?;
    text.push('\n');
    Ok(text)
}

/// Reads a paper of this program's form.
///
/// # Errors
/// When it is of another form, or not exactly of this shape.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, PaperFault> {
    /// What a paper of every form has.
    #[derive(Deserialize)]
    struct Head {
        form: u32,
    }
    let head: Head = serde_json::from_slice(bytes).map_err(|error| PaperFault::of(&error))?;
    if head.form != FORM {
        return Err(PaperFault::Form { found: head.form });
    }
    serde_json::from_slice(bytes).map_err(|error| PaperFault::of(&error))
}
