//! The door of `apply`.

use super::{Answered, Call};
use crate::cli::args::{ApplyArguments, AtomicChoice};
use crate::cli::document::Answer;
use crate::config::Atomicity;
use crate::ops::apply::{Request, apply};

pub(super) async fn run(call: &Call<'_>, given: &ApplyArguments) -> Answered {
    let atomicity = given.atomic.map(|choice| match choice {
        AtomicChoice::Migration => Atomicity::Migration,
        AtomicChoice::Plan => Atomicity::Plan,
    });
    let context = call.context(atomicity)?;
    let request =
        Request { run_id: call.run_id.to_owned(), plan: given.plan, patience: given.wait };
    Ok(Answer::run(apply(&context, &request).await?))
}
