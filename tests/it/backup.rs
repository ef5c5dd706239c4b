//! The backup before a run: what it holds, what it takes to restore it, and every way in which
//! there is none, after which nothing was applied and nothing was written.

use crate::support::World;
use crate::support::program::Answer;
use crate::support::running::{Holding, Running, SOON, until};
use crate::support::server::{feed, port, psql, sql, tool};
use nix::sys::signal::Signal;
use serde_json::Value;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const ONE: (&str, &str) =
    ("001_a.sql", "CREATE TABLE public.a (id integer PRIMARY KEY, x text);\n");
const TWO: (&str, &str) = ("002_b.sql", "CREATE TABLE public.b ();\n");

/// A world at work, whose next run has something to do and begins with a backup.
pub(crate) fn world(more: &str) -> World {
    let world = World::with(&[ONE]);
    world.run(&["apply"]).expect(0);
    world.sql("INSERT INTO public.a SELECT n, 'row ' || n FROM generate_series(1, 500) AS n");
    world.write(TWO.0, TWO.1);
    configure(&world, &state(&world), more);
    world
}

pub(crate) fn state(world: &World) -> PathBuf {
    world.path().join("state")
}

pub(crate) fn configure(world: &World, state: &Path, more: &str) {
    let text = format!(
        "migrations = \"migrations\"\nstate = \"{}\"\n[environments.prod]\ndatabase = \"{}\"\n\
         policy = 'standard'\nbackup = \"pg_dump\"\n{more}\n",
        state.display(),
        world.database
    );
    fs::write(world.config(), text).expect("the configuration is written");
}

fn directory(world: &World) -> PathBuf {
    state(world).join("backups/prod")
}

/// The binary with the programs that belong to the test server.
fn command(world: &World, arguments: &[&str]) -> Command {
    let mut command = world.command(arguments);
    command.env("DREICHOR_POSTGRES_BIN", tool("pg_dump").parent().expect("its directory"));
    command
}

fn run(world: &World, arguments: &[&str]) -> Answer {
    let answer = Answer::of(command(world, arguments));
    for text in [&answer.stdout, &answer.stderr] {
        assert!(!text.contains("canary"), "the password is in an output: {text}");
    }
    answer
}

