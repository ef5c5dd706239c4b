//! The story of `history`: the log, row by row, and whether its chain is whole. Writes
//! nothing.

use crate::core::log::{ChainHead, ChainVerifier, LogRow};
use crate::ops::context::Context;
use crate::ops::failure::{ChainFault, Failure};
use crate::ops::reach::{Current, connect_once};
use crate::store::Store;

/// Which rows to show; every filter that is given must hold.
#[derive(Debug, Default)]
pub struct Filter {
    /// Rows of this migration.
    pub version: Option<String>,
    /// Rows of this event.
    pub event: Option<String>,
    /// Rows of this run.
    pub run_id: Option<String>,
    /// The last rows of those, at most so many.
    pub last: Option<usize>,
}

impl Filter {
    fn admits(&self, row: &LogRow) -> bool {
        let holds = |wanted: &Option<String>, found: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == found)
        };
        holds(&self.version, &row.version)
            && holds(&self.event, &row.event)
            && holds(&self.run_id, &row.run_id)
    }
}

/// The rows of the log that a filter admits, in order.
///
/// # Errors
/// When the log cannot be read.
pub async fn history(context: &Context, filter: &Filter) -> Result<Vec<LogRow>, Failure> {
    let mut store = connect_once(context, &Current::default()).await?;
    let mut rows = std::collections::VecDeque::new();
    store
        .read_log(&mut |row| {
            if filter.admits(&row) {
                rows.push_back(row);
            }
            while filter.last.is_some_and(|most| rows.len() > most) {
                rows.pop_front();
            }
        })
        .await?;
    Ok(rows.into())
}

/// A chain that is whole.
#[derive(Debug)]
pub struct Verified {
    /// How many rows it has.
    pub rows: u64,
    /// Its end. Written down elsewhere, it also shows when the last rows are cut off.
    pub head: ChainHead,
}

/// Recomputes the chain of hashes over the whole log.
///
/// # Errors
/// [`Failure::Chain`] with every break.
pub async fn verify(context: &Context) -> Result<Verified, Failure> {
    let mut store = connect_once(context, &Current::default()).await?;
    let mut verifier = ChainVerifier::default();
    let mut breaks = Vec::new();
    store
        .read_log(&mut |row| breaks.extend(verifier.verify(&row).into_iter().map(ChainFault)))
        .await?;
    if breaks.is_empty() {
        Ok(Verified { rows: verifier.rows(), head: verifier.head().clone() })
    } else {
        Err(Failure::Chain(breaks))
    }
}
