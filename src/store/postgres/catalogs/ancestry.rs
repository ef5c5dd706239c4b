//! Owns what only some relations have: parents, partitions, sequences, servers, definitions. It is
//! asked for where there is such a relation. Must never be needed to name one.

use super::Catalogs;
use super::question::{FORM, Fields, FromFields};
use super::rows::Keyed;
use crate::core::schema::key::Key;
use crate::core::schema::object::Draft;
use crate::core::spelling::{identifier, qualified};
use crate::store::fault::StoreFault;

pub(super) const INHERITANCES: &str =
    "SELECT inhrelid, inhparent, inhseqno FROM pg_catalog.pg_inherits";

pub(super) const SEQUENCES: &str = "SELECT seqrelid, pg_catalog.format_type(seqtypid, NULL), \
seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle FROM pg_catalog.pg_sequence";

pub(super) const FOREIGN_TABLES: &str = "SELECT t.ftrelid, s.srvname, t.ftoptions \
FROM pg_catalog.pg_foreign_table AS t JOIN pg_catalog.pg_foreign_server AS s ON s.oid = t.ftserver";

pub(super) const ACCESS_METHODS: &str = "SELECT oid, amname FROM pg_catalog.pg_am";

pub(super) const TABLESPACES: &str = "SELECT oid, spcname FROM pg_catalog.pg_tablespace";

pub(super) const LANGUAGES: &str = "SELECT oid, lanname FROM pg_catalog.pg_language";

/// Of these sequences.
pub(super) fn owned_sequences(oids: &str) -> String {
    format!(
        "SELECT objid, refobjid, refobjsubid, deptype FROM pg_catalog.pg_depend \
         WHERE classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND objid = ANY ('{oids}') \
         AND objsubid = 0 AND refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass \
         AND refobjsubid > 0 AND deptype IN ('a', 'i')"
    )
}

/// Of these views. The function opens what they read.
pub(super) fn views(oids: &str) -> String {
    format!(
        "SELECT oid, pg_catalog.pg_get_viewdef(oid) FROM pg_catalog.pg_class \
         WHERE oid = ANY ('{oids}')"
    )
}

/// Of these tables. A key that is computed needs them opened.
pub(super) fn partitioned(oids: &str) -> String {
    format!(
        "SELECT partrelid, partstrat, partattrs, partclass, partcollation, \
         CASE WHEN partexprs IS NOT NULL THEN pg_catalog.pg_get_expr(partexprs, partrelid) END \
         FROM pg_catalog.pg_partitioned_table WHERE partrelid = ANY ('{oids}')"
    )
}

/// The names of these collations, as SQL refers to them.
pub(super) fn collations(oids: &str) -> String {
    format!(
        "SELECT oid, oid::pg_catalog.regcollation FROM pg_catalog.pg_collation \
         WHERE oid = ANY ('{oids}')"
    )
}

/// An object of any catalog, and one text of it.
pub(super) struct Text {
    pub(super) oid: u32,
    pub(super) text: Box<str>,
}

/// A row of `pg_inherits`.
pub(super) struct Inheritance {
    inhrelid: u32,
    pub(super) inhparent: u32,
    pub(super) inhseqno: i32,
}

/// A row of `pg_partitioned_table`.
pub(super) struct Partitioned {
    partrelid: u32,
    partstrat: Option<char>,
    partattrs: Box<[i16]>,
    partclass: Box<[u32]>,
    pub(super) partcollation: Box<[u32]>,
    expressions: Option<Box<str>>,
}

/// A row of `pg_foreign_table`, with its server.
pub(super) struct ForeignTable {
    ftrelid: u32,
    srvname: Box<str>,
    ftoptions: Option<Box<str>>,
}

/// A row of `pg_sequence`.
pub(super) struct Sequence {
    seqrelid: u32,
    type_name: Box<str>,
    seqstart: i64,
    seqincrement: i64,
    seqmin: i64,
    seqmax: i64,
    seqcache: i64,
    seqcycle: bool,
}

/// The column that a sequence belongs to.
pub(super) struct Owned {
    objid: u32,
    refobjid: u32,
    refobjsubid: i16,
    deptype: Option<char>,
}

impl FromFields for Text {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self { oid: fields.number()?, text: fields.text()?.into() })
    }
}

impl FromFields for Inheritance {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            inhrelid: fields.number()?,
            inhparent: fields.number()?,
            inhseqno: fields.number()?,
        })
    }
}

impl FromFields for Partitioned {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            partrelid: fields.number()?,
            partstrat: fields.letter()?,
            partattrs: fields.numbers()?,
            partclass: fields.numbers()?,
            partcollation: fields.numbers()?,
            expressions: fields.kept()?,
        })
    }
}

impl FromFields for ForeignTable {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            ftrelid: fields.number()?,
            srvname: fields.text()?.into(),
            ftoptions: fields.options()?,
        })
    }
}

