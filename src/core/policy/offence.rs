//! Owns what is reported when a file breaks a rule. Must never look for a breach itself.

use super::rule::Rule;
use crate::core::finding::Explain;
use crate::core::place::Place;

/// Most characters of a file that a message repeats.
const LONGEST: usize = 60;

/// One breach of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offence {
    /// The rule.
    pub rule: Rule,
    /// Line and column of the first character at fault.
    pub place: Place,
    /// Its offset in the file, in bytes.
    pub offset: usize,
    /// Number of the statement, from 1; what stands behind the last statement counts as
    /// one more.
    pub statement: usize,
    /// What is at fault, as written and shortened, or, for SQL that cannot be read and for
    /// bad waivers, what is wrong with it.
    pub what: String,
}

/// A breach in a file with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileOffence {
    /// The file's name.
    pub file: String,
    /// The breach.
    pub offence: Offence,
}

impl Explain for FileOffence {
    fn code(&self) -> &'static str {
        self.offence.rule.name()
    }

    fn subject(&self) -> String {
        self.file.clone()
    }

    fn message(&self) -> String {
        let Place { line, column } = self.offence.place;
        let fault = self.offence.rule.facts().fault.replacen("{}", &self.offence.what, 1);
        format!("'{}' line {line}, column {column}: {fault}", self.file)
    }

    fn remedy(&self) -> String {
        self.offence.rule.remedy().to_owned()
    }
}

/// A breach while the rules are still looking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) rule: Rule,
    pub(super) offset: usize,
    pub(super) statement: usize,
    pub(super) what: String,
}

/// Where rules put what they find in one statement.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) hits: Vec<Hit>,
    pub(super) statement: usize,
}

impl Found {
    /// Notes a breach at an offset of the file; `what` is shortened to one line.
    pub(super) fn add(&mut self, rule: Rule, offset: usize, what: &str) {
        let statement = self.statement;
        self.hits.push(Hit { rule, offset, statement, what: shortened(what) });
    }

    /// What was found in the statement at hand, newest first.
    pub(super) fn of_statement(&self) -> impl Iterator<Item = &Hit> {
        self.hits.iter().rev().take_while(|hit| hit.statement == self.statement)
    }
}

/// Text of a file made fit for a message: one line, no control characters, not long.
pub(super) fn shortened(text: &str) -> String {
    let mut short = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == LONGEST {
            short.push('…');
            break;
        }
        short.push(if character.is_control() { ' ' } else { character });
    }
    short
}

/// Gives each hit its line and column in one pass over the text.
pub(super) fn placed(text: &str, mut hits: Vec<Hit>) -> Vec<Offence> {
    hits.sort_by_key(|hit| (hit.offset, hit.rule));
    hits.dedup_by(|a, b| a.offset == b.offset && a.rule == b.rule);
    let mut walker = Walker::new(text);
    hits.into_iter()
        .map(|hit| Offence {
            rule: hit.rule,
            place: walker.place(hit.offset),
            offset: hit.offset,
            statement: hit.statement,
            what: hit.what,
        })
        .collect()
}

/// Finds the places of ascending offsets without starting over.
#[derive(Debug)]
pub(super) struct Walker<'a> {
    rest: &'a str,
    passed: usize,
    place: Place,
}

impl<'a> Walker<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text, passed: 0, place: Place { line: 1, column: 1 } }
    }

    /// The place of an offset that is not before the last one asked for.
    pub(super) fn place(&mut self, offset: usize) -> Place {
        let step = offset.saturating_sub(self.passed).min(self.rest.len());
        let Some((_, rest)) = self.rest.split_at_checked(step) else { return self.place };
        let further = Place::of_byte(self.rest, step);
        self.place = match further.line {
            1 => Place { line: self.place.line, column: self.place.column + further.column - 1 },
            lines => Place { line: self.place.line + lines - 1, column: further.column },
        };
        self.rest = rest;
        self.passed += step;
        self.place
    }
}
