//! Owns what the runtime role can do and must not, found in rows of the catalogs: one for each
//! grant that causes it. Must never ask the server, and never decide what follows.

use super::Catalogs;
use super::question::{FORM, Fields, FromFields};
use super::role::Role;
use crate::core::privilege::{Excess, Right};
use crate::core::spelling::{identifier, qualified};
use crate::store::PrivilegeQuestion;
use crate::store::fault::StoreFault;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const DATABASES: &str =
    "SELECT datname, datdba, datallowconn, datacl FROM pg_catalog.pg_database";

/// A row of `pg_database`.
pub(super) struct Database {
    datname: Box<str>,
    datdba: u32,
    datallowconn: bool,
    datacl: Option<Box<str>>,
}

impl FromFields for Database {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            datname: fields.text()?.into(),
            datdba: fields.number()?,
            datallowconn: fields.flag()?,
            datacl: fields.kept()?,
        })
    }
}

/// The role that whoever owns the database is a member of.
const DATABASE_OWNER: &str = "pg_database_owner";

/// An object, and the privileges on it that matter.
struct Place<'a> {
    right: Right,
    object: String,
    owner: u32,
    acl: Option<&'a str>,
    wanted: &'static [&'static str],
    /// The column that the privileges are on, where that is not the whole.
    column: Option<&'a str>,
}

/// Whose rights are looked at.
struct Runtime<'a> {
    question: &'a PrivilegeQuestion,
    role: &'a Role,
    /// Itself, and the roles whose rights it has or can take.
    held: BTreeSet<u32>,
}

impl<'a> Runtime<'a> {
    fn is_forbidden(&self, role: &Role) -> bool {
        role.rolsuper || self.question.forbidden.iter().any(|name| **name == *role.rolname)
    }

    /// Whether a role's rights are the runtime's, and not told as a membership already.
    fn has_rights_of(&self, catalogs: &Catalogs, oid: u32) -> bool {
        let role = catalogs.roles.get(oid);
        self.held.contains(&oid) && role.is_some_and(|role| !self.is_forbidden(role))
    }

    fn excess(&self, right: Right, object: &str, privileges: &str, holder: &str) -> Excess {
        let mend = match right {
            Right::Superuser => format!("ALTER ROLE {} NOSUPERUSER", identifier(holder)),
            Right::BypassRls => format!("ALTER ROLE {} NOBYPASSRLS", identifier(holder)),
            Right::Member => {
                format!("REVOKE {} FROM {}", identifier(holder), identifier(&self.role.rolname))
            }
            Right::Owner => {
                format!("ALTER {object} OWNER TO {}", identifier(&self.question.owner))
            }
            Right::Write | Right::Create | Right::Connect => {
                let from = if holder == "PUBLIC" { holder.to_owned() } else { identifier(holder) };
                format!("REVOKE {privileges} ON {object} FROM {from}")
            }
        };
        Excess {
            right,
            role: self.question.role.clone(),
            object: object.to_owned(),
            privileges: privileges.to_owned(),
            holder: holder.to_owned(),
            mend,
        }
    }
}

impl Catalogs {
    /// What the runtime role can do and must not, in a fixed order.
    pub(super) fn excesses(
        &self,
        question: &PrivilegeQuestion,
        database: &str,
    ) -> Result<Vec<Excess>, StoreFault> {
        let Some(role) = self.roles.named(&question.role) else { return Ok(Vec::new()) };
        let mut runtime = Runtime { question, role, held: BTreeSet::new() };
        if role.rolsuper {
            return Ok(vec![runtime.excess(Right::Superuser, "", "", &role.rolname)]);
        }
        runtime.held = self.memberships_of(role.oid, database);
        let mut found = Vec::new();
        if role.rolbypassrls {
            found.push(runtime.excess(Right::BypassRls, "", "", &role.rolname));
        }
        self.find_memberships(&runtime, database, &mut found);
        let places = self.places(question, database);
        let mut owned: BTreeSet<(&str, u32)> = BTreeSet::new();
        let mut allowed: BTreeMap<(Right, &str, &str), BTreeSet<String>> = BTreeMap::new();
        for place in &places {
            let granted = self.granted(place)?;
            if runtime.has_rights_of(self, place.owner) {
                // Whoever owns it can give itself the rest.
                if !granted.is_empty() {
                    owned.insert((&place.object, place.owner));
                }
                continue;
            }
            for (grantee, privilege) in granted {
                let holder = match grantee {
                    None => "PUBLIC",
                    Some(role) if runtime.has_rights_of(self, role.oid) => &role.rolname,
                    Some(_) => continue,
                };
                allowed.entry((place.right, &place.object, holder)).or_default().insert(privilege);
            }
        }
        for (object, owner) in owned {
            let holder = self.roles.get(owner).ok_or(FORM)?;
            found.push(runtime.excess(Right::Owner, object, "", &holder.rolname));
        }
        for ((right, object, holder), privileges) in allowed {
            let privileges: Vec<String> = privileges.into_iter().collect();
            found.push(runtime.excess(right, object, &privileges.join(", "), holder));
        }
        found.sort_by(|one, other| {
            let key = |it: &Excess| (it.right.name(), it.object.clone(), it.holder.clone());
            key(one).cmp(&key(other))
        });
        Ok(found)
    }

