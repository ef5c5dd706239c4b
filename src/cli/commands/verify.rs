//! The door of `verify`.

use super::{Answered, Call};
use crate::cli::document::Answer;
use crate::ops::verify::verify;

pub(super) async fn run(call: &Call<'_>) -> Answered {
    let context = call.context(None)?;
    Ok(Answer::verified(verify(&context).await?))
}
