//! Owns what the runtime role must not be able to do (design sections 2 and 5), as facts with
//! the grant that causes each. Must never ask the server.

use crate::core::code::Code;
use crate::core::finding::Explain;

/// The kinds of rights that are too much for a runtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// It is superuser.
    Superuser,
    /// It has `BYPASSRLS`.
    BypassRls,
    /// It is a member of a role that has what it must not have.
    Member,
    /// It owns what it must not own: a history table, a schema, the database.
    Owner,
    /// It can write a history table.
    Write,
    /// It can create objects in a schema or in the database.
    Create,
    /// It can connect to another environment's database.
    Connect,
}

/// One right that is too much, and what gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excess {
    /// Which kind.
    pub right: Right,
    /// The runtime role.
    pub role: String,
    /// On what, as SQL names it, for example `table public.dreichor_schema_migrations`; the role
    /// for [`Right::Member`]; empty for what belongs to the role itself.
    pub object: String,
    /// The privileges, for example `INSERT, UPDATE`; empty where the kind says it all.
    pub privileges: String,
    /// Whom it is granted to: the role itself, one that it is a member of, or `PUBLIC`.
    pub holder: String,
    /// The statement that would take it away, for an operator to review.
    pub mend: String,
}

impl Right {
    /// All kinds, in the order in which they are told.
    pub const ALL: [Self; 7] = [
        Self::Superuser,
        Self::BypassRls,
        Self::Member,
        Self::Owner,
        Self::Write,
        Self::Create,
        Self::Connect,
    ];

    /// The short name of the finding.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Superuser => "runtime-superuser",
            Self::BypassRls => "runtime-bypassrls",
            Self::Member => "runtime-member",
            Self::Owner => "runtime-owner",
            Self::Write => "runtime-writes-history",
            Self::Create => "runtime-creates",
            Self::Connect => "runtime-connects",
        }
    }

    /// The kind of this short name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.name() == name)
    }
}

impl Excess {
    /// Always [`Code::Overprivileged`].
    #[must_use]
    pub fn exit_code(&self) -> Code {
        Code::Overprivileged
    }
}

impl Explain for Excess {
    fn code(&self) -> &'static str {
        self.right.name()
    }

    fn subject(&self) -> String {
        self.role.clone()
    }

    fn message(&self) -> String {
        let Self { role, object, privileges, holder, .. } = self;
        match self.right {
            Right::Superuser => format!("the runtime role '{role}' is superuser"),
            Right::BypassRls => {
                format!("the runtime role '{role}' has BYPASSRLS: no policy holds for it")
            }
            Right::Member if holder == object => {
                format!("the runtime role '{role}' is a member of '{object}'")
            }
            Right::Member => {
                format!("the runtime role '{role}' is a member of '{object}', through '{holder}'")
            }
            Right::Owner if holder == role => {
                format!("the runtime role '{role}' owns the {object}")
            }
            Right::Owner => format!(
                "the runtime role '{role}' owns the {object}, as a member of its owner '{holder}'"
            ),
            Right::Write | Right::Create | Right::Connect => format!(
                "the runtime role '{role}' has {privileges} on the {object}, which is granted to '{holder}'"
            ),
        }
    }

    fn remedy(&self) -> String {
        format!("review this as superuser: {}", self.mend)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_a_name_of_its_own() {
        for right in Right::ALL {
            assert_eq!(Right::named(right.name()), Some(right));
        }
        assert_eq!(Right::named("pending"), None);
    }

    #[test]
    fn the_grant_that_causes_it_is_named() {
        let excess = Excess {
            right: Right::Write,
            role: "app".to_owned(),
            object: "table public.dreichor_schema_migrations".to_owned(),
            privileges: "INSERT, UPDATE".to_owned(),
            holder: "PUBLIC".to_owned(),
            mend: "REVOKE INSERT, UPDATE ON …".to_owned(),
        };
        assert_eq!(
            excess.message(),
            "the runtime role 'app' has INSERT, UPDATE on the table public.dreichor_schema_migrations, which is granted to 'PUBLIC'"
        );
        let member = Excess {
            right: Right::Member,
            object: "app_owner".to_owned(),
            holder: "group".to_owned(),
            ..excess
        };
        assert_eq!(
            member.message(),
            "the runtime role 'app' is a member of 'app_owner', through 'group'"
        );
    }
}