fn files(directory: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// That nothing was applied, recorded or left after this answer.
#[track_caller]
fn assert_refused(world: &World, answer: &Answer, code: &str) -> Value {
    assert_eq!(answer.code, 44, "{answer:#?}");
    let document = answer.json();
    assert_eq!(document["findings"][0]["code"], code, "{answer:#?}");
    assert_eq!(world.applied(), [ONE.0]);
    assert_eq!(world.logged(), ["applied:001_a.sql"]);
    assert!(!world.has("public.b"));
    assert_eq!(files(&directory(world)), Vec::<String>::new(), "a file is left");
    document["findings"][0].clone()
}

/// Another directory of programs of PostgreSQL, one of them in another way.
fn programs_with(world: &World, name: &str, script: &str) -> PathBuf {
    let bin = world.path().join("bin");
    fs::create_dir_all(&bin).unwrap();
    for program in ["pg_dump", "pg_restore"] {
        let _before = fs::remove_file(bin.join(program));
        std::os::unix::fs::symlink(tool(program), bin.join(program)).unwrap();
    }
    if !name.is_empty() {
        fs::remove_file(bin.join(name)).unwrap();
    }
    if !script.is_empty() {
        fs::write(bin.join(name), format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(bin.join(name), Permissions::from_mode(0o755)).unwrap();
    }
    bin
}

fn apply_with(world: &World, bin: &Path) -> Answer {
    let mut command = world.command(&["apply", "--format", "json"]);
    command.env("DREICHOR_POSTGRES_BIN", bin);
    Answer::of(command)
}

#[test]
fn it_is_made_before_the_first_statement_and_told_with_its_size_and_digest() {
    let world = world("");
    let answer = run(&world, &["apply", "--format", "json", "--log", "json"]).expect(0);
    let document = answer.json();
    let backup = &document["backup"];
    let path = backup["path"].as_str().unwrap();
    let name = path.rsplit('/').next().unwrap();
    assert_eq!(files(&directory(&world)), [name]);
    let (plan, run_id) = (document["plan"].as_str().unwrap(), document["run_id"].as_str().unwrap());
    assert!(name.ends_with(&format!("-{}-{run_id}.dump", &plan[7..19])), "{name}");
    let about = fs::metadata(path).unwrap();
    assert_eq!(backup["bytes"], about.len());
    assert_eq!(about.permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(directory(&world)).unwrap().permissions().mode() & 0o777, 0o700);
    let sum = Command::new("sha256sum").arg(path).output().unwrap().stdout;
    let sum = String::from_utf8(sum).unwrap();
    assert_eq!(backup["sha256"], sum.split(' ').next().unwrap());
    // The two history tables and one that holds rows.
    assert_eq!(backup["tables"], 3);

    // The log tells the same, before the run begins.
    let records: Vec<Value> =
        answer.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&str> = records.iter().map(|it| it["event"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["backup-made", "run-started", "migration-started", "migration-applied", "ended-ok"]
    );
    assert_eq!(records[0]["backup"], backup["path"]);
    assert_eq!(records[0]["backup_bytes"], backup["bytes"]);
    let digest = format!("sha256:{}", backup["sha256"].as_str().unwrap());
    assert_eq!(records[0]["backup_digest"], digest);
    // And nothing of the run is in it.
    assert_eq!(restored(&world, path, "SELECT to_regclass('public.b') IS NULL"), "t");
}

#[test]
fn where_nothing_is_pending_or_a_refusal_comes_first_none_is_made() {
    let world = world("");
    let other = format!("sha256:{}", "0".repeat(64));
    run(&world, &["apply", "--plan", &other]).expect(21);
    world.write("003_c.sql", "BEGIN; COMMIT;\n");
    run(&world, &["apply"]).expect(20);
    fs::remove_file(world.migrations().join("003_c.sql")).unwrap();
    assert!(files(&directory(&world)).is_empty());
    run(&world, &["apply"]).expect(0);
    assert_eq!(files(&directory(&world)).len(), 1);
    let answer = run(&world, &["apply", "--format", "json"]).expect(0);
    assert_eq!((&answer.json()["backup"], files(&directory(&world)).len()), (&Value::Null, 1));
    let told = run(&world, &["plan"]).expect(0);
    assert!(told.stdout.contains("0 pending") && files(&directory(&world)).len() == 1);
}

/// Restores a backup into a new database as a superuser does, and asks it something.
fn restored(world: &World, path: &str, question: &str) -> String {
    let database = format!("{}_restored", world.database);
    sql(
        "postgres",
        &format!("CREATE DATABASE {database} TEMPLATE template0 OWNER {}_owner", world.database),
    );
    let answer = Command::new(tool("pg_restore"))
        .args(["--exit-on-error", "--single-transaction", "--dbname", &database, path])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&answer.stderr).into_owned();
    let told = answer.status.success().then(|| feed(psql(&database), question));
    let answer = told.unwrap_or_else(|| panic!("pg_restore: {said}"));
    sql("postgres", &format!("DROP DATABASE {database}"));
    answer.unwrap()
}

#[test]
fn restored_into_a_new_database_it_has_the_same_schema_rows_and_history() {
    let world = world("");
    let rows = "SELECT count(*), sum(id), md5(string_agg(x, ',' ORDER BY id)) FROM public.a";
    let before = world.sql(rows);
    // What the run then does to it is undone by the restored one.
    world.write(TWO.0, "DROP TABLE public.a;\n");
    let answer = run(&world, &["apply", "--format", "json"]).expect(0).json();
    assert!(!world.has("public.a"));
    let path = answer["backup"]["path"].as_str().unwrap().to_owned();

    let renamed = format!("{}_broken", world.database);
    sql("postgres", &format!("ALTER DATABASE {} RENAME TO {renamed}", world.database));
    let database = &world.database;
    sql(
        "postgres",
        &format!("CREATE DATABASE {database} TEMPLATE template0 OWNER {database}_owner"),
    );
    let restore = Command::new(tool("pg_restore"))
        .args(["--exit-on-error", "--single-transaction", "--dbname", database, &path])
        .output()
        .unwrap();
    assert!(restore.status.success(), "{}", String::from_utf8_lossy(&restore.stderr));
    assert_eq!(world.sql(rows), before);
    assert_eq!(world.applied(), [ONE.0]);

    // The program finds the schema that the set makes, and the chain whole. A new database lacks
    // what 'provision' sets on it; running it again is harmless.
    let provision = world.run(&["provision"]).expect(0).stdout;
    feed(psql("postgres"), &provision).expect("the provision script runs");
    world.run(&["history", "--verify"]).expect(0);
    fs::remove_file(world.migrations().join(TWO.0)).unwrap();
    world.run(&["seal"]).expect(0);
    world.run(&["verify"]).expect(0);
    world.run(&["check"]).expect(0);
    sql("postgres", &format!("DROP DATABASE {renamed}"));
}

#[test]
fn old_ones_go_only_where_a_number_says_so_and_nothing_else_goes() {
    let world = world("");
    let directory = directory(&world);
    let next = |number: u32| {
        world.write(&format!("{number:03}_n.sql"), format!("CREATE TABLE public.t{number} ();"));
        let answer = run(&world, &["apply", "--format", "json"]).expect(0);
        let path = answer.json()["backup"]["path"].as_str().unwrap().to_owned();
        path.rsplit('/').next().unwrap().to_owned()
    };
    let made: Vec<String> = (3..6).map(next).collect();
    assert_eq!(files(&directory).len(), 3, "without a number none is removed");
    // Neither is what is not this program's, whatever it is called.
    fs::write(directory.join("mine.dump"), "x").unwrap();
    fs::create_dir(directory.join(made[0].replace("2", "1"))).unwrap();
    configure(&world, &state(&world), "backup_keep = 2");
    let newest = next(6);
    let left = files(&directory);
    let mut expected =
        vec![made[2].clone(), newest, "mine.dump".to_owned(), made[0].replace("2", "1")];
    expected.sort();
    assert_eq!(left, expected);
}

#[test]
fn what_cannot_be_removed_is_told_and_is_no_failure() {
    let world = world("backup_keep = 1");
    run(&world, &["apply"]).expect(0);
    let old = directory(&world).join(&files(&directory(&world))[0]);
    // What something is mounted on is removed by nobody.
    let mounted = Command::new("mount").arg("--bind").args([&old, &old]).status().unwrap();
    assert!(mounted.success(), "a bind mount needs root: mount");
    world.write("003_c.sql", "CREATE TABLE public.c ();");
    let answer = run(&world, &["apply", "--format", "json"]);
    assert!(Command::new("umount").arg(&old).status().unwrap().success());
    let answer = answer.expect(0);
    assert_eq!(answer.findings(), ["trouble"]);
    assert!(answer.stdout.contains("could not be removed"), "{answer:#?}");
    assert!(world.has("public.c"));
}

#[test]
fn without_the_servers_own_programs_there_is_none() {
    let world = world("");
    let gone = programs_with(&world, "pg_dump", "");
    assert_refused(&world, &apply_with(&world, &gone), "backup-program");
    let unreadable = programs_with(&world, "pg_restore", "");
    assert_refused(&world, &apply_with(&world, &unreadable), "backup-program");
    // One that says that it is of another major version, newer or older.
    for major in ["13.9", "99.1"] {
        let other =
            programs_with(&world, "pg_dump", &format!("echo 'pg_dump (PostgreSQL) {major}'"));
        let finding = assert_refused(&world, &apply_with(&world, &other), "backup-program");
        let told = finding["message"].as_str().unwrap();
        assert!(told.contains(&major[..2]) && told.contains("server"), "{told}");
    }
}

#[test]
fn a_table_that_cannot_be_read_is_named() {
    let world = world("");
    world.sql("CREATE TABLE public.foreign_to_it (x int)");
    let answer = run(&world, &["apply", "--format", "json"]);
    let finding = assert_refused(&world, &answer, "backup-program");
    let told = finding["message"].as_str().unwrap();
    assert!(told.contains("permission denied") && told.contains("foreign_to_it"), "{told}");
}

#[test]
fn nothing_that_is_locked_is_waited_for_longer_than_a_statement_may_and_who_blocks_is_named() {
    let world = world("lock_timeout = '2s'");
    let owner = format!("{}_owner", world.database);
    world.sql(&format!(
        "CREATE SEQUENCE public.s OWNED BY NONE; ALTER SEQUENCE public.s OWNER TO {owner};
         CREATE VIEW public.v AS SELECT 1; ALTER VIEW public.v OWNER TO {owner}"
    ));
    // Of a table it is asked before, and by pg_dump first; of the others only somewhere within.
    for lock in [
        "LOCK TABLE public.a",
        "ALTER SEQUENCE public.s RENAME TO t",
        "ALTER VIEW public.v RENAME TO w",
    ] {
        let held = Holding::open(&world.database, "the blocker", &format!("BEGIN; {lock};"));
        let running = Running::start(command(&world, &["apply", "--format", "json"]));
        let answer = running.end_within(SOON);
        let finding = assert_refused(&world, &answer, "backup-blocked");
        let told = finding["message"].as_str().unwrap();
        let who = format!("blocked by pid {} (the blocker)", held.backend);
        assert!(told.contains("within 2000 ms") && told.contains(&who), "{lock}: {told}");
    }
}

#[test]
fn a_directory_that_cannot_be_written_is_named() {
    let world = world("");
    // Whoever runs this may be root, whom no mode keeps out.
    fs::create_dir(state(&world)).unwrap();
    fs::write(state(&world).join("backups"), "a file where a directory should be").unwrap();
    let answer = run(&world, &["apply", "--format", "json"]);
    let finding = assert_refused(&world, &answer, "backup-files");
    assert!(finding["subject"].as_str().unwrap().ends_with("backups/prod"), "{finding}");
}

/// A small disk at the place of the state directory; dropped, it is gone.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn at(path: PathBuf, megabytes: u32) -> Self {
        fs::create_dir(&path).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "none"])
            .arg(&path)
            .status()
            .unwrap();
        assert!(mounted.success(), "a small disk needs root: mount");
        Self(path)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _gone = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[test]
