//! Owns who blocks what a backup asks of the server: seen while it waits, and for no longer than
//! a statement may wait for a lock. Must never end another session.

use crate::core::failure::Blocker;
use crate::host::clock::Stopwatch;
use crate::store::Companion;
use std::pin::pin;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

/// Time between two looks.
const SHORTEST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(1);

/// Whose waiting is looked at.
#[derive(Clone, Copy)]
pub(super) enum Waiting<'a> {
    /// The run's own session, whose wait the server ends by itself.
    Session,
    /// Whoever signed on under this name, whose every wait the server would let last.
    Application(&'a str),
}

/// Looks at who blocks.
pub(super) struct Lookout<C> {
    companion: C,
    limit: Option<Duration>,
    /// Who was seen at the last look.
    pub(super) blockers: Vec<Blocker>,
}

/// A request that was given up, because it was blocked for longer than the limit.
pub(super) struct Blocked;

impl<C: Companion> Lookout<C> {
    pub(super) fn new(companion: C, limit: Option<Duration>) -> Self {
        Self { companion, limit, blockers: Vec::new() }
    }

    /// Waits for a request, and tells at each look who is in its way.
    pub(super) async fn over<T>(
        &mut self,
        waiting: Waiting<'_>,
        tell: impl Fn(&[Blocker]),
        request: impl Future<Output = T>,
    ) -> Result<T, Blocked> {
        let mut request = pin!(request);
        let period = self.limit.map_or(LONGEST, |limit| (limit / 5).clamp(SHORTEST, LONGEST));
        let mut ticks = interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks.reset();
        self.blockers.clear();
        let mut since = None;
        loop {
            // A look may hang as well: it must not keep the answer waiting.
            let look = async {
                ticks.tick().await;
                match waiting {
                    Waiting::Session => self.companion.glimpse().await.map(|it| it.blockers),
                    Waiting::Application(name) => self.companion.blockers_of(name).await,
                }
                .unwrap_or_default()
            };
            self.blockers = tokio::select! {
                biased;
                answer = &mut request => return Ok(answer),
                blockers = look => blockers,
            };
            tell(&self.blockers);
            since = match self.blockers.is_empty() {
                true => None,
                false => since.or_else(|| Some(Stopwatch::start())),
            };
            let waited = since.map(|since: Stopwatch| since.elapsed());
            if matches!(waiting, Waiting::Application(_))
                && waited.zip(self.limit).is_some_and(|(waited, limit)| waited >= limit)
            {
                return Err(Blocked);
            }
        }
    }
}
