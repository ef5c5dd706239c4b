//! Owns schemas, which of them are looked at, and what is not in one: extensions, event triggers
//! and default privileges. Must never look into a schema of the server's own.

use super::Catalogs;
use super::comment::{PG_EVENT_TRIGGER, PG_NAMESPACE};
use super::question::{Fields, FromFields};
use super::role::Words;
use super::rows::Keyed;
use crate::core::schema::key::Key;
use crate::core::schema::kind::Kind;
use crate::core::schema::object::{Draft, Object};
use crate::store::fault::StoreFault;

pub(super) const NAMESPACES: &str =
    "SELECT oid, nspname, nspowner, nspacl FROM pg_catalog.pg_namespace";

/// Privileges as `initdb`, or an extension, left them.
pub(super) const FIRST_PRIVILEGES: &str = "SELECT objoid, initprivs FROM pg_catalog.pg_init_privs \
WHERE classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass";

pub(super) const EXTENSIONS: &str =
    "SELECT extname, extnamespace, extversion FROM pg_catalog.pg_extension";

pub(super) const EVENT_TRIGGERS: &str = "SELECT oid, evtname, evtevent, evttags, \
evtfoid::pg_catalog.regprocedure, evtenabled, evtowner FROM pg_catalog.pg_event_trigger";

pub(super) const DEFAULT_PRIVILEGES: &str = "SELECT defaclrole, defaclnamespace, defaclobjtype, \
defaclacl FROM pg_catalog.pg_default_acl";

/// The role that `initdb` runs as.
const BOOTSTRAP_ROLE: u32 = 10;

/// A row of `pg_namespace`.
pub(super) struct Namespace {
    pub(super) oid: u32,
    pub(super) nspname: Box<str>,
    pub(super) nspowner: u32,
    pub(super) nspacl: Option<Box<str>>,
    /// Whether what is in it is told.
    pub(super) told: bool,
}

/// A row of `pg_init_privs` of a schema.
pub(super) struct FirstPrivileges {
    objoid: u32,
    initprivs: Box<str>,
}

/// A row of `pg_extension`.
pub(super) struct Extension {
    extname: Box<str>,
    extnamespace: u32,
    extversion: Box<str>,
}

/// A row of `pg_event_trigger`.
pub(super) struct EventTrigger {
    oid: u32,
    evtname: Box<str>,
    evtevent: Box<str>,
    evttags: Vec<String>,
    function: Box<str>,
    evtenabled: Option<char>,
    evtowner: u32,
}

/// A row of `pg_default_acl`.
pub(super) struct DefaultPrivileges {
    defaclrole: u32,
    defaclnamespace: u32,
    defaclobjtype: Option<char>,
    defaclacl: Box<str>,
}

impl FromFields for Namespace {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            oid: fields.number()?,
            nspname: fields.text()?.into(),
            nspowner: fields.number()?,
            nspacl: fields.kept()?,
            told: false,
        })
    }
}

impl FromFields for FirstPrivileges {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self { objoid: fields.number()?, initprivs: fields.text()?.into() })
    }
}

impl FromFields for Extension {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            extname: fields.text()?.into(),
            extnamespace: fields.number()?,
            extversion: fields.text()?.into(),
        })
    }
}

impl FromFields for EventTrigger {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            oid: fields.number()?,
            evtname: fields.text()?.into(),
            evtevent: fields.text()?.into(),
            evttags: fields.elements()?,
            function: fields.text()?.into(),
            evtenabled: fields.letter()?,
            evtowner: fields.number()?,
        })
    }
}

impl FromFields for DefaultPrivileges {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            defaclrole: fields.number()?,
            defaclnamespace: fields.number()?,
            defaclobjtype: fields.letter()?,
            defaclacl: fields.text()?.into(),
        })
    }
}

impl Keyed for Namespace {
    type Key = u32;

    fn key(&self) -> u32 {
        self.oid
    }
}

impl Keyed for FirstPrivileges {
    type Key = u32;

    fn key(&self) -> u32 {
        self.objoid
    }
}

