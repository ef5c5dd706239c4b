//! Owns types: those that are told, and what columns of any type have by themselves. Must never
//! tell an array, a multirange or a table's row: they come with what they are made of.

use super::Catalogs;
use super::comment::PG_TYPE;
use super::question::{Fields, FromFields};
use super::role::Words;
use super::rows::{Keyed, Rows};
use crate::core::schema::key::Key;
use crate::core::schema::kind::Kind;
use crate::core::schema::object::{Draft, Object};
use crate::core::spelling::literal;
use crate::store::fault::StoreFault;

/// All types of users, and of the server's those that have an array: an array's storage and
/// collation follow from them. A domain's default names no column.
pub(super) const TYPES: &str = "SELECT oid, typname, typnamespace, typowner, typtype, typcategory, \
typrelid, typarray, typnotnull, typbasetype, typcollation, typstorage, typacl, \
CASE WHEN typtype = 'd' THEN pg_catalog.format_type(typbasetype, typtypmod) END, \
CASE WHEN typtype = 'd' THEN pg_catalog.pg_get_expr(typdefaultbin, 0) END \
FROM pg_catalog.pg_type WHERE oid >= 16384 OR (typarray <> 0 AND typtype <> 'c')";

pub(super) const LABELS: &str =
    "SELECT enumtypid, enumsortorder, enumlabel FROM pg_catalog.pg_enum";

pub(super) const RANGES: &str = "SELECT r.rngtypid, r.rngcollation, \
pg_catalog.format_type(r.rngsubtype, NULL), \
pg_catalog.concat_ws(', ', pg_catalog.format_type(r.rngmultitypid, NULL), \
r.rngcanonical::pg_catalog.text, r.rngsubdiff::pg_catalog.text, \
(SELECT pg_catalog.format('%I.%I', s.nspname, x.opcname) FROM pg_catalog.pg_opclass AS x \
JOIN pg_catalog.pg_namespace AS s ON s.oid = x.opcnamespace \
WHERE x.oid = r.rngsubopc AND NOT x.opcdefault)) \
FROM pg_catalog.pg_range AS r WHERE r.rngtypid >= 16384";

pub(super) const BASES: &str = "SELECT oid, pg_catalog.concat_ws(', ', typinput, typoutput, \
typreceive, typsend, typmodin, typmodout, typlen, typbyval::pg_catalog.text, typalign, typstorage, typcategory, \
typdelim) FROM pg_catalog.pg_type WHERE oid >= 16384 AND typtype = 'b' AND typcategory <> 'A'";

/// A row of `pg_type`.
pub(super) struct DataType {
    pub(super) oid: u32,
    pub(super) typname: Box<str>,
    pub(super) typnamespace: u32,
    typowner: u32,
    pub(super) typtype: char,
    typcategory: Option<char>,
    pub(super) typrelid: u32,
    typarray: u32,
    typnotnull: bool,
    typbasetype: u32,
    pub(super) typcollation: u32,
    typstorage: char,
    typacl: Option<Box<str>>,
    base: Option<Box<str>>,
    default: Option<Box<str>>,
    /// Whether it is told.
    pub(super) told: bool,
}

/// A row of `pg_enum`.
pub(super) struct Label {
    enumtypid: u32,
    enumsortorder: f32,
    enumlabel: Box<str>,
}

/// A row of `pg_range`.
pub(super) struct Range {
    rngtypid: u32,
    pub(super) rngcollation: u32,
    subtype: Box<str>,
    parts: Box<str>,
}

impl FromFields for DataType {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        use super::question::FORM;
        Ok(Self {
            oid: fields.number()?,
            typname: fields.text()?.into(),
            typnamespace: fields.number()?,
            typowner: fields.number()?,
            typtype: fields.letter()?.ok_or(FORM)?,
            typcategory: fields.letter()?,
            typrelid: fields.number()?,
            typarray: fields.number()?,
            typnotnull: fields.flag()?,
            typbasetype: fields.number()?,
            typcollation: fields.number()?,
            typstorage: fields.letter()?.ok_or(FORM)?,
            typacl: fields.kept()?,
            base: fields.kept()?,
            default: fields.kept()?,
            told: false,
        })
    }
}

impl FromFields for Label {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            enumtypid: fields.number()?,
            enumsortorder: fields.number()?,
            enumlabel: fields.text()?.into(),
        })
    }
}

impl FromFields for Range {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            rngtypid: fields.number()?,
            rngcollation: fields.number()?,
            subtype: fields.text()?.into(),
            parts: fields.text()?.into(),
        })
    }
}

impl Keyed for DataType {
    type Key = u32;

    fn key(&self) -> u32 {
        self.oid
    }
}

