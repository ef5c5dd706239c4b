//! Owns the rule `missing-idempotence`: what others may have made before is taken as it is.
//! Must never ask for a condition on what only migrations make: each of them runs once.
//!
//! Source: PostgreSQL manual, "CREATE EXTENSION", "CREATE SCHEMA"

use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::View;

pub(in super::super) const FACTS: Facts = Facts {
    name: "missing-idempotence",
    fault: "'{}' fails where it is there already",
    reason: "extensions and schemas are often made by who provisions the database, before the \
             first migration",
    remedy: "add IF NOT EXISTS",
    source: "PostgreSQL manual, \"CREATE EXTENSION\"",
    standing: Standing::Advice,
    before: "",
    bad: "CREATE EXTENSION pgcrypto;",
    good: "CREATE EXTENSION IF NOT EXISTS pgcrypto;",
};

pub(super) fn check(view: &View<'_>, found: &mut Found) {
    let run = view.run;
    let made = run.is(0, "create") && run.is_any(1, &["extension", "schema"]);
    if made && !run.follows(2, &["if", "not", "exists"]) {
        found.add(Rule::MissingIdempotence, run.offset(0), &run.excerpt(3));
    }
}
