//! Owns the reading of `ALTER`, action by action. Must never take an action that it does not know
//! for one that keeps what is there.

use super::super::name::Name;
use super::super::script::Run;
use super::{Act, Action, ActionKind, Class, class, element, other, past_condition};

/// What an `ALTER` changes.
pub(super) fn read(run: Run<'_>) -> Vec<Act> {
    if run.follows(1, &["default", "privileges"]) {
        return vec![Act::Plain];
    }
    let (class, words) = class(run, 1);
    let at = past_condition(run, 1 + words);
    let at = at + usize::from(run.is(at, "only"));
    let Some((name, mut next)) = Name::read(run, at) else { return vec![other(run)] };
    let is_table = class == Class::Relation && !run.is(1, "sequence");
    if !is_table {
        return named(run, class, name, next);
    }
    next += usize::from(run.is_symbol(next, '*'));
    let mut acts = Vec::new();
    for piece in run.part(next, run.len()).pieces() {
        let other = if piece.is(0, "inherit") { 1 } else { 2 };
        if (other == 1 || piece.follows(0, &["attach", "partition"]))
            && let Some((parent, _)) = Name::read(piece, other)
        {
            // Who reads one of them reads the other's rows from now on.
            let (class, name) = (Class::Other, name.clone());
            acts.push(Act::Create { class, name, replaces: false, on: Some(parent), adds: false });
        }
        acts.push(Act::AlterTable { table: name.clone(), action: action(piece) });
    }
    acts
}

/// Everything that is no table.
fn named(run: Run<'_>, class: Class, name: Name, next: usize) -> Vec<Act> {
    if run.is_any(1, &["trigger", "policy", "rule"]) && run.is(next, "on") {
        let Some((table, after)) = Name::read(run, next + 1) else { return vec![other(run)] };
        let kind = if run.is(after, "rename") { ActionKind::Rename } else { ActionKind::Other };
        let action = Action {
            kind,
            offset: run.offset(0),
            what: run.excerpt(2),
            subject: Some(name.object),
            element: None,
        };
        return vec![Act::AlterTable { table, action }];
    }
    let after = if run.is_symbol(next, '(') { run.past_brackets(next) } else { next };
    let kind = if run.is(after, "rename") {
        ActionKind::Rename
    } else if run.is(after, "drop") {
        ActionKind::DropProperty
    } else if run.follows(after, &["set", "schema"]) {
        ActionKind::SetSchema
    } else if run.follows(after, &["add", "value"])
        || run.follows(after, &["owned", "by"])
        || run.is_any(1, &["publication", "statistics", "extension"])
    {
        ActionKind::Tune
    } else {
        ActionKind::Other
    };
    let what = format!("{} … {}", run.excerpt(2), run.part(after, after + 2).excerpt(2));
    vec![Act::Alter { class, name, kind, what }]
}

fn action(piece: Run<'_>) -> Action {
    use ActionKind::{
        ChangeType, Detach, DropColumn, DropConstraint, DropProperty, EnableTrigger, Other, Rename,
        Rewrite, SetNotNull, SetSchema, Tune, ValidateConstraint,
    };
    let past = |at: usize| past_condition(piece, at);
    let (kind, subject, added) = if piece.is(0, "add") {
        return addition(piece);
    } else if piece.follows(0, &["validate", "constraint"]) {
        (ValidateConstraint, Some(2), 4)
    } else if piece.follows(0, &["drop", "constraint"]) {
        (DropConstraint, Some(past(2)), 3)
    } else if piece.is(0, "drop") {
        (DropColumn, Some(past(1 + usize::from(piece.is(1, "column")))), 3)
    } else if piece.is(0, "alter") && !piece.is(1, "constraint") {
        let column = 1 + usize::from(piece.is(1, "column"));
        let at = column + 1;
        let kind = if piece.is(at, "type") || piece.follows(at, &["set", "data", "type"]) {
            ChangeType
        } else if piece.follows(at, &["set", "not", "null"]) {
            SetNotNull
        } else if piece.is(at, "drop") && piece.is_any(at + 1, &["expression", "identity"]) {
            DropProperty
        } else if piece.is_any(at, &["set", "reset"])
            && (piece.is(at + 1, "statistics") || piece.is_symbol(at + 1, '('))
        {
            Tune
        } else {
            Other
        };
        (kind, Some(column), at + 3)
    } else if piece.is(0, "rename") {
        (Rename, None, 3)
    } else if piece.follows(0, &["set", "schema"]) {
        (SetSchema, None, 3)
    } else if piece.follows(0, &["detach", "partition"]) || piece.follows(0, &["no", "inherit"]) {
        (Detach, None, 3)
    } else if piece.follows(0, &["enable", "trigger"])
        || piece.follows(0, &["enable", "always", "trigger"])
    {
        (EnableTrigger, None, 4)
    } else if piece.is(0, "set") && piece.is_any(1, &["logged", "unlogged", "tablespace", "access"])
    {
        (Rewrite, None, 3)
    } else if piece.is_any(0, &["set", "reset"]) && piece.is_symbol(1, '(') {
        (Tune, None, 1)
    } else {
        (Other, None, 3)
    };
    Action {
        kind,
        offset: piece.offset(0),
        what: piece.excerpt(added),
        subject: subject.and_then(|at| piece.name(at)).map(std::borrow::Cow::into_owned),
        element: None,
    }
}

fn addition(piece: Run<'_>) -> Action {
    let rest = piece.part(1, piece.len());
    let (kind, element) = match element::constraint(rest) {
        Some(element) => (ActionKind::AddConstraint, Some(element)),
        None => {
            let at = past_condition(rest, usize::from(rest.is(0, "column")));
            (ActionKind::AddColumn, element::column(rest.part(at, rest.len())))
        }
    };
    Action {
        kind,
        offset: piece.offset(0),
        what: piece.excerpt(4),
        subject: element.as_ref().and_then(|it| it.name.clone()),
        element,
    }
}