impl FromFields for Sequence {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            seqrelid: fields.number()?,
            type_name: fields.text()?.into(),
            seqstart: fields.number()?,
            seqincrement: fields.number()?,
            seqmin: fields.number()?,
            seqmax: fields.number()?,
            seqcache: fields.number()?,
            seqcycle: fields.flag()?,
        })
    }
}

impl FromFields for Owned {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            objid: fields.number()?,
            refobjid: fields.number()?,
            refobjsubid: fields.number()?,
            deptype: fields.letter()?,
        })
    }
}

macro_rules! keyed {
    ($row:ty, $column:ident) => {
        impl Keyed for $row {
            type Key = u32;

            fn key(&self) -> u32 {
                self.$column
            }
        }
    };
}

keyed!(Text, oid);
keyed!(Inheritance, inhrelid);
keyed!(Partitioned, partrelid);
keyed!(ForeignTable, ftrelid);
keyed!(Sequence, seqrelid);
keyed!(Owned, objid);

impl Partitioned {
    pub(super) fn tell(&self, catalogs: &Catalogs, draft: Draft) -> Result<Draft, StoreFault> {
        let mut keys = Vec::new();
        let parts = self.partattrs.iter().zip(&self.partclass).zip(&self.partcollation);
        for ((number, class), collation) in parts {
            let column = catalogs.attributes.get((self.partrelid, *number));
            let mut key = column.map_or("(expression)".to_owned(), |it| identifier(&it.attname));
            if let Some(column) = column
                && *collation != 0
                && *collation != column.attcollation
            {
                key = format!("{key} collation {}", catalogs.collation(*collation)?);
            }
            if let Some(class) = catalogs.unusual_classes.get(*class) {
                key = format!("{key} class {}", class.opcname);
            }
            keys.push(key);
        }
        let strategy = match self.partstrat {
            Some('r') => Some("range"),
            Some('l') => Some("list"),
            Some('h') => Some("hash"),
            _ => None,
        };
        Ok(draft
            .with(Key::PartitionBy, strategy)
            .with(Key::PartitionColumns, Some(keys.join(", ")))
            .with(Key::PartitionExpressions, self.expressions.as_deref()))
    }
}

impl ForeignTable {
    pub(super) fn tell(&self, draft: Draft) -> Draft {
        draft
            .with(Key::Server, Some(&*self.srvname))
            .with(Key::ForeignOptions, self.ftoptions.as_deref())
    }
}

impl Sequence {
    pub(super) fn tell(&self, catalogs: &Catalogs, draft: Draft) -> Result<Draft, StoreFault> {
        let maximum = match &*self.type_name {
            "smallint" => i64::from(i16::MAX),
            "integer" => i64::from(i32::MAX),
            _ => i64::MAX,
        };
        let unusual = |value: i64, usual: i64| (value != usual).then(|| value.to_string());
        let mut draft = draft
            .with(Key::Type, Some(&*self.type_name))
            .with(Key::Start, unusual(self.seqstart, 1))
            .with(Key::Increment, unusual(self.seqincrement, 1))
            .with(Key::Minimum, unusual(self.seqmin, 1))
            .with(Key::Maximum, unusual(self.seqmax, maximum))
            .with(Key::Cache, unusual(self.seqcache, 1))
            .with(Key::Cycle, self.seqcycle.then_some("yes"));
        if let Some(owned) = catalogs.owned_sequences.get(self.seqrelid) {
            let column = catalogs.attributes.get((owned.refobjid, owned.refobjsubid));
            let column = &column.ok_or(FORM)?.attname;
            let owner = format!("{}.{}", catalogs.reference(owned.refobjid)?, identifier(column));
            draft = draft
                .with(Key::OwnedBy, Some(owner))
                .with(Key::Belongs, (owned.deptype == Some('i')).then_some("identity"));
        }
        Ok(draft)
    }
}

/// An operator class that is not the one that its type takes by itself.
pub(super) struct OperatorClass {
    oid: u32,
    pub(super) opcname: Box<str>,
    opcnamespace: u32,
}

pub(super) const UNUSUAL_CLASSES: &str =
    "SELECT oid, opcname, opcnamespace FROM pg_catalog.pg_opclass WHERE NOT opcdefault";

impl FromFields for OperatorClass {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            oid: fields.number()?,
            opcname: fields.text()?.into(),
            opcnamespace: fields.number()?,
        })
    }
}

keyed!(OperatorClass, oid);

impl OperatorClass {
    /// As SQL refers to it.
    pub(super) fn reference(&self, catalogs: &Catalogs) -> Result<String, StoreFault> {
        let schema = catalogs.namespaces.get(self.opcnamespace).ok_or(FORM)?;
        Ok(qualified(&[&schema.nspname, &self.opcname]))
    }
}
