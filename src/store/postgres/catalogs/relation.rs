//! Owns relations, as `pg_class` has them: tables, views, sequences, and the names of all others.
//! Must never open one: what has to is asked for those alone that are told.

use super::Catalogs;
use super::comment::PG_CLASS;
use super::question::{FORM, Fields, FromFields};
use super::role::Words;
use super::rows::Keyed;
use crate::core::schema::key::Key;
use crate::core::schema::kind::Kind;
use crate::core::schema::object::{Draft, Object};
use crate::core::spelling::qualified;
use crate::store::fault::StoreFault;

macro_rules! relations_where {
    ($condition:literal) => {
        concat!(
            "SELECT oid, relname, relnamespace, relowner, relam, reltablespace, relpersistence, \
             relkind, relhastriggers, relhasrules, relhassubclass, relrowsecurity, \
             relforcerowsecurity, relispopulated, relreplident, relispartition, reloptions, \
             relacl, CASE WHEN reloftype <> 0 THEN pg_catalog.format_type(reloftype, NULL) END, \
             CASE WHEN relispartition THEN pg_catalog.pg_get_expr(relpartbound, 0) END \
             FROM pg_catalog.pg_class WHERE ",
            $condition
        )
    };
}

/// Bounds of partitions hold no column, so that no relation has to be opened for them.
pub(super) const RELATIONS: &str = relations_where!("oid >= 16384 AND relkind <> 't'");

pub(super) const HISTORY_RELATIONS: &str = relations_where!(
    "relname IN ('dreichor_schema_migrations', 'dreichor_schema_migration_log') AND oid >= 16384"
);

/// The names of the two history tables, which stand in `public`.
const HISTORY: [&str; 2] = ["dreichor_schema_migrations", "dreichor_schema_migration_log"];

/// The access methods that every relation has by itself.
const HEAP: u32 = 2;
const BTREE: u32 = 403;

/// A row of `pg_class`.
pub(super) struct Relation {
    pub(super) oid: u32,
    pub(super) relname: Box<str>,
    pub(super) relnamespace: u32,
    pub(super) relowner: u32,
    relam: u32,
    reltablespace: u32,
    relpersistence: Option<char>,
    pub(super) relkind: char,
    pub(super) relhastriggers: bool,
    pub(super) relhasrules: bool,
    pub(super) relhassubclass: bool,
    relrowsecurity: bool,
    relforcerowsecurity: bool,
    relispopulated: bool,
    relreplident: Option<char>,
    pub(super) relispartition: bool,
    reloptions: Option<Box<str>>,
    pub(super) relacl: Option<Box<str>>,
    of_type: Option<Box<str>>,
    bound: Option<Box<str>>,
    /// Whether it is told, and what belongs to it.
    pub(super) told: bool,
}

impl FromFields for Relation {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            oid: fields.number()?,
            relname: fields.text()?.into(),
            relnamespace: fields.number()?,
            relowner: fields.number()?,
            relam: fields.number()?,
            reltablespace: fields.number()?,
            relpersistence: fields.letter()?,
            relkind: fields.letter()?.ok_or(FORM)?,
            relhastriggers: fields.flag()?,
            relhasrules: fields.flag()?,
            relhassubclass: fields.flag()?,
            relrowsecurity: fields.flag()?,
            relforcerowsecurity: fields.flag()?,
            relispopulated: fields.flag()?,
            relreplident: fields.letter()?,
            relispartition: fields.flag()?,
            reloptions: fields.options()?,
            relacl: fields.kept()?,
            of_type: fields.kept()?,
            bound: fields.kept()?,
            told: false,
        })
    }
}

impl Keyed for Relation {
    type Key = u32;

    fn key(&self) -> u32 {
        self.oid
    }
}

impl Relation {
    /// Whether it has columns that others may name.
    pub(super) fn has_columns(&self) -> bool {
        matches!(self.relkind, 'r' | 'p' | 'v' | 'm' | 'f' | 'c') && !self.is_temporary()
    }

    /// Whether it is a relation of its own, and not an index or a table beside another one.
    pub(super) fn stands_alone(&self) -> bool {
        self.has_columns() || (self.relkind == 'S' && !self.is_temporary())
    }

    fn is_temporary(&self) -> bool {
        self.relpersistence == Some('t')
    }

    /// Whether its name is that of a history table, in a schema of this name.
    pub(super) fn is_history_in(&self, nspname: &str) -> bool {
        nspname == "public" && HISTORY.contains(&&*self.relname)
    }

    /// Whether it has an access method that has to be named.
    pub(super) fn has_access_method(&self) -> bool {
        !matches!(self.relam, 0 | HEAP | BTREE)
    }

    /// Whether it is stored elsewhere than its database.
    pub(super) fn has_tablespace(&self) -> bool {
        self.reltablespace != 0
    }

