//! Owns comments, and which objects belong to extensions. Must never read those of objects that
//! the server came with.

use super::question::{Fields, FromFields};
use super::rows::{Keyed, Rows};
use crate::store::fault::StoreFault;

/// Catalogs whose rows have comments, or belong to extensions. Their numbers are the same on
/// every server.
pub(super) const PG_TYPE: u32 = 1247;
pub(super) const PG_PROC: u32 = 1255;
pub(super) const PG_CLASS: u32 = 1259;
pub(super) const PG_CONSTRAINT: u32 = 2606;
pub(super) const PG_NAMESPACE: u32 = 2615;
pub(super) const PG_REWRITE: u32 = 2618;
pub(super) const PG_TRIGGER: u32 = 2620;
pub(super) const PG_POLICY: u32 = 3256;
pub(super) const PG_EVENT_TRIGGER: u32 = 3466;

/// 2200 is the schema `public` that a database begins with.
pub(super) const COMMENTS: &str = "SELECT objoid, classoid, objsubid, description \
FROM pg_catalog.pg_description WHERE objoid >= 16384 OR objoid = 2200";

pub(super) const EXTENSION_MEMBERS: &str = "SELECT classid, objid FROM pg_catalog.pg_depend \
WHERE refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND deptype = 'e'";

/// Functions that were made with a range type, in the same form.
pub(super) const MADE_WITH_TYPES: &str = "SELECT classid, objid FROM pg_catalog.pg_depend \
WHERE classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND deptype = 'i'";

/// A row of `pg_description`.
pub(super) struct Comment {
    objoid: u32,
    classoid: u32,
    objsubid: i32,
    description: Box<str>,
}

/// An object that is told with another one.
pub(super) struct Member {
    pub(super) classid: u32,
    pub(super) objid: u32,
}

impl FromFields for Comment {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            objoid: fields.number()?,
            classoid: fields.number()?,
            objsubid: fields.number()?,
            description: fields.text()?.into(),
        })
    }
}

impl FromFields for Member {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self { classid: fields.number()?, objid: fields.number()? })
    }
}

impl Keyed for Comment {
    type Key = (u32, u32, i32);

    fn key(&self) -> Self::Key {
        (self.objoid, self.classoid, self.objsubid)
    }
}

impl Keyed for Member {
    type Key = (u32, u32);

    fn key(&self) -> Self::Key {
        (self.classid, self.objid)
    }
}

impl Rows<Comment> {
    /// The comment on an object of a catalog.
    pub(super) fn on(&self, classoid: u32, objoid: u32) -> Option<&str> {
        self.on_column(classoid, objoid, 0)
    }

    /// The comment on a column.
    pub(super) fn on_column(&self, classoid: u32, objoid: u32, number: i16) -> Option<&str> {
        self.get((objoid, classoid, i32::from(number))).map(|comment| &*comment.description)
    }
}

impl Rows<Member> {
    /// Whether an object is told with another one.
    pub(super) fn has(&self, classid: u32, objid: u32) -> bool {
        self.get((classid, objid)).is_some()
    }
}
