//! Owns the lines `-- dreichor: allow(RULE) REASON` by which a file's author takes the
//! responsibility for one statement (design section 8). Must never decide whether a rule
//! is broken.

use super::lexer::{Kind, Token};
use super::rule::{Rule, Standing};
use crate::core::place::Place;

/// What a comment that speaks to this program begins with.
const MARK: &str = "dreichor:";

/// A waiver that took effect; it belongs into the plan and the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The rule that it waives.
    pub rule: Rule,
    /// Why, in its author's words; never empty.
    pub reason: String,
    /// Number of the statement it was given for, from 1.
    pub statement: usize,
    /// Where the line stands.
    pub place: Place,
}

/// A waiver in a file with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileWaiver {
    /// The file's name.
    pub file: String,
    /// The waiver.
    pub waiver: Waiver,
}

/// A waiver as it was found above a statement.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) rule: Rule,
    pub(super) reason: String,
    pub(super) offset: usize,
}

/// A directive that says nothing this program can follow: where, and what is wrong.
#[derive(Debug)]
pub(super) struct Misfit {
    pub(super) offset: usize,
    pub(super) what: String,
}

/// True for a line comment that speaks to this program.
pub(super) fn is_directive(text: &str, token: Token) -> bool {
    token.kind == Kind::LineComment && directive(text, token).is_some()
}

/// What follows the mark in a directive.
fn directive(text: &str, token: Token) -> Option<&str> {
    let written = text.get(token.start..token.end)?.trim_start_matches('-').trim();
    let (mark, rest) = written.split_at_checked(MARK.len())?;
    mark.eq_ignore_ascii_case(MARK).then(|| rest.trim())
}

/// Reads the directives found above or inside a statement that begins at `start` (`None`:
/// no statement follows), in the order of the text.
pub(super) fn read(
    text: &str,
    directives: &[Token],
    start: Option<usize>,
) -> (Vec<Written>, Vec<Misfit>) {
    let (mut waivers, mut misfits) = (Vec::new(), Vec::new());
    let mut anchor = start;
    for token in directives.iter().rev() {
        let touches = anchor.is_some_and(|anchor| stands_above(text, *token, anchor));
        anchor = if touches { Some(token.start) } else { None };
        let offset = token.start;
        if !touches {
            let what = "it does not stand on a line of its own directly above a statement";
            misfits.push(Misfit { offset, what: what.to_owned() });
            // Another directive may still stand right above the statement.
            if token.start > start.unwrap_or(0) {
                anchor = start;
            }
            continue;
        }
        match parse(directive(text, *token).unwrap_or_default()) {
            Ok((rule, reason)) => waivers.push(Written { rule, reason, offset }),
            Err(what) => misfits.push(Misfit { offset, what }),
        }
    }
    waivers.reverse();
    misfits.reverse();
    (waivers, misfits)
}

/// True if nothing but other line comments stands between a comment's line and an offset,
/// and nothing before it on its line.
fn stands_above(text: &str, token: Token, anchor: usize) -> bool {
    let before = text.get(..token.start).unwrap_or_default();
    let line_start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let alone = before.get(line_start..).unwrap_or_default().trim().is_empty();
    let Some(between) = text.get(token.end..anchor) else { return false };
    let mut lines = between.split('\n');
    let own_rest = lines.next().unwrap_or_default();
    let mut lines = lines.peekable();
    let mut above = alone && own_rest.trim().is_empty() && lines.peek().is_some();
    while let Some(line) = lines.next() {
        let is_last = lines.peek().is_none();
        let line = line.trim();
        above &= if is_last { line.is_empty() } else { line.starts_with("--") };
    }
    above
}

fn parse(directive: &str) -> Result<(Rule, String), String> {
    let call = directive.strip_prefix("allow(").and_then(|rest| rest.split_once(')'));
    let Some((name, reason)) = call else {
        return Err("it is not of the form 'allow(RULE) REASON'".to_owned());
    };
    let name = name.trim();
    let Some(rule) = Rule::of_name(name) else {
        return Err(format!("there is no rule '{}'", super::offence::shortened(name)));
    };
    if rule.standing() == Standing::Always {
        return Err(format!("the rule '{name}' cannot be waived"));
    }
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(format!("it gives no reason for waiving '{name}'"));
    }
    Ok((rule, reason.to_owned()))
}
