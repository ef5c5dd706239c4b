//! Owns the way to the test server, through psql, which knows nothing of the program's own
//! driver. Must never pass over a missing server in silence.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A setting that `scripts/with-postgres` makes.
pub(crate) fn setting(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| {
        panic!(
            "{name} is not set: these tests need a server; run 'scripts/with-postgres cargo test'"
        )
    })
}

/// The server's TCP port on 127.0.0.1.
pub(crate) fn port() -> u16 {
    setting("PGPORT").parse().expect("PGPORT is a number")
}

/// One of the server's own programs, for example `psql` or `pg_basebackup`.
pub(crate) fn tool(name: &str) -> PathBuf {
    let beside = PathBuf::from(setting("DREICHOR_TEST_BIN")).join(name);
    if beside.exists() {
        return beside;
    }
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .expect("PostgreSQL's client programs are installed")
        .filter_map(|entry| Some(entry.ok()?.path().join("bin").join(name)))
        .filter(|path| path.exists())
        .collect();
    found.sort();
    found.pop().unwrap_or_else(|| panic!("'{name}' is missing: apt-get install postgresql-client"))
}

/// psql as the superuser, on one database, reading its script from standard input.
pub(crate) fn psql(database: &str) -> Command {
    let mut command = Command::new(tool("psql"));
    command
        .args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", database])
        .env("PGOPTIONS", "-c client_min_messages=warning")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs SQL as the superuser; columns are separated by `|`, rows by line ends.
pub(crate) fn sql(database: &str, text: &str) -> String {
    feed(psql(database), text).unwrap_or_else(|error| panic!("psql: {error}\n{text}"))
}

/// Feeds a script to a command; its standard output, or its standard error when it failed.
pub(crate) fn feed(mut command: Command, text: &str) -> Result<String, String> {
    use std::io::Write as _;
    let mut child = command.spawn().expect("the command starts");
    let mut input = child.stdin.take().expect("its input is piped");
    input.write_all(text.as_bytes()).expect("it reads its input");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

/// A number that no other test of this process or of a parallel one has.
pub(crate) fn unique() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}
