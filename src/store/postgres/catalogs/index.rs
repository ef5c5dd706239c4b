//! Owns indexes. Must never have a relation opened for one that computes nothing.

use super::Catalogs;
use super::question::{Fields, FromFields};
use super::relation::Relation;
use super::rows::Keyed;
use crate::core::schema::key::Key;
use crate::core::schema::kind::Kind;
use crate::core::schema::object::{Draft, Object};
use crate::core::spelling::identifier;
use crate::store::fault::StoreFault;

/// Of these relations.
pub(super) fn indexes(oids: &str, server_major: u32) -> String {
    let newer = if server_major >= 15 { "indnullsnotdistinct" } else { "false" };
    format!(
        "SELECT indexrelid, indrelid, indnkeyatts, indisunique, indisprimary, indimmediate, \
         indisclustered, indisvalid, indisready, indislive, indisreplident, indkey, indcollation, \
         indclass, indoption, \
         CASE WHEN indexprs IS NOT NULL THEN pg_catalog.pg_get_expr(indexprs, indrelid) END, \
         CASE WHEN indpred IS NOT NULL THEN pg_catalog.pg_get_expr(indpred, indrelid) END, {newer} \
         FROM pg_catalog.pg_index WHERE indrelid = ANY ('{oids}')"
    )
}

/// A row of `pg_index`, found by its table.
pub(super) struct Index {
    pub(super) indexrelid: u32,
    indrelid: u32,
    indnkeyatts: i16,
    indisunique: bool,
    indisprimary: bool,
    indimmediate: bool,
    indisclustered: bool,
    indisvalid: bool,
    indisready: bool,
    indislive: bool,
    pub(super) indisreplident: bool,
    indkey: Box<[i16]>,
    pub(super) indcollation: Box<[u32]>,
    indclass: Box<[u32]>,
    indoption: Box<[i16]>,
    pub(super) expressions: Option<Box<str>>,
    predicate: Option<Box<str>>,
    indnullsnotdistinct: bool,
}

impl FromFields for Index {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            indexrelid: fields.number()?,
            indrelid: fields.number()?,
            indnkeyatts: fields.number()?,
            indisunique: fields.flag()?,
            indisprimary: fields.flag()?,
            indimmediate: fields.flag()?,
            indisclustered: fields.flag()?,
            indisvalid: fields.flag()?,
            indisready: fields.flag()?,
            indislive: fields.flag()?,
            indisreplident: fields.flag()?,
            indkey: fields.numbers()?,
            indcollation: fields.numbers()?,
            indclass: fields.numbers()?,
            indoption: fields.numbers()?,
            expressions: fields.kept()?,
            predicate: fields.kept()?,
            indnullsnotdistinct: fields.flag()?,
        })
    }
}

impl Keyed for Index {
    type Key = u32;

    fn key(&self) -> u32 {
        self.indrelid
    }
}

impl Index {
    /// Whether a key that is computed has a collation, which may be its type's.
    pub(super) fn has_computed_text(&self) -> bool {
        let mut keys = self.indkey.iter().zip(&self.indcollation);
        keys.any(|(number, collation)| *number == 0 && *collation != 0)
    }

    fn keys(&self, catalogs: &Catalogs) -> Result<String, StoreFault> {
        let mut keys = Vec::new();
        let parts = self.indkey.iter().zip(&self.indcollation).zip(&self.indclass);
        let parts = parts.zip(&self.indoption).zip(1_i16..);
        for ((((number, collation), class), option), at) in parts {
            if at > self.indnkeyatts {
                break;
            }
            let mut key = catalogs.column(self.indrelid, *number);
            let own = catalogs.attributes.get((self.indexrelid, at));
            let usual = match catalogs.attributes.get((self.indrelid, *number)) {
                Some(column) => column.attcollation,
                None => own.map_or(0, |it| catalogs.type_collation(it.atttypid)),
            };
            if *collation != 0 && *collation != usual {
                key = format!("{key} collation {}", catalogs.collation(*collation)?);
            }
            if let Some(class) = catalogs.unusual_classes.get(*class) {
                key = format!("{key} class {}", class.reference(catalogs)?);
            }
            if let Some(own) = own.filter(|it| !it.attoptions.is_empty()) {
                key = format!("{key} ({})", own.attoptions.join(", "));
            }
            key.push_str(match option & 3 {
                1 => " descending nulls last",
                2 => " nulls first",
                3 => " descending",
                _ => "",
            });
            keys.push(key);
        }
        Ok(keys.join(", "))
    }

    fn included(&self, catalogs: &Catalogs) -> Option<String> {
        let keys = usize::try_from(self.indnkeyatts).unwrap_or_default();
        let columns = self.indkey.iter().skip(keys);
        let names: Vec<String> = columns
            .filter_map(|number| catalogs.attributes.get((self.indrelid, *number)))
            .map(|it| identifier(&it.attname))
            .collect();
        Some(names.join(", ")).filter(|names| !names.is_empty())
    }

    fn object(
        &self,
        catalogs: &Catalogs,
        table: &Relation,
        index: &Relation,
    ) -> Result<Object, StoreFault> {
        let (schema, name) = catalogs.name(table)?;
        let unique = match (self.indisprimary, self.indisunique) {
            (true, _) => Some("primary key"),
            (false, true) => Some("yes"),
            (false, false) => None,
        };
        let parents = if index.relispartition { catalogs.parents(index.oid)? } else { None };
        let draft = Draft::new(Kind::Index, &[schema, name, &index.relname])
            .with(Key::Columns, Some(self.keys(catalogs)?))
            .with(Key::Include, self.included(catalogs))
            .with(Key::Expressions, self.expressions.as_deref())
            .with(Key::Predicate, self.predicate.as_deref())
            .with(Key::Unique, unique)
            .with(Key::NullsNotDistinct, self.indnullsnotdistinct.then_some("yes"))
            .with(Key::Valid, (!self.indisvalid).then_some("no"))
            .with(Key::Ready, (!self.indisready || !self.indislive).then_some("no"))
            .with(Key::Deferrable, (!self.indimmediate).then_some("yes"))
            .with(Key::PartitionOf, parents)
            .with(Key::Clustered, self.indisclustered.then_some("yes"));
        index.storage(catalogs, "btree", draft).finish().map_err(StoreFault::Schema)
    }
}

/// Adds all indexes.
pub(super) fn tell(catalogs: &Catalogs, objects: &mut Vec<Object>) -> Result<(), StoreFault> {
    let unknown = || StoreFault::Protocol { expected: "an index that the catalogs know" };
    for index in catalogs.indexes.iter() {
        let Some(table) = catalogs.relations.get(index.indrelid).filter(|it| it.told) else {
            continue;
        };
        let relation = catalogs.relations.get(index.indexrelid).ok_or_else(unknown)?;
        objects.push(index.object(catalogs, table, relation)?);
    }
    Ok(())
}
