//! Owns what one table `[environments.NAME]` means, each key by itself. Must never compare
//! environments with one another.

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use super::fault::Problem;
use super::judge::Judge;
use super::name::{self, NameFault};
use super::settings::{Approval, Atomicity, Backup};
use super::written::{Field, Placed, WrittenEnvironment};
use crate::core::policy::Profile;

const DEFAULT_LOCK_TIMEOUT: Duration = Duration::from_secs(5);
const DEFAULT_IDLE_IN_TRANSACTION_TIMEOUT: Duration = Duration::from_secs(60);
const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Dreichor's own (design section 8).
const PROTECTED_TABLES: [&str; 2] = ["audit_events", "snapshots"];

#[derive(Debug, Clone)]
pub(super) struct Environment {
    pub(super) name: Placed<String>,
    pub(super) database: Placed<String>,
    pub(super) requirement: Option<PathBuf>,
    pub(super) profile: Profile,
    pub(super) atomicity: Atomicity,
    pub(super) search_path: Vec<String>,
    pub(super) lock_timeout: Option<Duration>,
    pub(super) statement_timeout: Option<Duration>,
    pub(super) idle_in_transaction_timeout: Option<Duration>,
    pub(super) connect_timeout: Duration,
    pub(super) owner: Placed<String>,
    pub(super) migrator: Placed<String>,
    pub(super) runtime: Placed<String>,
    pub(super) protected_tables: Vec<String>,
    pub(super) approval: Approval,
    pub(super) backup: Backup,
}

