//! The door of `check`.

use super::{Answered, Call, usage};
use crate::cli::args::CheckArguments;
use crate::cli::document::Answer;
use crate::core::requirement::Requirement;
use crate::ops::check::check;

pub(super) async fn run(call: &Call<'_>, given: &CheckArguments) -> Answered {
    let requirement = match &given.requires {
        None => Requirement::Installed,
        Some(requires) => Requirement::range(requires.clone(), given.supports_up_to.clone())
            .map_err(|inverted| usage::refuse(&inverted))?,
    };
    let context = call.context(None)?;
    Ok(Answer::verdict(check(&context, &requirement, given.connect_deadline).await?))
}
