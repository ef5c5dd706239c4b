//! One thin file for each command: typed arguments go down to one story, its answer comes
//! back. What they share stands here: the environment, or the migration directory, that they
//! need. Must never format.

mod apply;
mod approve;
mod baseline;
mod check;
mod evidence;
mod history;
mod lint;
mod new;
mod plan;
mod probe;
mod provision;
mod rehearse;
mod requirement;
mod seal;
mod status;
mod usage;
mod verify;

use super::args::{Arguments, Command, Global};
use super::document::Answer;
use crate::config::{Atomicity, Overrides, Settings};
use crate::host::log::Log;
use crate::ops::context::{Context, read_configuration, read_settings, read_url};
use crate::ops::failure::Failure;
use crate::ops::interruption::unless_interrupted;
use std::path::PathBuf;
use std::sync::Arc;
use usage::Missing;

/// Why a command has no answer of its own.
pub(super) enum Refused {
    /// The command line is wrong in a way that only its meaning shows.
    Usage(Answer),
    /// The story could not be told to its end.
    Failure(Failure),
}

type Answered = Result<Answer, Refused>;

/// What every command gets.
struct Call<'a> {
    global: &'a Global,
    log: &'a Arc<Log>,
    /// Identity of this start of the program.
    run_id: &'a str,
}

/// Carries out the command that was typed.
pub(super) async fn carry_out(arguments: &Arguments, log: &Arc<Log>, run_id: &str) -> Answered {
    let call = Call { global: &arguments.global, log, run_id };
    match &arguments.command {
        Command::Plan(given) => unless_interrupted(plan::run(&call, given)).await,
        Command::Approve(given) => approve::run(&call, given),
        Command::Apply(given) => apply::run(&call, given).await,
        Command::Lint(given) => lint::run(&call, given),
        Command::Status => unless_interrupted(status::run(&call)).await,
        Command::Check(given) => unless_interrupted(check::run(&call, given)).await,
        Command::Probe(given) => unless_interrupted(probe::run(&call, given)).await,
        Command::Verify => unless_interrupted(verify::run(&call)).await,
        Command::Seal(given) => unless_interrupted(seal::run(&call, given)).await,
        Command::Rehearse(given) => rehearse::run(&call, given).await,
        Command::History(given) => unless_interrupted(history::run(&call, given)).await,
        Command::Evidence(given) => unless_interrupted(evidence::run(&call, given)).await,
        Command::Baseline(given) => baseline::run(&call, given).await,
        Command::Provision => provision::run(&call),
        Command::New(given) => new::run(&call, given),
        Command::Requirement(command) => requirement::run(&call, command),
    }
}

impl Call<'_> {
    /// The settings of the environment that was named.
    fn settings(&self, atomicity: Option<Atomicity>) -> Result<Settings, Refused> {
        let environment =
            self.global.environment.as_ref().ok_or_else(|| Missing::Environment.refused())?;
        let overrides = Overrides { migrations: self.global.migrations.clone(), atomicity };
        Ok(read_settings(&self.global.config, environment, overrides)?)
    }

    /// The migration directory, of commands that need nothing else.
    fn directory(&self) -> Result<PathBuf, Refused> {
        match &self.global.migrations {
            Some(directory) => Ok(directory.clone()),
            None => read_configuration(&self.global.config)?
                .migrations()
                .ok_or_else(|| Missing::Migrations.refused()),
        }
    }

    /// The settings, and the way to the database.
    fn context(&self, atomicity: Option<Atomicity>) -> Result<Context, Refused> {
        let settings = self.settings(atomicity)?;
        let url = read_url(&settings)?;
        Ok(Context { settings, url, log: Arc::clone(self.log) })
    }
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl Refused {
    /// The answer that says why.
    pub(super) fn answer(self) -> Answer {
        match self {
            Self::Usage(answer) => answer,
            Self::Failure(failure) => Answer::failed(&failure),
        }
    }
}
