//! Owns the set of rules: each file is one rule, with what it says of itself (`FACTS`) and
//! how it is checked (`check`). A new rule is a new file, a variant of `Rule`, and a line
//! below. Must never hold the logic of a rule.

pub(super) mod bad_waiver;
pub(super) mod copy_stdin;
pub(super) mod history_table;
pub(super) mod no_statement;
pub(super) mod not_in_transaction;
pub(super) mod nul_byte;
pub(super) mod psql_meta_command;
pub(super) mod run_lock;
pub(super) mod transaction_control;
pub(super) mod unreadable;

use super::body::{Body, When};
use super::offence::Found;
use super::script::Run;

/// One statement, as the rules see it.
#[derive(Debug)]
pub(super) struct View<'s> {
    /// All its tokens.
    pub(super) run: Run<'s>,
    /// Itself, and what follows a `;` inside it, in order.
    pub(super) commands: Vec<Run<'s>>,
    /// The code in its string constants.
    pub(super) bodies: &'s [Body<'s>],
}

impl<'s> View<'s> {
    /// The bodies that run with the migration.
    pub(super) fn executed(&self) -> impl Iterator<Item = &'s Body<'s>> {
        self.bodies.iter().filter(|body| body.when == When::Now)
    }
}

/// Checks what can be seen in the tokens alone; nothing of this can be waived.
pub(super) fn check(view: &View<'_>, found: &mut Found) {
    psql_meta_command::check(view, found);
    transaction_control::check(view, found);
    copy_stdin::check(view, found);
    not_in_transaction::check(view, found);
    history_table::check(view, found);
    run_lock::check(view, found);
}
