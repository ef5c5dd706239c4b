//! Owns the rule `volatile-default`: no new column is computed for every row. Must never
//! refuse a default that is the same for all rows.
//!
//! Source: PostgreSQL manual, "ALTER TABLE", "Explicit Locking"

use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::super::script::{Origin, Script};
use super::Scene;

pub(in super::super) const FACTS: Facts = Facts {
    name: "volatile-default",
    fault: "'{}' is computed for every row, which writes the table anew while nobody can read it",
    reason: "a default that can differ from row to row, and a stored or identity column, \
             rewrite the table",
    remedy: "add the column without it, and set the default in a second statement: it then \
             holds for new rows alone; or take a maintenance window and say so: '-- dreichor: \
             allow(volatile-default) REASON' on the line above",
    source: "PostgreSQL manual, \"ALTER TABLE\", \"Explicit Locking\"",
    standing: Standing::StrictUnlessWaived,
    before: "CREATE TABLE public.t (id bigint NOT NULL, a bigint);\nCREATE INDEX t_a ON \
             public.t (a);",
    bad: "ALTER TABLE public.t ADD COLUMN token uuid DEFAULT gen_random_uuid();",
    good: "ALTER TABLE public.t ADD COLUMN noted timestamptz DEFAULT now();",
};

pub(super) fn check(scene: &Scene<'_>, found: &mut Found) {
    for hint in scene.hints(Rule::VolatileDefault).filter(|_| !scene.on_empty_table) {
        if !is_harmless(&hint.what) {
            found.add(Rule::VolatileDefault, hint.offset, &hint.what);
        }
    }
}

/// The linter takes whatever is no plain value for volatile. What calls nothing is the same for
/// all rows, and a virtual column is computed when it is read.
fn is_harmless(what: &str) -> bool {
    let script = Script::of_body(what.to_owned(), Origin::default(), false);
    let run = script.whole();
    if run.is(0, "generated") || run.is(0, "constraint") {
        return (0..run.len()).any(|at| run.is(at, "virtual"));
    }
    !(1..run.len()).any(|at| run.is_symbol(at, '(') && run.name(at - 1).is_some())
}
