//! Programs that are scripts: what they are given, and what becomes of them.

use super::*;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// One at a time: a program cannot be started while another thread, between fork and exec, still
/// has it open for writing.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A directory with one program.
fn with(name: &str, script: &str) -> (tempfile::TempDir, Programs) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    let programs = Programs(home.path().to_owned());
    (home, programs)
}

fn address() -> Address {
    Address {
        host: "::1".to_owned(),
        port: 5433,
        user: "u".to_owned(),
        password: Some("secret".to_owned()),
        database: "d".to_owned(),
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[test]
fn the_password_is_in_the_environment_and_nothing_of_the_callers_is() {
    let _alone = alone();
    let (_home, programs) = with(
        "pg_dump",
        r#"echo "$@"; echo "$PGHOST $PGPORT $PGUSER $PGDATABASE $PGPASSWORD"; env | cut -d= -f1 | sort"#,
    );
    let written = block_on(programs.dump(&address(), &["--schema-only"])).unwrap();
    let written = String::from_utf8(written).unwrap();
    let mut lines = written.lines();
    assert_eq!(lines.next(), Some("--schema-only"));
    assert_eq!(lines.next(), Some("::1 5433 u d secret"));
    let known = ["LC_ALL", "PATH", "PWD", "OLDPWD", "SHLVL", "_"];
    let strange: Vec<&str> =
        lines.filter(|name| !name.starts_with("PG") && !known.contains(name)).collect();
    assert_eq!(strange, Vec::<&str>::new());
}

#[test]
fn what_it_is_handed_it_reads_and_what_it_writes_goes_where_it_is_wanted() {
    let _alone = alone();
    let (_home, programs) = with("pg_restore", "wc -c");
    let big = vec![b'x'; 1 << 20];
    let written = block_on(programs.restore(None, &[] as &[&str], big)).unwrap();
    assert_eq!(String::from_utf8(written).unwrap().trim(), "1048576");
    let (home, programs) = with("pg_dump", "echo whole");
    let path = home.path().join("out");
    let file = File::create(&path).unwrap();
    block_on(programs.dump_into(&address(), &[] as &[&str], file)).unwrap();
    assert_eq!(fs::read_to_string(path).unwrap(), "whole\n");
}

#[test]
fn what_a_failed_program_said_is_the_reason() {
    let _alone = alone();
    let (_home, programs) = with("pg_dump", "echo no >&2; exit 1");
    let fault = block_on(programs.dump(&address(), &[] as &[&str])).unwrap_err();
    let expected = ServerFault::Program { name: "pg_dump".to_owned(), reason: "no".to_owned() };
    assert_eq!(fault, expected);
}

#[test]
fn a_program_ends_with_whoever_waits_for_it() {
    let _alone = alone();
    let (home, programs) = with("pg_dump", "echo $$ >\"$1\"; exec sleep 600");
    let path = home.path().join("pid");
    let started = Instant::now();
    let pid: i32 = block_on(async {
        let at = address();
        let arguments = [path.clone()];
        let running = programs.dump(&at, &arguments);
        let written = async {
            loop {
                match fs::read_to_string(&path) {
                    Ok(text) if text.ends_with('\n') => break text.trim().parse().unwrap(),
                    _ => tokio::time::sleep(Duration::from_millis(5)).await,
                }
                assert!(started.elapsed() < Duration::from_secs(20), "it never started");
            }
        };
        tokio::select! { _ = running => panic!("it ended by itself"), pid = written => pid }
    });
    let gone = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None);
    assert_eq!(gone, Err(nix::errno::Errno::ESRCH));
}

#[test]
fn a_program_tells_its_major_version() {
    let _alone = alone();
    for (told, major) in [
        ("pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", 15),
        ("postgres (PostgreSQL) 18beta1", 18),
    ] {
        let (_home, programs) = with("pg_dump", &format!("echo '{told}'"));
        assert_eq!(programs.major_of("pg_dump"), Ok(major));
        assert_eq!(programs.require_major("pg_dump", major), Ok(()));
        let other = programs.require_major("pg_dump", 14).unwrap_err();
        assert!(matches!(other, ServerFault::OtherMajor { wanted: 14, .. }), "{other:?}");
    }
}
