//! Owns what acts on a relation, or for it: triggers, rules, policies, statistics. Must never have
//! a relation opened for a trigger without a condition.

use super::Catalogs;
use super::comment::{PG_POLICY, PG_REWRITE, PG_TRIGGER};
use super::namespace::enabled;
use super::question::{FORM, Fields, FromFields};
use super::relation::Relation;
use super::role::Words;
use super::rows::Keyed;
use crate::core::schema::key::Key;
use crate::core::schema::kind::Kind;
use crate::core::schema::object::{Draft, Object};
use crate::core::spelling::identifier;
use crate::store::fault::StoreFault;

/// Of these relations, and those with which PostgreSQL itself enforces constraints, of all
/// relations, where they fire otherwise than it makes them. On 14, clones are internal as well,
/// and alone have a parent.
pub(super) fn triggers(oids: &str, server_major: u32) -> String {
    let enforces =
        if server_major >= 15 { "tgisinternal" } else { "(tgisinternal AND tgparentid = 0)" };
    format!(
        "SELECT oid, tgrelid, tgname, tgfoid::pg_catalog.regprocedure, tgtype, tgenabled, \
         tgdeferrable, tginitdeferred, {enforces}, tgparentid, tgconstraint, \
         CASE WHEN tgconstrrelid <> 0 THEN tgconstrrelid::pg_catalog.regclass END, tgattr, \
         CASE WHEN tgnargs > 0 THEN pg_catalog.encode(tgargs, 'escape') END, tgoldtable, tgnewtable, \
         CASE WHEN tgqual IS NOT NULL AND tgparentid = 0 THEN pg_catalog.pg_get_triggerdef(oid) END \
         FROM pg_catalog.pg_trigger WHERE CASE WHEN {enforces} THEN tgenabled <> 'O' \
         ELSE tgrelid = ANY ('{oids}') END"
    )
}

/// Of these relations.
pub(super) fn rules(oids: &str) -> String {
    format!(
        "SELECT oid, ev_class, rulename, ev_enabled, pg_catalog.pg_get_ruledef(oid) \
         FROM pg_catalog.pg_rewrite WHERE rulename <> '_RETURN' AND ev_class = ANY ('{oids}')"
    )
}

/// Of these relations.
pub(super) fn policies(oids: &str) -> String {
    format!(
        "SELECT oid, polrelid, polname, polcmd, polpermissive, polroles, \
         pg_catalog.pg_get_expr(polqual, polrelid), pg_catalog.pg_get_expr(polwithcheck, polrelid) \
         FROM pg_catalog.pg_policy WHERE polrelid = ANY ('{oids}')"
    )
}

/// Of these relations.
pub(super) fn statistics(oids: &str) -> String {
    format!(
        "SELECT stxrelid, stxname, stxnamespace, stxowner, stxkind, stxkeys, \
         CASE WHEN stxexprs IS NOT NULL THEN pg_catalog.pg_get_expr(stxexprs, stxrelid) END \
         FROM pg_catalog.pg_statistic_ext WHERE stxrelid = ANY ('{oids}')"
    )
}

/// A row of `pg_trigger`.
pub(super) struct Trigger {
    oid: u32,
    pub(super) tgrelid: u32,
    tgname: Box<str>,
    pub(super) function: Box<str>,
    tgtype: i16,
    pub(super) tgenabled: Option<char>,
    tgdeferrable: bool,
    tginitdeferred: bool,
    /// Whether PostgreSQL enforces a constraint with it.
    pub(super) enforces: bool,
    tgparentid: u32,
    pub(super) tgconstraint: u32,
    /// The other table that it is from.
    references: Option<Box<str>>,
    tgattr: Box<[i16]>,
    arguments: Option<Box<str>>,
    tgoldtable: Option<Box<str>>,
    tgnewtable: Option<Box<str>>,
    definition: Option<Box<str>>,
}

/// A row of `pg_rewrite`.
pub(super) struct Rule {
    oid: u32,
    ev_class: u32,
    rulename: Box<str>,
    ev_enabled: Option<char>,
    definition: Box<str>,
}

/// A row of `pg_policy`.
pub(super) struct Policy {
    oid: u32,
    polrelid: u32,
    polname: Box<str>,
    polcmd: Option<char>,
    polpermissive: bool,
    polroles: Box<[u32]>,
    using: Option<Box<str>>,
    check: Option<Box<str>>,
}

