//! Owns the rule `unreadable`: SQL that cannot be read is never taken for harmless. Must
//! never be the reason that another rule is not checked.

use super::super::offence::Found;
use super::super::parsing::{self, Tree};
use super::super::rule::{Facts, Rule, Standing};
use super::super::statement::Statement;

pub(in super::super) const FACTS: Facts = Facts {
    name: "unreadable",
    fault: "this cannot be read as SQL: {}",
    reason: "what cannot be read cannot be checked, and is never taken for harmless",
    remedy: "correct the statement; if PostgreSQL accepts it as it is, put '-- dreichor: \
             allow(unreadable) REASON' on the line above it and let the server judge",
    source: "design 2.4",
    standing: Standing::AlwaysUnlessWaived,
    before: "",
    bad: "CREATE TABEL public.t (id bigint);",
    good: "CREATE TABLE public.t (id bigint);",
};

/// Notes a quote or comment without its end, which no server reads either; then the first
/// thing the parser does not understand, unless the statement is one to take out anyway.
/// Returns the tree of a statement that it understands.
pub(in super::super) fn check(statement: &Statement<'_>, found: &mut Found) -> Option<Tree> {
    let open = statement
        .open_comment
        .or_else(|| statement.script.tokens.last().filter(|token| !token.closed).copied());
    if let Some(token) = open {
        let what = "a quote or comment that begins here never ends";
        found.add_firm(Rule::Unreadable, token.start, what);
        return None;
    }
    if is_refused_whole(statement, found) {
        return None;
    }
    match parsing::tree(statement) {
        Ok(tree) => tree,
        Err(trouble) => {
            found.add(Rule::Unreadable, trouble.offset, &trouble.what);
            None
        }
    }
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
        _ => false,
    })
}
