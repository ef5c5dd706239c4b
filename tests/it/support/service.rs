//! Owns servers that a test starts for itself: pgbouncer and a copy of the test server. Must
//! never leave one running, even when the test process is killed.

use super::running::{SOON, until};
use super::server::{feed, port, psql, setting, tool};
use super::world::{PASSWORD, World};
use std::fs::{self, Permissions};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A port on which nothing listens.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    listener.local_addr().expect("it is bound").port()
}

/// A command as the server's system user, which ends with this process.
fn as_server_user(program: &Path) -> Command {
    let mut command = Command::new("/usr/bin/setpriv");
    command.args(["--pdeathsig", "KILL"]);
    if nix::unistd::geteuid().is_root() {
        let user = setting("DREICHOR_TEST_USER");
        let group = nix::unistd::User::from_name(&user).expect("users").expect("its user").gid;
        command.args([&format!("--reuid={user}"), &format!("--regid={group}"), "--clear-groups"]);
    }
    command.arg(program).stdin(Stdio::null());
    command
}

/// A directory that the server's system user can read and write.
fn home() -> TempDir {
    let home = tempfile::tempdir().expect("a temporary directory");
    if nix::unistd::geteuid().is_root() {
        let user = setting("DREICHOR_TEST_USER");
        let user = nix::unistd::User::from_name(&user).expect("users").expect("its user");
        nix::unistd::chown(home.path(), Some(user.uid), Some(user.gid)).expect("its directory");
    }
    home
}

/// A started server; dropped, it is ended.
struct Service {
    child: Child,
}

impl Service {
    fn start(mut command: Command, log: &Path, port: u16) -> Self {
        let file = fs::File::create(log).expect("its log");
        command.stdout(file.try_clone().expect("its log")).stderr(file);
        let mut service = Self { child: command.spawn().expect("it starts") };
        until("the server listens", || {
            let ended = service.child.try_wait().expect("its state").is_some();
            assert!(!ended, "it ended: {}", fs::read_to_string(log).unwrap_or_default());
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        service
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // PostgreSQL ends its children at once on SIGQUIT; pgbouncer on any of them.
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.child.id()).expect("a pid"));
        let _asked = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGQUIT);
        let start = std::time::Instant::now();
        while start.elapsed() < SOON && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}

/// A pgbouncer before the test server.
pub(crate) struct Pooler {
    _service: Service,
    _home: TempDir,
    pub(crate) port: u16,
}

impl Pooler {
    /// In front of a world's database, with as many server connections as `size`.
    pub(crate) fn start(world: &World, mode: &str, size: usize) -> Self {
        let settings = format!("pool_mode = {mode}\ndefault_pool_size = {size}\n");
        Self::launch(world, &world.database, &settings)
    }

    /// In transaction mode, and everything that a client set is taken back after each one.
    pub(crate) fn that_resets(world: &World) -> Self {
        let settings = "pool_mode = transaction\nserver_reset_query_always = 1\n";
        Self::launch(world, &world.database, settings)
    }

    /// In session mode, and the world's name leads to another database.
    pub(crate) fn leading_to(world: &World, database: &str) -> Self {
        Self::launch(world, database, "pool_mode = session\n")
    }

    fn launch(world: &World, database: &str, more: &str) -> Self {
        let program = Path::new("/usr/sbin/pgbouncer");
        assert!(
            program.exists(),
            "'{}' is missing: apt-get install --no-install-recommends pgbouncer",
            program.display()
        );
        let home = home();
        let listen = free_port();
        let path = home.path();
        let password = PASSWORD.replace('"', "\"\"");
        let users: String = ["migrator", "runtime"]
            .iter()
            .map(|role| format!("\"{}_{role}\" \"{password}\"\n", world.database))
            .collect();
        fs::write(path.join("users"), users).expect("its users");
        let server = port();
        let settings = format!(
            "[databases]\n{} = host=127.0.0.1 port={server} dbname={database}\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {listen}\nunix_socket_dir =\n\
             auth_type = scram-sha-256\nauth_file = {}\n{more}",
            world.database,
            path.join("users").display()
        );
        fs::write(path.join("pgbouncer.ini"), settings).expect("its settings");
        let mut command = as_server_user(program);
        command.arg(path.join("pgbouncer.ini"));
        let service = Service::start(command, &path.join("log"), listen);
        Self { _service: service, _home: home, port: listen }
    }
}

/// A copy of the test server as it is now, as a hot standby that is not started yet.
pub(crate) struct Standby {
    home: TempDir,
    pub(crate) port: u16,
    service: Option<Service>,
}

impl Standby {
    pub(crate) fn copy() -> Self {
        let home = home();
        let data = home.path().join("data");
        let mut copy = as_server_user(&tool("pg_basebackup"));
        copy.args(["--checkpoint=fast", "--wal-method=stream", "--no-sync", "--pgdata"]).arg(&data);
        let output = copy.output().expect("pg_basebackup starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        fs::write(data.join("standby.signal"), "").expect("its signal file");
        fs::set_permissions(&data, Permissions::from_mode(0o700)).expect("its directory");
        Self { home, port: free_port(), service: None }
    }

    pub(crate) fn start(&mut self) {
        let mut command = as_server_user(&tool("postgres"));
        command.arg("-D").arg(self.home.path().join("data")).args([
            "-p",
            &self.port.to_string(),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
        ]);
        let log = self.home.path().join("log");
        self.service = Some(Service::start(command, &log, self.port));
        until("the standby answers", || {
            let mut ask = psql("postgres");
            ask.env("PGPORT", self.port.to_string());
            feed(ask, "SELECT pg_is_in_recovery();") == Ok("t".to_owned())
        });
    }
}
