//! Owns the rule `copy-stdin`: `COPY` that wants to speak with the client. Must never
//! refuse `COPY` from or to a file of the server: that is another rule's.
//!
//! Source: PostgreSQL manual, "COPY", with the syntaxes of before 9.0 and 7.3.

use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::super::script::Run;
use super::View;

pub(in super::super) const FACTS: Facts = Facts {
    name: "copy-stdin",
    fault: "'{}' waits for a client that sends or takes rows",
    reason: "there is no client behind a migration that could send or take rows",
    remedy: "write the rows as INSERT statements (pg_dump --inserts), or load them outside \
             of the migration",
    source: "design 8",
    standing: Standing::Always,
    before: "",
    bad: "COPY public.t FROM STDIN;",
    good: "CREATE TABLE public.t (id bigint);",
};

pub(super) fn check(view: &View<'_>, found: &mut Found) {
    let bodies: Vec<Run<'_>> = view.executed().flat_map(|body| body.commands()).collect();
    for command in view.commands.iter().copied().chain(bodies) {
        if let Some(at) = client_end(command) {
            let what = format!("COPY … {}", command.part(at, at + 2).excerpt(2));
            found.add(Rule::CopyStdin, command.offset(0), &what);
        }
    }
}

/// True if psql would send data lines after this statement.
pub(in super::super) fn expects_data(statement: Run<'_>) -> bool {
    let first = statement.commands().first().copied().unwrap_or(statement);
    client_end(first).is_some_and(|at| first.is(at, "from"))
}

/// Where a `COPY` says `FROM STDIN` or `TO STDOUT`; the grammar accepts any pair of them.
fn client_end(command: Run<'_>) -> Option<usize> {
    if !command.is(0, "copy") {
        return None;
    }
    command.outside_brackets().find(|at| {
        command.is_any(*at, &["from", "to"]) && command.is_any(at + 1, &["stdin", "stdout"])
    })
}
