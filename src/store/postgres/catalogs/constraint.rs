//! Owns constraints of tables and domains. Must never tell NOT NULL: it is told of the column, on
//! every server alike; and never what a partition has of its parent.

use super::Catalogs;
use super::comment::PG_CONSTRAINT;
use super::question::{FORM, Fields, FromFields};
use super::rows::Keyed;
use crate::core::schema::key::Key;
use crate::core::schema::kind::Kind;
use crate::core::schema::object::{Draft, Object};
use crate::core::spelling::identifier;
use crate::store::fault::StoreFault;

/// Of these relations, and of domains, in whose expressions no column stands. Columns that an
/// older server lacks have the value that they would have there.
pub(super) fn constraints(oids: &str, server_major: u32) -> String {
    let set_columns = if server_major >= 15 { "confdelsetcols" } else { "NULL" };
    let newest = if server_major >= 18 { "conenforced, conperiod" } else { "true, false" };
    format!(
        "SELECT oid, conname, contype, condeferrable, condeferred, convalidated, conrelid, \
         contypid, confrelid, confupdtype, confdeltype, confmatchtype, conislocal, connoinherit, \
         conkey, confkey, \
         CASE WHEN contype = 'x' THEN conexclop::pg_catalog.regoperator[] END, \
         CASE WHEN contype = 'c' THEN pg_catalog.pg_get_expr(conbin, conrelid) END, \
         {set_columns}, {newest} FROM pg_catalog.pg_constraint \
         WHERE (conrelid = ANY ('{oids}') OR contypid <> 0) \
         AND contype IN ('c', 'f', 'p', 'u', 'x') AND NOT (contype = 'f' AND conparentid <> 0)"
    )
}

/// NOT NULL that was not checked yet, which PostgreSQL 18 knows.
pub(super) const UNPROVED_NOT_NULL: &str = "SELECT conrelid, conkey[1] \
FROM pg_catalog.pg_constraint WHERE contype = 'n' AND NOT convalidated AND conrelid <> 0";

/// A column whose NOT NULL was not checked yet.
pub(super) struct Unproved {
    conrelid: u32,
    attnum: i16,
}

/// A row of `pg_constraint`.
pub(super) struct Constraint {
    oid: u32,
    conname: Box<str>,
    contype: char,
    condeferrable: bool,
    condeferred: bool,
    convalidated: bool,
    conrelid: u32,
    contypid: u32,
    confrelid: u32,
    confupdtype: Option<char>,
    confdeltype: Option<char>,
    confmatchtype: Option<char>,
    conislocal: bool,
    connoinherit: bool,
    conkey: Box<[i16]>,
    confkey: Box<[i16]>,
    operators: Vec<String>,
    expression: Option<Box<str>>,
    confdelsetcols: Box<[i16]>,
    conenforced: bool,
    conperiod: bool,
}

impl FromFields for Unproved {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self { conrelid: fields.number()?, attnum: fields.number()? })
    }
}

impl Keyed for Unproved {
    type Key = (u32, i16);

    fn key(&self) -> (u32, i16) {
        (self.conrelid, self.attnum)
    }
}

impl FromFields for Constraint {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            oid: fields.number()?,
            conname: fields.text()?.into(),
            contype: fields.letter()?.ok_or(FORM)?,
            condeferrable: fields.flag()?,
            condeferred: fields.flag()?,
            convalidated: fields.flag()?,
            conrelid: fields.number()?,
            contypid: fields.number()?,
            confrelid: fields.number()?,
            confupdtype: fields.letter()?,
            confdeltype: fields.letter()?,
            confmatchtype: fields.letter()?,
            conislocal: fields.flag()?,
            connoinherit: fields.flag()?,
            conkey: fields.numbers()?,
            confkey: fields.numbers()?,
            operators: fields.elements()?,
            expression: fields.kept()?,
            confdelsetcols: fields.numbers()?,
            conenforced: fields.flag()?,
            conperiod: fields.flag()?,
        })
    }
}

fn action(letter: Option<char>) -> Option<&'static str> {
    match letter {
        Some('r') => Some("restrict"),
        Some('c') => Some("cascade"),
        Some('n') => Some("set null"),
        Some('d') => Some("set default"),
        _ => None,
    }
}

