//! Owns one throwaway machine of a test: boots it from a layer, runs commands in it, reads its
//! journal, and removes it when dropped. Must never decide what a proof is about.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

/// Longest wait for something that must happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running, or a shut down, machine.
pub(crate) struct Machine {
    name: String,
}

/// How a command in the machine ended.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Machine {
    /// With the package installed by apt, as it comes, and Debian's own PostgreSQL unit.
    pub(crate) fn installed() -> Self {
        Self::up(&["installed"])
    }

    /// With both environments provisioned and a runtime unit beside it.
    pub(crate) fn host() -> Self {
        Self::up(&["installed", "host"])
    }

    /// Without the package.
    pub(crate) fn bare() -> Self {
        Self::up(&[])
    }

    fn up(layers: &[&str]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(1);
        let mark = mark();
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let machine = Self { name: format!("proof-{mark}-{count}") };
        let layers: Vec<String> = layers.iter().map(|layer| format!("{layer}-{mark}")).collect();
        let mut words = vec!["up", &machine.name];
        words.extend(layers.iter().map(String::as_str));
        control(&words);
        machine
    }

    /// Runs a script as root, with `set -u`; a test looks at the answer.
    pub(crate) fn run(&self, script: &str) -> Answer {
        let output = self.command(script).output().expect("the machine can be entered");
        Answer::of(&output)
    }

    /// Runs a script that must succeed, and gives its output.
    pub(crate) fn must(&self, script: &str) -> String {
        let answer = self.run(script);
        assert_eq!(answer.code, 0, "{script}\n{answer:#?}\n{}", self.tail());
        answer.stdout
    }

    /// Starts a script beside the test.
    pub(crate) fn spawn(&self, script: &str) -> Beside {
        let child = self.command(script).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        Beside(child.expect("the machine can be entered"))
    }

    /// Polls until the script succeeds, for there is no event of another machine to await.
    pub(crate) fn await_that(&self, script: &str) {
        let end = Instant::now() + PATIENCE;
        while self.run(script).code != 0 {
            assert!(Instant::now() < end, "not in time: {script}\n{}", self.tail());
            thread::sleep(Duration::from_millis(30));
        }
    }

    /// Writes a file inside.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let mut child = self.command(&format!("mkdir -p \"$(dirname '{path}')\" && cat >'{path}'"));
        let mut child = child.stdin(Stdio::piped()).spawn().expect("the machine can be entered");
        let mut input = child.stdin.take().expect("a pipe");
        std::io::Write::write_all(&mut input, text.as_bytes()).expect("the machine reads");
        drop(input);
        assert!(child.wait().expect("the machine answers").success(), "{path}");
    }

    /// Copies a file of this host into it.
    pub(crate) fn copy(&self, from: &Path, to: &str) {
        let leader = fs::read_to_string(self.own().join("leader")).expect("it runs");
        fs::copy(from, format!("/proc/{}/root{to}", leader.trim())).expect("the file is copied");
    }

    /// Clean shutdown.
    pub(crate) fn off(&self) {
        control(&["off", &self.name]);
    }

    /// Boots again on what it has written.
    pub(crate) fn on(&self) {
        control(&["on", &self.name]);
    }

    /// Ends everything in it at once.
    pub(crate) fn kill(&self) {
        control(&["kill", &self.name]);
    }

    /// The entries that `journalctl` finds, oldest first; all that was written so far is seen.
    pub(crate) fn journal(&self, query: &str) -> Vec<Value> {
        let script = format!("journalctl --sync && journalctl -q -o json --all --no-pager {query}");
        let lines = self.must(&script);
        lines.lines().map(|line| serde_json::from_str(line).expect("an entry")).collect()
    }

    /// The messages that `journalctl` finds, a line each.
    pub(crate) fn told(&self, query: &str) -> String {
        let messages = self.journal(query);
        messages.iter().map(|entry| format!("{}\n", field(entry, "MESSAGE"))).collect()
    }

    fn command(&self, script: &str) -> Command {
        let mut command = Command::new(repository().join("scripts/machine"));
        command.args(["exec", &self.name, "bash", "-uc", script]).stdin(Stdio::null());
        command
    }

    fn own(&self) -> PathBuf {
        let home = env::var("DREICHOR_MACHINES");
        let home = home.unwrap_or_else(|_| "/var/tmp/dreichor-machines".to_owned());
        PathBuf::from(home).join("run").join(&self.name)
    }

    /// The end of the journal, for a test that failed.
    fn tail(&self) -> String {
        self.run("journalctl --sync; journalctl -q --no-pager -o short-monotonic | tail -n 40")
            .stdout
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("the journal of {}:\n{}", self.name, self.tail());
        }
        control(&["remove", &self.name]);
    }
}

impl Answer {
    fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// A script that runs beside the test.
pub(crate) struct Beside(Child);

impl Beside {
    /// Waits for its end.
    pub(crate) fn end(self) -> Answer {
        Answer::of(&self.0.wait_with_output().expect("the machine answers"))
    }
}

/// A field of a journal entry as text; the last value where there are several, and nothing where
/// there is none.
pub(crate) fn field(entry: &Value, name: &str) -> String {
    match entry.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(values)) if values.iter().all(Value::is_u64) => {
            let bytes =
                values.iter().filter_map(|byte| u8::try_from(byte.as_u64()?).ok()).collect();
            String::from_utf8_lossy(&Vec::from_iter::<Vec<u8>>(bytes)).into_owned()
        }
        Some(Value::Array(values)) => {
            values.last().and_then(Value::as_str).unwrap_or_default().to_owned()
        }
        _ => String::new(),
    }
}

/// A file that `scripts/with-machines` made.
pub(crate) fn made(variable: &str) -> PathBuf {
    PathBuf::from(env::var_os(variable).expect("run this by scripts/with-machines"))
}

pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn mark() -> String {
    env::var("DREICHOR_MACHINE_MARK").expect(
        "the tests on a booted system need machines: scripts/with-machines cargo test --test booted",
    )
}

fn control(words: &[&str]) {
    let output = Command::new(repository().join("scripts/machine")).args(words).output();
    let output = output.expect("scripts/machine runs");
    let said = String::from_utf8_lossy(&output.stderr);
    // A second panic while one is under way would end the whole run.
    assert!(output.status.success() || thread::panicking(), "machine {words:?}: {said}");
}
