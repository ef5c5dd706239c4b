//! The door of `new`, the only command that needs no environment: a migration belongs to all.

use super::usage::Missing;
use super::{Answered, Call};
use crate::cli::args::NewArguments;
use crate::cli::document::{Answer, Body};
use crate::ops::context::read_configuration;
use crate::ops::create::create;

pub(super) fn run(call: &Call<'_>, given: &NewArguments) -> Answered {
    let directory = match &call.global.migrations {
        Some(directory) => directory.clone(),
        None => read_configuration(&call.global.config)?
            .migrations()
            .ok_or_else(|| Missing::Migrations.refused())?,
    };
    Ok(Answer::ok(Body::New(create(&directory, &given.title)?)))
}
