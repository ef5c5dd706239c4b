//! Owns the two profiles of design section 8. Must never know which environment has which.

use std::fmt;

/// How much a migration may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Profile {
    /// Schema changes only: Dreichor's rules.
    #[default]
    Strict,
    /// What every profile refuses is refused; the rest is warned of.
    Standard,
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

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
