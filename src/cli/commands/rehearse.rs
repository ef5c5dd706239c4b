//! The door of `rehearse`.

use super::{Answered, Call};
use crate::cli::args::{RehearseArguments, TwinChoice};
use crate::cli::document::Answer;
use crate::core::rehearsal::{Data, Source};
use crate::ops::interruption::unless_interrupted;
use crate::ops::rehearse::{Request, of_rehearsal, rehearse};

pub(super) async fn run(call: &Call<'_>, given: &RehearseArguments) -> Answered {
    let source = match (&given.copy, given.source) {
        (Some(_), _) => Source::Copy,
        (None, TwinChoice::Dump) => Source::Dump,
        (None, TwinChoice::Seal) => Source::Seal,
        (None, TwinChoice::Set) => Source::Set,
    };
    let request = Request {
        source,
        data: given.with_data.unwrap_or(Data::None),
        copy: given.copy.clone(),
        out: given.out.clone(),
    };
    let context = call.context(None)?;
    // A signal ends it wherever it is, and the twin goes with it.
    let rehearsed = unless_interrupted(rehearse(&context, &request)).await;
    Ok(Answer::rehearsed(rehearsed.map_err(of_rehearsal)?))
}
