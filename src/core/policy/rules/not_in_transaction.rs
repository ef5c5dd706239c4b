//! Owns the rule `not-in-transaction`: commands which PostgreSQL refuses inside a
//! transaction block (SQLSTATE 25001), whatever the database holds. Must never guess at
//! those which it refuses only for some objects (`REINDEX` and `CLUSTER` of a partitioned
//! table, `DROP SUBSCRIPTION` with a slot): those are the server's to judge.
//!
//! Source: PostgreSQL manual, "SQL Commands"; each form was tried on servers 15 and 18.

use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::super::script::Run;
use super::View;

pub(in super::super) const FACTS: Facts = Facts {
    name: "not-in-transaction",
    fault: "'{}' cannot run inside a transaction",
    reason: "a migration runs in a transaction, inside which PostgreSQL refuses this command",
    remedy: "run the command by hand outside of the migrations, or use its form without \
             CONCURRENTLY where there is one",
    source: "design 8",
    standing: Standing::Always,
    before: "",
    bad: "CREATE INDEX CONCURRENTLY t_a ON public.t (a);",
    good: "CREATE TABLE public.t (a bigint);\nCREATE INDEX t_a ON public.t (a);",
};

pub(super) fn check(view: &View<'_>, found: &mut Found) {
    let bodies: Vec<Run<'_>> = view.executed().flat_map(|body| body.commands()).collect();
    for command in view.commands.iter().copied().chain(bodies) {
        let assigns = command.is_symbol(1, ':') || command.is_symbol(1, '=');
        if !assigns && let Some(what) = form(command) {
            found.add(Rule::NotInTransaction, command.offset(0), &what);
        }
    }
}

/// The name of the form that cannot run in a transaction.
fn form(command: Run<'_>) -> Option<String> {
    let words = |count| Some(command.excerpt(count));
    let starts = |words: &[&str]| command.follows(0, words);
    if command.is_any(0, &["create", "drop"]) && command.is_any(1, &["database", "tablespace"]) {
        return words(2);
    }
    if starts(&["alter", "system"]) || starts(&["discard", "all"]) {
        return words(2);
    }
    if starts(&["vacuum"]) {
        return words(1);
    }
    if starts(&["create", "index", "concurrently"]) || starts(&["drop", "index", "concurrently"]) {
        return words(3);
    }
    if starts(&["create", "unique", "index", "concurrently"]) {
        return words(4);
    }
    if starts(&["reindex"]) {
        return reindex(command);
    }
    if starts(&["cluster"]) {
        let mut at = if command.is_symbol(1, '(') { command.past_brackets(1) } else { 1 };
        at += usize::from(command.is(at, "verbose"));
        return (at >= command.len()).then(|| "CLUSTER without a table".to_owned());
    }
    if starts(&["alter", "database"]) {
        let moves = move_of_database(command);
        return moves.then(|| "ALTER DATABASE … TABLESPACE".to_owned());
    }
    if starts(&["alter", "table"]) {
        return detaches_concurrently(command)
            .then(|| "ALTER TABLE … DETACH PARTITION … CONCURRENTLY".to_owned());
    }
    subscription(command)
}

fn reindex(command: Run<'_>) -> Option<String> {
    let mut at = 1;
    if command.is_symbol(1, '(') {
        at = command.past_brackets(1);
        if option(command.part(1, at), "concurrently") == Some(true) {
            return Some("REINDEX (CONCURRENTLY)".to_owned());
        }
    }
    if command.is_any(at, &["schema", "database", "system"]) {
        return Some(format!("REINDEX {}", command.written(at)));
    }
    command
        .is(at + 1, "concurrently")
        .then(|| format!("REINDEX {} {}", command.written(at), command.written(at + 1)))
}

/// `ALTER DATABASE name SET TABLESPACE t` and `… [WITH] TABLESPACE [=] t`.
fn move_of_database(command: Run<'_>) -> bool {
    (3..command.len()).any(|at| command.is(at, "tablespace"))
}

fn detaches_concurrently(command: Run<'_>) -> bool {
    let mut detaches = false;
    command.outside_brackets().any(|at| {
        detaches |= command.follows(at, &["detach", "partition"]);
        detaches && command.is(at, "concurrently")
    })
}

/// Creating a subscription makes a slot on another server, and refreshing one asks that
/// server: neither can be rolled back. Both happen unless an option says otherwise.
fn subscription(command: Run<'_>) -> Option<String> {
    if !command.is_any(0, &["create", "alter"]) || !command.is(1, "subscription") {
        return None;
    }
    let off = |name| option(command, name) == Some(false);
    if command.is(0, "create") {
        return (!off("create_slot") && !off("connect"))
            .then(|| "CREATE SUBSCRIPTION with create_slot".to_owned());
    }
    if command.is(3, "refresh") {
        return Some("ALTER SUBSCRIPTION … REFRESH".to_owned());
    }
    if command.is_any(3, &["set", "add", "drop"]) && command.is(4, "publication") {
        return (!off("refresh"))
            .then(|| "ALTER SUBSCRIPTION … PUBLICATION with refresh".to_owned());
    }
    (command.is(3, "set") && option(command, "failover").is_some())
        .then(|| "ALTER SUBSCRIPTION … SET (failover)".to_owned())
}

/// The value of a boolean option inside brackets; without a value it is on.
fn option(run: Run<'_>, name: &str) -> Option<bool> {
    let at = (1..run.len()).find(|at| {
        run.is(*at, name) && (run.is_symbol(at - 1, '(') || run.is_symbol(at - 1, ','))
    })?;
    let value = if run.is_symbol(at + 1, '=') { at + 2 } else { at + 1 };
    let text = run.text(value).map(|(text, _)| text.to_ascii_lowercase());
    let off = run.is_any(value, &["false", "off"])
        || run.written(value) == "0"
        || text.is_some_and(|text| matches!(text.as_str(), "false" | "off" | "0"));
    Some(!off)
}
