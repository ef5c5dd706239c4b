//! Owns how constraints are enforced: by triggers that PostgreSQL makes, and that whoever has the
//! right can switch off. Must never tell of those that fire as PostgreSQL made them.

use super::Catalogs;
use super::namespace::enabled;
use super::question::{FORM, Fields, FromFields};
use super::rows::Keyed;
use super::trigger::Trigger;
use crate::store::fault::StoreFault;
use std::collections::{BTreeMap, BTreeSet};

/// What partitions have of foreign keys, and what foreign keys have of partitions. It is asked
/// for where a trigger fires otherwise, and so hardly ever.
pub(super) const HANDED_DOWN: &str = "SELECT oid, conparentid FROM pg_catalog.pg_constraint \
WHERE contype = 'f' AND conparentid <> 0";

/// A foreign key that is told of its parent.
pub(super) struct HandedDown {
    oid: u32,
    conparentid: u32,
}

impl FromFields for HandedDown {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self { oid: fields.number()?, conparentid: fields.number()? })
    }
}

impl Keyed for HandedDown {
    type Key = u32;

    fn key(&self) -> u32 {
        self.oid
    }
}

impl Trigger {
    /// Whether it looks at rows that come, and not at those that are referred to.
    fn checks(&self) -> bool {
        self.function.contains("check")
    }

    /// What it fires on. Where a table refers to itself, each of its two sides has an update.
    fn occasions(&self) -> impl Iterator<Item = &'static str> {
        let checks = self.checks();
        self.events().map(move |event| match event {
            "update" if !checks => "update of the key",
            event => event,
        })
    }
}

impl Catalogs {
    /// Each constraint that is enforced otherwise than PostgreSQL does by itself: when, where and
    /// on what. A partitioned table has no rows that come, and no trigger for them on PostgreSQL 14.
    pub(super) fn enforcement(&self) -> Result<BTreeMap<u32, String>, StoreFault> {
        let mut found: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
        for trigger in self.triggers.iter().filter(|it| it.enforces) {
            let table = self.relations.get(trigger.tgrelid).ok_or(FORM)?;
            let is_empty = table.relkind == 'p' && trigger.checks();
            if let Some(state) = enabled(trigger.tgenabled).filter(|_| !is_empty) {
                let place = (self.told_of(trigger.tgconstraint), state, self.reference(table.oid)?);
                found.entry(place).or_default().extend(trigger.occasions());
            }
        }
        let mut told = BTreeMap::new();
        for ((constraint, state, table), events) in found {
            let events: Vec<&str> = events.into_iter().collect();
            let text: &mut String = told.entry(constraint).or_default();
            if !text.is_empty() {
                text.push_str("; ");
            }
            text.push_str(&format!("{state} on {table} for {}", events.join(", ")));
        }
        Ok(told)
    }

    /// The constraint that tells of this one.
    fn told_of(&self, constraint: u32) -> u32 {
        let mut oid = constraint;
        while let Some(row) = self.handed_down.get(oid) {
            oid = row.conparentid;
        }
        oid
    }
}
