//! Owns asking the linter of the parser's makers what a statement locks, rewrites and breaks, and
//! the table that says which of its rules is which of ours. Must never decide: it sees one
//! statement, and whether that matters is known to the set.

use super::super::rule::Rule;
use super::super::statement::Statement;
use super::Tree;
use squawk_linter::{Linter, Rule as Theirs};
use squawk_syntax::SourceFile;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What the linter says of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Hint {
    /// Which rule of ours that is.
    pub(in super::super) rule: Rule,
    /// Where it stands in the file.
    pub(in super::super) offset: usize,
    /// Its text, as written.
    pub(in super::super) what: String,
}

/// Its rules, and ours. Those that are missing are of no use here, or ours know more: docs/rules.md
/// says which and why.
const RULES: [(Theirs, Rule); 12] = [
    (Theirs::ConstraintMissingNotValid, Rule::ConstraintValidates),
    (Theirs::AddingForeignKeyConstraint, Rule::ConstraintValidates),
    (Theirs::DisallowedUniqueConstraint, Rule::KeyBuildsIndex),
    (Theirs::AddingSerialPrimaryKeyField, Rule::KeyBuildsIndex),
    (Theirs::AddingFieldWithDefault, Rule::VolatileDefault),
    (Theirs::AddingRequiredField, Rule::RequiredColumn),
    (Theirs::ChangingColumnType, Rule::TypeChange),
    (Theirs::RequireConcurrentIndexCreation, Rule::IndexBlocksWrites),
    (Theirs::RenamingObject, Rule::Rename),
    (Theirs::BanCharField, Rule::CharType),
    (Theirs::PreferTimestampTz, Rule::TimestampWithoutZone),
    (Theirs::IdentifierTooLong, Rule::NameTooLong),
];

/// What the linter says of a statement of the kinds that it knows.
pub(in super::super) fn hints(tree: &Tree, statement: &Statement<'_>) -> Vec<Hint> {
    let run = statement.run();
    let Some((start, end)) = statement.bounds() else { return Vec::new() };
    let text = statement.script.text.get(start..end).unwrap_or_default();
    if !run.is_any(0, &["create", "alter"]) {
        return Vec::new();
    }
    let asked = catch_unwind(AssertUnwindSafe(|| {
        let mut linter = Linter::from(RULES.map(|(theirs, _)| theirs));
        match plain(statement, text, start) {
            None => linter.lint(&tree.parse, text),
            Some(text) => linter.lint(&SourceFile::parse(&text), &text),
        }
    }));
    // Where it fails, the statement is read well and hints are missing: our own rules stand.
    let mut hints = Vec::new();
    for violation in asked.unwrap_or_default() {
        let Some((_, rule)) = RULES.iter().find(|(theirs, _)| *theirs == violation.code) else {
            continue;
        };
        let from = usize::from(violation.text_range.start()).min(text.len());
        let to = usize::from(violation.text_range.end()).min(text.len());
        let what = text.get(from..to).unwrap_or_default().to_owned();
        hints.push(Hint { rule: *rule, offset: start + from, what });
    }
    hints
}

/// The text with blanks for what would mislead the linter, where there is any: its own directives
/// in comments, since only our waivers waive, and `pg_catalog.` before names of functions, which
/// it knows without their schema alone.
fn plain(statement: &Statement<'_>, text: &str, start: usize) -> Option<String> {
    let run = statement.run();
    let qualified = |at: usize| run.is(at, "pg_catalog") && run.is_symbol(at + 1, '.');
    if !text.contains("squawk") && !(0..run.len()).any(qualified) {
        return None;
    }
    let mut bytes = vec![b' '; text.len()];
    let mut at = 0;
    while at < run.len() {
        if qualified(at) {
            at += 2;
            continue;
        }
        if let Some(token) = run.token(at) {
            let (from, to) = (token.start - start, token.end - start);
            if let (Some(target), Some(source)) =
                (bytes.get_mut(from..to), text.as_bytes().get(from..to))
            {
                target.copy_from_slice(source);
            }
        }
        at += 1;
    }
    String::from_utf8(bytes).ok()
}
