//! The story of `status`: what is applied, when and by whom, and what is pending. Writes
//! nothing.

use crate::core::code::Code;
use crate::core::comparison::Difference;
use crate::core::history::Provenance;
use crate::core::set::Migration;
use crate::ops::context::Context;
use crate::ops::failure::Failure;
use crate::ops::plan::compared;
use crate::ops::reach::{Current, set_and_store};
use crate::store::Store;

/// Where a database stands.
#[derive(Debug)]
pub struct Status {
    /// What it says was applied, in order.
    pub applied: Vec<Provenance>,
    /// What is pending, in order.
    pub pending: Vec<Migration>,
    /// What is wrong.
    pub differences: Vec<Difference>,
}

impl Status {
    /// 0, or the code of what is wrong; pending migrations alone are not wrong.
    #[must_use]
    pub fn exit_code(&self) -> Code {
        let codes: Vec<Code> = self.differences.iter().map(Difference::exit_code).collect();
        match (codes.contains(&Code::Diverged), codes.contains(&Code::Ahead)) {
            (true, _) => Code::Diverged,
            (false, true) => Code::Ahead,
            (false, false) => Code::Ok,
        }
    }
}

/// Where the environment's database stands.
///
/// # Errors
/// When set or history cannot be read.
pub async fn status(context: &Context) -> Result<Status, Failure> {
    let (set, mut store) = set_and_store(context, &Current::default()).await?;
    let history = store.history().await?;
    let applied = store.provenance().await?;
    let comparison = compared(context, &set, &history);
    Ok(Status { applied, pending: comparison.pending, differences: comparison.differences })
}
