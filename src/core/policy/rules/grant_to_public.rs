//! Owns the rule `grant-to-public`: not everybody gets a privilege. Must never refuse taking
//! one away from everybody.
//!
//! Source: PostgreSQL manual, "Privileges"

use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::View;

pub(in super::super) const FACTS: Facts = Facts {
    name: "grant-to-public",
    fault: "'{}' gives a privilege to every role, also to those of tomorrow",
    reason: "what PUBLIC may do, every role may do that can connect, whatever is revoked from it",
    remedy: "grant it to a role; 'dreichor-migrate provision' gives the runtime what it needs",
    source: "PostgreSQL manual, \"Privileges\"",
    standing: Standing::StrictUnlessWaived,
    before: "",
    bad: "GRANT SELECT ON TABLE public.t TO PUBLIC;",
    good: "GRANT SELECT ON TABLE public.t TO reporting;",
};

pub(super) fn check(view: &View<'_>, found: &mut Found) {
    let run = view.run;
    let defaults = run.follows(0, &["alter", "default", "privileges"]);
    let grant = if defaults {
        run.outside_brackets().find(|at| run.is(*at, "grant"))
    } else {
        run.is(0, "grant").then_some(0)
    };
    let Some(grant) = grant else { return };
    let to = run.outside_brackets().skip_while(|at| *at < grant).find(|at| run.is(*at, "to"));
    let named = to.map_or(run.len(), |to| to + 1);
    let mut names = (named..run.len()).take_while(|at| !run.is_any(*at, &["with", "granted"]));
    if let Some(at) = names.find(|at| run.is(*at, "public")) {
        found.add(Rule::GrantToPublic, run.offset(at), &run.part(grant, run.len()).excerpt(4));
    }
}
