//! The door of `status`.

use super::{Answered, Call};
use crate::cli::document::Answer;
use crate::ops::status::status;

pub(super) async fn run(call: &Call<'_>) -> Answered {
    Ok(Answer::status(status(&call.context(None)?).await?))
}
