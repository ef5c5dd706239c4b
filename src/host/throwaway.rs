//! Owns a PostgreSQL that lives as long as this value: a private data directory, a loopback port,
//! a password that nobody is told. Must never touch a server that it did not start, and never
//! outlive the program: the kernel ends it with us.

use super::identity::random_id;
use super::programs::{Address, Programs, ServerFault, finish};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, Uid, User};
use std::fs::{self, DirBuilder};
use std::io::{self, BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::{env, thread};

/// The superuser of a throwaway server.
pub const SUPERUSER: &str = "postgres";

/// Between choosing a port and binding it, another program may take it.
const ATTEMPTS: usize = 5;

/// The server. Dropped, it is ended and its directory is removed.
pub struct ThrowawayServer {
    child: Child,
    home: PathBuf,
    port: u16,
    password: String,
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
        finish("initdb", initdb, b"")?;
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
