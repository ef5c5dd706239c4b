//! Owns a PostgreSQL that lives as long as this value: a private data directory, a loopback port,
//! a password that nobody is told. Must never touch a server that it did not start, and never
//! outlive the program: the kernel ends it with us.

use super::identity::random_id;
use crate::core::finding::Explain;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, Uid, User};
use std::fs::{self, DirBuilder};
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::{env, thread};

/// Names a directory with PostgreSQL's programs, in place of the newest one that is installed.
pub const PROGRAMS_VARIABLE: &str = "DREICHOR_POSTGRES_BIN";

/// Where Debian's packages put them, a directory for each major version.
const INSTALLED: &str = "/usr/lib/postgresql";

/// The superuser of a throwaway server.
pub const SUPERUSER: &str = "postgres";

/// Between choosing a port and binding it, another program may take it.
const ATTEMPTS: usize = 5;

/// Why there is no throwaway server, or why one of PostgreSQL's programs failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerFault {
    /// No PostgreSQL server is installed.
    NoPrograms {
        /// What is missing, and where it was looked for.
        path: PathBuf,
    },
    /// A program cannot be started, or ended with an error.
    Program {
        /// Its name.
        name: String,
        /// What it, or the operating system, said.
        reason: String,
    },
    /// Its directory cannot be made.
    Directory {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
}

/// PostgreSQL's own programs.
#[derive(Debug, Clone)]
pub struct Programs(PathBuf);

/// How psql reaches a server. It has no `Debug`, because it has the password.
pub struct Address {
    /// Host.
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

/// The server. Dropped, it is ended and its directory is removed.
pub struct ThrowawayServer {
    child: Child,
    home: PathBuf,
    port: u16,
    password: String,
}

impl Programs {
    /// The newest that are installed, or those that [`PROGRAMS_VARIABLE`] names.
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
        match ["initdb", "postgres"].iter().map(|name| programs.path(name)).find(|it| !it.exists())
        {
            Some(path) => Err(ServerFault::NoPrograms { path }),
            None => Ok(programs),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Runs a script in psql, all of it or up to its first error.
    ///
    /// # Errors
    /// What psql said.
    pub fn psql(&self, address: &Address, script: &str) -> Result<(), ServerFault> {
        let beside = self.path("psql");
        let program = if beside.exists() { beside } else { PathBuf::from("psql") };
        let mut command = Command::new(program);
        command
            .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-f", "-"])
            .env_clear()
            .envs(env::var_os("PATH").map(|path| ("PATH", path)))
            .env("PGHOST", &address.host)
            .env("PGPORT", address.port.to_string())
            .env("PGUSER", &address.user)
            .env("PGDATABASE", &address.database)
            .env("PGOPTIONS", "-c client_min_messages=warning");
        if let Some(password) = &address.password {
            command.env("PGPASSWORD", password);
        }
        finish("psql", command, script)
    }
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

/// Feeds a program and waits for its end.
fn finish(name: &str, mut command: Command, input: &str) -> Result<(), ServerFault> {
    let failed = |reason: String| ServerFault::Program { name: name.to_owned(), reason };
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| failed(error.to_string()))?;
    // A program that ends early says why itself.
    let _told_by_the_program =
        child.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(failed(if said.is_empty() { output.status.to_string() } else { said }))
}

impl ThrowawayServer {
    /// Makes a data directory and starts a server on it; returns when it takes connections.
    ///
    /// # Errors
    /// When no server is installed, or it does not start.
    pub fn start(programs: &Programs) -> Result<Self, ServerFault> {
        let home = Home::make()?;
        let password = random_id();
        let secret = home.path.join("password");
        fs::write(&secret, &password).map_err(|error| home.fault(&error))?;
        home.give(&secret)?;
        let data = home.path.join("data");
        let mut initdb = home.command(&programs.path("initdb"));
        initdb.arg("-D").arg(&data).arg("--pwfile").arg(&secret).args([
            "-U",
            SUPERUSER,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]);
        finish("initdb", initdb, "")?;
        let mut attempt = 1;
        loop {
            let port = free_port().map_err(|error| home.fault(&error))?;
            match launch(&home, &programs.path("postgres"), &data, port) {
                Ok(child) => return Ok(Self { child, home: home.keep(), port, password }),
                Err(said) if attempt < ATTEMPTS && said.contains("could not bind") => attempt += 1,
                Err(reason) => {
                    return Err(ServerFault::Program { name: "postgres".to_owned(), reason });
                }
            }
        }
    }

