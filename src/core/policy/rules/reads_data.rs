//! Owns the rule `reads-data`: a migration does not look at what tables hold. Must never
//! refuse the definition of a view or a routine, which reads when it is used.
//!
//! Source: PostgreSQL manual, "SQL Commands"

use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::super::script::Run;
use super::View;

pub(in super::super) const FACTS: Facts = Facts {
    name: "reads-data",
    fault: "'{}' reads what tables hold",
    reason: "a migration that looks at data does another thing on each database",
    remedy: "take the statement out; what depends on data belongs into the service, or into an \
             act of its own",
    source: "design 8",
    standing: Standing::Strict,
    before: "",
    bad: "SELECT id FROM public.t;",
    good: "CREATE VIEW public.newest AS SELECT 1 AS id;",
};

pub(super) fn check(view: &View<'_>, found: &mut Found) {
    let run = view.run;
    let reads = if run.is_any(0, &["table", "fetch", "explain"]) {
        true
    } else if run.is_any(0, &["select", "with", "values", "declare"]) || run.is_symbol(0, '(') {
        reads_from(run)
    } else {
        false
    };
    if reads {
        found.add(Rule::ReadsData, run.offset(0), &run.excerpt(4));
    }
}

/// Whether a `FROM` names what is read; some functions take one among their arguments.
fn reads_from(run: Run<'_>) -> bool {
    const TAKE_FROM: [&str; 4] = ["extract", "substring", "trim", "overlay"];
    let mut open = Vec::new();
    for at in 0..run.len() {
        if run.is_symbol(at, '(') {
            open.push(at > 0 && run.is_any(at - 1, &TAKE_FROM));
        } else if run.is_symbol(at, ')') {
            open.pop();
        } else if run.is(at, "from")
            && !run.is(at.wrapping_sub(1), "distinct")
            && open.last() != Some(&true)
        {
            return true;
        }
    }
    false
}
