//! The door of `history`.

use super::{Answered, Call};
use crate::cli::args::HistoryArguments;
use crate::cli::document::{Answer, Body};
use crate::ops::history::{Filter, history, verify};

pub(super) async fn run(call: &Call<'_>, given: &HistoryArguments) -> Answered {
    let context = call.context(None)?;
    if given.verify {
        return Ok(Answer::ok(Body::Verified(verify(&context).await?)));
    }
    let filter = Filter {
        version: given.migration.clone(),
        event: given.event.clone(),
        run_id: given.run.clone(),
        last: given.last,
    };
    Ok(Answer::ok(Body::History(history(&context, &filter).await?)))
}
