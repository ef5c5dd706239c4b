//! Owns the reading of `CREATE`. Must never look into the body of a routine or of a view.

use super::super::name::{self, Name};
use super::super::script::Run;
use super::element;
use super::{Act, Class, Element, Index, Table, class, other, past_condition};

/// What a `CREATE` makes.
pub(super) fn read(run: Run<'_>) -> Vec<Act> {
    if run.is(1, "schema") {
        return schema(run);
    }
    let mut at = 1;
    let replaces = run.follows(1, &["or", "replace"]);
    at += if replaces { 2 } else { 0 };
    let temporary = run.is_any(at, &["temp", "temporary"])
        || (run.is_any(at, &["global", "local"]) && run.is_any(at + 1, &["temp", "temporary"]));
    while run.is_any(
        at,
        &["temp", "temporary", "global", "local", "unlogged", "recursive", "unique", "constraint"],
    ) || (run.is_any(at, &["trusted", "procedural", "default"]) && at + 1 < run.len())
    {
        at += 1;
    }
    let made = if run.is(at, "table") || run.follows(at, &["foreign", "table"]) {
        table(run, at, temporary)
    } else if run.is(at, "index") {
        index(run, at)
    } else if run.is(at, "trigger") {
        trigger(run, at, replaces)
    } else {
        named(run, at, replaces)
    };
    vec![made.unwrap_or_else(|| other(run))]
}

/// `CREATE SCHEMA` with what it makes inside.
fn schema(run: Run<'_>) -> Vec<Act> {
    let at = past_condition(run, 2);
    let starts: Vec<usize> = run
        .outside_brackets()
        .filter(|at| *at > 1 && run.is_any(*at, &["create", "grant"]))
        .collect();
    let Some((name, _)) = Name::read(run, at) else { return vec![other(run)] };
    let mut acts =
        vec![Act::Create { class: Class::Schema, name, replaces: false, on: None, adds: true }];
    for (place, start) in starts.iter().enumerate() {
        let end = starts.get(place + 1).copied().unwrap_or(run.len());
        acts.extend(super::read(run.part(*start, end)));
    }
    acts
}

fn table(run: Run<'_>, at: usize, temporary: bool) -> Option<Act> {
    let at = past_condition(run, at + 1 + usize::from(run.is(at, "foreign")));
    let (name, mut next) = Name::read(run, at)?;
    if run.follows(next, &["partition", "of"]) {
        next = Name::read(run, next + 2)?.1;
    }
    let mut elements = Vec::new();
    if run.is_symbol(next, '(') {
        let end = run.past_brackets(next);
        elements = run
            .part(next + 1, end.saturating_sub(1))
            .pieces()
            .into_iter()
            .filter_map(read_element)
            .collect();
        next = end;
    }
    let mut inherits = Vec::new();
    if run.is(next, "inherits") && run.is_symbol(next + 1, '(') {
        inherits = name::list(run, next + 2).0;
    }
    Some(Act::CreateTable(Table { name, temporary, inherits, elements }))
}

fn read_element(piece: Run<'_>) -> Option<Element> {
    if piece.is(0, "like") {
        None
    } else {
        element::constraint(piece).or_else(|| element::column(piece))
    }
}

fn index(run: Run<'_>, at: usize) -> Option<Act> {
    let at = at + 1 + usize::from(run.is(at + 1, "concurrently"));
    let at = past_condition(run, at);
    let (name, mut next) = if run.is(at, "on") {
        (None, at)
    } else {
        Name::read(run, at).map(|(it, next)| (Some(it), next))?
    };
    next += 1 + usize::from(run.is(next + 1, "only"));
    let (table, mut next) = Name::read(run, next)?;
    if run.is(next, "using") {
        next += 2;
    }
    let columns = name::columns(run, next);
    let after = run.past_brackets(next);
    let partial = (after..run.len()).any(|at| run.is(at, "where"));
    Some(Act::CreateIndex(Index { name, table, columns, partial }))
}

fn trigger(run: Run<'_>, at: usize, replaces: bool) -> Option<Act> {
    let on = run.outside_brackets().find(|here| *here > at + 1 && run.is(*here, "on"))?;
    let (table, _) = Name::read(run, on + 1)?;
    let call = run
        .outside_brackets()
        .find(|here| run.is(*here, "execute") && run.is_any(here + 1, &["function", "procedure"]));
    let function = call.and_then(|at| Name::read(run, at + 2)).map(|(name, _)| name);
    Some(Act::CreateTrigger { table, function, replaces })
}

/// Anything else with a name. Rules and policies change what a table answers; what else stands
/// on a table only adds to it.
fn named(run: Run<'_>, at: usize, replaces: bool) -> Option<Act> {
    let (class, words) = class(run, at);
    let (name, next) = Name::read(run, past_condition(run, at + words))?;
    let adds = !run.is_any(at, &["rule", "policy"]);
    let mut on = None;
    if run.is(at, "policy") && run.is(next, "on") {
        on = Name::read(run, next + 1).map(|(name, _)| name);
    }
    if run.is(at, "rule") {
        let to = run.outside_brackets().find(|here| *here > next && run.is(*here, "to"));
        on = to.and_then(|to| Name::read(run, to + 1)).map(|(name, _)| name);
    }
    Some(Act::Create { class, name, replaces, on, adds })
}
