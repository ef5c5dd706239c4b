//! Owns the set of rules: each file is one rule, with what it says of itself (`FACTS`) and
//! how it is checked (`check`). A new rule is a new file, a variant of `Rule`, and a line
//! below. Must never hold the logic of a rule.

pub(super) mod bad_waiver;
pub(super) mod changes_data;
pub(super) mod char_type;
pub(super) mod conditional_statement;
pub(super) mod constraint_validates;
pub(super) mod copy_stdin;
pub(super) mod derived_state;
pub(super) mod drop;
pub(super) mod foreign_key_without_index;
pub(super) mod grant_to_public;
pub(super) mod history_table;
pub(super) mod index_blocks_writes;
pub(super) mod key_builds_index;
pub(super) mod missing_idempotence;
pub(super) mod name_too_long;
pub(super) mod no_statement;
pub(super) mod not_in_transaction;
pub(super) mod nul_byte;
pub(super) mod protected_table;
pub(super) mod psql_meta_command;
pub(super) mod reads_data;
pub(super) mod rename;
pub(super) mod required_column;
pub(super) mod run_lock;
pub(super) mod runs_code;
pub(super) mod security_definer;
pub(super) mod session_setting;
pub(super) mod set_not_null;
pub(super) mod table_rewrite;
pub(super) mod timestamp_without_zone;
pub(super) mod transaction_control;
pub(super) mod type_change;
pub(super) mod unqualified_name;
pub(super) mod unreadable;
pub(super) mod unused_waiver;
pub(super) mod validated_at_once;
pub(super) mod volatile_default;

use super::acts::Act;
use super::body::{Body, When};
use super::inventory::Inventory;
use super::name::Name;
use super::offence::Found;
use super::parsing::Hint;
use super::reading::Read;
use super::rule::Rule;
use super::script::Run;
use super::terms::Terms;

/// One statement, as the rules see it that need nothing else.
#[derive(Debug)]
pub(super) struct View<'s> {
    /// All its tokens.
    pub(super) run: Run<'s>,
    /// Itself, and what follows a `;` inside it, in order.
    pub(super) commands: Vec<Run<'s>>,
    /// The code in its string constants.
    pub(super) bodies: &'s [Body<'s>],
    /// What it does to the schema.
    pub(super) acts: &'s [Act],
}

impl<'s> View<'s> {
    /// The bodies that run with the migration.
    pub(super) fn executed(&self) -> impl Iterator<Item = &'s Body<'s>> {
        self.bodies.iter().filter(|body| body.when == When::Now)
    }
}

/// One statement, and what the set knows when it is its turn.
#[derive(Debug)]
pub(super) struct Scene<'s> {
    /// By what is judged.
    pub(super) terms: &'s Terms,
    /// What the files up to here made.
    pub(super) inventory: &'s Inventory,
    /// The statement.
    pub(super) read: &'s Read,
    /// Whether the table that it works on is empty by construction.
    pub(super) on_empty_table: bool,
}

impl<'s> Scene<'s> {
    /// The statement before the set that is known by now.
    pub(super) fn new(terms: &'s Terms, inventory: &'s Inventory, read: &'s Read) -> Self {
        let on_empty_table = read.acts.iter().any(|act| match act {
            Act::AlterTable { table, .. } => inventory.is_empty(table, terms),
            Act::CreateIndex(index) => inventory.is_empty(&index.table, terms),
            _ => false,
        });
        Self { terms, inventory, read, on_empty_table }
    }

    /// Whether a table is empty by construction.
    pub(super) fn is_empty(&self, table: &Name) -> bool {
        self.inventory.is_empty(table, self.terms)
    }

    /// Whether the same file made a table.
    pub(super) fn is_made_here(&self, table: &Name) -> bool {
        let class = super::acts::Class::Relation;
        self.inventory.is_made_here(class, table, self.terms)
    }

    /// What the linter says that means a rule of ours.
    pub(super) fn hints(&self, rule: Rule) -> impl Iterator<Item = &'s Hint> {
        self.read.hints.iter().filter(move |hint| hint.rule == rule)
    }

    /// Where the statement begins.
    pub(super) fn start(&self) -> Option<usize> {
        self.read.span.map(|span| span.start)
    }
}

/// Checks what can be seen in one statement.
pub(super) fn check(view: &View<'_>, found: &mut Found) {
    psql_meta_command::check(view, found);
    transaction_control::check(view, found);
    copy_stdin::check(view, found);
    not_in_transaction::check(view, found);
    history_table::check(view, found);
    run_lock::check(view, found);
    reads_data::check(view, found);
    changes_data::check(view, found);
    runs_code::check(view, found);
    derived_state::check(view, found);
    session_setting::check(view, found);
    grant_to_public::check(view, found);
    security_definer::check(view, found);
    unqualified_name::check(view, found);
    conditional_statement::check(view, found);
    missing_idempotence::check(view, found);
}

/// Checks what depends on the files before, and on the statements before in the same file.
pub(super) fn judge(scene: &Scene<'_>, found: &mut Found) {
    protected_table::check(scene, found);
    drop::check(scene, found);
    type_change::check(scene, found);
    constraint_validates::check(scene, found);
    validated_at_once::check(scene, found);
    key_builds_index::check(scene, found);
    index_blocks_writes::check(scene, found);
    volatile_default::check(scene, found);
    required_column::check(scene, found);
    set_not_null::check(scene, found);
    table_rewrite::check(scene, found);
    rename::check(scene, found);
    name_too_long::check(scene, found);
    char_type::check(scene, found);
    timestamp_without_zone::check(scene, found);
}
