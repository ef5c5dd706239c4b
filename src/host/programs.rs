//! Owns PostgreSQL's own programs: which of them are taken, and running psql, `pg_dump` and
//! `pg_restore` with the password in their environment alone. Must never put a password on a
//! command line, and never let a default of the caller's (a service, a port) leak in.

pub use super::server_fault::ServerFault;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, thread};
use tokio::task::spawn_blocking;

/// Names a directory with PostgreSQL's programs, in place of those that are installed.
pub const PROGRAMS_VARIABLE: &str = "DREICHOR_POSTGRES_BIN";

/// Where Debian's packages put them, a directory for each major version.
const INSTALLED: &str = "/usr/lib/postgresql";

/// A script from standard input, up to its first error, and nothing of the caller's files.
const PSQL: [&str; 8] = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-f", "-"];

/// PostgreSQL's own programs.
#[derive(Debug, Clone)]
pub struct Programs(PathBuf);

/// How a program reaches a server. It has no `Debug`, because it has the password.
#[derive(Clone)]
pub struct Address {
    /// Host, without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
    /// User.
    pub user: String,
    /// Password.
    pub password: Option<String>,
    /// Database.
    pub database: String,
}

/// Where the output of a program goes.
enum Output {
    /// Into memory.
    Memory,
    /// Into a file that is open for writing.
    File(File),
}

impl Programs {
    /// The newest server's that are installed, or those that [`PROGRAMS_VARIABLE`] names.
    ///
    /// # Errors
    /// When there are none.
    pub fn find() -> Result<Self, ServerFault> {
        let bin = match env::var_os(PROGRAMS_VARIABLE) {
            Some(bin) => PathBuf::from(bin),
            None => newest(Path::new(INSTALLED))
                .ok_or_else(|| ServerFault::NoPrograms { path: INSTALLED.into() })?,
        };
        let programs = Self(bin);
        match programs.missing(&["initdb", "postgres"]) {
            Some(path) => Err(ServerFault::NoPrograms { path }),
            None => Ok(programs),
        }
    }

    /// Those that suit a server of this major version: the directory that [`PROGRAMS_VARIABLE`]
    /// names, or that of the very major. All that is `needed` is there; what version a directory
    /// that was named holds, [`Programs::require_major`] tells.
    ///
    /// # Errors
    /// When one of the needed programs is missing.
    pub fn of_major(major: u32, needed: &[&str]) -> Result<Self, ServerFault> {
        let bin = match env::var_os(PROGRAMS_VARIABLE) {
            Some(bin) => PathBuf::from(bin),
            None => Path::new(INSTALLED).join(major.to_string()).join("bin"),
        };
        let programs = Self(bin);
        match programs.missing(needed) {
            Some(path) => Err(ServerFault::NoMajor { major, path }),
            None => Ok(programs),
        }
    }

    /// Proves that a program is of this major version.
    ///
    /// # Errors
    /// [`ServerFault::OtherMajor`], or when it does not tell its version.
    pub fn require_major(&self, name: &str, wanted: u32) -> Result<(), ServerFault> {
        let found = self.major_of(name)?;
        if found == wanted {
            return Ok(());
        }
        Err(ServerFault::OtherMajor { path: self.path(name), wanted, found })
    }

    /// The major version of a program, as it tells it.
    ///
    /// # Errors
    /// When it cannot be started, or tells none.
    pub fn major_of(&self, name: &str) -> Result<u32, ServerFault> {
        let text = self.version_of(name)?;
        let digits =
            |word: &str| -> String { word.chars().take_while(char::is_ascii_digit).collect() };
        text.split_whitespace().find_map(|word| digits(word).parse().ok()).ok_or_else(|| {
            ServerFault::Program { name: name.to_owned(), reason: format!("no version: {text}") }
        })
    }

    /// What a program says of its version, for example `pg_dump (PostgreSQL) 15.18`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn version_of(&self, name: &str) -> Result<String, ServerFault> {
        let mut command = bare(&self.path(name));
        command.arg("--version");
        let told = finish(name, command, b"")?;
        Ok(String::from_utf8_lossy(&told).trim().to_owned())
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The program, and psql from anywhere where it is not beside the others: what it does with a
    /// script is the same in all versions.
    fn program(&self, name: &str) -> PathBuf {
        let beside = self.path(name);
        if name == "psql" && !beside.exists() { PathBuf::from(name) } else { beside }
    }

    fn missing(&self, names: &[&str]) -> Option<PathBuf> {
        names.iter().map(|name| self.path(name)).find(|path| !path.exists())
    }

    /// Runs a script in psql, all of it or up to its first error.
    ///
    /// # Errors
    /// What psql said.
    pub fn psql(&self, address: &Address, script: &str) -> Result<(), ServerFault> {
        let mut command = bare(&self.program("psql"));
        command.args(PSQL);
        reach(&mut command, address);
        finish("psql", command, script.as_bytes()).map(|_nothing| ())
    }

    /// The same for a script that takes its time. Dropped, the future ends it.
    ///
    /// # Errors
    /// What psql said.
    pub async fn script(&self, address: &Address, script: &str) -> Result<(), ServerFault> {
        let input = script.as_bytes().to_vec();
        let ran = self.run("psql", Some(address), &PSQL, input, Output::Memory);
        ran.await.map(|_nothing| ())
    }

    /// Runs `pg_dump` and gives back what it writes. Dropped, the future ends it.
    ///
    /// # Errors
    /// What `pg_dump` said.
    pub async fn dump(
        &self,
        address: &Address,
        arguments: &[impl AsRef<OsStr>],
    ) -> Result<Vec<u8>, ServerFault> {
        self.run("pg_dump", Some(address), arguments, Vec::new(), Output::Memory).await
    }

