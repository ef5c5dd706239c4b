//! Owns what a statement does to the schema, as far as rules ask: what it makes, changes and takes
//! away, by name. Read from the tokens of our own scanner, which knows as the server does where a
//! name begins and ends. Must never judge, and never take a form it does not know for harmless.

mod alter;
mod create;
mod element;

use super::name::{self, Name};
use super::script::Run;

/// The kinds of objects that share their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Class {
    /// Tables, views, sequences, indexes.
    Relation,
    /// Functions, procedures, aggregates.
    Routine,
    /// Types and domains.
    Type,
    /// Schemas.
    Schema,
    /// What has no name of its own in a schema.
    Other,
}

/// One thing that a statement does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    /// `CREATE TABLE`.
    CreateTable(Table),
    /// `CREATE INDEX`.
    CreateIndex(Index),
    /// `CREATE TRIGGER`.
    CreateTrigger { table: Name, function: Option<Name>, replaces: bool },
    /// Any other `CREATE` of something with a name, and what it stands on.
    Create { class: Class, name: Name, replaces: bool, on: Option<Name>, adds: bool },
    /// One action of `ALTER TABLE`, or of its like for views and indexes.
    AlterTable { table: Name, action: Action },
    /// Any other `ALTER`.
    Alter { class: Class, name: Name, kind: ActionKind, what: String },
    /// `DROP`, for each name.
    Drop { class: Class, name: Name, on: Option<Name>, what: String, cascades: bool },
    /// Nothing that a name in it could be harmed by.
    Plain,
    /// Anything else, with every name that it mentions.
    Other { what: String, mentions: Vec<Name> },
}

/// A table that is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) name: Name,
    pub(super) temporary: bool,
    /// The tables whose readers read its rows too.
    pub(super) inherits: Vec<Name>,
    pub(super) elements: Vec<Element>,
}

/// An index that is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Index {
    pub(super) name: Option<Name>,
    pub(super) table: Name,
    pub(super) columns: Vec<String>,
    pub(super) partial: bool,
}

/// A column or a constraint of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Element {
    /// The column, or the constraint.
    pub(super) name: Option<String>,
    /// Where it begins.
    pub(super) offset: usize,
    /// The column's type, where it is none of the grammar's own.
    pub(super) of_type: Option<Name>,
    /// Columns of a foreign key, and where that is said.
    pub(super) foreign_key: Option<(Vec<String>, usize)>,
    /// Columns of a primary key or unique constraint.
    pub(super) key: Option<Vec<String>>,
    /// The column that a `CHECK (column IS NOT NULL)` speaks of.
    pub(super) not_null: Option<String>,
    /// Where a `CHECK` is said.
    pub(super) check: Option<usize>,
    /// Whether rows that are there are not looked at.
    pub(super) not_valid: bool,
    /// Whether an index enforces it that has to be built.
    pub(super) builds_index: bool,
}

/// One action of `ALTER TABLE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Action {
    pub(super) kind: ActionKind,
    /// Where it begins.
    pub(super) offset: usize,
    /// Its first words, as written.
    pub(super) what: String,
    /// The column, constraint or trigger that it names.
    pub(super) subject: Option<String>,
    /// What `ADD` adds.
    pub(super) element: Option<Element>,
}

/// What an action of `ALTER TABLE` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ActionKind {
    AddColumn,
    AddConstraint,
    ValidateConstraint,
    DropColumn,
    DropConstraint,
    /// `DROP EXPRESSION`, `DROP IDENTITY`.
    DropProperty,
    ChangeType,
    SetNotNull,
    Rename,
    SetSchema,
    Detach,
    /// `ENABLE [ALWAYS] TRIGGER`.
    EnableTrigger,
    /// `SET LOGGED`, `SET TABLESPACE`, `SET ACCESS METHOD`.
    Rewrite,
    /// Storage parameters, statistics: nothing that a reader sees.
    Tune,
    Other,
}

/// Everything that one command does.
pub(super) fn read(run: Run<'_>) -> Vec<Act> {
    if run.is(0, "create") {
        create::read(run)
    } else if run.is(0, "alter") {
        alter::read(run)
    } else if run.is(0, "drop") {
        drop(run)
    } else if is_plain(run) {
        vec![Act::Plain]
    } else {
        vec![other(run)]
    }
}

/// A form that is not looked into: whatever it names may be harmed by it.
fn other(run: Run<'_>) -> Act {
    let names = (0..run.len()).filter(|at| *at == 0 || !run.is_symbol(at - 1, '.'));
    let mentions = names.filter_map(|at| Name::read(run, at)).map(|(name, _)| name).collect();
    Act::Other { what: run.excerpt(2), mentions }
}

/// Commands that destroy and reinterpret nothing, whatever they name.
fn is_plain(run: Run<'_>) -> bool {
    const HEADS: [&str; 18] = [
        "comment", "select", "with", "table", "values", "insert", "copy", "set", "reset", "show",
        "analyze", "notify", "listen", "explain", "do", "revoke", "lock", "reindex",
    ];
    if run.is(0, "grant") {
        let on = run.outside_brackets().find(|at| run.is(*at, "on")).unwrap_or(run.len());
        return !(1..on).any(|at| run.is_any(at, &["update", "delete", "truncate", "all"]));
    }
    let changes = |at: usize| run.is_any(at, &["update", "delete", "merge"]);
    run.is_any(0, &HEADS)
        && !(run.is_any(0, &["with", "explain", "insert"]) && (1..run.len()).any(changes))
}

/// The class that words after `CREATE`, `ALTER` or `DROP` name, and how many words those are.
fn class(run: Run<'_>, at: usize) -> (Class, usize) {
    if run.is(at, "materialized") || run.is(at, "foreign") && run.is(at + 1, "table") {
        return (Class::Relation, 2);
    }
    if run.is_any(at, &["table", "view", "sequence", "index"]) {
        return (Class::Relation, 1);
    }
    if run.is_any(at, &["function", "procedure", "routine", "aggregate"]) {
        return (Class::Routine, 1);
    }
    if run.is_any(at, &["type", "domain"]) {
        return (Class::Type, 1);
    }
    if run.is(at, "schema") {
        return (Class::Schema, 1);
    }
    let words = if run.is_any(at, &["event", "access", "operator"])
        && run.is_any(at + 1, &["trigger", "method", "class", "family"])
    {
        2
    } else if run.is_any(at, &["text", "foreign"]) {
        3
    } else {
        1
    };
    (Class::Other, words)
}

/// `IF EXISTS` or `IF NOT EXISTS`, passed over.
fn past_condition(run: Run<'_>, at: usize) -> usize {
    if run.follows(at, &["if", "not", "exists"]) {
        at + 3
    } else if run.follows(at, &["if", "exists"]) {
        at + 2
    } else {
        at
    }
}

fn drop(run: Run<'_>) -> Vec<Act> {
    let (class, words) = class(run, 1);
    let mut at = 1 + words;
    at += usize::from(run.is(at, "concurrently"));
    at = past_condition(run, at);
    let (names, next) = name::list(run, at);
    let on =
        if run.is(next, "on") { Name::read(run, next + 1).map(|(name, _)| name) } else { None };
    let cascades = (next..run.len()).any(|at| run.is(at, "cascade"));
    let what = run.excerpt(1 + words);
    if names.is_empty() {
        return vec![other(run)];
    }
    names
        .into_iter()
        .map(|name| Act::Drop { class, name, on: on.clone(), what: what.clone(), cascades })
        .collect()
}