fn too_little_room_is_seen_before_anything_is_dumped() {
    let world = world("");
    let _disk = SmallDisk::at(state(&world), 2);
    let answer = run(&world, &["apply", "--format", "json"]);
    let finding = assert_refused(&world, &answer, "backup-no-room");
    let told = finding["message"].as_str().unwrap();
    assert!(told.contains("2 MiB free") || told.contains("1 MiB free"), "{told}");
}

#[test]
fn a_disk_that_fills_up_in_the_middle_leaves_no_partial_file() {
    let world = world("lock_timeout = '0'");
    let disk = SmallDisk::at(state(&world), 16);
    let (running, held) = waiting(&world);
    // While pg_dump waits, somebody else takes the room.
    let filled = fs::write(disk.0.join("taken"), vec![0; 17 << 20]);
    assert!(filled.is_err());
    drop(held);
    let finding = assert_refused(&world, &running.end_within(SOON), "backup-program");
    let told = finding["message"].as_str().unwrap();
    assert!(told.contains("No space left on device"), "{told}");
}

#[test]
fn what_cannot_be_read_back_is_no_backup() {
    let world = world("");
    let real = tool("pg_dump").display().to_string();
    // The contents are whole, and rows behind them are cut off.
    let cut = programs_with(
        &world,
        "pg_dump",
        &format!(
            "case $1 in --version) exec {real} --version ;; esac\n\
             {real} \"$@\" >\"$0.out\" && head -c -600 \"$0.out\""
        ),
    );
    world.sql("INSERT INTO public.a SELECT n, md5(n::text) FROM generate_series(1000, 9000) AS n");
    assert_refused(&world, &apply_with(&world, &cut), "backup-unreadable");
    let nothing = programs_with(
        &world,
        "pg_dump",
        &format!("case $1 in --version) exec {real} --version; esac"),
    );
    assert_refused(&world, &apply_with(&world, &nothing), "backup-unreadable");
    // It is readable, and lacks a table.
    let less = programs_with(
        &world,
        "pg_dump",
        &format!(
            "case $1 in --version) exec {real} --version; esac\nexec {real} --exclude-table=public.a \"$@\""
        ),
    );
    let finding = assert_refused(&world, &apply_with(&world, &less), "backup-incomplete");
    assert!(finding["message"].as_str().unwrap().contains("'public.a'"), "{finding}");
    let rowless = programs_with(
        &world,
        "pg_dump",
        &format!(
            "case $1 in --version) exec {real} --version; esac\nexec {real} --exclude-table-data=public.a \"$@\""
        ),
    );
    assert_refused(&world, &apply_with(&world, &rowless), "backup-incomplete");
}

