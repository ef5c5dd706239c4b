//! Owns what a migration file may contain (design section 8): the statements of a file, and
//! every breach of a rule with its place. Must never touch a database, and never take what
//! it cannot read for harmless.
//!
//! A file is looked at twice: once alone (`Reading`), and once in the light of the files before
//! it (`Judge`), which made tables that are still empty, indexes, and what a protected table
//! stands on.
//!
//! Two readers look at each file. The first is a scanner of our own that cuts the text into
//! tokens and statements exactly as the server does; all rules that guard the transaction,
//! the history and the lock stand on it alone, and nothing sets them aside. The second is a
//! parser of PostgreSQL's grammar: what it does not understand, or cuts otherwise, is
//! refused as `unreadable`, which a waiver can hand over to the server to judge. The linter of
//! the parser's makers then tells what it knows of locks and rewrites.

mod acts;
mod body;
mod depth;
mod inventory;
mod judging;
pub(in crate::core) mod lexer;
pub mod lint;
mod literal;
mod name;
mod offence;
mod parsing;
mod profile;
mod reading;
mod rule;
mod rules;
mod script;
mod statement;
mod terms;
mod waiver;

#[cfg(test)]
mod cases_tests;
#[cfg(test)]
mod lexer_tests;
#[cfg(test)]
mod lint_tests;
#[cfg(test)]
mod property_tests;

pub use judging::Judge;
pub use offence::{FileOffence, Offence};
pub use profile::{Level, Profile};
pub use reading::Reading;
pub use rule::{Rule, Standing};
pub use terms::{New, Terms};
pub use waiver::{FileWaiver, Waiver};

/// Where a statement stands in its file, in byte offsets: from its first significant token
/// to the end of its last, without the `;` that ends it and without comments around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementSpan {
    /// Offset of its first byte.
    pub start: usize,
    /// Offset past its last byte.
    pub end: usize,
}

/// What a file contains.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inspection {
    /// Its statements in order; the server completes as many commands when it runs the file
    /// as one simple query.
    pub statements: Vec<StatementSpan>,
    /// Every breach of a rule, in the order of the text.
    pub offences: Vec<Offence>,
    /// The waivers that kept something out of the offences.
    pub waivers: Vec<Waiver>,
}

/// Reads one file and judges it alone, by the profile `standard`: what is refused is refused
/// everywhere. A set is judged by a [`Judge`].
#[must_use]
pub fn inspect(text: &str) -> Inspection {
    let terms = Terms { profile: Profile::Standard, ..Terms::default() };
    Judge::new(terms).judge(&Reading::of(text.to_owned()))
}
