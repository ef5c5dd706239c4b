//! Owns the rule `history-table`: no file touches the record of what was applied. Must
//! never refuse a comment or a value that merely mentions it.

use super::super::body::{Body, Language, When};
use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::super::script::Run;
use super::View;

pub(in super::super) const FACTS: Facts = Facts {
    name: "history-table",
    fault: "'{}' names a table that belongs to this program",
    reason: "the history tables are evidence, and only this program writes them",
    remedy: "remove the statement; use the commands 'baseline' and 'provision' for what the \
             history and its privileges need",
    source: "design 5 and 8",
    standing: Standing::Always,
    before: "",
    bad: "ALTER TABLE public.dreichor_schema_migrations ADD COLUMN note text;",
    good: "CREATE TABLE public.t (id bigint);",
};

/// The two tables of design section 5. Their indexes, constraints and sequences begin with
/// the same names.
const TABLES: [&str; 2] = ["dreichor_schema_migrations", "dreichor_schema_migration_log"];

pub(super) fn check(view: &View<'_>, found: &mut Found) {
    check_names(view.run, found);
    for body in view.bodies {
        match body.language {
            Language::Plpgsql | Language::Sql => {
                check_names(body.script.whole(), found);
                if body.when == When::Now {
                    check_values(body.script.whole(), found);
                }
            }
            Language::Foreign => check_text(body, found),
        }
    }
}

fn check_names(run: Run<'_>, found: &mut Found) {
    for at in 0..run.len() {
        if run.written(at).len() >= 25
            && let Some(name) = run.name(at)
            && TABLES.iter().any(|table| name.starts_with(table))
        {
            found.add(Rule::HistoryTable, run.offset(at), &name);
        }
    }
}

/// What runs now may turn any value into a command.
fn check_values(run: Run<'_>, found: &mut Found) {
    for at in 0..run.len() {
        if let Some((value, origin)) = run.text(at)
            && let Some((table, offset)) = mention(&value)
        {
            found.add(Rule::HistoryTable, origin.resolve(offset), table);
        }
    }
}

fn check_text(body: &Body<'_>, found: &mut Found) {
    if let Some((table, offset)) = mention(&body.script.text) {
        found.add(Rule::HistoryTable, body.script.origin.resolve(offset), table);
    }
}

fn mention(text: &str) -> Option<(&'static str, usize)> {
    let lower = text.to_ascii_lowercase();
    TABLES.into_iter().find_map(|table| lower.find(table).map(|offset| (table, offset)))
}
