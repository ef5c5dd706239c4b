//! The door of `lint`. An environment is not needed; one that is named lends its policy.

use super::{Answered, Call};
use crate::cli::args::{LintArguments, ProfileChoice};
use crate::cli::document::Answer;
use crate::cli::render;
use crate::core::policy::Profile;
use crate::ops::lint::{keep, lint, terms};

pub(super) fn run(call: &Call<'_>, given: &LintArguments) -> Answered {
    let settings = match call.global.environment {
        Some(_) => Some(call.settings(None)?),
        None => None,
    };
    let directory = match &settings {
        Some(settings) => settings.migrations.clone(),
        None => call.directory()?,
    };
    let profile = given.profile.map(|profile| match profile {
        ProfileChoice::Strict => Profile::Strict,
        ProfileChoice::Standard => Profile::Standard,
    });
    let linted = lint(&directory, &terms(settings.as_ref(), profile), given.since.as_ref())?;
    if let Some(file) = &given.sarif {
        keep(file, &render::sarif(&linted))?;
    }
    Ok(Answer::linted(linted))
}
