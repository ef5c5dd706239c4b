//! The story of `probe`: the question of `check`, asked by a deploy agent that must not be kept
//! waiting. Must never answer for the schema when the answer did not come in time.

use crate::core::code::Code;
use crate::core::finding::Explain;
use crate::ops::check::{Checked, check};
use crate::ops::context::Context;
use crate::ops::failure::Failure;
use crate::ops::requirement::Asked;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// No answer came in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    /// Where the server was asked.
    pub port: u16,
    /// How long an answer was waited for.
    pub limit: Duration,
}

impl Late {
    /// The exit code: what gives no answer is not reached.
    #[must_use]
    pub fn exit_code(&self) -> Code {
        Code::Unreachable
    }
}

/// Judges the schema once, without trying again, and within this time.
///
/// # Errors
/// Those of [`check`], or [`Failure::Late`].
pub async fn probe(context: Context, asked: Asked, limit: Duration) -> Result<Checked, Failure> {
    let port = context.url.port;
    // On another thread: a requirement is the agent's own file, which may be a pipe that nobody
    // writes or lie on a disk that hangs, and to wait for it must not stop this clock.
    let answer = spawn_blocking(move || Handle::current().block_on(check(&context, asked, None)));
    match timeout(limit, answer).await {
        Ok(Ok(checked)) => checked,
        Ok(Err(_lost)) => Err(Failure::System("a thread was lost".to_owned())),
        Err(_elapsed) => Err(Failure::Late(Late { port, limit })),
    }
}

impl Explain for Late {
    fn code(&self) -> &'static str {
        "late"
    }

    fn subject(&self) -> String {
        format!("port {}", self.port)
    }

    fn message(&self) -> String {
        let limit = self.limit.as_secs_f64();
        format!("the question about the schema had no answer within {limit} s")
    }

    fn remedy(&self) -> String {
        "see whether PostgreSQL runs and what its sessions wait for, then ask again: systemctl status postgresql".to_owned()
    }
}