    /// Its TCP port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where its superuser signs on.
    #[must_use]
    pub fn address(&self) -> Address {
        Address {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            user: SUPERUSER.to_owned(),
            password: Some(self.password.clone()),
            database: "postgres".to_owned(),
        }
    }
}

impl Drop for ThrowawayServer {
    fn drop(&mut self) {
        // An immediate shutdown: nothing on it is worth keeping. The server itself kills its
        // processes where one does not end.
        let pid = i32::try_from(self.child.id()).map(Pid::from_raw);
        let _asked = pid.map(|pid| kill(pid, Signal::SIGQUIT));
        let _ended = self.child.wait();
        let _nobody_is_left_to_tell = fs::remove_dir_all(&self.home);
    }
}

/// A private directory of the system user that the server runs as.
struct Home {
    path: PathBuf,
    /// Where we are root, which the server refuses to be.
    user: Option<User>,
}

impl Home {
    fn make() -> Result<Self, ServerFault> {
        let user = if Uid::effective().is_root() {
            let named = |name| User::from_name(name).ok().flatten();
            named("postgres").or_else(|| named("nobody"))
        } else {
            None
        };
        let path = env::temp_dir().join(format!("dreichor-migrate.{}", random_id()));
        let home = Self { path, user };
        DirBuilder::new().mode(0o700).create(&home.path).map_err(|error| home.fault(&error))?;
        home.give(&home.path)?;
        Ok(home)
    }

    fn fault(&self, error: &io::Error) -> ServerFault {
        ServerFault::Directory { path: self.path.clone(), reason: error.to_string() }
    }

    fn give(&self, path: &Path) -> Result<(), ServerFault> {
        let Some(user) = &self.user else { return Ok(()) };
        chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw()))
            .map_err(|error| self.fault(&error))
    }

    /// A program as the server's user, ended by the kernel when we end.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]);
        if let Some(user) = &self.user {
            command.args([
                &format!("--reuid={}", user.uid),
                &format!("--regid={}", user.gid),
                "--clear-groups",
            ]);
        }
        command.arg(program).current_dir(&self.path).env("LC_ALL", "C");
        for (name, _) in env::vars_os() {
            // Defaults of the caller's, such as a service or a time zone, must not leak in.
            if name.to_str().is_some_and(|name| name.starts_with("PG")) {
                command.env_remove(name);
            }
        }
        command
    }

    /// The directory now belongs to a server.
    fn keep(mut self) -> PathBuf {
        std::mem::take(&mut self.path)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            let _nobody_is_left_to_tell = fs::remove_dir_all(&self.path);
        }
    }
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Starts the server and waits until it says that it is ready; otherwise what it said instead.
fn launch(home: &Home, postgres: &Path, data: &Path, port: u16) -> Result<Child, String> {
    let mut command = home.command(postgres);
    command.arg("-D").arg(data).args(["-p", &port.to_string()]);
    for setting in [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "lc_messages=C",
        "max_connections=20",
        // Its data need not survive a crash, nor it be ended in the middle of anything.
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "autovacuum=off",
    ] {
        command.args(["-c", setting]);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let ready = child.stderr.take().map(listen);
    let said = match ready.map(|ready| ready.recv()) {
        Some(Ok(None)) => return Ok(child),
        Some(Ok(Some(said))) => said,
        _ => "it ended without a word".to_owned(),
    };
    let _ended = child.wait();
    Err(said)
}

/// Reads what a server says to its end, so that it never waits for a reader. Tells once: nothing
/// when it is ready, or all that it said when it ended before that.
fn listen(stderr: ChildStderr) -> Receiver<Option<String>> {
    let (tell, told) = channel();
    thread::spawn(move || {
        let mut said = String::new();
        let mut is_ready = false;
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            if is_ready {
                continue;
            }
            if line.contains("ready to accept connections") {
                is_ready = true;
                let _somebody_waits = tell.send(None);
            } else {
                said.push_str(&line);
                said.push('\n');
            }
        }
        if !is_ready {
            let _somebody_waits = tell.send(Some(said.trim().to_owned()));
        }
    });
    told
}

impl Explain for ServerFault {
    fn code(&self) -> &'static str {
        match self {
            Self::NoPrograms { .. } => "no-server-programs",
            Self::Program { .. } => "server-program",
            Self::Directory { .. } => "server-directory",
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::NoPrograms { path } | Self::Directory { path, .. } => path.display().to_string(),
            Self::Program { name, .. } => name.clone(),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::NoPrograms { path } => {
                format!("there is no PostgreSQL server to start: '{}' is missing", path.display())
            }
            Self::Program { name, reason } => format!("'{name}' failed: {reason}"),
            Self::Directory { path, reason } => {
                format!("'{}' cannot be used: {reason}", path.display())
            }
        }
    }

    fn remedy(&self) -> String {
        match self {
            Self::NoPrograms { .. } => {
                "install one (apt-get install postgresql), or name its programs with DREICHOR_POSTGRES_BIN"
            }
            Self::Program { .. } => "see what it said, and start it again",
            Self::Directory { .. } => "look at its permissions and at the disk, or set TMPDIR",
        }
        .to_owned()
    }
}
