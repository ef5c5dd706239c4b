//! The door of `new`, which needs no environment: a migration belongs to all.

use super::{Answered, Call};
use crate::cli::args::NewArguments;
use crate::cli::document::{Answer, Body};
use crate::ops::create::create;

pub(super) fn run(call: &Call<'_>, given: &NewArguments) -> Answered {
    Ok(Answer::ok(Body::New(create(&call.directory()?, &given.title)?)))
}
