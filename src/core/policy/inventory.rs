//! Owns what is known of a set's objects from its files alone: which file made what, which columns
//! an index leads with, what a protected table stands on. Must never judge, and never know more
//! than what the files say: an object that no file made is one that exists.

use std::collections::{HashMap, HashSet};

use super::acts::{Act, Action, ActionKind, Class, Element, Index, Table};
use super::name::Name;
use super::terms::{New, Terms};

type Key = (String, String);

/// A table as the files up to here made it.
#[derive(Debug, Default)]
struct Relation {
    /// The file that made it, counted from 1; 0 where none did.
    made_in: usize,
    /// Leading columns of each index and key, by its name.
    indexes: Vec<(Option<String>, Vec<String>)>,

    /// Columns that a valid `CHECK (column IS NOT NULL)` covers, with the constraint.
    not_null: Vec<(Option<String>, String, bool)>,
    /// Constraints that were added without looking at the rows, and in which file.
    unvalidated: HashMap<String, usize>,
}

/// What the files up to here made.
#[derive(Debug, Default)]
pub(super) struct Inventory {
    relations: HashMap<Key, Relation>,
    others: HashMap<(Class, Key), usize>,
    /// The table of each index.
    indexed: HashMap<Key, Key>,
    /// Functions of triggers on protected tables, and types of their columns.
    foundations: HashSet<(Class, Key)>,
    file: usize,
    pending_from: usize,
}

impl Inventory {
    /// Begins the next file; what comes from here on is pending where that is said.
    pub(super) fn begin_file(&mut self, pending: bool) {
        self.file += 1;
        if pending && self.pending_from == 0 {
            self.pending_from = self.file;
        }
    }

    fn is_new(&self, made_in: usize, terms: &Terms) -> bool {
        made_in > 0
            && match terms.new {
                New::InFile => made_in == self.file,
                New::InPlan => self.pending_from > 0 && made_in >= self.pending_from,
            }
    }

    /// Whether a table is empty by construction.
    pub(super) fn is_empty(&self, table: &Name, terms: &Terms) -> bool {
        let known = self.relations.get(&table.key(&terms.search_path));
        known.is_some_and(|it| self.is_new(it.made_in, terms))
    }

    /// Whether the file at hand made an object, so that nobody can rely on it yet.
    pub(super) fn is_made_here(&self, class: Class, name: &Name, terms: &Terms) -> bool {
        let key = name.key(&terms.search_path);
        let made_in = match class {
            Class::Relation => self.relations.get(&key).map(|it| it.made_in),
            Class::Routine | Class::Type | Class::Schema | Class::Other => {
                self.others.get(&(class, key)).copied()
            }
        };
        made_in == Some(self.file)
    }

    /// Whether an index or key of a table begins with these columns, in any order.
    pub(super) fn has_index(&self, table: &Name, columns: &[String], terms: &Terms) -> bool {
        let known = self.relations.get(&table.key(&terms.search_path));
        known.is_some_and(|it| {
            it.indexes.iter().any(|(_, index)| {
                index.len() >= columns.len()
                    && index.iter().take(columns.len()).all(|column| columns.contains(column))
            })
        })
    }

    /// Whether a valid constraint says already that a column is never null.
    pub(super) fn is_never_null(&self, table: &Name, column: &str, terms: &Terms) -> bool {
        let known = self.relations.get(&table.key(&terms.search_path));
        known.is_some_and(|it| {
            it.not_null.iter().any(|(_, checked, valid)| *valid && checked == column)
        })
    }

    /// Whether the file at hand added a constraint without looking at the rows.
    pub(super) fn is_added_here(&self, table: &Name, constraint: &str, terms: &Terms) -> bool {
        let known = self.relations.get(&table.key(&terms.search_path));
        known.is_some_and(|it| it.unvalidated.get(constraint) == Some(&self.file))
    }

    /// Whether a protected table stands on a function or a type.
    pub(super) fn is_foundation(&self, class: Class, name: &Name, terms: &Terms) -> bool {
        self.foundations.contains(&(class, name.key(&terms.search_path)))
    }