impl Constraint {
    /// The schema and the name of what it belongs to, where that is told.
    fn owner<'a>(&self, catalogs: &'a Catalogs) -> Result<Option<(&'a str, &'a str)>, StoreFault> {
        if self.conrelid != 0 {
            let Some(relation) = catalogs.relations.get(self.conrelid).filter(|it| it.told) else {
                return Ok(None);
            };
            return catalogs.name(relation).map(Some);
        }
        let domain = catalogs.types.get(self.contypid).filter(|it| it.told && it.typtype == 'd');
        let Some(domain) = domain else { return Ok(None) };
        let schema = catalogs.namespaces.get(domain.typnamespace).ok_or(FORM)?;
        Ok(Some((&schema.nspname, &domain.typname)))
    }

    fn object(
        &self,
        catalogs: &Catalogs,
        (schema, name): (&str, &str),
        enforcement: Option<&str>,
    ) -> Result<Object, StoreFault> {
        let letter = String::from(self.contype);
        let form = match self.contype {
            'c' => "check",
            'f' => "foreign key",
            'p' => "primary key",
            'u' => "unique",
            'x' => "exclusion",
            _ => &letter,
        };
        let is_check = self.contype == 'c';
        let columns = if is_check { None } else { catalogs.columns(self.conrelid, &self.conkey) };
        let references = match self.contype {
            'f' => Some(catalogs.reference(self.confrelid)?),
            _ => None,
        };
        let matches = match self.confmatchtype {
            Some('f') => Some("full"),
            Some('p') => Some("partial"),
            _ => None,
        };
        let deferrable = match (self.condeferred, self.condeferrable) {
            (true, _) => Some("initially deferred"),
            (false, true) => Some("initially immediate"),
            (false, false) => None,
        };
        let operators = Some(self.operators.join(", ")).filter(|it| !it.is_empty());
        let draft = Draft::new(Kind::Constraint, &[schema, name, &self.conname])
            .with(Key::Form, Some(form))
            .with(Key::Columns, columns)
            .with(Key::Expression, self.expression.as_deref())
            .with(Key::Operators, operators)
            .with(Key::References, references)
            .with(Key::ReferencedColumns, catalogs.columns(self.confrelid, &self.confkey))
            .with(Key::Match, matches)
            .with(Key::OnUpdate, action(self.confupdtype))
            .with(Key::OnDelete, action(self.confdeltype))
            .with(Key::OnDeleteColumns, catalogs.columns(self.conrelid, &self.confdelsetcols))
            .with(Key::Deferrable, deferrable)
            .with(Key::Validated, (!self.convalidated).then_some("no"))
            .with(Key::NoInherit, (self.connoinherit && is_check).then_some("yes"))
            .with(Key::Inherited, (!self.conislocal && is_check).then_some("yes"))
            .with(Key::Enforced, (!self.conenforced).then_some("no"))
            .with(Key::Period, self.conperiod.then_some("yes"))
            .with(Key::Enabled, enforcement)
            .with(Key::Comment, catalogs.comments.on(PG_CONSTRAINT, self.oid));
        draft.finish().map_err(StoreFault::Schema)
    }
}

impl Catalogs {
    /// The columns of a relation with these numbers; what is computed has none.
    pub(super) fn columns(&self, relation: u32, numbers: &[i16]) -> Option<String> {
        if numbers.is_empty() {
            return None;
        }
        let names = numbers.iter().map(|number| self.column(relation, *number));
        Some(names.collect::<Vec<String>>().join(", "))
    }

    /// A column as SQL refers to it.
    pub(super) fn column(&self, relation: u32, number: i16) -> String {
        let column = self.attributes.get((relation, number));
        column.map_or_else(|| "(expression)".to_owned(), |it| identifier(&it.attname))
    }
}

/// Adds all constraints.
pub(super) fn tell(catalogs: &Catalogs, objects: &mut Vec<Object>) -> Result<(), StoreFault> {
    let enforcement = catalogs.enforcement()?;
    for constraint in &catalogs.constraints {
        if let Some(owner) = constraint.owner(catalogs)? {
            let enforcement = enforcement.get(&constraint.oid).map(String::as_str);
            objects.push(constraint.object(catalogs, owner, enforcement)?);
        }
    }
    Ok(())
}
