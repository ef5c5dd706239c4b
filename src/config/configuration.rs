//! Owns the step from the file as written to settings: every value judged, every offender
//! reported. Must never read a file, and never give out an environment of a faulty one.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::duration;
use super::fault::{ConfigFault, Problem};
use super::gate::{self, Gate};
use super::name::{self, NameFault};
use super::settings::{Atomicity, Overrides, Roles, Settings};
use super::written::{self, Field, Misplaced, Placed, WrittenEnvironment};
use crate::core::place::Place;
use crate::core::policy::Profile;

const START: Place = Place { line: 1, column: 1 };
const DEFAULT_LOCK_TIMEOUT: Duration = Duration::from_secs(5);
const DEFAULT_IDLE_IN_TRANSACTION_TIMEOUT: Duration = Duration::from_secs(60);
const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A whole, accepted `migrate.toml`.
#[derive(Debug, Clone)]
pub struct Configuration {
    file: PathBuf,
    migrations: Option<PathBuf>,
    gate: Gate,
    /// In the order of the file; never empty.
    environments: Vec<Environment>,
}

#[derive(Debug, Clone)]
struct Environment {
    name: Placed<String>,
    database: Placed<String>,
    requirement: Option<PathBuf>,
    profile: Profile,
    atomicity: Atomicity,
    search_path: Vec<String>,
    lock_timeout: Option<Duration>,
    statement_timeout: Option<Duration>,
    idle_in_transaction_timeout: Option<Duration>,
    connect_timeout: Duration,
    owner: Placed<String>,
    migrator: Placed<String>,
    runtime: Placed<String>,
}

impl Configuration {
    /// Reads and judges the whole file, all environments of it, whichever will be asked for.
    /// `path` only names the file in faults and is where relative paths start.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, in the order of the file; exit code 78.
    pub fn parse(text: &str, path: &Path) -> Result<Self, Vec<ConfigFault>> {
        let (written, problems) = written::read(text);
        let home = path.parent().unwrap_or(Path::new(""));
        let mut judge = Judge { home, problems };
        let migrations = judge.path("migrations".to_owned(), written.migrations);
        let gate = gate::judge(written.gate, &mut judge.problems);
        let environments = match written.environments {
            Field::Given(environments) => judge.environments(environments),
            Field::Unreadable => Vec::new(),
            Field::Absent => {
                judge.report(START, Problem::NoEnvironment);
                Vec::new()
            }
        };
        if judge.problems.is_empty() {
            return Ok(Self { file: path.to_owned(), migrations, gate, environments });
        }
        Err(ConfigFault::all(judge.problems, path))
    }

    /// The directory of the migration set, where the file names one.
    #[must_use]
    pub fn migrations(&self) -> Option<PathBuf> {
        self.migrations.clone()
    }

    /// The settings of one environment, with what the command line puts in their place.
    ///
    /// # Errors
    ///
    /// The environment is not declared (the fault lists those that are, and stands at the
    /// first of them), or no directory of migrations is given; exit code 78.
    pub fn environment(&self, name: &str, overrides: Overrides) -> Result<Settings, ConfigFault> {
        let fault = |place, problem| ConfigFault { file: self.file.clone(), place, problem };
        let Some(chosen) = self.environments.iter().find(|it| it.name.value == name) else {
            let known = self.environments.iter().map(|it| it.name.value.clone()).collect();
            let place = self.environments.first().map_or(START, |it| it.name.place);
            let name = name.to_owned();
            return Err(fault(place, Problem::UnknownEnvironment { name, known }));
        };
        let Some(migrations) = overrides.migrations.or_else(|| self.migrations.clone()) else {
            let key = "migrations".to_owned();
            let instead = "name the directory with --migrations";
            return Err(fault(START, Problem::MissingKey { key, instead }));
        };
        Ok(Settings {
            environment: chosen.name.value.clone(),
            file: self.file.clone(),
            migrations,
            database: chosen.database.value.clone(),
            requirement: chosen.requirement.clone(),
            gate: self.gate.clone(),
            profile: chosen.profile,
            atomicity: overrides.atomicity.unwrap_or(chosen.atomicity),
            search_path: chosen.search_path.clone(),
            lock_timeout: chosen.lock_timeout,
            statement_timeout: chosen.statement_timeout,
            idle_in_transaction_timeout: chosen.idle_in_transaction_timeout,
            connect_timeout: chosen.connect_timeout,
            roles: Roles {
                owner: chosen.owner.value.clone(),
                migrator: chosen.migrator.value.clone(),
                runtime: chosen.runtime.value.clone(),
            },
            others: self
                .environments
                .iter()
                .filter(|it| it.name != chosen.name)
                .map(|it| (it.name.value.clone(), it.database.value.clone()))
                .collect(),
        })
    }
}

/// Goes over what was written and collects what cannot be accepted. A value that it reports
/// is replaced by a harmless one so that judging can go on; nothing of it is ever given out.
struct Judge<'p> {
    /// Where relative paths start.
    home: &'p Path,
    problems: Vec<Misplaced>,
}

