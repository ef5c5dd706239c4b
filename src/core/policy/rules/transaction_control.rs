//! Owns the rule `transaction-control`. Must never refuse the definition of a routine which
//! commits when it is called: that is schema.
//!
//! Source: PostgreSQL manual, "SQL Commands"; "PL/pgSQL: Transaction Management".

use super::super::body::Language;
use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::super::script::Run;
use super::View;

pub(in super::super) const FACTS: Facts = Facts {
    name: "transaction-control",
    fault: "'{}' is transaction control, and would break up the transaction that the \
            migration and its record share",
    reason: "a migration and its record commit in one transaction, which the file must \
             neither end, nor split, nor change",
    remedy: "remove the command; each file already runs in a transaction of its own, and \
             what must commit separately belongs into a file of its own",
    source: "design 2.3 and 8",
    standing: Standing::Always,
    before: "",
    bad: "CREATE TABLE public.t (id bigint);\nCOMMIT;",
    good: "CREATE TABLE public.t (id bigint);",
};

/// Words by which code in other languages ends a transaction (manual, "PL/Perl: Database
/// Access", "PL/Python: Explicit Subtransactions", "PL/Tcl: Transaction Management").
const FOREIGN_WORDS: [&str; 7] =
    ["commit", "rollback", "abort", "savepoint", "spi_commit", "spi_rollback", "subtransaction"];

pub(super) fn check(view: &View<'_>, found: &mut Found) {
    for command in &view.commands {
        let count = length(*command);
        if count > 0 {
            found.add(Rule::TransactionControl, command.offset(0), &command.excerpt(count));
        }
    }
    for body in view.executed() {
        for command in body.commands() {
            let count = match body.language {
                Language::Plpgsql if is_block_word_or_variable(command) => 0,
                Language::Plpgsql | Language::Sql | Language::Foreign => length(command),
            };
            if count > 0 {
                found.add(Rule::TransactionControl, command.offset(0), &command.excerpt(count));
            }
        }
        if body.language == Language::Foreign {
            check_foreign(body.script.text.as_ref(), body.script.whole(), found);
        }
    }
}

/// How many tokens of a command name it as transaction control; 0 if it is none.
fn length(command: Run<'_>) -> usize {
    if command.is_any(0, &["commit", "rollback"]) {
        if command.is(1, "prepared") { 2 } else { command.len().min(4) }
    } else if command.is_any(0, &["begin", "end", "abort", "savepoint", "release"]) {
        command.len().min(3)
    } else if command.follows(0, &["start", "transaction"])
        || command.follows(0, &["prepare", "transaction"])
    {
        2
    } else if command.is_any(0, &["set", "reset"]) {
        let at = if command.is_any(1, &["local", "session"]) { 2 } else { 1 };
        let changes = command.is_any(
            at,
            &[
                "transaction",
                "transaction_isolation",
                "transaction_read_only",
                "transaction_deferrable",
            ],
        );
        // SET SESSION CHARACTERISTICS speaks of later transactions; the session is put back.
        if changes { at + 1 } else { 0 }
    } else {
        0
    }
}

/// In PL/pgSQL `BEGIN` and `END` are blocks, and any of the words may be a variable.
fn is_block_word_or_variable(command: Run<'_>) -> bool {
    if command.is_any(0, &["begin", "end"]) {
        return true;
    }
    if !command.ends_at_semicolon() {
        return true;
    }
    let assigns = [':', '=', '.', '[', '('].iter().any(|symbol| command.is_symbol(1, *symbol));
    let plain = if command.is_any(0, &["commit", "rollback", "abort"]) {
        command.len() == 1 || command.is_any(1, &["and", "work", "transaction", "to", "prepared"])
    } else if command.is(0, "savepoint") {
        command.len() == 2
    } else if command.is(0, "release") {
        command.len() == if command.is(1, "savepoint") { 3 } else { 2 }
    } else {
        true
    };
    assigns || !plain
}

fn check_foreign(text: &str, run: Run<'_>, found: &mut Found) {
    let mut offset = 0;
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
        if FOREIGN_WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)) {
            let place = run.script().origin.resolve(offset);
            found.add(Rule::TransactionControl, place, word);
            return;
        }
        offset += word.len();
        offset += text.get(offset..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    }
}