/// A row of `pg_statistic_ext`.
pub(super) struct Statistics {
    stxrelid: u32,
    stxname: Box<str>,
    stxnamespace: u32,
    stxowner: u32,
    stxkind: Vec<String>,
    stxkeys: Box<[i16]>,
    expressions: Option<Box<str>>,
}

impl FromFields for Trigger {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            oid: fields.number()?,
            tgrelid: fields.number()?,
            tgname: fields.text()?.into(),
            function: fields.text()?.into(),
            tgtype: fields.number()?,
            tgenabled: fields.letter()?,
            tgdeferrable: fields.flag()?,
            tginitdeferred: fields.flag()?,
            enforces: fields.flag()?,
            tgparentid: fields.number()?,
            tgconstraint: fields.number()?,
            references: fields.kept()?,
            tgattr: fields.numbers()?,
            arguments: fields.kept()?,
            tgoldtable: fields.kept()?,
            tgnewtable: fields.kept()?,
            definition: fields.kept()?,
        })
    }
}

impl FromFields for Rule {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            oid: fields.number()?,
            ev_class: fields.number()?,
            rulename: fields.text()?.into(),
            ev_enabled: fields.letter()?,
            definition: fields.text()?.into(),
        })
    }
}

impl FromFields for Policy {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            oid: fields.number()?,
            polrelid: fields.number()?,
            polname: fields.text()?.into(),
            polcmd: fields.letter()?,
            polpermissive: fields.flag()?,
            polroles: fields.numbers()?,
            using: fields.kept()?,
            check: fields.kept()?,
        })
    }
}

impl FromFields for Statistics {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            stxrelid: fields.number()?,
            stxname: fields.text()?.into(),
            stxnamespace: fields.number()?,
            stxowner: fields.number()?,
            stxkind: fields.elements()?,
            stxkeys: fields.numbers()?,
            expressions: fields.kept()?,
        })
    }
}

impl Keyed for Trigger {
    type Key = u32;

    fn key(&self) -> u32 {
        self.oid
    }
}

impl Trigger {
    /// What it fires on.
    pub(super) fn events(&self) -> impl Iterator<Item = &'static str> {
        [(4, "insert"), (8, "delete"), (16, "update"), (32, "truncate")]
            .into_iter()
            .filter(|(bit, _)| self.tgtype & bit != 0)
            .map(|(_, event)| event)
    }

    /// The trigger that it is a clone of, which PostgreSQL made for a partition.
    fn original<'a>(&self, catalogs: &'a Catalogs) -> Option<&'a Self> {
        let mut original = catalogs.triggers.get(self.tgparentid)?;
        while let Some(above) = catalogs.triggers.get(original.tgparentid) {
            original = above;
        }
        Some(original)
    }

    /// A clone, where it fires otherwise than its original.
    fn clone_of(&self, original: &Self, catalogs: &Catalogs) -> Result<Option<Object>, StoreFault> {
        if self.tgenabled == original.tgenabled {
            return Ok(None);
        }
        let (schema, name) = catalogs.name(catalogs.told(self.tgrelid)?)?;
        let table = catalogs.reference(original.tgrelid)?;
        let draft = Draft::new(Kind::Trigger, &[schema, name, &self.tgname])
            .with(Key::PartitionOf, Some(format!("{table}.{}", identifier(&original.tgname))))
            .with(Key::Enabled, enabled(self.tgenabled));
        draft.finish().map(Some).map_err(StoreFault::Schema)
    }

    fn object(&self, catalogs: &Catalogs) -> Result<Object, StoreFault> {
        let (schema, name) = catalogs.name(catalogs.told(self.tgrelid)?)?;
        let timing = match self.tgtype & 66 {
            2 => "before",
            64 => "instead of",
            _ => "after",
        };
        let events: Vec<&str> = self.events().collect();
        let deferrable = match (self.tginitdeferred, self.tgdeferrable) {
            (true, _) => Some("initially deferred"),
            (false, true) => Some("initially immediate"),
            (false, false) => None,
        };
        let draft = Draft::new(Kind::Trigger, &[schema, name, &self.tgname])
            .with(Key::Timing, Some(timing))
            .with(Key::Events, Some(events.join(", ")))
            .with(Key::Level, Some(if self.tgtype & 1 != 0 { "row" } else { "statement" }))
            .with(Key::Columns, catalogs.columns_by_name(self.tgrelid, &self.tgattr))
            .with(Key::Function, Some(&*self.function))
            .with(Key::Arguments, self.arguments.as_deref())
            .with(Key::OldRows, self.tgoldtable.as_deref())
            .with(Key::NewRows, self.tgnewtable.as_deref())
            .with(Key::Deferrable, deferrable)
            .with(Key::Form, (self.tgconstraint != 0).then_some("constraint"))
            .with(Key::References, self.references.as_deref())
            .with(Key::Definition, self.definition.as_deref())
            .with(Key::Enabled, enabled(self.tgenabled))
            .with(Key::Comment, catalogs.comments.on(PG_TRIGGER, self.oid));
        draft.finish().map_err(StoreFault::Schema)
    }
}