    /// The same, into a file. What the file holds when it failed is of no use.
    ///
    /// # Errors
    /// What `pg_dump` said.
    pub async fn dump_into(
        &self,
        address: &Address,
        arguments: &[impl AsRef<OsStr>],
        file: File,
    ) -> Result<(), ServerFault> {
        let output = Output::File(file);
        self.run("pg_dump", Some(address), arguments, Vec::new(), output).await.map(|_nothing| ())
    }

    /// Runs `pg_restore` on what it is handed, or on a file among its arguments: into a
    /// database, or without one, and gives back what it writes. Dropped, the future ends it.
    ///
    /// # Errors
    /// What `pg_restore` said.
    pub async fn restore(
        &self,
        address: Option<&Address>,
        arguments: &[impl AsRef<OsStr>],
        input: Vec<u8>,
    ) -> Result<Vec<u8>, ServerFault> {
        self.run("pg_restore", address, arguments, input, Output::Memory).await
    }

    async fn run(
        &self,
        name: &str,
        address: Option<&Address>,
        arguments: &[impl AsRef<OsStr>],
        input: Vec<u8>,
        output: Output,
    ) -> Result<Vec<u8>, ServerFault> {
        let failed = |reason: String| ServerFault::Program { name: name.to_owned(), reason };
        let mut command = bare(&self.program(name));
        if let Some(address) = address {
            reach(&mut command, address);
            if name == "pg_restore" {
                // It writes to its standard output unless a database is named to it.
                command.arg(format!("--dbname={}", connection(&address.database)));
            }
        }
        command.args(arguments);
        command.stdin(Stdio::piped()).stderr(Stdio::piped());
        match output {
            Output::Memory => command.stdout(Stdio::piped()),
            Output::File(file) => command.stdout(file),
        };
        let mut leash = Leash(command.spawn().map_err(|error| failed(error.to_string()))?);
        // The command holds its own handle of the file.
        drop(command);
        let pipes = carry(&mut leash.0, input);
        let carried = spawn_blocking(pipes).await;
        let (written, said) = carried.map_err(|_| failed("a thread was lost".to_owned()))?;
        // Its pipes have ended, and so has it, or will in a moment.
        let status = leash.0.wait().map_err(|error| failed(error.to_string()))?;
        if status.success() {
            return written.map_err(|error| failed(error.to_string()));
        }
        Err(failed(if said.is_empty() { status.to_string() } else { said }))
    }
}

/// A program under way. Dropped, it is killed and waited for; one that has ended is left alone.
struct Leash(Child);

impl Drop for Leash {
    fn drop(&mut self) {
        let _ended_already = self.0.kill();
        let _waited = self.0.wait();
    }
}

type Carried = (io::Result<Vec<u8>>, String);

/// What feeds a program and reads what it writes and says, to the end of both.
fn carry(child: &mut Child, input: Vec<u8>) -> impl FnOnce() -> Carried + Send + use<> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    move || {
        let feeding = thread::spawn(move || {
            // A program that ends early says why itself.
            let _told_by_the_program = stdin.map(|mut stdin| stdin.write_all(&input));
        });
        let listening = thread::spawn(move || {
            let mut said = Vec::new();
            let _until_it_ends = stderr.map(|mut stderr| stderr.read_to_end(&mut said));
            String::from_utf8_lossy(&said).trim().to_owned()
        });
        let mut written = Vec::new();
        let read = stdout.map_or(Ok(0), |mut stdout| stdout.read_to_end(&mut written));
        let _fed = feeding.join();
        let said = listening.join().unwrap_or_default();
        (read.map(|_count| written), said)
    }
}

/// A program without the caller's environment, but for where programs are.
fn bare(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(env::var_os("PATH").map(|path| ("PATH", path))).env("LC_ALL", "C");
    command
}

/// Where it signs on, and as whom.
fn reach(command: &mut Command, address: &Address) {
    let words: [(&str, OsString); 5] = [
        ("PGHOST", (&address.host).into()),
        ("PGPORT", address.port.to_string().into()),
        ("PGUSER", (&address.user).into()),
        ("PGDATABASE", (&address.database).into()),
        ("PGOPTIONS", "-c client_min_messages=warning".into()),
    ];
    command.envs(words);
    if let Some(password) = &address.password {
        command.env("PGPASSWORD", password);
    }
}

/// A connection string for the database: a name alone that has an equals sign would be read as
/// such a string (manual, libpq, "Connection Strings").
fn connection(database: &str) -> String {
    format!("dbname='{}'", database.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// The programs of the newest major version.
fn newest(home: &Path) -> Option<PathBuf> {
    let majors = fs::read_dir(home).ok()?.filter_map(|entry| {
        let path = entry.ok()?.path();
        let major: u32 = path.file_name()?.to_str()?.parse().ok()?;
        let bin = path.join("bin");
        bin.join("postgres").exists().then_some((major, bin))
    });
    majors.max_by_key(|(major, _)| *major).map(|(_, bin)| bin)
}

/// Feeds a program and waits for its end; what it wrote.
pub(super) fn finish(
    name: &str,
    mut command: Command,
    input: &[u8],
) -> Result<Vec<u8>, ServerFault> {
    let failed = |reason: String| ServerFault::Program { name: name.to_owned(), reason };
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| failed(error.to_string()))?;
    let (written, said) = carry(&mut child, input.to_vec())();
    let status = child.wait().map_err(|error| failed(error.to_string()))?;
    if status.success() {
        return written.map_err(|error| failed(error.to_string()));
    }
    Err(failed(if said.is_empty() { status.to_string() } else { said }))
}

#[cfg(test)]
#[path = "programs_tests.rs"]
mod tests;
