//! The door of `evidence`. What is checked needs nothing but itself.

use super::{Answered, Call};
use crate::cli::args::EvidenceArguments;
use crate::cli::document::{Answer, Body};
use crate::ops::evidence::{Request, check, export};

pub(super) async fn run(call: &Call<'_>, given: &EvidenceArguments) -> Answered {
    if let Some(path) = &given.verify {
        return Ok(Answer::evidence(check(path)?));
    }
    let context = call.context(None)?;
    let request = Request {
        run: given.run.clone().unwrap_or_default(),
        out: given.out.clone().unwrap_or_default(),
        archive: given.archive.clone(),
    };
    Ok(Answer::ok(Body::Exported(export(&context, &request).await?)))
}
