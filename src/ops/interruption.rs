//! Owns what a signal does to a story that changes nothing: it ends at once, with an answer.
//! Must never be put around a story that writes.

use crate::host::signals::Signals;
use crate::ops::failure::Failure;

/// Tells the story to its end, or until a signal comes.
///
/// # Errors
/// The story's own, or [`Failure::Interrupted`].
pub async fn unless_interrupted<T, E: From<Failure>>(
    story: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let mut signals = Signals::listen().map_err(|error| Failure::System(error.to_string()))?;
    tokio::select! {
        biased;
        signal = signals.next() => Err(Failure::Interrupted(signal).into()),
        answer = story => answer,
    }
}
