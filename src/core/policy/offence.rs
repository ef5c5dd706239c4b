//! Owns what is reported when a file breaks a rule. Must never look for a breach itself.

use super::profile::{Level, Profile};
use super::rule::Rule;
use crate::core::finding::Explain;
use crate::core::place::Place;

/// Most characters of a file that a message repeats.
const LONGEST: usize = 60;
/// Most characters of a line that are kept for a caret.
const LONGEST_LINE: usize = 400;

/// One breach of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offence {
    /// The rule.
    pub rule: Rule,
    /// What the breach means under the profile.
    pub level: Level,
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
    /// The line that it stands on, as far as a caret needs it.
    pub line: String,
}

/// A breach in a file with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileOffence {
    /// The file's name.
    pub file: String,
    /// The breach.
    pub offence: Offence,
}

impl FileOffence {
    /// What is wrong, without the place.
    #[must_use]
    pub fn fault(&self) -> String {
        self.offence.rule.facts().fault.replacen("{}", &self.offence.what, 1)
    }
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
        format!("'{}' line {line}, column {column}: {}", self.file, self.fault())
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
    /// Whether no waiver sets it aside, though the rule lets itself be waived.
    pub(super) firm: bool,
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
        let (statement, what) = (self.statement, shortened(what));
        self.hits.push(Hit { rule, offset, statement, what, firm: false });
    }

    /// Notes a breach that no waiver sets aside.
    pub(super) fn add_firm(&mut self, rule: Rule, offset: usize, what: &str) {
        let (statement, what) = (self.statement, shortened(what));
        self.hits.push(Hit { rule, offset, statement, what, firm: true });
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

/// Puts hits in the order of the text, each place and rule once.
pub(super) fn in_order(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by_key(|hit| (hit.offset, hit.rule));
    hits.dedup_by(|a, b| a.offset == b.offset && a.rule == b.rule);
    hits
}

/// Gives each hit its line and column in one pass over the text.
pub(super) fn placed(text: &str, hits: Vec<Hit>, profile: Profile) -> Vec<Offence> {
    let mut walker = Walker::new(text);
    in_order(hits)
        .into_iter()
        .map(|hit| Offence {
            rule: hit.rule,
            level: hit.rule.level_in(profile),
            place: walker.place(hit.offset),
            offset: hit.offset,
            statement: hit.statement,
            what: hit.what,
            line: line_around(text, hit.offset),
        })
        .collect()
}

/// The line around an offset, from its beginning and cut where it is long; empty where the offset
/// stands so far to the right that nobody would see it.
fn line_around(text: &str, offset: usize) -> String {
    let mut from = offset.saturating_sub(LONGEST_LINE);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let before = text.get(from..offset).unwrap_or_default();
    let start = match before.rfind('\n') {
        Some(at) => from + at + 1,
        None if from == 0 => 0,
        None => return String::new(),
    };
    let rest = text.get(start..).unwrap_or_default();
    let line: String = rest.chars().take_while(|it| *it != '\n').take(LONGEST_LINE).collect();
    line.trim_end_matches('\r').to_owned()
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
