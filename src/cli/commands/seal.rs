//! The door of `seal`. An environment is not needed; one that is named lends its names.

use super::{Answered, Call};
use crate::cli::args::SealArguments;
use crate::cli::document::{Answer, Body};
use crate::ops::seal::{check_seal, seal, sealed_schema};

pub(super) async fn run(call: &Call<'_>, given: &SealArguments) -> Answered {
    let settings = match call.global.environment {
        Some(_) => Some(call.settings(None)?),
        None => None,
    };
    let directory = match &settings {
        Some(settings) => settings.migrations.clone(),
        None => call.directory()?,
    };
    if let Some(version) = &given.show {
        return Ok(Answer::ok(Body::SealedSchema(sealed_schema(&directory, version.as_ref())?)));
    }
    let sealing = if given.check {
        check_seal(&directory, settings.as_ref(), !given.files_only).await?
    } else {
        seal(&directory, settings.as_ref()).await?
    };
    Ok(Answer::ok(Body::Seal(sealing)))
}
