//! Owns the two profiles of design section 8, and what a breach means in each. Must never know
//! which environment has which.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How much a migration may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Schema changes only: Dreichor's rules.
    #[default]
    Strict,
    /// What every profile refuses is refused; the rest is warned of.
    Standard,
}

/// What a breach of a rule means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The file is refused.
    Refused,
    /// It is said, and the file is accepted.
    Warning,
}

impl Profile {
    /// Reads the word of the configuration; `None` for any but `strict` and `standard`.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        match word {
            "strict" => Some(Self::Strict),
            "standard" => Some(Self::Standard),
            _ => None,
        }
    }

    /// The word of the configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Standard => "standard",
        }
    }
}

impl Level {
    /// Its word, in JSON and on the terminal.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Warning => "warning",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
