//! Owns columns, with their defaults. Must never open a relation for a default that names no
//! column.

use super::Catalogs;
use super::comment::PG_CLASS;
use super::question::{Fields, FromFields};
use super::relation::Relation;
use super::role::Words;
use super::rows::Keyed;
use crate::core::schema::key::Key;
use crate::core::schema::kind::Kind;
use crate::core::schema::object::{Draft, Object};
use crate::store::fault::StoreFault;

/// Of these relations, and beside them the options of indexes' columns.
pub(super) fn attributes(oids: &str) -> String {
    format!(
        "{COLUMNS} WHERE attnum > 0 AND NOT attisdropped AND (attrelid = ANY ('{oids}') \
         OR (attoptions IS NOT NULL AND attrelid >= 16384))"
    )
}

/// The columns of indexes, which have types of their own.
pub(super) fn computed(oids: &str) -> String {
    format!("{COLUMNS} WHERE attrelid = ANY ('{oids}')")
}

const COLUMNS: &str = "SELECT attrelid, attname, attnum, atttypid, \
pg_catalog.format_type(atttypid, atttypmod), attcollation, attnotnull, attidentity, attgenerated, \
attstorage, attcompression, attislocal, attoptions, attfdwoptions, attacl \
FROM pg_catalog.pg_attribute";

/// Those columns of the history tables that privileges were granted on.
pub(super) const HISTORY_ATTRIBUTES: &str = "SELECT attrelid, attname, attnum, atttypid, \
pg_catalog.format_type(atttypid, atttypmod), attcollation, attnotnull, attidentity, attgenerated, \
attstorage, attcompression, attislocal, attoptions, attfdwoptions, attacl \
FROM pg_catalog.pg_attribute WHERE attacl IS NOT NULL AND NOT attisdropped AND attrelid IN (\
pg_catalog.to_regclass('public.dreichor_schema_migrations')::pg_catalog.oid, \
pg_catalog.to_regclass('public.dreichor_schema_migration_log')::pg_catalog.oid)";

/// Of these relations. A node `VAR` in the stored tree is a column, and only a generated column
/// can have one; without, the relation is not opened.
pub(super) fn defaults(oids: &str) -> String {
    format!(
        "SELECT adrelid, adnum, pg_catalog.pg_get_expr(adbin, \
         CASE WHEN pg_catalog.strpos(adbin::pg_catalog.text, '{{VAR ') > 0 THEN adrelid ELSE 0 END) \
         FROM pg_catalog.pg_attrdef WHERE adrelid = ANY ('{oids}')"
    )
}

/// What the server itself notes of a column among its options, since its minor releases of
/// November 2026.
const NOTE: &str = "pg_attver=";

/// A row of `pg_attribute`.
pub(super) struct Attribute {
    pub(super) attrelid: u32,
    pub(super) attname: Box<str>,
    pub(super) attnum: i16,
    pub(super) atttypid: u32,
    type_name: Box<str>,
    pub(super) attcollation: u32,
    attnotnull: bool,
    attidentity: Option<char>,
    attgenerated: Option<char>,
    attstorage: Option<char>,
    attcompression: Option<char>,
    attislocal: bool,
    pub(super) attoptions: Vec<String>,
    attfdwoptions: Option<Box<str>>,
    pub(super) attacl: Option<Box<str>>,
}

/// A row of `pg_attrdef`.
pub(super) struct Default {
    adrelid: u32,
    adnum: i16,
    expression: Box<str>,
}

impl FromFields for Attribute {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            attrelid: fields.number()?,
            attname: fields.text()?.into(),
            attnum: fields.number()?,
            atttypid: fields.number()?,
            type_name: fields.text()?.into(),
            attcollation: fields.number()?,
            attnotnull: fields.flag()?,
            attidentity: fields.letter()?,
            attgenerated: fields.letter()?,
            attstorage: fields.letter()?,
            attcompression: fields.letter()?,
            attislocal: fields.flag()?,
            attoptions: fields.elements()?.into_iter().filter(|it| !it.starts_with(NOTE)).collect(),
            attfdwoptions: fields.options()?,
            attacl: fields.kept()?,
        })
    }
}

