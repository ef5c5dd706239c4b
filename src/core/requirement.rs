//! Owns the requirement: what a runtime release needs of the schema (design section 7).
//! Must never read the file it may come from.

use crate::core::version::Version;

/// What a runtime release needs of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requirement {
    /// The installed migration set, exactly.
    Installed,
    /// A range that the release names itself.
    Range {
        /// The newest migration that must be applied.
        requires: Version,
        /// The newest migration that may be applied.
        supports_up_to: Version,
    },
}

/// Why two versions make no range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvertedRange {
    /// What is required.
    pub requires: Version,
    /// What is supported, and lies before it.
    pub supports_up_to: Version,
}

impl Requirement {
    /// The range from `requires` up to `supports_up_to`, which defaults to the same.
    ///
    /// # Errors
    /// When the second lies before the first.
    pub fn range(
        requires: Version,
        supports_up_to: Option<Version>,
    ) -> Result<Self, InvertedRange> {
        let supports_up_to = supports_up_to.unwrap_or_else(|| requires.clone());
        if supports_up_to < requires {
            return Err(InvertedRange { requires, supports_up_to });
        }
        Ok(Self::Range { requires, supports_up_to })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_exact_by_default_and_never_inverted() {
        let one = Version::parse("001_a.sql").unwrap();
        let two = Version::parse("002_b.sql").unwrap();
        let exact = Requirement::range(one.clone(), None).unwrap();
        let expected = Requirement::Range { requires: one.clone(), supports_up_to: one.clone() };
        assert_eq!(exact, expected);
        assert!(Requirement::range(one.clone(), Some(two.clone())).is_ok());
        let inverted = Requirement::range(two.clone(), Some(one.clone())).unwrap_err();
        assert_eq!(inverted, InvertedRange { requires: two, supports_up_to: one });
    }
}
