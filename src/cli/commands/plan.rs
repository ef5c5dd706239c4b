//! The door of `plan`.

use super::{Answered, Call};
use crate::cli::args::PlanArguments;
use crate::cli::document::{Answer, Body};
use crate::ops::plan::plan;
use crate::ops::review::Output;

pub(super) async fn run(call: &Call<'_>, given: &PlanArguments) -> Answered {
    let rehearsal = given.rehearsal.clone();
    let output = given.out.clone().map(|path| Output { path, rehearsal });
    Ok(Answer::ok(Body::Plan(Box::new(plan(&call.context(None)?, output).await?))))
}