    /// What a table and an index have in common; `usual` is the access method that is not told.
    pub(super) fn storage(&self, catalogs: &Catalogs, usual: &str, draft: Draft) -> Draft {
        let method = match self.relam {
            HEAP => Some("heap"),
            BTREE => Some("btree"),
            other => catalogs.access_methods.get(other).map(|it| &*it.text),
        };
        let tablespace = catalogs.tablespaces.get(self.reltablespace).map(|it| &*it.text);
        draft
            .with(Key::AccessMethod, method.filter(|name| *name != usual))
            .with(Key::Options, self.reloptions.as_deref())
            .with(Key::Tablespace, tablespace)
            .with(Key::Comment, catalogs.comments.on(PG_CLASS, self.oid))
    }

    fn kind(&self) -> Kind {
        match self.relkind {
            'v' => Kind::View,
            'm' => Kind::MaterializedView,
            'f' => Kind::ForeignTable,
            'S' => Kind::Sequence,
            _ => Kind::Table,
        }
    }

    fn replica_identity(&self, catalogs: &Catalogs) -> Option<String> {
        match self.relreplident {
            Some('f') => Some("full".to_owned()),
            Some('n') if matches!(self.relkind, 'r' | 'p') => Some("nothing".to_owned()),
            Some('i') => {
                let index = catalogs.indexes.all(self.oid).find(|it| it.indisreplident)?;
                Some(format!("index {}", catalogs.relations.get(index.indexrelid)?.relname))
            }
            _ => None,
        }
    }

    fn object(&self, catalogs: &Catalogs, words: &Words<'_>) -> Result<Object, StoreFault> {
        let (schema, name) = catalogs.name(self)?;
        let parents = catalogs.parents(self.oid)?;
        let row_security = match (self.relrowsecurity, self.relforcerowsecurity) {
            (true, true) => Some("forced"),
            (true, false) => Some("enabled"),
            (false, true) => Some("forced but not enabled"),
            (false, false) => None,
        };
        let mut draft = Draft::new(self.kind(), &[schema, name])
            .with(Key::Persistence, (self.relpersistence == Some('u')).then_some("unlogged"))
            .with(Key::OfType, self.of_type.as_deref())
            .with(if self.relispartition { Key::PartitionOf } else { Key::Inherits }, parents)
            .with(Key::PartitionBound, self.bound.as_deref())
            .with(Key::RowSecurity, row_security)
            .with(Key::ReplicaIdentity, self.replica_identity(catalogs))
            .with(Key::Definition, catalogs.views.get(self.oid).map(|it| &*it.text))
            .with(Key::Populated, (!self.relispopulated).then_some("no"))
            .with(Key::Owner, Some(words.word(self.relowner)?))
            .with_grants(&words.grants(self.relacl.as_deref(), Some(self.relowner))?);
        if let Some(partitioned) = catalogs.partitioned.get(self.oid) {
            draft = partitioned.tell(catalogs, draft)?;
        }
        if let Some(foreign) = catalogs.foreign_tables.get(self.oid) {
            draft = foreign.tell(draft);
        }
        if let Some(sequence) = catalogs.sequences.get(self.oid) {
            draft = sequence.tell(catalogs, draft)?;
        }
        self.storage(catalogs, "heap", draft).finish().map_err(StoreFault::Schema)
    }
}

impl Catalogs {
    /// The schema and the name of a relation.
    pub(super) fn name<'a>(
        &'a self,
        relation: &'a Relation,
    ) -> Result<(&'a str, &'a str), StoreFault> {
        let schema = self.namespaces.get(relation.relnamespace).ok_or(FORM)?;
        Ok((&schema.nspname, &relation.relname))
    }

    /// A relation as SQL refers to it.
    pub(super) fn reference(&self, oid: u32) -> Result<String, StoreFault> {
        let unknown = StoreFault::Protocol { expected: "a relation that the catalogs know" };
        let (schema, name) = self.name(self.relations.get(oid).ok_or(unknown)?)?;
        Ok(qualified(&[schema, name]))
    }

    /// What a relation inherits from, in order.
    pub(super) fn parents(&self, oid: u32) -> Result<Option<String>, StoreFault> {
        let mut rows: Vec<_> = self.inheritances.all(oid).collect();
        rows.sort_by_key(|row| row.inhseqno);
        let names: Result<Vec<String>, StoreFault> =
            rows.iter().map(|row| self.reference(row.inhparent)).collect();
        Ok(Some(names?.join(", ")).filter(|names| !names.is_empty()))
    }
}

/// Adds all relations but indexes.
pub(super) fn tell(
    catalogs: &Catalogs,
    words: &Words<'_>,
    objects: &mut Vec<Object>,
) -> Result<(), StoreFault> {
    // A composite type is told as a type.
    for relation in catalogs.relations.iter().filter(|it| it.told && it.relkind != 'c') {
        objects.push(relation.object(catalogs, words)?);
    }
    Ok(())
}
