//! Owns what a migration file may contain (design section 8): the statements of a file, and
//! every breach of a rule with its place. Must never touch a database, and never take what
//! it cannot read for harmless.
//!
//! Two readers look at each file. The first is a scanner of our own that cuts the text into
//! tokens and statements exactly as the server does; all rules that guard the transaction,
//! the history and the lock stand on it alone, and nothing sets them aside. The second is a
//! parser of PostgreSQL's grammar: what it does not understand, or cuts otherwise, is
//! refused as `unreadable`, which a waiver can hand over to the server to judge.

mod body;
mod depth;
pub(in crate::core) mod lexer;
mod literal;
mod offence;
mod parser;
mod profile;
mod rule;
mod rules;
mod script;
mod statement;
mod waiver;

#[cfg(test)]
mod cases_tests;
#[cfg(test)]
mod lexer_tests;
#[cfg(test)]
mod property_tests;

pub use offence::{FileOffence, Offence};
pub use profile::Profile;
pub use rule::Rule;
pub use waiver::Waiver;

use offence::{Found, Walker};
use rules::View;
use statement::Statements;

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

/// Reads one file and checks it against all rules.
///
/// Never fails: text that cannot be read is an offence. Takes time in proportion to the
/// text, and holds the tokens of one statement at a time.
#[must_use]
pub fn inspect(text: &str) -> Inspection {
    let mut inspection = Inspection::default();
    let mut found = Found { statement: 1, ..Found::default() };
    let mut places = Walker::new(text);
    rules::nul_byte::check(text, &mut found);
    for statement in Statements::of(text) {
        let bounds = statement.bounds();
        let start = bounds.map(|(start, _)| start);
        let (waivers, misfits) = waiver::read(text, &statement.directives, start);
        rules::bad_waiver::check(&misfits, &mut found);
        let bodies = body::bodies(statement.run());
        let view = View { run: statement.run(), commands: statement.commands(), bodies: &bodies };
        rules::check(&view, &mut found);
        let taken = rules::unreadable::check(&statement, &waivers, &mut found);
        inspection.waivers.extend(taken.map(|waiver| Waiver {
            rule: waiver.rule,
            reason: waiver.reason.clone(),
            statement: found.statement,
            place: places.place(waiver.offset),
        }));
        if let Some((start, end)) = bounds {
            inspection.statements.push(StatementSpan { start, end });
            found.statement += 1;
        }
    }
    rules::no_statement::check(inspection.statements.len(), &mut found);
    inspection.offences = offence::placed(text, found.hits);
    inspection
}
