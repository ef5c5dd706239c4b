//! Owns the rule `run-lock`: no file lets go of the lock that keeps a second run out. Must
//! never refuse the definition of a routine, or privileges on these functions.
//!
//! Source: PostgreSQL manual, "Advisory Lock Functions". `DISCARD ALL` lets go of it too,
//! and cannot run in a transaction.

use super::super::body::{self, Language};
use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::super::script::Run;
use super::View;

pub(in super::super) const FACTS: Facts = Facts {
    name: "run-lock",
    fault: "'{}' could release the lock that keeps a second run out",
    reason: "the lock that allows one run at a time belongs to the session the file runs in",
    remedy: "remove the call; use pg_advisory_xact_lock, which ends with the transaction",
    source: "design 2.6",
    standing: Standing::Always,
    before: "",
    bad: "SELECT pg_advisory_unlock_all();",
    good: "SELECT pg_advisory_xact_lock(7);",
};

/// What the names of all functions that release a session's advisory locks begin with.
const RELEASE: &str = "pg_advisory_unlock";

pub(super) fn check(view: &View<'_>, found: &mut Found) {
    let names_only = view.run.is_any(0, &["grant", "revoke", "comment", "security"])
        || view.run.follows(0, &["alter", "function"])
        || body::is_routine(view.run);
    if !names_only {
        check_calls(view.run, found);
    }
    for body in view.executed() {
        if body.language == Language::Foreign {
            if let Some(offset) = body.script.text.to_ascii_lowercase().find(RELEASE) {
                found.add(Rule::RunLock, body.script.origin.resolve(offset), RELEASE);
            }
        } else {
            check_calls(body.script.whole(), found);
        }
    }
}

fn check_calls(run: Run<'_>, found: &mut Found) {
    for at in 0..run.len() {
        if run.written(at).len() >= RELEASE.len()
            && let Some(name) = run.name(at)
            && name.starts_with(RELEASE)
            && called(run, at)
        {
            found.add(Rule::RunLock, run.offset(at), &name);
        }
    }
}

/// `name (`, also with `UESCAPE 'x'` between.
fn called(run: Run<'_>, at: usize) -> bool {
    run.is_symbol(at + 1, '(') || (run.is(at + 1, "uescape") && run.is_symbol(at + 3, '('))
}
