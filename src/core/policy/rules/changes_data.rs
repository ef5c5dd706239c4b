//! Owns the rule `changes-data`: a migration does not write what tables hold. Must never
//! refuse the definition of a rule or a routine, which writes when it is used.
//!
//! Source: PostgreSQL manual, "SQL Commands"

use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::super::script::Run;
use super::View;

pub(in super::super) const FACTS: Facts = Facts {
    name: "changes-data",
    fault: "'{}' changes what tables hold",
    reason: "data has its own history, which a schema change must neither write nor erase",
    remedy: "take the statement out; rows are written by the service, or by an act of its own",
    source: "design 8",
    standing: Standing::Strict,
    before: "",
    bad: "INSERT INTO public.t (id) VALUES (1);",
    good: "ALTER TABLE public.t ADD COLUMN a bigint DEFAULT 1;",
};

pub(super) fn check(view: &View<'_>, found: &mut Found) {
    let run = view.run;
    if let Some(at) = change(run) {
        found.add(Rule::ChangesData, run.offset(at), &run.part(at, run.len()).excerpt(3));
    }
}

/// Where a statement changes data.
fn change(run: Run<'_>) -> Option<usize> {
    const HEADS: [&str; 6] = ["insert", "update", "delete", "merge", "truncate", "copy"];
    if run.is_any(0, &HEADS) {
        return Some(0);
    }
    if run.is(0, "create") {
        return creates_from_query(run).then_some(0);
    }
    if run.is_any(0, &["select", "with"]) || run.is_symbol(0, '(') {
        let inside = |at: usize| run.is_symbol(at - 1, '(') || run.is_symbol(at - 1, ')');
        let part = (1..run.len()).find(|at| run.is_any(*at, &HEADS) && inside(*at));
        return part.or_else(|| run.outside_brackets().find(|at| run.is(*at, "into")));
    }
    None
}

/// `CREATE TABLE … AS`.
fn creates_from_query(run: Run<'_>) -> bool {
    let table = (1..run.len().min(5)).any(|at| run.is(at, "table"));
    let other = run.is_any(1, &["view", "materialized", "function", "procedure", "rule", "cast"]);
    table && !other && run.outside_brackets().any(|at| run.is(at, "as"))
}
