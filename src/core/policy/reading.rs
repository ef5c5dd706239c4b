//! Owns the first of two looks at a file: everything that can be said of it alone, whatever stands
//! before it in the set. Files are read side by side, on as many threads as there are. Must never
//! ask what another file made.

use super::StatementSpan;
use super::acts::{self, Act};
use super::body;
use super::offence::{Found, Hit};
use super::parsing::{self, Hint};
use super::rules::{self, View};
use super::statement::Statements;
use super::waiver::{self, Written};

/// A file that was read and not yet judged.
#[derive(Debug)]
pub struct Reading {
    /// Its text.
    pub(super) text: String,
    /// Its statements, and last what stands behind them, if it says anything.
    pub(super) statements: Vec<Read>,
}

/// One statement.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// Where it stands; `None` for a remainder of comments.
    pub(super) span: Option<StatementSpan>,
    /// Its number, from 1.
    pub(super) number: usize,
    /// Breaches that need no other file to be seen.
    pub(super) hits: Vec<Hit>,
    /// What it does to the schema.
    pub(super) acts: Vec<Act>,
    /// What the linter of the parser's makers says of it.
    pub(super) hints: Vec<Hint>,
    /// The waivers above it.
    pub(super) waivers: Vec<Written>,
}

impl Reading {
    /// Reads a file whole.
    ///
    /// Never fails: text that cannot be read is a breach. Takes time in proportion to the text.
    #[must_use]
    pub fn of(text: String) -> Self {
        let mut statements = Vec::new();
        let mut number = 1;
        for statement in Statements::of(&text) {
            let mut found = Found { statement: number, ..Found::default() };
            if number == 1 && statements.is_empty() {
                rules::nul_byte::check(&text, &mut found);
            }
            let bounds = statement.bounds();
            let start = bounds.map(|(start, _)| start);
            let (waivers, misfits) = waiver::read(&text, &statement.directives, start);
            rules::bad_waiver::check(&misfits, &mut found);
            let bodies = body::bodies(statement.run());
            let commands = statement.commands();
            let acts = if bounds.is_some() { acts::read(statement.run()) } else { Vec::new() };
            let view = View { run: statement.run(), commands, bodies: &bodies, acts: &acts };
            rules::check(&view, &mut found);
            let hints = match rules::unreadable::check(&statement, &mut found) {
                Some(tree) => parsing::hints(&tree, &statement),
                None => Vec::new(),
            };
            let span = bounds.map(|(start, end)| StatementSpan { start, end });
            statements.push(Read { span, number, hits: found.hits, acts, hints, waivers });
            number += usize::from(bounds.is_some());
        }
        let mut found = Found { statement: number, ..Found::default() };
        if statements.is_empty() {
            rules::nul_byte::check(&text, &mut found);
        }
        let unread = statements.iter().any(Read::is_unread);
        rules::no_statement::check(number - 1, unread, &mut found);
        if !found.hits.is_empty() {
            statements.push(Read { number, hits: found.hits, ..Read::default() });
        }
        Self { text, statements }
    }

    /// Reads what a file makes and nothing else, for a file that is not judged: its SQL was
    /// accepted once.
    #[must_use]
    pub fn sketch(text: &str) -> Self {
        let read = |statement: super::statement::Statement<'_>| Read {
            acts: acts::read(statement.run()),
            ..Read::default()
        };
        Self { text: String::new(), statements: Statements::of(text).map(read).collect() }
    }

    /// Where its statements stand.
    pub(super) fn spans(&self) -> Vec<StatementSpan> {
        self.statements.iter().filter_map(|it| it.span).collect()
    }
}

impl Read {
    fn is_unread(&self) -> bool {
        self.hits.iter().any(|hit| hit.rule == super::Rule::Unreadable)
    }
}
