//! The door of `requirement init`, which needs no environment: a release has one set.

use super::{Answered, Call};
use crate::cli::args::RequirementCommand;
use crate::cli::document::{Answer, Body};
use crate::ops::requirement::init;

pub(super) fn run(call: &Call<'_>, command: &RequirementCommand) -> Answered {
    let RequirementCommand::Init(given) = command;
    let directory = call.directory()?;
    let (requires, up_to) = (given.requires.clone(), given.supports_up_to.clone());
    let drafted = init(&directory, requires, up_to, given.output.clone())?;
    Ok(Answer::ok(Body::Requirement(drafted)))
}
