//! Owns what goes on beside a test: the binary while it runs, a psql session that holds
//! something, and waiting for a state with a deadline. Must never outlive its test.

use super::program::Answer;
use super::server::psql;
use nix::sys::signal::{SigHandler, Signal, kill};
use nix::unistd::Pid;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Output};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long a test waits for a state that comes at once on an idle machine.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// A shell starts its background jobs with signals ignored, and whoever they start inherits
/// that; the tests are about signals that are heard, however they were started themselves.
fn hear_signals() {
    for signal in [Signal::SIGHUP, Signal::SIGINT, Signal::SIGTERM] {
        // SAFETY: the default disposition runs no code of ours.
        #[allow(unsafe_code, reason = "there is no safe way to restore a disposition")]
        unsafe { nix::sys::signal::signal(signal, SigHandler::SigDfl) }.expect("a signal");
    }
}

/// The binary under way; dropped, it is killed.
pub(crate) struct Running {
    pid: Pid,
    end: Receiver<Output>,
    ended: bool,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        hear_signals();
        let child = command.spawn().expect("the binary starts");
        let pid = Pid::from_raw(i32::try_from(child.id()).expect("a pid"));
        let (send, end) = channel();
        // A test that has failed no longer listens.
        thread::spawn(move || send.send(child.wait_with_output().expect("it ends")).ok());
        Self { pid, end, ended: false }
    }

    pub(crate) fn pid(&self) -> i32 {
        self.pid.as_raw()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(self.pid, signal).expect("the binary still runs");
    }

    /// Whether it has not ended yet.
    pub(crate) fn is_under_way(&self) -> bool {
        // A process that ended and was not waited for would answer as well, but the thread waits.
        kill(self.pid, None).is_ok()
    }

    /// Its answer, which must come in this time.
    #[track_caller]
    pub(crate) fn end_within(mut self, limit: Duration) -> Answer {
        match self.end.recv_timeout(limit) {
            Ok(output) => {
                self.ended = true;
                Answer::read(&output)
            }
            Err(_) => panic!("the binary did not end within {limit:?}"),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.ended && kill(self.pid, Signal::SIGKILL).is_ok() {
            // The thread has waited for it before the next test can get its number.
            let _gone = self.end.recv_timeout(SOON);
        }
    }
}

/// A psql session that did something and holds it; dropped, it ends.
pub(crate) struct Holding {
    child: Child,
    _input: ChildStdin,
    pub(crate) backend: i32,
}

impl Holding {
    /// Runs SQL as the superuser and stays, under this `application_name`.
    pub(crate) fn open(database: &str, application: &str, text: &str) -> Self {
        let mut command = psql(database);
        command.env("PGAPPNAME", application);
        let mut child = command.spawn().expect("psql starts");
        let mut input = child.stdin.take().expect("its input is piped");
        let output = child.stdout.take().expect("its output is piped");
        let script = format!("{text}\n\\echo held by\nSELECT pg_backend_pid();\n");
        input.write_all(script.as_bytes()).expect("psql reads");
        let mut lines = BufReader::new(output).lines().map(|line| line.expect("text"));
        assert!(lines.any(|line| line == "held by"), "psql could not hold: {text}");
        let backend = lines.next().expect("a pid").parse().expect("a number");
        Self { child, _input: input, backend }
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        // Already ended is as good.
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}

/// Waits until something is so.
#[track_caller]
pub(crate) fn until(what: &str, mut so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < SOON, "not within {SOON:?}: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}
