//! Owns names of objects as a statement writes them, and when two of them mean one object. Must
//! never know what the object is.

use super::script::Run;

/// Bytes of a name that the server keeps (PostgreSQL manual, "Identifiers and Key Words").
const LONGEST: usize = 63;

/// A name, perhaps with its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// The schema, where it is written.
    pub(super) schema: Option<String>,
    /// The object.
    pub(super) object: String,
    /// Where it begins in the file.
    pub(super) offset: usize,
}

impl Name {
    /// The name that begins at a position, and the position behind it.
    pub(super) fn read(run: Run<'_>, at: usize) -> Option<(Self, usize)> {
        let mut parts = vec![part(run, at)?];
        let mut next = past(run, at);
        while run.is_symbol(next, '.')
            && let Some(more) = part(run, next + 1)
        {
            parts.push(more);
            next = past(run, next + 1);
        }
        let object = parts.pop()?;
        Some((Self { schema: parts.pop(), object, offset: run.offset(at) }, next))
    }

    /// As it is told: with its schema where that was written.
    pub(super) fn told(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{schema}.{}", self.object),
            None => self.object.clone(),
        }
    }

    /// The schema and the object, where a name without one means the first of the search path.
    pub(super) fn key(&self, search_path: &[String]) -> (String, String) {
        let first = || search_path.first().cloned().unwrap_or_else(|| "public".to_owned());
        (self.schema.clone().unwrap_or_else(first), self.object.clone())
    }

    /// Whether it may mean the object that a configuration names: in whatever schema, or in the
    /// one that is written before it.
    pub(super) fn may_mean(&self, configured: &str, search_path: &[String]) -> bool {
        if self.object == configured {
            return true;
        }
        let Some((schema, object)) = configured.rsplit_once('.') else { return false };
        let in_path = || search_path.iter().any(|it| it == schema);
        self.object == object && self.schema.as_ref().map_or_else(in_path, |it| it == schema)
    }
}

/// One part of a name, as far as the server keeps it.
fn part(run: Run<'_>, at: usize) -> Option<String> {
    let mut name = run.name(at)?.into_owned();
    name.truncate(name.floor_char_boundary(LONGEST));
    Some(name)
}

/// The position behind one part: `U&"…" UESCAPE '…'` takes three tokens.
fn past(run: Run<'_>, at: usize) -> usize {
    if run.is(at + 1, "uescape") { at + 3 } else { at + 1 }
}

/// The names in a list with commas, and the position behind it.
pub(super) fn list(run: Run<'_>, from: usize) -> (Vec<Name>, usize) {
    let (mut names, mut at) = (Vec::new(), from);
    while let Some((name, next)) = Name::read(run, at) {
        names.push(name);
        // The types of a routine's arguments.
        at = if run.is_symbol(next, '(') { run.past_brackets(next) } else { next };
        if !run.is_symbol(at, ',') {
            break;
        }
        at += 1;
    }
    (names, at)
}

/// The plain names inside the brackets that open at a position: columns of a key or an index, up
/// to the first that is an expression.
pub(super) fn columns(run: Run<'_>, open: usize) -> Vec<String> {
    if !run.is_symbol(open, '(') {
        return Vec::new();
    }
    let end = run.past_brackets(open).saturating_sub(1);
    let pieces = run.part(open + 1, end).pieces();
    let plain = pieces.into_iter().map_while(|piece| {
        let called = (1..piece.len()).any(|at| piece.is_symbol(at, '('));
        if called { None } else { part(piece, 0) }
    });
    plain.collect()
}
