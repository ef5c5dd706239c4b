//! Owns the rule `runs-code`: a migration says what it does; it does not find out while it
//! runs. Must never refuse the definition of a routine.
//!
//! Source: PostgreSQL manual, "DO", "EXECUTE", "CALL"

use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::super::script::Run;
use super::View;

pub(in super::super) const FACTS: Facts = Facts {
    name: "runs-code",
    fault: "'{}' runs code that decides by itself what is done",
    reason: "conditional and dynamic commands cannot be reviewed: what they do is known only \
             when they have done it",
    remedy: "write the plain statements that are meant",
    source: "design 8",
    standing: Standing::Strict,
    before: "",
    bad: "DO $$ BEGIN NULL; END $$;",
    good: "CREATE FUNCTION public.two() RETURNS integer LANGUAGE sql RETURN 2;",
};

/// Functions of the server that change nothing in the schema and nothing in tables.
const HARMLESS: [&str; 12] = [
    "set_config",
    "current_setting",
    "pg_advisory_xact_lock",
    "pg_advisory_xact_lock_shared",
    "pg_notify",
    "pg_sleep",
    "now",
    "version",
    "coalesce",
    "format",
    "length",
    "extract",
];

/// Words before a bracket that call nothing.
const NO_CALLS: [&str; 26] = [
    "select", "in", "exists", "any", "all", "some", "as", "and", "or", "not", "over", "filter",
    "values", "row", "array", "cast", "on", "using", "where", "having", "by", "then", "else",
    "when", "with", "distinct",
];

pub(super) fn check(view: &View<'_>, found: &mut Found) {
    let run = view.run;
    if run.is_any(0, &["do", "execute", "call", "prepare", "load"]) {
        found.add(Rule::RunsCode, run.offset(0), &run.excerpt(2));
    } else if run.is_any(0, &["select", "with", "values"])
        && let Some(at) = call(run)
    {
        found.add(Rule::RunsCode, run.offset(at), &format!("{}(…)", run.written(at)));
    }
}

/// The first call of something that may do anything.
fn call(run: Run<'_>) -> Option<usize> {
    (1..run.len()).find(|at| {
        let Some(name) = run.name(*at).filter(|_| run.is_symbol(at + 1, '(')) else { return false };
        let alias = run.is(at - 1, "as") || run.is_symbol(at - 1, ')');
        !alias && !HARMLESS.contains(&name.as_ref()) && !run.is_any(*at, &NO_CALLS)
    })
}
