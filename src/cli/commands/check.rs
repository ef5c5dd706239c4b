//! The door of `check`.

use super::{Answered, Call, usage};
use crate::cli::args::CheckArguments;
use crate::cli::document::Answer;
use crate::core::requirement::Range;
use crate::ops::check::check;
use crate::ops::requirement::Asked;

pub(super) async fn run(call: &Call<'_>, given: &CheckArguments) -> Answered {
    let asked = match (&given.requirement, &given.requires) {
        (Some(file), _) => Asked::File(file.clone()),
        (None, Some(requires)) => Asked::Range(
            Range::new(requires.clone(), given.supports_up_to.clone())
                .map_err(|inverted| usage::refuse(&inverted))?,
        ),
        (None, None) => Asked::Configured,
    };
    let context = call.context(None)?;
    Ok(Answer::checked(check(&context, asked, given.connect_deadline).await?))
}
