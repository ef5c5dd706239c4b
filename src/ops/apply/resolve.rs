//! Owns finding out what became of a commit that was never answered. Must never guess: what
//! cannot be learnt is *unknown*.

use crate::core::finding::Explain;
use crate::core::log::LogEvent;
use crate::core::version::Version;
use crate::ops::context::Context;
use crate::ops::reach::{Current, connect_once};
use crate::store::fault::StoreFault;
use crate::store::{Outcome, Store};
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout_at};

/// How long the server may take to come back and tell.
const DEADLINE: Duration = Duration::from_secs(15);

/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(250);

/// What became of it.
pub(super) enum Resolved {
    /// Its rows are there.
    Applied,
    /// Its transaction has ended and its rows are not there.
    NotApplied,
    /// Neither could be learnt, and why.
    Unknown(String),
}

/// Connects again and asks, until the deadline.
pub(super) async fn resolve(
    context: &Context,
    run_id: &str,
    version: &Version,
    transaction_id: &str,
) -> Resolved {
    let end = Instant::now() + DEADLINE;
    let mut why = "no answer".to_owned();
    loop {
        match timeout_at(end, ask(context, run_id, version, transaction_id)).await {
            Ok(Ok(Some(true))) => return Resolved::Applied,
            Ok(Ok(Some(false))) => return Resolved::NotApplied,
            Ok(Ok(None)) => "the server is still working on the transaction".clone_into(&mut why),
            Ok(Err(fault)) => why = fault.message(),
            Err(_elapsed) => return Resolved::Unknown(why),
        }
        let again = Instant::now() + PAUSE;
        if again >= end {
            return Resolved::Unknown(why);
        }
        sleep_until(again).await;
    }
}

/// Whether the rows are there; none while the transaction is still open.
async fn ask(
    context: &Context,
    run_id: &str,
    version: &Version,
    transaction_id: &str,
) -> Result<Option<bool>, StoreFault> {
    let mut store = connect_once(context, &Current::default()).await?;
    // In this order: once it has ended, its rows do not come any more.
    if store.outcome(transaction_id).await? == Outcome::InProgress {
        return Ok(None);
    }
    let mut found = false;
    store
        .read_log(&mut |row| {
            found |= row.run_id == run_id
                && row.version == version.as_str()
                && row.event == LogEvent::Applied.name();
        })
        .await?;
    Ok(Some(found))
}
