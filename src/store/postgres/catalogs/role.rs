//! Owns roles, whom they belong to, and under which word each stands in a schema. Must never
//! leave out a privilege because its role is not known.

use super::acl::{self, Grant};
use super::question::{FORM, Fields, FromFields};
use super::rows::{Keyed, Rows};
use super::value::elements;
use crate::store::RoleNames;
use crate::store::fault::StoreFault;

pub(super) const ROLES: &str =
    "SELECT oid, rolname, rolsuper, rolbypassrls FROM pg_catalog.pg_roles";

pub(super) const MEMBERSHIPS: &str = "SELECT member, roleid FROM pg_catalog.pg_auth_members";

/// A row of `pg_roles`.
pub(super) struct Role {
    pub(super) oid: u32,
    pub(super) rolname: Box<str>,
    pub(super) rolsuper: bool,
    pub(super) rolbypassrls: bool,
}

/// A row of `pg_auth_members`.
pub(super) struct Membership {
    pub(super) member: u32,
    pub(super) roleid: u32,
}

impl FromFields for Role {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            oid: fields.number()?,
            rolname: fields.text()?.into(),
            rolsuper: fields.flag()?,
            rolbypassrls: fields.flag()?,
        })
    }
}

impl FromFields for Membership {
    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, StoreFault> {
        Ok(Self { member: fields.number()?, roleid: fields.number()? })
    }
}

impl Keyed for Role {
    type Key = u32;

    fn key(&self) -> u32 {
        self.oid
    }
}

impl Keyed for Membership {
    type Key = u32;

    fn key(&self) -> u32 {
        self.member
    }
}

/// A role that a catalog names and `pg_roles` does not.
const UNKNOWN: StoreFault = StoreFault::Protocol { expected: "a role that the catalogs know" };

impl Rows<Role> {
    /// The role of this name.
    pub(super) fn named(&self, name: &str) -> Option<&Role> {
        self.iter().find(|role| &*role.rolname == name)
    }

    /// Privileges with the roles that have them, none standing for everybody. What a dropped
    /// role has left is written as its number, and is nobody's.
    pub(super) fn holders(&self, acl: &str) -> Result<Vec<(Option<&Role>, Grant)>, StoreFault> {
        let mut held = Vec::new();
        for item in elements(acl).ok_or(FORM)?.into_iter().flatten() {
            for grant in acl::grants(&item).ok_or(FORM)? {
                match grant.grantee.as_deref() {
                    None => held.push((None, grant)),
                    Some(name) => match self.named(name) {
                        Some(role) => held.push((Some(role), grant)),
                        None if name.bytes().all(|it| it.is_ascii_digit()) => {}
                        None => return Err(UNKNOWN),
                    },
                }
            }
        }
        Ok(held)
    }
}

/// Roles under the names that they have in each environment.
pub(super) struct Words<'a> {
    pub(super) roles: &'a Rows<Role>,
    pub(super) names: &'a RoleNames,
}

impl Words<'_> {
    fn of(&self, role: &Role) -> String {
        let RoleNames { owner, migrator, runtime } = self.names;
        match &*role.rolname {
            name if name == owner => "owner".to_owned(),
            name if name == migrator => "migrator".to_owned(),
            name if name == runtime => "runtime".to_owned(),
            name => format!("role {name}"),
        }
    }

    /// The word of a role; 0 is everybody.
    pub(super) fn word(&self, oid: u32) -> Result<String, StoreFault> {
        if oid == 0 {
            return Ok("PUBLIC".to_owned());
        }
        Ok(self.of(self.roles.get(oid).ok_or(UNKNOWN)?))
    }

    /// Privileges as `WHO PRIVILEGE`, without those of the owner.
    pub(super) fn grants(
        &self,
        acl: Option<&str>,
        owner: Option<u32>,
    ) -> Result<Vec<String>, StoreFault> {
        let Some(acl) = acl else { return Ok(Vec::new()) };
        let mut words = Vec::new();
        for (role, grant) in self.roles.holders(acl)? {
            if role.is_some_and(|role| Some(role.oid) == owner) {
                continue;
            }
            let who = role.map_or_else(|| "PUBLIC".to_owned(), |role| self.of(role));
            let star = if grant.grantable { "*" } else { "" };
            words.push(format!("{who} {}{star}", grant.privilege));
        }
        Ok(words)
    }

    /// The same, where nothing was granted and so everybody has what PostgreSQL gives by itself.
    pub(super) fn grants_or(
        &self,
        acl: Option<&str>,
        owner: u32,
        given: &str,
    ) -> Result<Vec<String>, StoreFault> {
        match acl {
            Some(_) => self.grants(acl, Some(owner)),
            None => Ok(vec![format!("PUBLIC {given}")]),
        }
    }
}
