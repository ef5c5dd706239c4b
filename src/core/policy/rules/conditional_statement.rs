//! Owns the rule `conditional-statement`: a file does the same thing everywhere, or fails.
//! Must never refuse the condition on what others may have made: extensions and schemas.

use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::View;

pub(in super::super) const FACTS: Facts = Facts {
    name: "conditional-statement",
    fault: "with '{}' the statement may do nothing, and the migration is recorded all the same",
    reason: "each file is applied once and in order, so a condition can only hide that the \
             database is not what the history says",
    remedy: "leave the condition out: a file that fails leaves nothing and is told",
    source: "design 2.4 and 2.11",
    standing: Standing::Advice,
    before: "",
    bad: "CREATE TABLE IF NOT EXISTS public.t (id bigint);",
    good: "CREATE TABLE public.t (id bigint);",
};

pub(super) fn check(view: &View<'_>, found: &mut Found) {
    let run = view.run;
    let by_others = run.is_any(1, &["extension", "schema"]);
    if by_others || !run.is_any(0, &["create", "alter", "drop"]) {
        return;
    }
    let condition = run.outside_brackets().find(|at| {
        run.follows(*at, &["if", "exists"]) || run.follows(*at, &["if", "not", "exists"])
    });
    if let Some(at) = condition {
        let words = if run.is(at + 1, "not") { 3 } else { 2 };
        found.add(
            Rule::ConditionalStatement,
            run.offset(at),
            &run.part(at, at + words).excerpt(words),
        );
    }
}