/// Whether a `pg_dump` of this program is on the world's database, as the server sees it.
fn dumping(world: &World, more: &str) -> bool {
    let found = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
         AND application_name LIKE 'dreichor-migrate backup %' {more}"
    );
    world.sql(&found) != "0"
}

/// A run whose `pg_dump` waits for somebody who holds what is none of the tables.
fn waiting(world: &World) -> (Running, Holding) {
    world.sql(&format!(
        "CREATE SEQUENCE public.s; ALTER SEQUENCE public.s OWNER TO {}_owner",
        world.database
    ));
    let held = Holding::open(&world.database, "x", "BEGIN; ALTER SEQUENCE public.s RENAME TO t;");
    let running = Running::start(command(world, &["apply", "--format", "json"]));
    until("pg_dump waits", || dumping(world, "AND wait_event_type = 'Lock'"));
    (running, held)
}

#[test]
fn a_signal_in_the_middle_ends_pg_dump_and_leaves_nothing() {
    let world = world("lock_timeout = '0'");
    let (running, _held) = waiting(&world);
    running.signal(Signal::SIGTERM);
    let answer = running.end_within(SOON);
    assert_eq!((answer.code, answer.findings()), (42, vec!["interrupted".to_owned()]));
    until("pg_dump is gone", || !dumping(&world, ""));
    assert_eq!(files(&directory(&world)), Vec::<String>::new());
    assert_eq!(world.logged(), ["applied:001_a.sql"]);
}

