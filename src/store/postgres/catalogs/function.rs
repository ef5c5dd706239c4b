//! Owns functions, procedures and aggregates. Must never keep a body: a change to it is seen by
//! its digest.

use super::Catalogs;
use super::comment::PG_PROC;
use super::question::{FORM, Fields, FromFields};
use super::role::Words;
use super::value::after_name;
use crate::core::digest::Digest;
use crate::core::schema::key::Key;
use crate::core::schema::kind::Kind;
use crate::core::schema::object::{Draft, Object};
use crate::store::fault::StoreFault;

/// In these schemas, but not these that belong to extensions.
pub(super) fn functions(schemas: &str, members: &str) -> String {
    format!(
        "SELECT oid, proname, pronamespace, proowner, prolang, procost, prorows, prokind, \
         prosecdef, proleakproof, proisstrict, provolatile, proparallel, prosupport, probin, proconfig, proacl, \
         oid::pg_catalog.regprocedure, pg_catalog.pg_get_function_arguments(oid), \
         pg_catalog.pg_get_function_result(oid), \
         CASE WHEN prosqlbody IS NOT NULL THEN pg_catalog.pg_get_function_sqlbody(oid) END, \
         CASE WHEN prosqlbody IS NULL AND prokind <> 'a' THEN prosrc END \
         FROM pg_catalog.pg_proc WHERE oid >= 16384 AND pronamespace = ANY ('{schemas}') \
         AND oid <> ALL ('{members}')"
    )
}

pub(super) const AGGREGATES: &str = "SELECT g.aggfnoid::pg_catalog.oid, \
pg_catalog.concat_ws(', ', g.aggkind, g.aggnumdirectargs, g.aggtransfn, g.aggfinalfn, \
g.aggcombinefn, g.aggserialfn, g.aggdeserialfn, g.aggmtransfn, g.aggminvtransfn, g.aggmfinalfn, \
g.aggfinalmodify, g.aggmfinalmodify, g.aggsortop::pg_catalog.regoperator, \
pg_catalog.format_type(g.aggtranstype, NULL), \
pg_catalog.format_type(NULLIF(g.aggmtranstype, 0), NULL), \
'initially ' || g.agginitval, 'moving initially ' || g.aggminitval) \
FROM pg_catalog.pg_aggregate AS g WHERE g.aggfnoid::pg_catalog.oid >= 16384";

/// A row of `pg_proc`.
pub(super) struct Function {
    pub(super) oid: u32,
    proname: Box<str>,
    pronamespace: u32,
    proowner: u32,
    prolang: u32,
    procost: Box<str>,
    prorows: Box<str>,
    pub(super) prokind: Option<char>,
    prosecdef: bool,
    proleakproof: bool,
    proisstrict: bool,
    provolatile: Option<char>,
    proparallel: Option<char>,
    support: Option<Box<str>>,
    probin: Option<Box<str>>,
    proconfig: Option<Box<str>>,
    proacl: Option<Box<str>>,
    /// Its argument types in parentheses.
    types: Box<str>,
    arguments: Box<str>,
    result: Option<Box<str>>,
    definition: Option<Box<str>>,
    body: Option<Digest>,
}

impl FromFields for Function {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            oid: fields.number()?,
            proname: fields.text()?.into(),
            pronamespace: fields.number()?,
            proowner: fields.number()?,
            prolang: fields.number()?,
            procost: fields.text()?.into(),
            prorows: fields.text()?.into(),
            prokind: fields.letter()?,
            prosecdef: fields.flag()?,
            proleakproof: fields.flag()?,
            proisstrict: fields.flag()?,
            provolatile: fields.letter()?,
            proparallel: fields.letter()?,
            support: fields.kept()?.filter(|it| &**it != "-"),
            probin: fields.kept()?,
            proconfig: fields.options()?,
            proacl: fields.kept()?,
            types: after_name(fields.text()?).ok_or(FORM)?.into(),
            arguments: fields.text()?.into(),
            result: fields.kept()?,
            definition: fields.kept()?,
            body: fields.optional()?.map(|text| Digest::of(text.as_bytes())),
        })
    }
}

impl Function {
    fn object(&self, catalogs: &Catalogs, words: &Words<'_>) -> Result<Object, StoreFault> {
        let schema = catalogs.namespaces.get(self.pronamespace).ok_or(FORM)?;
        let form = match self.prokind {
            Some('p') => Some("procedure"),
            Some('a') => Some("aggregate"),
            Some('w') => Some("window"),
            _ => None,
        };
        let volatility = match self.provolatile {
            Some('i') => Some("immutable"),
            Some('s') => Some("stable"),
            _ => None,
        };
        let parallel = match self.proparallel {
            Some('s') => Some("safe"),
            Some('r') => Some("restricted"),
            _ => None,
        };
        let name = format!("{}{}", self.proname, self.types);
        let language = catalogs.languages.get(self.prolang).ok_or(FORM)?;
        let draft = Draft::new(Kind::Function, &[&schema.nspname, &name])
            .with(Key::Form, form)
            .with(Key::Arguments, Some(&*self.arguments).filter(|it| !it.is_empty()))
            .with(Key::Result, self.result.as_deref())
            .with(Key::Language, Some(&*language.text))
            .with(Key::Volatility, volatility)
            .with(Key::Strict, self.proisstrict.then_some("yes"))
            .with(Key::Security, self.prosecdef.then_some("definer"))
            .with(Key::Leakproof, self.proleakproof.then_some("yes"))
            .with(Key::Parallel, parallel)
            .with(Key::Support, self.support.as_deref())
            .with(Key::Settings, self.proconfig.as_deref())
            .with(Key::Body, self.body.map(|it| it.to_string()))
            .with(Key::Library, self.probin.as_deref())
            .with(Key::Definition, self.definition.as_deref())
            .with(Key::Aggregate, catalogs.aggregates.get(self.oid).map(|it| &*it.text))
            .with(Key::Cost, Some(&*self.procost))
            .with(Key::Rows, Some(&*self.prorows).filter(|it| *it != "0"))
            .with(Key::Owner, Some(words.word(self.proowner)?))
            .with(Key::Comment, catalogs.comments.on(PG_PROC, self.oid))
            .with_grants(&words.grants_or(self.proacl.as_deref(), self.proowner, "EXECUTE")?);
        draft.finish().map_err(StoreFault::Schema)
    }
}

/// Adds all functions.
pub(super) fn tell(
    catalogs: &Catalogs,
    words: &Words<'_>,
    objects: &mut Vec<Object>,
) -> Result<(), StoreFault> {
    // What was made with a range type is told there.
    for function in catalogs.functions.iter().filter(|it| !catalogs.members.has(PG_PROC, it.oid)) {
        objects.push(function.object(catalogs, words)?);
    }
    Ok(())
}
