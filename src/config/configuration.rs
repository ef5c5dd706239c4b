//! Owns the step from the file as written to settings: every value judged, every offender
//! reported. Must never read a file, and never give out an environment of a faulty one.

use std::path::{Path, PathBuf};

use super::environment::{Environment, dotted};
use super::fault::{ConfigFault, Problem};
use super::gate::{self, Gate};
use super::judge::Judge;
use super::settings::{Backup, Overrides, Roles, Settings};
use super::written::{self, Field, Placed, WrittenEnvironment};
use crate::core::place::Place;

const START: Place = Place { line: 1, column: 1 };

/// A whole, accepted `migrate.toml`.
#[derive(Debug, Clone)]
pub struct Configuration {
    file: PathBuf,
    migrations: Option<PathBuf>,
    state: Option<PathBuf>,
    allowed_signers: PathBuf,
    gate: Gate,
    /// In the order of the file; never empty.
    environments: Vec<Environment>,
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
        let state = judge.path("state".to_owned(), written.state);
        let allowed_signers = judge
            .path("allowed_signers".to_owned(), written.allowed_signers)
            .unwrap_or_else(|| home.join("allowed_signers"));
        let gate = gate::judge(written.gate, &mut judge.problems);
        let environments = match written.environments {
            Field::Given(environments) => judge.environments(environments),
            Field::Unreadable => Vec::new(),
            Field::Absent => {
                judge.report(START, Problem::NoEnvironment);
                Vec::new()
            }
        };
        if state.is_none()
            && let Some(first) = environments.iter().find(|it| it.backup != Backup::Off)
        {
            let key = dotted(&first.name, "backup");
            let other = "state = \"DIRECTORY\" at the top of the file";
            judge.report(first.name.place, Problem::Without { key, other });
        }
        if judge.problems.is_empty() {
            let file = path.to_owned();
            return Ok(Self { file, migrations, state, allowed_signers, gate, environments });
        }
        Err(ConfigFault::all(judge.problems, path))
    }

    /// The directory of the migration set, where the file names one.
    #[must_use]
    pub fn migrations(&self) -> Option<PathBuf> {
        self.migrations.clone()
    }

    fn approvals(&self, environment: &str) -> Vec<PathBuf> {
        let home = self.file.parent().unwrap_or(Path::new(""));
        let mut places = vec![home.join("approvals").join(environment)];
        places.extend(self.state.iter().map(|state| state.join("approvals").join(environment)));
        places
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
            state: self.state.clone(),
            allowed_signers: self.allowed_signers.clone(),
            approvals: self.approvals(&chosen.name.value),
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
            protected_tables: chosen.protected_tables.clone(),
            approval: chosen.approval,
            backup: chosen.backup,
            others: self
                .environments
                .iter()
                .filter(|it| it.name != chosen.name)
                .map(|it| (it.name.value.clone(), it.database.value.clone()))
                .collect(),
        })
    }
}

impl Judge<'_> {
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
}

#[cfg(test)]
#[path = "configuration_tests.rs"]
mod tests;