impl Judge<'_> {
    /// Nothing where the database is unknown: what is made from its name cannot be judged.
    pub(super) fn environment(&mut self, written: WrittenEnvironment) -> Option<Environment> {
        let name = written.name;
        if !name::is_environment(&name.value) {
            self.report(name.place, Problem::EnvironmentName { name: name.value.clone() });
        }
        let requirement = self.path(dotted(&name, "requirement"), written.requirement);
        let profile = self.choice(
            dotted(&name, "policy"),
            written.policy,
            (&["strict", "standard"], &[Profile::Strict, Profile::Standard]),
            Profile::Strict,
        );
        let atomicity = self.choice(
            dotted(&name, "atomic"),
            written.atomic,
            (&["migration", "plan"], &[Atomicity::Migration, Atomicity::Plan]),
            Atomicity::Migration,
        );
        let search_path = self.search_path(&dotted(&name, "search_path"), written.search_path);
        let lock_timeout = self.limit(
            dotted(&name, "lock_timeout"),
            written.lock_timeout,
            Some(DEFAULT_LOCK_TIMEOUT),
        );
        let statement_timeout =
            self.limit(dotted(&name, "statement_timeout"), written.statement_timeout, None);
        let idle_in_transaction_timeout = self.limit(
            dotted(&name, "idle_in_transaction_timeout"),
            written.idle_in_transaction_timeout,
            Some(DEFAULT_IDLE_IN_TRANSACTION_TIMEOUT),
        );
        let connect_timeout = self.connect_timeout(&name, written.connect_timeout);
        let protected_tables = self.protected_tables(&name, written.protected_tables);
        let approval = self.approval(&name, written.approval, &written.distinct_approver);
        let backup = self.backup(&name, written.backup, &written.backup_keep);
        let database = self.database(&name, written.database);
        let mut role = |key, field, suffix| self.role(&name, key, field, database.as_ref(), suffix);
        let owner = role("owner_role", written.owner_role, "owner");
        let migrator = role("migrator_role", written.migrator_role, "migrator");
        let runtime = role("runtime_role", written.runtime_role, "runtime");
        Some(Environment {
            name,
            database: database?,
            requirement,
            profile,
            atomicity,
            search_path,
            lock_timeout,
            statement_timeout,
            idle_in_transaction_timeout,
            connect_timeout,
            owner: owner?,
            migrator: migrator?,
            runtime: runtime?,
            protected_tables,
            approval,
            backup,
        })
    }

    fn database(
        &mut self,
        environment: &Placed<String>,
        field: Field<String>,
    ) -> Option<Placed<String>> {
        let key = dotted(environment, "database");
        match field {
            Field::Given(database) => match name::check_database(&database.value) {
                Ok(()) => Some(database),
                Err(fault) => {
                    self.report(database.place, Problem::Name { key, fault });
                    None
                }
            },
            Field::Unreadable => None,
            Field::Absent => {
                self.report(environment.place, Problem::MissingKey { key, instead: "" });
                None
            }
        }
    }

    fn role(
        &mut self,
        environment: &Placed<String>,
        key: &str,
        field: Field<String>,
        database: Option<&Placed<String>>,
        suffix: &str,
    ) -> Option<Placed<String>> {
        let key = dotted(environment, key);
        let (role, made) = match field {
            Field::Given(role) => (role, false),
            Field::Unreadable => return None,
            Field::Absent => {
                let database = database?;
                let value = format!("{}_{suffix}", database.value);
                (Placed { value, place: database.place }, true)
            }
        };
        match name::check_role(&role.value) {
            Ok(()) => Some(role),
            Err(fault) => {
                let problem = if made {
                    Problem::DefaultRole { key, fault }
                } else {
                    Problem::Name { key, fault }
                };
                self.report(role.place, problem);
                None
            }
        }
    }

    fn search_path(&mut self, key: &str, field: Field<Vec<Placed<String>>>) -> Vec<String> {
        let Field::Given(given) = field else {
            return vec!["public".to_owned()];
        };
        if given.value.is_empty() {
            self.report(given.place, Problem::EmptyList { key: key.to_owned() });
        }
        self.names(key, given.value, name::check_schema)
    }

    /// None at all where the list is empty: another service may have none.
    fn protected_tables(
        &mut self,
        environment: &Placed<String>,
        field: Field<Vec<Placed<String>>>,
    ) -> Vec<String> {
        let Field::Given(given) = field else {
            return PROTECTED_TABLES.map(str::to_owned).to_vec();
        };
        self.names(&dotted(environment, "protected_tables"), given.value, name::check_database)
    }

    /// Names, each of them once.
    fn names(
        &mut self,
        key: &str,
        names: Vec<Placed<String>>,
        check: fn(&str) -> Result<(), NameFault>,
    ) -> Vec<String> {
        let mut seen = HashSet::new();
        for (position, Placed { value: name, place }) in (1_usize..).zip(&names) {
            let key = format!("{key}[{position}]");
            if let Err(fault) = check(name) {
                self.report(*place, Problem::Name { key, fault });
            } else if !seen.insert(name) {
                self.report(*place, Problem::RepeatedName { key, name: name.clone() });
            }
        }
        names.into_iter().map(|name| name.value).collect()
    }

    fn connect_timeout(&mut self, environment: &Placed<String>, field: Field<String>) -> Duration {
        let key = dotted(environment, "connect_timeout");
        let place = if let Field::Given(given) = &field { given.place } else { environment.place };
        let Some(limit) = self.limit(key.clone(), field, Some(DEFAULT_CONNECT_TIMEOUT)) else {
            self.report(place, Problem::NoLimit { key });
            return DEFAULT_CONNECT_TIMEOUT;
        };
        limit
    }

    /// A second pair of eyes on nothing would be a false comfort.
    fn approval(
        &mut self,
        environment: &Placed<String>,
        field: Field<String>,
        distinct: &Field<bool>,
    ) -> Approval {
        let required = self.choice(
            dotted(environment, "approval"),
            field,
            (&["off", "required"], &[false, true]),
            false,
        );
        let distinct_approver = matches!(distinct, Field::Given(it) if it.value);
        if let &Field::Given(Placed { value: true, place }) = distinct
            && !required
        {
            let key = dotted(environment, "distinct_approver");
            self.report(place, Problem::Without { key, other: "approval = \"required\"" });
        }
        if required { Approval::Required { distinct_approver } } else { Approval::Off }
    }

    fn backup(
        &mut self,
        environment: &Placed<String>,
        field: Field<String>,
        keep: &Field<i64>,
    ) -> Backup {
        let wanted = self.choice(
            dotted(environment, "backup"),
            field,
            (&["off", "pg_dump"], &[false, true]),
            false,
        );
        let key = || dotted(environment, "backup_keep");
        let keep = match *keep {
            Field::Given(Placed { value, place }) => {
                let keep = u32::try_from(value).ok().and_then(NonZeroU32::new);
                if keep.is_none() {
                    self.report(place, Problem::Count { key: key() });
                } else if !wanted {
                    let other = "backup = \"pg_dump\"";
                    self.report(place, Problem::Without { key: key(), other });
                }
                keep
            }
            Field::Absent | Field::Unreadable => None,
        };
        if wanted { Backup::PgDump { keep } } else { Backup::Off }
    }
}

/// A key of an environment, as it stands in faults.
pub(super) fn dotted(environment: &Placed<String>, key: &str) -> String {
    format!("environments.{}.{key}", environment.value)
}
