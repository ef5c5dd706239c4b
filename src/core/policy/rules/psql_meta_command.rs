//! Owns the rule `psql-meta-command`: backslash commands and variables of psql, none of
//! which PostgreSQL itself can read. Must never look inside quotes and comments.
//!
//! Source: PostgreSQL manual, "psql": "Meta-Commands", "SQL Interpolation".

use super::super::lexer::Kind;
use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::super::script::Run;
use super::View;

pub(in super::super) const FACTS: Facts = Facts {
    name: "psql-meta-command",
    fault: "'{}' is for psql, and the server cannot read it",
    reason: "migrations are sent to the server as they are, and psql does not take part",
    remedy: "write plain SQL; in a dump remove the lines '\\restrict' and '\\unrestrict', \
             which pg_dump writes since 18, 17.6, 16.10 and 15.14, and dump with '--inserts' \
             instead of COPY data",
    source: "design 8",
    standing: Standing::Always,
    before: "",
    bad: "\\i other.sql",
    good: "CREATE TABLE public.t (id bigint);",
};

pub(super) fn check(view: &View<'_>, found: &mut Found) {
    let run = view.run;
    if let Some(at) = (0..run.len()).find(|at| run.is_symbol(*at, '\\')) {
        let command = run.part(at, at + 2);
        let name = if adjacent(command, 0) { command.written(1) } else { "" };
        let written = match name {
            "" => command.script().text.get(command.offset(0)..).unwrap_or_default(),
            name => name,
        };
        let what = match name {
            "" => written.split_whitespace().next().unwrap_or("\\").to_owned(),
            name => format!("\\{name}"),
        };
        found.add(Rule::PsqlMetaCommand, command.offset(0), &what);
    }
    check_variables(run, found);
}

/// `:name`, `:'name'`, `:"name"` and `:{?name}` are psql's, except where SQL has a colon of
/// its own: in array slices and in the JSON constructors.
fn check_variables(run: Run<'_>, found: &mut Found) {
    let mut open: Vec<bool> = Vec::new();
    for at in 0..run.len() {
        let own_colon = open.last().copied().unwrap_or(false);
        if run.is_symbol(at, '[') {
            open.push(true);
        } else if run.is_symbol(at, '(') {
            let json = at > 0 && run.is_any(at - 1, &["json_object", "json_objectagg"]);
            open.push(own_colon || json);
        } else if run.is_symbol(at, ')') || run.is_symbol(at, ']') {
            open.pop();
        } else if !own_colon && is_variable(run, at) {
            let what = format!(":{}", run.written(at + 1));
            found.add(Rule::PsqlMetaCommand, run.offset(at), &what);
        }
    }
}

fn is_variable(run: Run<'_>, at: usize) -> bool {
    let alone = at == 0 || !(run.is_symbol(at - 1, ':') && adjacent(run, at - 1));
    run.is_symbol(at, ':')
        && alone
        && adjacent(run, at)
        && (run.is_symbol(at + 1, '{')
            || run.token(at + 1).is_some_and(|next| {
                matches!(next.kind, Kind::Word | Kind::Text | Kind::EscapeText | Kind::Name)
            }))
}

/// True if nothing stands between a token and the next one.
fn adjacent(run: Run<'_>, at: usize) -> bool {
    match (run.token(at), run.token(at + 1)) {
        (Some(one), Some(next)) => one.end == next.start,
        _ => false,
    }
}
