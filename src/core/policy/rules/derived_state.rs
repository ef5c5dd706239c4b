//! Owns the rule `derived-state`: what follows from other rows is not kept in the schema.
//! Must never refuse a view, which keeps nothing.
//!
//! Source: PostgreSQL manual, "CREATE MATERIALIZED VIEW"

use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::View;

pub(in super::super) const FACTS: Facts = Facts {
    name: "derived-state",
    fault: "'{}' keeps a state that follows from other rows",
    reason: "derived state goes stale without anybody noticing, and a replay does not make it \
             again",
    remedy: "use a view, or let the service keep the table and write it",
    source: "design 8",
    standing: Standing::Strict,
    before: "",
    bad: "CREATE MATERIALIZED VIEW public.sums AS SELECT 1 AS a;",
    good: "CREATE VIEW public.sums AS SELECT 1 AS a;",
};

pub(super) fn check(view: &View<'_>, found: &mut Found) {
    let run = view.run;
    if run.follows(0, &["create", "materialized", "view"]) || run.is(0, "refresh") {
        found.add(Rule::DerivedState, run.offset(0), &run.excerpt(3));
    }
}
