//! Owns the rule `unreadable`: SQL that cannot be read is never taken for harmless. Must
//! never be the reason that another rule is not checked.

use super::super::offence::Found;
use super::super::parser;
use super::super::rule::{Facts, Rule};
use super::super::statement::Statement;
use super::super::waiver::Written;

pub(in super::super) const FACTS: Facts = Facts {
    name: "unreadable",
    fault: "this cannot be read as SQL: {}",
    reason: "what cannot be read cannot be checked, and is never taken for harmless",
    remedy: "correct the statement; if PostgreSQL accepts it as it is, put '-- dreichor: \
             allow(unreadable) REASON' on the line above it and let the server judge",
    waivable: true,
    in_every_profile: true,
};

/// Notes a quote or comment without its end, which no server reads either; then the first
/// thing the parser does not understand, unless the statement is one to take out anyway.
/// Returns the waiver that took effect.
pub(in super::super) fn check<'w>(
    statement: &Statement<'_>,
    waivers: &'w [Written],
    found: &mut Found,
) -> Option<&'w Written> {
    let open = statement
        .open_comment
        .or_else(|| statement.script.tokens.last().filter(|token| !token.closed).copied());
    if let Some(token) = open {
        found.add(Rule::Unreadable, token.start, "a quote or comment that begins here never ends");
        return None;
    }
    if is_refused_whole(statement, found) {
        return None;
    }
    let trouble = parser::trouble(statement)?;
    let waiver = waivers.iter().find(|waiver| waiver.rule == Rule::Unreadable);
    if waiver.is_none() {
        found.add(Rule::Unreadable, trouble.offset, &trouble.what);
    }
    waiver
}

/// True if the statement speaks to psql, or is itself the command that another rule
/// refuses: its grammar is then of no interest.
fn is_refused_whole(statement: &Statement<'_>, found: &Found) -> bool {
    let start = statement.bounds().map(|(start, _)| start);
    found.of_statement().any(|hit| match hit.rule {
        Rule::PsqlMetaCommand => true,
        Rule::TransactionControl | Rule::CopyStdin | Rule::NotInTransaction => {
            Some(hit.offset) == start
        }
        Rule::NulByte
        | Rule::HistoryTable
        | Rule::RunLock
        | Rule::NoStatement
        | Rule::Unreadable
        | Rule::BadWaiver => false,
    })
}
