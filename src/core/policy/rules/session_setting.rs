//! Owns the rule `session-setting`: nothing that a file sets is left to what follows. Must
//! never refuse what ends with the transaction, or a setting of a routine.
//!
//! Source: PostgreSQL manual, "SET", "DISCARD", "ALTER ROLE", "System Administration Functions"

use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::super::script::Run;
use super::View;

pub(in super::super) const FACTS: Facts = Facts {
    name: "session-setting",
    fault: "'{}' sets what outlives the file",
    reason: "what one file sets must not change what the next one, or another session, does",
    remedy: "use SET LOCAL, which ends with the transaction; settings of roles and databases \
             belong to who provisions them",
    source: "design 5 and 8",
    standing: Standing::Strict,
    before: "",
    bad: "SET search_path = other;",
    good: "SET LOCAL work_mem = '64MB';\nCREATE TABLE public.t (id bigint);",
};

pub(super) fn check(view: &View<'_>, found: &mut Found) {
    let run = view.run;
    let head = if run.is(0, "set") {
        !run.is_any(1, &["local", "constraints", "transaction"])
    } else if run.is(0, "alter") {
        run.is_any(1, &["role", "user", "database", "group", "system"])
            && (2..run.len()).any(|at| run.is_any(at, &["set", "reset"]))
    } else {
        run.is_any(0, &["reset", "discard", "listen"])
    };
    if head {
        found.add(Rule::SessionSetting, run.offset(0), &run.excerpt(3));
    } else if run.is_any(0, &["select", "with", "values"]) {
        let calls = (1..run.len()).filter(|at| {
            run.name(*at).is_some_and(|name| name == "set_config") && run.is_symbol(at + 1, '(')
        });
        for at in calls.filter(|at| !is_local(run, *at)) {
            found.add(Rule::SessionSetting, run.offset(at), "set_config(…)");
        }
    }
}

/// `set_config(name, value, true)`.
fn is_local(run: Run<'_>, at: usize) -> bool {
    let end = run.past_brackets(at + 1).saturating_sub(1);
    let pieces = run.part(at + 2, end).pieces();
    pieces.get(2).is_some_and(|piece| piece.len() == 1 && piece.is(0, "true"))
}