impl Judge<'_> {
    fn report(&mut self, place: Place, problem: Problem) {
        self.problems.push(Placed { value: problem, place });
    }

    fn path(&mut self, key: String, field: Field<String>) -> Option<PathBuf> {
        let Field::Given(Placed { value, place }) = field else { return None };
        let fault = if value.is_empty() {
            Some(NameFault::Empty)
        } else if value.contains(char::is_control) {
            Some(NameFault::Control)
        } else if value.contains("://") {
            Some(NameFault::Url)
        } else {
            None
        };
        if let Some(fault) = fault {
            self.report(place, Problem::Name { key, fault });
        }
        Some(self.home.join(value))
    }

    fn environments(&mut self, written: Placed<Vec<WrittenEnvironment>>) -> Vec<Environment> {
        if written.value.is_empty() {
            self.report(written.place, Problem::NoEnvironment);
        }
        let environments: Vec<Environment> =
            written.value.into_iter().filter_map(|it| self.environment(it)).collect();
        self.isolated_databases(&environments);
        self.distinct_roles(&environments);
        environments
    }

    /// Two environments on one database would each apply to the other (design section 1).
    fn isolated_databases(&mut self, environments: &[Environment]) {
        for (at, second) in environments.iter().enumerate() {
            let same = |first: &&Environment| first.database.value == second.database.value;
            if let Some(first) = environments.iter().take(at).find(same) {
                self.report(
                    second.database.place,
                    Problem::SharedDatabase {
                        database: second.database.value.clone(),
                        first: first.name.value.clone(),
                        second: second.name.value.clone(),
                    },
                );
            }
        }
    }

    /// A runtime role that is also the owner could write the history; a role of two
    /// environments could reach both databases (design section 5).
    fn distinct_roles(&mut self, environments: &[Environment]) {
        let mut seen: Vec<(&Environment, &'static str, &Placed<String>)> = Vec::new();
        for environment in environments {
            let roles = [
                ("owner_role", &environment.owner),
                ("migrator_role", &environment.migrator),
                ("runtime_role", &environment.runtime),
            ];
            for (key, role) in roles {
                let same = seen.iter().find(|(other, _, earlier)| {
                    // Environments that share a database are already reported, and their
                    // defaults would only repeat it.
                    let reported = other.name != environment.name
                        && other.database.value == environment.database.value;
                    earlier.value == role.value && !reported
                });
                if let Some((first, first_key, _)) = same {
                    self.report(
                        role.place,
                        Problem::SharedRole {
                            role: role.value.clone(),
                            first: dotted(&first.name, first_key),
                            second: dotted(&environment.name, key),
                        },
                    );
                }
                seen.push((environment, key, role));
            }
        }
    }

    /// Nothing where the database is unknown: what is made from its name cannot be judged.
    fn environment(&mut self, written: WrittenEnvironment) -> Option<Environment> {
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

    fn choice<T: Copy>(
        &mut self,
        key: String,
        field: Field<String>,
        (words, meanings): (&'static [&'static str], &[T]),
        default: T,
    ) -> T {
        let Field::Given(Placed { value, place }) = field else { return default };
        match words.iter().zip(meanings).find(|(word, _)| **word == value) {
            Some((_, meaning)) => *meaning,
            None => {
                self.report(place, Problem::Choice { key, allowed: words });
                default
            }
        }
    }

    fn search_path(&mut self, key: &str, field: Field<Vec<Placed<String>>>) -> Vec<String> {
        let Field::Given(Placed { value: names, place }) = field else {
            return vec!["public".to_owned()];
        };
        if names.is_empty() {
            self.report(place, Problem::EmptyList { key: key.to_owned() });
        }
        let mut seen = HashSet::new();
        for (position, Placed { value: name, place }) in (1_usize..).zip(&names) {
            let key = format!("{key}[{position}]");
            if let Err(fault) = name::check_schema(name) {
                self.report(*place, Problem::Name { key, fault });
            } else if !seen.insert(name) {
                self.report(*place, Problem::RepeatedName { key, name: name.clone() });
            }
        }
        names.into_iter().map(|name| name.value).collect()
    }

    fn limit(
        &mut self,
        key: String,
        field: Field<String>,
        default: Option<Duration>,
    ) -> Option<Duration> {
        let Field::Given(Placed { value, place }) = field else { return default };
        match duration::parse(&value) {
            Ok(limit) => Some(limit).filter(|limit| !limit.is_zero()),
            Err(fault) => {
                self.report(place, Problem::Duration { key, fault });
                default
            }
        }
    }

    fn connect_timeout(&mut self, environment: &Placed<String>, field: Field<String>) -> Duration {
        let key = dotted(environment, "connect_timeout");
        let place = if let Field::Given(given) = &field { given.place } else { START };
        let Some(limit) = self.limit(key.clone(), field, Some(DEFAULT_CONNECT_TIMEOUT)) else {
            self.report(place, Problem::NoLimit { key });
            return DEFAULT_CONNECT_TIMEOUT;
        };
        limit
    }
}

fn dotted(environment: &Placed<String>, key: &str) -> String {
    format!("environments.{}.{key}", environment.value)
}

#[cfg(test)]
#[path = "configuration_tests.rs"]
mod tests;