impl Namespace {
    /// Whether it is none of the server's own.
    pub(super) fn is_of_users(&self) -> bool {
        !self.nspname.starts_with("pg_") && &*self.nspname != "information_schema"
    }

    fn object(&self, catalogs: &Catalogs, words: &Words<'_>) -> Result<Object, StoreFault> {
        let owner = words.word(self.nspowner)?;
        // What initdb made belongs to another role in each major; only a change of it counts.
        let counts = &*self.nspname != "public"
            || (owner != "role pg_database_owner" && self.nspowner != BOOTSTRAP_ROLE);
        let first = catalogs.first_privileges.get(self.oid).map(|it| &*it.initprivs);
        let grants = if first.is_none() || first != self.nspacl.as_deref() {
            words.grants(self.nspacl.as_deref(), Some(self.nspowner))?
        } else {
            Vec::new()
        };
        let draft = Draft::new(Kind::Schema, &[&self.nspname])
            .with(Key::Owner, counts.then_some(owner))
            .with(Key::Comment, catalogs.comments.on(PG_NAMESPACE, self.oid))
            .with_grants(&grants);
        draft.finish().map_err(StoreFault::Schema)
    }
}

impl EventTrigger {
    fn object(&self, words: &Words<'_>) -> Result<Object, StoreFault> {
        let mut tags = self.evttags.clone();
        tags.sort_unstable();
        let draft = Draft::new(Kind::EventTrigger, &[&self.evtname])
            .with(Key::Event, Some(&*self.evtevent))
            .with(Key::Tags, Some(tags.join(", ")))
            .with(Key::Function, Some(&*self.function))
            .with(Key::Enabled, enabled(self.evtenabled))
            .with(Key::Owner, Some(words.word(self.evtowner)?));
        draft.finish().map_err(StoreFault::Schema)
    }
}

impl DefaultPrivileges {
    fn object(&self, catalogs: &Catalogs, words: &Words<'_>) -> Result<Object, StoreFault> {
        let role = words.word(self.defaclrole)?;
        let schema = catalogs.namespaces.get(self.defaclnamespace);
        let letter = self.defaclobjtype.map(String::from).unwrap_or_default();
        let objects = match self.defaclobjtype {
            Some('r') => "tables",
            Some('S') => "sequences",
            Some('f') => "functions",
            Some('T') => "types",
            Some('n') => "schemas",
            _ => &letter,
        };
        let parts = [&*role, schema.map_or("", |it| &*it.nspname), objects];
        let grants = words.grants(Some(&self.defaclacl), None)?;
        let draft = Draft::new(Kind::DefaultPrivileges, &parts).with_grants(&grants);
        draft.finish().map_err(StoreFault::Schema)
    }
}

/// When a trigger or a rule fires, where that is not as usual.
pub(super) fn enabled(letter: Option<char>) -> Option<&'static str> {
    match letter {
        Some('D') => Some("never"),
        Some('R') => Some("on a replica"),
        Some('A') => Some("always"),
        _ => None,
    }
}

/// Adds schemas and what is in none.
pub(super) fn tell(
    catalogs: &Catalogs,
    words: &Words<'_>,
    objects: &mut Vec<Object>,
) -> Result<(), StoreFault> {
    for namespace in catalogs.namespaces.iter().filter(|it| it.told) {
        objects.push(namespace.object(catalogs, words)?);
    }
    for extension in &catalogs.extensions {
        let schema = catalogs.namespaces.get(extension.extnamespace);
        let draft = Draft::new(Kind::Extension, &[&extension.extname])
            .with(Key::InSchema, schema.map(|it| &*it.nspname))
            .with(Key::Version, Some(&*extension.extversion));
        objects.push(draft.finish().map_err(StoreFault::Schema)?);
    }
    for trigger in &catalogs.event_triggers {
        if !catalogs.members.has(PG_EVENT_TRIGGER, trigger.oid) {
            objects.push(trigger.object(words)?);
        }
    }
    for privileges in &catalogs.default_privileges {
        objects.push(privileges.object(catalogs, words)?);
    }
    Ok(())
}
