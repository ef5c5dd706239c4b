//! The door of `plan`.

use super::{Answered, Call};
use crate::cli::document::{Answer, Body};
use crate::ops::plan::plan;

pub(super) async fn run(call: &Call<'_>) -> Answered {
    Ok(Answer::ok(Body::Plan(plan(&call.context(None)?).await?)))
}
