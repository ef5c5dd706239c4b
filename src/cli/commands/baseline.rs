//! The door of `baseline`.

use super::{Answered, Call};
use crate::cli::args::BaselineArguments;
use crate::cli::document::{Answer, Body};
use crate::ops::baseline::{baseline, preview};

pub(super) async fn run(call: &Call<'_>, given: &BaselineArguments) -> Answered {
    let context = call.context(None)?;
    let takeover = if given.dry_run {
        preview(&context).await?
    } else {
        baseline(&context, call.run_id, given.wait).await?
    };
    Ok(Answer::ok(Body::Baseline(takeover)))
}