impl FromFields for Default {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            adrelid: fields.number()?,
            adnum: fields.number()?,
            expression: fields.text()?.into(),
        })
    }
}

impl Keyed for Attribute {
    type Key = (u32, i16);

    fn key(&self) -> (u32, i16) {
        (self.attrelid, self.attnum)
    }
}

impl Keyed for Default {
    type Key = (u32, i16);

    fn key(&self) -> (u32, i16) {
        (self.adrelid, self.adnum)
    }
}

impl Attribute {
    /// Its collation, where that is not its type's.
    fn collation<'a>(&self, catalogs: &'a Catalogs) -> Result<Option<&'a str>, StoreFault> {
        if self.attcollation == catalogs.type_collation(self.atttypid) {
            return Ok(None);
        }
        catalogs.collation(self.attcollation).map(Some)
    }

    fn storage(&self, catalogs: &Catalogs, relation: &Relation) -> Option<&'static str> {
        let usual = catalogs.type_storage(self.atttypid);
        if self.attstorage == Some(usual) || !matches!(relation.relkind, 'r' | 'p' | 'm' | 'f') {
            return None;
        }
        match self.attstorage {
            Some('p') => Some("plain"),
            Some('e') => Some("external"),
            Some('m') => Some("main"),
            Some('x') => Some("extended"),
            _ => None,
        }
    }

    fn object(
        &self,
        catalogs: &Catalogs,
        words: &Words<'_>,
        relation: &Relation,
        position: u32,
    ) -> Result<Object, StoreFault> {
        let (schema, name) = catalogs.name(relation)?;
        let not_null = match (self.attnotnull, catalogs.unproved_not_null.get(self.key())) {
            (false, _) => None,
            (true, None) => Some("yes"),
            (true, Some(_)) => Some("not valid"),
        };
        let expression = catalogs.defaults.get(self.key()).map(|it| &*it.expression);
        let generated = match self.attgenerated {
            Some('s') => Some("stored"),
            Some('v') => Some("virtual"),
            _ => None,
        };
        let identity = match self.attidentity {
            Some('a') => Some("always"),
            Some('d') => Some("by default"),
            _ => None,
        };
        let compression = match self.attcompression {
            Some('p') => Some("pglz"),
            Some('l') => Some("lz4"),
            _ => None,
        };
        let place = if self.attgenerated.is_some() { Key::Expression } else { Key::Default };
        let options = super::value::sorted(self.attoptions.iter().cloned().map(Some).collect());
        let comment = catalogs.comments.on_column(PG_CLASS, self.attrelid, self.attnum);
        let draft = Draft::new(Kind::Column, &[schema, name, &self.attname])
            .with(Key::Position, Some(position.to_string()))
            .with(Key::Type, Some(&*self.type_name))
            .with(Key::Collation, self.collation(catalogs)?)
            .with(Key::NotNull, not_null)
            .with(place, expression)
            .with(Key::Identity, identity)
            .with(Key::Generated, generated)
            .with(Key::Storage, self.storage(catalogs, relation))
            .with(Key::Compression, compression)
            .with(Key::Inherited, (!self.attislocal).then_some("yes"))
            .with(Key::Options, options)
            .with(Key::ForeignOptions, self.attfdwoptions.as_deref())
            .with(Key::Comment, comment)
            .with_grants(&words.grants(self.attacl.as_deref(), Some(relation.relowner))?);
        draft.finish().map_err(StoreFault::Schema)
    }
}

/// Adds the columns of what is told. Dropped ones leave no hole in the positions.
pub(super) fn tell(
    catalogs: &Catalogs,
    words: &Words<'_>,
    objects: &mut Vec<Object>,
) -> Result<(), StoreFault> {
    let mut current: Option<&Relation> = None;
    let mut position = 0;
    for attribute in catalogs.attributes.iter() {
        if current.is_none_or(|relation| relation.oid != attribute.attrelid) {
            current = catalogs.relations.get(attribute.attrelid);
            position = 0;
        }
        position += 1;
        if let Some(relation) = current.filter(|it| it.told && it.has_columns()) {
            objects.push(attribute.object(catalogs, words, relation, position)?);
        }
    }
    Ok(())
}
