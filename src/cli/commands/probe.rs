//! The door of `probe`.

use super::{Answered, Call};
use crate::cli::args::ProbeArguments;
use crate::cli::document::Answer;
use crate::ops::probe::probe;
use crate::ops::requirement::Asked;

pub(super) async fn run(call: &Call<'_>, given: &ProbeArguments) -> Answered {
    let asked = given.requirement.clone().map_or(Asked::Configured, Asked::File);
    let context = call.context(None)?;
    Ok(Answer::checked(probe(context, asked, given.deadline).await?))
}