    /// A role and all roles that it is a member of, through however many others.
    fn memberships_of(&self, oid: u32, database: &str) -> BTreeSet<u32> {
        let owner = self.databases.iter().find(|it| &*it.datname == database).map(|it| it.datdba);
        let mut held = BTreeSet::new();
        let mut open = vec![oid];
        while let Some(member) = open.pop() {
            if held.insert(member) {
                open.extend(self.memberships.all(member).map(|it| it.roleid));
                if Some(member) == owner {
                    open.extend(self.roles.named(DATABASE_OWNER).map(|it| it.oid));
                }
            }
        }
        held
    }

    /// Which direct membership leads to which role that must not be held.
    fn find_memberships(&self, runtime: &Runtime<'_>, database: &str, found: &mut Vec<Excess>) {
        let me = runtime.role.oid;
        let held = runtime.held.iter().filter_map(|oid| self.roles.get(*oid));
        let forbidden: Vec<&Role> =
            held.filter(|it| it.oid != me && runtime.is_forbidden(it)).collect();
        let direct: BTreeSet<u32> = self.memberships.all(me).map(|it| it.roleid).collect();
        for granted in direct.into_iter().filter_map(|oid| self.roles.get(oid)) {
            let reached = self.memberships_of(granted.oid, database);
            for role in forbidden.iter().filter(|it| granted.rolsuper || reached.contains(&it.oid))
            {
                found.push(runtime.excess(Right::Member, &role.rolname, "", &granted.rolname));
            }
        }
    }

    /// Where the privileges stand that matter.
    fn places(&self, question: &PrivilegeQuestion, database: &str) -> Vec<Place<'_>> {
        let mut places = Vec::new();
        for relation in self.relations.iter() {
            let schema = self.namespaces.get(relation.relnamespace);
            let Some(schema) = schema.filter(|it| relation.is_history_in(&it.nspname)) else {
                continue;
            };
            let (right, owner) = (Right::Write, relation.relowner);
            let object = format!("table {}", qualified(&[&schema.nspname, &relation.relname]));
            for column in self.attributes.iter().filter(|it| it.attrelid == relation.oid) {
                let (object, acl) = (object.clone(), column.attacl.as_deref());
                if acl.is_some() {
                    let column = Some(&*column.attname);
                    places.push(Place { right, object, owner, acl, wanted: COLUMN_WRITES, column });
                }
            }
            let acl = relation.relacl.as_deref();
            places.push(Place { right, object, owner, acl, wanted: WRITES, column: None });
        }
        for schema in self.namespaces.iter().filter(|it| it.is_of_users()) {
            let object = format!("schema {}", identifier(&schema.nspname));
            let (owner, acl) = (schema.nspowner, schema.nspacl.as_deref());
            let right = Right::Create;
            places.push(Place { right, object, owner, acl, wanted: &["CREATE"], column: None });
        }
        for it in &self.databases {
            let is_other = question.other_databases.iter().any(|name| **name == *it.datname);
            let (right, wanted): (_, &[&str]) = if *it.datname == *database {
                (Right::Create, &["CREATE"])
            } else if is_other && it.datallowconn {
                (Right::Connect, &["CONNECT"])
            } else {
                continue;
            };
            let object = format!("database {}", identifier(&it.datname));
            let (owner, acl) = (it.datdba, it.datacl.as_deref());
            places.push(Place { right, object, owner, acl, wanted, column: None });
        }
        places
    }

    /// Who has which of the privileges that matter. Where nothing was ever granted, the owner has
    /// all of them, and everybody may connect to a database.
    fn granted(&self, place: &Place<'_>) -> Result<Vec<(Option<&Role>, String)>, StoreFault> {
        let named = |privilege: &str| match place.column {
            Some(column) => format!("{privilege} ({})", identifier(column)),
            None => privilege.to_owned(),
        };
        let Some(acl) = place.acl else {
            let mut holders = vec![self.roles.get(place.owner)];
            if place.right == Right::Connect {
                holders.push(None);
            }
            let all = holders.into_iter().flat_map(|holder| {
                place.wanted.iter().map(move |privilege| (holder, (*privilege).to_owned()))
            });
            return Ok(all.collect());
        };
        let held = self.roles.holders(acl)?.into_iter();
        let held = held.filter(|(_, grant)| place.wanted.contains(&grant.privilege));
        Ok(held.map(|(role, grant)| (role, named(grant.privilege))).collect())
    }
}

/// What writes a history table, or lets others be made to.
const WRITES: &[&str] = &["INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER"];

/// The same of a column.
const COLUMN_WRITES: &[&str] = &["INSERT", "UPDATE"];
