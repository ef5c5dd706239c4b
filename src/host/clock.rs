//! Owns asking for the time. Must never be asked by anything that decides an order
//! (design rule 9): times are evidence only.

use std::time::{Duration, Instant, SystemTime};

/// When something began: by the wall clock, for the record, and by one that never jumps, for
/// its duration.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch {
    wall: SystemTime,
    steady: Instant,
}

impl Stopwatch {
    /// Now.
    #[must_use]
    pub fn start() -> Self {
        Self { wall: SystemTime::now(), steady: Instant::now() }
    }

    /// When it began.
    #[must_use]
    pub fn started_at(&self) -> SystemTime {
        self.wall
    }

    /// How long ago that is, by the clock that never jumps.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.steady.elapsed()
    }

    /// Its end, such that end minus start is the duration even when the wall clock was set
    /// meanwhile.
    #[must_use]
    pub fn finished_at(&self) -> SystemTime {
        self.wall + self.elapsed()
    }
}