impl Rule {
    fn object(&self, catalogs: &Catalogs) -> Result<Object, StoreFault> {
        let (schema, name) = catalogs.name(catalogs.told(self.ev_class)?)?;
        let draft = Draft::new(Kind::Rule, &[schema, name, &self.rulename])
            .with(Key::Definition, Some(&*self.definition))
            .with(Key::Enabled, enabled(self.ev_enabled))
            .with(Key::Comment, catalogs.comments.on(PG_REWRITE, self.oid));
        draft.finish().map_err(StoreFault::Schema)
    }
}

impl Policy {
    fn object(&self, catalogs: &Catalogs, words: &Words<'_>) -> Result<Object, StoreFault> {
        let (schema, name) = catalogs.name(catalogs.told(self.polrelid)?)?;
        let command = match self.polcmd {
            Some('r') => Some("select"),
            Some('a') => Some("insert"),
            Some('w') => Some("update"),
            Some('d') => Some("delete"),
            _ => None,
        };
        let roles: Result<Vec<String>, StoreFault> =
            self.polroles.iter().map(|oid| words.word(*oid)).collect();
        let mut roles = roles?;
        roles.sort_unstable();
        let draft = Draft::new(Kind::Policy, &[schema, name, &self.polname])
            .with(Key::Command, command)
            .with(Key::Permissive, (!self.polpermissive).then_some("no"))
            .with(Key::Roles, Some(roles.join(", ")).filter(|it| it != "PUBLIC"))
            .with(Key::Using, self.using.as_deref())
            .with(Key::Check, self.check.as_deref())
            .with(Key::Comment, catalogs.comments.on(PG_POLICY, self.oid));
        draft.finish().map_err(StoreFault::Schema)
    }
}

impl Statistics {
    fn object(&self, catalogs: &Catalogs, words: &Words<'_>) -> Result<Object, StoreFault> {
        let schema = catalogs.namespaces.get(self.stxnamespace).ok_or(FORM)?;
        let draft = Draft::new(Kind::Statistics, &[&schema.nspname, &self.stxname])
            .with(Key::Of, Some(catalogs.reference(self.stxrelid)?))
            .with(Key::Form, Some(self.stxkind.concat()))
            .with(Key::Columns, catalogs.columns_by_name(self.stxrelid, &self.stxkeys))
            .with(Key::Expressions, self.expressions.as_deref())
            .with(Key::Owner, Some(words.word(self.stxowner)?));
        draft.finish().map_err(StoreFault::Schema)
    }
}

impl Catalogs {
    /// The relation that a row belongs to, which was asked for by its number.
    fn told(&self, oid: u32) -> Result<&Relation, StoreFault> {
        self.relations.get(oid).ok_or(FORM)
    }

    /// Columns whose order means nothing.
    fn columns_by_name(&self, relation: u32, numbers: &[i16]) -> Option<String> {
        let found = numbers.iter().filter_map(|number| self.attributes.get((relation, *number)));
        let mut names: Vec<&str> = found.map(|it| &*it.attname).collect();
        names.sort_unstable();
        let names: Vec<String> = names.into_iter().map(identifier).collect();
        Some(names.join(", ")).filter(|names| !names.is_empty())
    }
}

/// Adds all of them.
pub(super) fn tell(
    catalogs: &Catalogs,
    words: &Words<'_>,
    objects: &mut Vec<Object>,
) -> Result<(), StoreFault> {
    for trigger in catalogs.triggers.iter().filter(|it| !it.enforces) {
        match trigger.original(catalogs) {
            Some(original) => objects.extend(trigger.clone_of(original, catalogs)?),
            // One whose original is not told has nothing of its own either.
            None if trigger.tgparentid != 0 => {}
            None => objects.push(trigger.object(catalogs)?),
        }
    }
    for rule in &catalogs.rules {
        objects.push(rule.object(catalogs)?);
    }
    for policy in &catalogs.policies {
        objects.push(policy.object(catalogs, words)?);
    }
    for statistics in &catalogs.statistics {
        objects.push(statistics.object(catalogs, words)?);
    }
    Ok(())
}