#[test]
fn a_pg_dump_that_is_killed_is_no_backup() {
    let world = world("lock_timeout = '0'");
    let (running, _held) = waiting(&world);
    world.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND application_name LIKE 'dreichor-migrate backup %'",
    );
    assert_refused(&world, &running.end_within(SOON), "backup-program");
}

#[test]
fn a_killed_run_leaves_a_draft_that_the_next_one_removes() {
    let world = world("lock_timeout = '0'");
    let (running, held) = waiting(&world);
    running.signal(Signal::SIGKILL);
    drop(running);
    until("its draft is there", || files(&directory(&world)).len() == 1);
    assert!(files(&directory(&world))[0].ends_with(".partial"));
    drop(held);
    run(&world, &["apply"]).expect(0);
    let left = files(&directory(&world));
    assert!(left.len() == 1 && left[0].ends_with(".dump"), "{left:?}");
}

#[test]
fn the_password_is_on_no_command_line() {
    let world = world("lock_timeout = '0'");
    let (running, _held) = waiting(&world);
    let processes = Command::new("ps").args(["-eo", "args", "-ww"]).output().unwrap();
    let processes = String::from_utf8_lossy(&processes.stdout).into_owned();
    let dumps: Vec<&str> = processes.lines().filter(|it| it.contains("pg_dump --format")).collect();
    assert!(!dumps.is_empty(), "{processes}");
    assert!(!processes.contains("canary"), "{dumps:?}");
    running.signal(Signal::SIGTERM);
    running.end_within(SOON).expect(42);
}

#[test]
fn behind_another_port_it_is_the_same_server() {
    // The programs sign on where the URL says, and nowhere else.
    let world = world("");
    let mut command = command(&world, &["apply", "--format", "json"]);
    command.env("PGPORT", "1").env("PGSERVICE", "none").env("PGDATABASE", "postgres");
    let answer = Answer::of(command).expect(0).json();
    assert!(port() > 1 && answer["backup"]["tables"] == 3, "{answer}");
}
