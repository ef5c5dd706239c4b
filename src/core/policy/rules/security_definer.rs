//! Owns the rule `security-definer`: a function with its owner's rights does not look where
//! its caller points. Must never judge what the function does.
//!
//! Source: PostgreSQL manual, "CREATE FUNCTION: Writing SECURITY DEFINER Functions Safely"

use super::super::body;
use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::View;

pub(in super::super) const FACTS: Facts = Facts {
    name: "security-definer",
    fault: "'{}' runs with its owner's rights and its caller's search_path",
    reason: "whoever may make a temporary table can put an object of his own under the name \
             that the function uses",
    remedy: "add SET search_path = pg_catalog, pg_temp to the function, and write its names \
             with their schema",
    source: "PostgreSQL manual, \"CREATE FUNCTION\"",
    standing: Standing::StrictUnlessWaived,
    before: "",
    bad: "CREATE FUNCTION public.two() RETURNS integer LANGUAGE sql SECURITY DEFINER RETURN 2;",
    good: "CREATE FUNCTION public.two() RETURNS integer LANGUAGE sql SECURITY DEFINER\n    SET \
           search_path = pg_catalog, pg_temp RETURN 2;",
};

pub(super) fn check(view: &View<'_>, found: &mut Found) {
    let run = view.run;
    let alters = run.is(0, "alter") && run.is_any(1, &["function", "procedure", "routine"]);
    if !alters && !body::is_routine(run) {
        return;
    }
    let outside: Vec<usize> = run.outside_brackets().collect();
    let definer = outside.iter().find(|at| run.follows(**at, &["security", "definer"]));
    let pinned = outside.iter().any(|at| run.follows(*at, &["set", "search_path"]));
    if let Some(at) = definer.filter(|_| !pinned) {
        found.add(Rule::SecurityDefiner, run.offset(*at), "SECURITY DEFINER");
    }
}
