//! Owns reading the catalogs: plain questions without joins, in the one snapshot that is open, and
//! what is made of their rows. Must never write, and never judge what it reads.
//!
//! A fresh backend plans a question over many catalogs for longer than it takes to read them all.
//! So what every schema has is asked for in one message, what only some have in a second one, and
//! rows are joined here. How they are joined is in the rooms below, one for each kind of object;
//! none of them asks the server.
//!
//! Plain reads of catalogs wait for nobody. Of the functions that make text of stored
//! expressions, those that have to know a relation's columns open it with `ACCESS SHARE` and so
//! wait for whoever holds `ACCESS EXCLUSIVE`, as `ALTER TABLE` does. They are called only for what
//! is told, and only where an expression names columns: conditions of checks, policies and
//! triggers, generated columns, computed or partial indexes, views. Everything else is taken from
//! the catalogs' own columns. That wait is bounded by `lock_timeout`, and ends as a fault and not
//! as an answer.

mod acl;
mod ancestry;
mod attribute;
mod comment;
mod constraint;
mod data_type;
mod enforcement;
mod excess;
mod function;
mod index;
mod namespace;
mod question;
mod reading;
mod relation;
mod role;
mod rows;
mod trigger;
mod value;

use crate::core::schema::model::Schema;
use crate::store::RoleNames;
use crate::store::fault::StoreFault;
use role::Words;
use rows::Rows;

/// The rows of all catalogs that were asked for.
#[derive(Default)]
struct Catalogs {
    roles: Rows<role::Role>,
    memberships: Rows<role::Membership>,
    databases: Vec<excess::Database>,
    namespaces: Rows<namespace::Namespace>,
    first_privileges: Rows<namespace::FirstPrivileges>,
    extensions: Vec<namespace::Extension>,
    members: Rows<comment::Member>,
    comments: Rows<comment::Comment>,
    relations: Rows<relation::Relation>,
    types: Rows<data_type::DataType>,
    array_collations: Vec<(u32, u32)>,
    attributes: Rows<attribute::Attribute>,
    defaults: Rows<attribute::Default>,
    constraints: Vec<constraint::Constraint>,
    unproved_not_null: Rows<constraint::Unproved>,
    indexes: Rows<index::Index>,
    unusual_classes: Rows<ancestry::OperatorClass>,
    functions: Vec<function::Function>,
    languages: Rows<ancestry::Text>,
    aggregates: Rows<ancestry::Text>,
    labels: Rows<data_type::Label>,
    ranges: Rows<data_type::Range>,
    bases: Rows<ancestry::Text>,
    inheritances: Rows<ancestry::Inheritance>,
    partitioned: Rows<ancestry::Partitioned>,
    foreign_tables: Rows<ancestry::ForeignTable>,
    sequences: Rows<ancestry::Sequence>,
    owned_sequences: Rows<ancestry::Owned>,
    views: Rows<ancestry::Text>,
    access_methods: Rows<ancestry::Text>,
    tablespaces: Rows<ancestry::Text>,
    collations: Rows<ancestry::Text>,
    triggers: Rows<trigger::Trigger>,
    handed_down: Rows<enforcement::HandedDown>,
    rules: Vec<trigger::Rule>,
    policies: Vec<trigger::Policy>,
    statistics: Vec<trigger::Statistics>,
    event_triggers: Vec<namespace::EventTrigger>,
    default_privileges: Vec<namespace::DefaultPrivileges>,
}

impl Catalogs {
    /// The schema that the rows tell of.
    fn schema(self, names: &RoleNames) -> Result<Schema, StoreFault> {
        let words = Words { roles: &self.roles, names };
        let mut objects = Vec::new();
        namespace::tell(&self, &words, &mut objects)?;
        data_type::tell(&self, &words, &mut objects)?;
        function::tell(&self, &words, &mut objects)?;
        relation::tell(&self, &words, &mut objects)?;
        attribute::tell(&self, &words, &mut objects)?;
        constraint::tell(&self, &mut objects)?;
        index::tell(&self, &mut objects)?;
        trigger::tell(&self, &words, &mut objects)?;
        drop(self);
        Schema::assemble(objects).map_err(StoreFault::Schema)
    }
}