impl Keyed for Label {
    type Key = u32;

    fn key(&self) -> u32 {
        self.enumtypid
    }
}

impl Keyed for Range {
    type Key = u32;

    fn key(&self) -> u32 {
        self.rngtypid
    }
}

impl Rows<DataType> {
    /// Whether any that is told, or came with the server's users, is of this form.
    pub(super) fn any_told(&self, typtype: char) -> bool {
        self.iter().any(|it| it.told && it.typtype == typtype)
    }

    /// The collations of arrays of the server, which are those of their elements.
    pub(super) fn array_collations(&self) -> Vec<(u32, u32)> {
        let mut found: Vec<(u32, u32)> = self
            .iter()
            .filter(|it| it.typarray != 0 && it.typcollation != 0)
            .map(|it| (it.typarray, it.typcollation))
            .collect();
        found.sort_unstable();
        found
    }
}

impl Catalogs {
    /// The collation that a column of a type has by itself.
    pub(super) fn type_collation(&self, oid: u32) -> u32 {
        if let Some(found) = self.types.get(oid) {
            return found.typcollation;
        }
        let at = self.array_collations.binary_search_by_key(&oid, |(array, _)| *array);
        at.ok().and_then(|at| self.array_collations.get(at)).map_or(0, |(_, collation)| *collation)
    }

    /// The storage that a column of a type has by itself: arrays, and rows, are extended.
    pub(super) fn type_storage(&self, oid: u32) -> char {
        self.types.get(oid).map_or('x', |it| it.typstorage)
    }
}

impl DataType {
    /// Whether it may be told: it is no array, and no table's row.
    pub(super) fn stands_alone(&self, is_composite: bool) -> bool {
        match self.typtype {
            'c' => is_composite,
            // A domain has the category of what it is made of, and yet is no array.
            'b' => self.typcategory != Some('A'),
            form => matches!(form, 'e' | 'd' | 'r' | 'p'),
        }
    }

    fn labels(&self, catalogs: &Catalogs) -> Option<String> {
        let mut labels: Vec<&Label> = catalogs.labels.all(self.oid).collect();
        labels.sort_by(|one, other| one.enumsortorder.total_cmp(&other.enumsortorder));
        let labels: Vec<String> = labels.iter().map(|it| literal(&it.enumlabel)).collect();
        Some(labels.join(", ")).filter(|labels| !labels.is_empty())
    }

    fn object(&self, catalogs: &Catalogs, words: &Words<'_>) -> Result<Object, StoreFault> {
        let schema = catalogs.namespaces.get(self.typnamespace);
        let kind = match self.typtype {
            'e' => Kind::Enum,
            'd' => Kind::Domain,
            _ => Kind::Type,
        };
        let form = match self.typtype {
            'c' => Some("composite"),
            'r' => Some("range"),
            'b' => Some("base"),
            'p' => Some("shell"),
            _ => None,
        };
        let range = catalogs.ranges.get(self.oid).filter(|_| self.typtype == 'r');
        let collation = match range {
            Some(range) => range.rngcollation,
            None if self.typtype == 'd'
                && self.typcollation != catalogs.type_collation(self.typbasetype) =>
            {
                self.typcollation
            }
            None => 0,
        };
        let collation = if collation == 0 { None } else { Some(catalogs.collation(collation)?) };
        let subtype = range.map(|it| &*it.subtype);
        let base = catalogs.bases.get(self.oid).filter(|_| self.typtype == 'b');
        let draft = Draft::new(kind, &[schema.map_or("", |it| &*it.nspname), &self.typname])
            .with(Key::Form, form)
            .with(Key::Labels, self.labels(catalogs))
            .with(Key::Type, self.base.as_deref().or(subtype))
            .with(Key::Range, range.map(|it| &*it.parts))
            .with(Key::Base, base.map(|it| &*it.text))
            .with(Key::Collation, collation)
            .with(Key::NotNull, self.typnotnull.then_some("yes"))
            .with(Key::Default, self.default.as_deref())
            .with(Key::Owner, Some(words.word(self.typowner)?))
            .with(Key::Comment, catalogs.comments.on(PG_TYPE, self.oid))
            .with_grants(&words.grants_or(self.typacl.as_deref(), self.typowner, "USAGE")?);
        draft.finish().map_err(StoreFault::Schema)
    }
}

/// Adds all types.
pub(super) fn tell(
    catalogs: &Catalogs,
    words: &Words<'_>,
    objects: &mut Vec<Object>,
) -> Result<(), StoreFault> {
    for found in catalogs.types.iter().filter(|it| it.told) {
        objects.push(found.object(catalogs, words)?);
    }
    Ok(())
}
