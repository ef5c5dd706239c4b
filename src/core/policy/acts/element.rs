//! Owns the reading of one column or one constraint of a table. Must never read an expression,
//! but for `column IS NOT NULL`.

use super::super::name::{self, Name};
use super::super::script::Run;
use super::Element;

/// Words that begin a constraint of a table; all but `exclude` are reserved, and that one is told
/// from a column by what follows.
const FORMS: [&str; 4] = ["primary", "unique", "check", "foreign"];

/// A constraint, with or without its name.
pub(super) fn constraint(run: Run<'_>) -> Option<Element> {
    let named = run.is(0, "constraint");
    let at = if named { name::Name::read(run, 1)?.1 } else { 0 };
    let is_form = run.is_any(at, &FORMS)
        || run.follows(at, &["not", "null"])
        || (run.is(at, "exclude") && (run.is(at + 1, "using") || run.is_symbol(at + 1, '(')));
    if !named && !is_form {
        return None;
    }
    let name = if named { Name::read(run, 1).map(|(name, _)| name.object) } else { None };
    let mut element = Element { name, offset: run.offset(0), ..Element::default() };
    read_clause(run, at, None, &mut element);
    let outside: Vec<usize> = run.outside_brackets().collect();
    element.not_valid = outside.iter().any(|at| run.follows(*at, &["not", "valid"]));
    if run.follows(at, &["not", "null"]) {
        element.check = Some(run.offset(at));
    }
    if run.is(at, "exclude") {
        element.builds_index = true;
    }
    Some(element)
}

/// A column with its clauses.
pub(super) fn column(run: Run<'_>) -> Option<Element> {
    let (column, next) = Name::read(run, 0)?;
    let of_type = Name::read(run, next).map(|(name, _)| name);
    let mut element = Element {
        name: Some(column.object.clone()),
        offset: run.offset(0),
        of_type,
        ..Element::default()
    };
    let outside: Vec<usize> = run.outside_brackets().filter(|at| *at >= next).collect();
    for at in outside {
        read_clause(run, at, Some(&column.object), &mut element);
    }
    Some(element)
}

/// What one clause adds, if one begins at a position.
fn read_clause(run: Run<'_>, at: usize, column: Option<&str>, element: &mut Element) {
    let own = || column.map(|it| vec![it.to_owned()]);
    if run.is(at, "references") && column.is_some() {
        element.foreign_key = own().map(|columns| (columns, run.offset(at)));
    } else if run.follows(at, &["foreign", "key"]) {
        element.foreign_key = Some((name::columns(run, at + 2), run.offset(at)));
    } else if run.follows(at, &["primary", "key"]) || run.is(at, "unique") {
        let using = (at..run.len()).any(|here| run.follows(here, &["using", "index"]));
        let index =
            (at..run.len()).any(|here| run.follows(here, &["using", "index", "tablespace"]));
        let open = (at..run.len()).find(|here| run.is_symbol(*here, '(')).unwrap_or(run.len());
        element.key = own().or_else(|| Some(name::columns(run, open)));
        element.builds_index = !using || index;
    } else if run.is(at, "check") && run.is_symbol(at + 1, '(') {
        element.check = Some(run.offset(at));
        element.not_null = not_null(run, at + 2);
    }
}

/// The column of `column IS NOT NULL)`.
fn not_null(run: Run<'_>, at: usize) -> Option<String> {
    let (column, next) = Name::read(run, at)?;
    let ends = run.is_symbol(next + 3, ')');
    (run.follows(next, &["is", "not", "null"]) && ends).then_some(column.object)
}
