//! Owns watching over a running request: signals, who blocks it, how far it is. Must never
//! decide what an interrupted run records.

use crate::core::failure::Blocker;
use crate::core::instant::utc;
use crate::host::clock::Stopwatch;
use crate::host::log::Log;
use crate::host::signals::Signals;
use crate::store::Companion;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval, sleep};

/// Time between two looks at a busy session; the first cancel request is sent at once.
const SHORTEST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(1);

/// Time between two cancel requests: one that came before its statement had no effect.
const REPEAT: Duration = Duration::from_millis(250);

/// How long an interrupted request may take to end before it is given up.
const PATIENCE: Duration = Duration::from_secs(5);

/// Watches over one session's requests.
pub(super) struct Watch<C> {
    companion: C,
    signals: Signals,
    log: Arc<Log>,
    period: Duration,
    /// The first signal that came.
    pub(super) signal: Option<&'static str>,
    /// Who was seen blocking the request that is running or ran last.
    pub(super) blockers: Vec<Blocker>,
}

/// A request that was given up after a signal: it did not end in time, or a second signal came.
pub(super) struct GivenUp;

impl<C: Companion> Watch<C> {
    pub(super) fn new(
        companion: C,
        signals: Signals,
        log: Arc<Log>,
        lock_timeout: Option<Duration>,
    ) -> Self {
        // Often enough to see who blocks before the server gives up waiting.
        let period = lock_timeout.map_or(LONGEST, |limit| (limit / 5).clamp(SHORTEST, LONGEST));
        Self { companion, signals, log, period, signal: None, blockers: Vec::new() }
    }

    /// Whether a signal has come.
    pub(super) async fn is_interrupted(&mut self) -> bool {
        if self.signal.is_none() {
            tokio::select! {
                biased;
                signal = self.signals.next() => self.signal = Some(signal),
                () = std::future::ready(()) => {}
            }
        }
        self.signal.is_some()
    }

    /// Waits for a request. A signal cancels its statement on the server, again and again
    /// until the request ends; `what` is said while it lasts.
    pub(super) async fn over<T>(
        &mut self,
        what: &str,
        request: impl Future<Output = T>,
    ) -> Result<T, GivenUp> {
        let mut request = pin!(request);
        let started = Stopwatch::start();
        let since = utc(started.started_at());
        let mut ticks = interval(self.period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks.reset();
        self.blockers.clear();
        while self.signal.is_none() {
            // A look at the server may hang as well: it must not keep a signal waiting.
            let look = async {
                ticks.tick().await;
                self.companion.glimpse().await.unwrap_or_default()
            };
            let glimpse = tokio::select! {
                biased;
                result = &mut request => return Ok(result),
                signal = self.signals.next() => {
                    self.signal = Some(signal);
                    break;
                }
                glimpse = look => glimpse,
            };
            let more = match (glimpse.blockers.first(), glimpse.progress) {
                (Some(blocker), _) => format!(", waiting for {blocker}"),
                (None, Some(progress)) => format!(", {progress}"),
                (None, None) => String::new(),
            };
            if !glimpse.blockers.is_empty() {
                self.blockers = glimpse.blockers;
            }
            let duration = started.elapsed().as_secs();
            self.log.status(&format!("{what}, for {duration} s{more}, since {since}"));
        }
        self.cancel(&mut request).await
    }

    /// Cancels until the request ends, the patience does, or another signal comes.
    async fn cancel<T>(
        &mut self,
        request: &mut (impl Future<Output = T> + Unpin),
    ) -> Result<T, GivenUp> {
        let cancelling = async {
            let mut ticks = interval(REPEAT);
            loop {
                ticks.tick().await;
                // That the request could not be sent shows itself in the next round.
                let _sent = self.companion.cancel().await;
            }
        };
        tokio::select! {
            biased;
            result = request => Ok(result),
            _signal = self.signals.next() => Err(GivenUp),
            () = sleep(PATIENCE) => Err(GivenUp),
            never = cancelling => never,
        }
    }
}