    /// Takes in what a statement does.
    pub(super) fn take(&mut self, act: &Act, terms: &Terms) {
        let key = |name: &Name| name.key(&terms.search_path);
        match act {
            Act::CreateTable(table) => self.create_table(table, terms),
            Act::CreateIndex(index) => self.create_index(index, terms),
            Act::CreateTrigger { table, function: Some(function), .. } => {
                if is_protected(table, terms) {
                    self.foundations.insert((Class::Routine, key(function)));
                }
            }
            Act::Create { class: Class::Relation, name, .. } => self.make(key(name)),
            Act::Create { class, name, .. } => {
                self.others.entry((*class, key(name))).or_insert(self.file);
            }
            Act::AlterTable { table, action } => self.alter(table, action, terms),
            Act::Drop { class: Class::Relation, name, .. } => self.drop(&key(name)),
            Act::Drop { class, name, .. } => {
                self.others.remove(&(*class, key(name)));
            }
            Act::CreateTrigger { .. } | Act::Alter { .. } | Act::Plain | Act::Other { .. } => {}
        }
    }

    fn make(&mut self, key: Key) {
        let file = self.file;
        let made = || Relation { made_in: file, ..Relation::default() };
        self.relations.entry(key).or_insert_with(made);
    }

    /// A relation is gone; where it was an index, no table has it any more.
    fn drop(&mut self, key: &Key) {
        self.relations.remove(key);
        if let Some(table) = self.indexed.remove(key) {
            self.forget_index(&table, Some(&key.1));
        }
    }

    fn forget_index(&mut self, table: &Key, name: Option<&String>) {
        if let Some(relation) = self.relations.get_mut(table) {
            relation.indexes.retain(|(index, _)| index.is_none() || index.as_ref() != name);
        }
    }

    fn create_table(&mut self, table: &Table, terms: &Terms) {
        let key = table.name.key(&terms.search_path);
        self.make(key.clone());
        for element in &table.elements {
            self.add(&key, element, true);
            self.note_foundation(&table.name, element, terms);
        }
    }

    fn create_index(&mut self, index: &Index, terms: &Terms) {
        if let Some(name) = &index.name {
            // An index lies in the schema of its table.
            let schema = index.table.key(&terms.search_path).0;
            let key = (schema, name.object.clone());
            self.make(key.clone());
            self.indexed.insert(key, index.table.key(&terms.search_path));
        }
        if !index.partial {
            let relation = self.relations.entry(index.table.key(&terms.search_path)).or_default();
            let name = index.name.as_ref().map(|name| name.object.clone());
            relation.indexes.push((name, index.columns.clone()));
        }
    }

    fn add(&mut self, key: &Key, element: &Element, valid: bool) {
        let file = self.file;
        let relation = self.relations.entry(key.clone()).or_default();
        if let Some(columns) = &element.key {
            relation.indexes.push((element.name.clone(), columns.clone()));
        }
        let valid = valid || !element.not_valid;
        if let Some(column) = &element.not_null {
            relation.not_null.push((element.name.clone(), column.clone(), valid));
        }
        if let Some(name) = element.name.as_ref().filter(|_| !valid) {
            relation.unvalidated.insert(name.clone(), file);
        }
    }

    fn note_foundation(&mut self, table: &Name, element: &Element, terms: &Terms) {
        if let Some(of_type) = element.of_type.as_ref().filter(|_| is_protected(table, terms)) {
            self.foundations.insert((Class::Type, of_type.key(&terms.search_path)));
        }
    }

    fn alter(&mut self, table: &Name, action: &Action, terms: &Terms) {
        let key = table.key(&terms.search_path);
        if let Some(element) = &action.element {
            self.add(&key, element, false);
            self.note_foundation(table, element, terms);
        }
        let Some(relation) = self.relations.get_mut(&key) else { return };
        match action.kind {
            ActionKind::ValidateConstraint => {
                for (name, _, valid) in &mut relation.not_null {
                    *valid |= name.is_some() && *name == action.subject;
                }
            }
            ActionKind::DropConstraint => {
                relation.not_null.retain(|(name, _, _)| name.is_none() || *name != action.subject);
                self.forget_index(&key, action.subject.as_ref());
            }
            _ => {}
        }
    }
}

/// Whether a name may be that of a protected table.
pub(super) fn is_protected(name: &Name, terms: &Terms) -> bool {
    terms.protected_tables.iter().any(|table| name.may_mean(table, &terms.search_path))
}
