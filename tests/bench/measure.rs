//! Owns timing a process from outside: wall time, and peak memory by `wait4(2)`. Must never
//! start two of them at once.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Runs of one command.
#[derive(Default)]
pub(crate) struct Runs {
    wall: Vec<Duration>,
    peak_kib: i64,
}

/// Runs of a command and of its floor, in turn.
#[derive(Default)]
pub(crate) struct Pair {
    pub(crate) ours: Runs,
    pub(crate) floor: Runs,
}

impl Runs {
    /// The median wall time.
    pub(crate) fn milliseconds(&self) -> f64 {
        let mut sorted = self.wall.clone();
        sorted.sort();
        sorted[sorted.len() / 2].as_secs_f64() * 1000.0
    }

    /// The largest peak.
    pub(crate) fn peak_mib(&self) -> f64 {
        self.peak_kib as f64 / 1024.0
    }

    fn add(&mut self, command: &mut Command) {
        let (wall, peak_kib) = time(command);
        self.wall.push(wall);
        self.peak_kib = self.peak_kib.max(peak_kib);
    }
}

impl Pair {
    /// The median of the ratios of neighbouring runs: what drifts, drifts under both.
    pub(crate) fn ratio(&self) -> f64 {
        let mut ratios: Vec<f64> = self
            .ours
            .wall
            .iter()
            .zip(&self.floor.wall)
            .map(|(ours, floor)| ours.as_secs_f64() / floor.as_secs_f64())
            .collect();
        ratios.sort_by(f64::total_cmp);
        ratios[ratios.len() / 2]
    }
}

/// Measures the two in turn, after one run of each that does not count; `before` each run.
pub(crate) fn measure(
    runs: usize,
    ours: impl Fn() -> Command,
    floor: impl Fn() -> Command,
    before: impl Fn(),
) -> Pair {
    let mut pair = Pair::default();
    for turn in 0..=runs {
        let mut this = Pair::default();
        before();
        this.ours.add(&mut ours());
        before();
        this.floor.add(&mut floor());
        if turn > 0 {
            for (all, one) in [(&mut pair.ours, this.ours), (&mut pair.floor, this.floor)] {
                all.wall.extend(one.wall);
                all.peak_kib = all.peak_kib.max(one.peak_kib);
            }
        }
    }
    pair
}

fn time(command: &mut Command) -> (Duration, i64) {
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let started = Instant::now();
    #[allow(clippy::zombie_processes, reason = "it is waited for below, by wait4")]
    let child = command.spawn().expect("the command starts");
    let (status, peak_kib) = wait(child.id());
    let wall = started.elapsed();
    assert!(status.success(), "{command:?} ended with {status}");
    (wall, peak_kib)
}

/// Waits for a child and takes its own resource usage, which the standard library does not
/// give.
fn wait(pid: u32) -> (ExitStatus, i64) {
    let mut status = 0;
    // SAFETY: both pointers are to values that live through the call, and all-zero bytes are
    // a valid `rusage`.
    #[allow(unsafe_code, reason = "there is no safe wrapper of wait4")]
    let usage = unsafe {
        let mut usage: nix::libc::rusage = std::mem::zeroed();
        let pid = i32::try_from(pid).expect("a process id");
        assert_eq!(nix::libc::wait4(pid, &raw mut status, 0, &raw mut usage), pid);
        usage
    };
    (ExitStatus::from_raw(status), usage.ru_maxrss)
}
