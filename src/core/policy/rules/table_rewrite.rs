//! Owns the rule `table-rewrite`: no table is written anew under a lock. Must never refuse it
//! for a table without rows.
//!
//! Source: PostgreSQL manual, "ALTER TABLE", "CLUSTER", "REINDEX"

use super::super::acts::{Act, ActionKind};
use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::Scene;

pub(in super::super) const FACTS: Facts = Facts {
    name: "table-rewrite",
    fault: "'{}' writes the table or its indexes anew while nobody can use it",
    reason: "moving and rewriting take the strongest lock for as long as the table is large",
    remedy: "do it by hand in a maintenance window, outside of the migrations; '-- dreichor: \
             allow(table-rewrite) REASON' on the line above where it must be here",
    source: "PostgreSQL manual, \"ALTER TABLE\", \"Explicit Locking\"",
    standing: Standing::StrictUnlessWaived,
    before: "CREATE TABLE public.t (id bigint NOT NULL, a bigint);\nCREATE INDEX t_a ON \
             public.t (a);",
    bad: "ALTER TABLE public.t SET UNLOGGED;",
    good: "ALTER TABLE public.t SET (fillfactor = 90);",
};

pub(super) fn check(scene: &Scene<'_>, found: &mut Found) {
    let start = scene.start().unwrap_or(0);
    for act in &scene.read.acts {
        match act {
            Act::AlterTable { table, action }
                if action.kind == ActionKind::Rewrite && !scene.is_empty(table) =>
            {
                found.add(Rule::TableRewrite, action.offset, &action.what);
            }
            Act::Other { what, mentions }
                if is_cluster(what) && !mentions.iter().any(|name| scene.is_empty(name)) =>
            {
                found.add(Rule::TableRewrite, start, what);
            }
            _ => {}
        }
    }
}

fn is_cluster(what: &str) -> bool {
    let first = what.split(' ').next().unwrap_or_default();
    first.eq_ignore_ascii_case("cluster") || first.eq_ignore_ascii_case("repack")
}
