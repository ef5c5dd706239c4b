//! `seal`: what a set makes is kept, nothing that was kept is rewritten, and whatever the
//! scratch database was, nothing of it is left.

use crate::support::World;
use crate::support::program::Answer;
use crate::support::server::{port, setting, sql};
use std::fs;

const ONE: (&str, &str) = ("001_a.sql", "CREATE TABLE public.a (id bigint PRIMARY KEY);\n");
const TWO: (&str, &str) =
    ("002_b.sql", "ALTER TABLE public.a ADD COLUMN body text DEFAULT '''';\n");

fn seal(world: &World, more: &[&str]) -> Answer {
    world.run(&[&["seal", "--format", "json"], more].concat())
}

fn text(world: &World) -> String {
    fs::read_to_string(world.migrations().join("seal.toml")).expect("the seal")
}

/// The programs of the server that the tests run on.
fn with_programs(world: &World, arguments: &[&str]) -> Answer {
    let mut command = world.command(&[&["--format", "json"], arguments].concat());
    command.env("TMPDIR", world.path());
    Answer::of(command)
}

#[test]
fn what_was_sealed_is_never_rewritten_and_a_new_migration_is_appended() {
    let world = World::with(&[ONE]);
    let answer = seal(&world, &[]).expect(0).json();
    assert_eq!(answer["added"], serde_json::json!(["001_a.sql"]));
    let first = text(&world);
    assert!(
        first.contains("+ column public.a.id position=1 type=bigint not-null=yes\n"),
        "{first}"
    );
    assert_eq!(seal(&world, &[]).expect(0).json()["added"], serde_json::json!([]));
    assert_eq!(text(&world), first);
    seal(&world, &["--check"]).expect(0);
    world.write(TWO.0, TWO.1);
    assert_eq!(seal(&world, &["--check"]).expect(20).findings(), ["unsealed"]);
    assert_eq!(seal(&world, &["--check", "--files-only"]).expect(20).findings(), ["unsealed"]);
    seal(&world, &[]).expect(0);
    let second = text(&world);
    assert!(second.starts_with(&first), "{second}");
    // The default is written with three quotes in a row, which the text survives.
    assert!(second.contains("'''"), "{second}");
    let checked = seal(&world, &["--check"]).expect(0).json();
    assert_eq!((&checked["replayed"], &checked["version"]), (&true.into(), &TWO.0.into()));
}

#[test]
fn a_released_file_that_changed_is_refused_by_whoever_would_use_it() {
    let world = World::with(&[ONE, TWO]);
    seal(&world, &[]).expect(0);
    world.write(TWO.0, "ALTER TABLE public.a ADD COLUMN other text;\n");
    for command in [&["seal"][..], &["seal", "--check"], &["plan"], &["apply"]] {
        let answer = world.run(&[command, &["--format", "json"]].concat()).expect(20);
        assert_eq!(answer.findings(), ["sealed-file-changed"], "{command:?}");
    }
    assert!(!world.has("public.dreichor_schema_migrations"));
    fs::remove_file(world.migrations().join(TWO.0)).expect("it goes");
    assert_eq!(seal(&world, &[]).expect(20).findings(), ["sealed-file-missing"]);
    world.write(TWO.0, TWO.1);
    seal(&world, &["--check"]).expect(0);
    world.run(&["apply"]).expect(0);
}

#[test]
fn a_seal_that_was_written_by_hand_is_refused() {
    let world = World::with(&[ONE]);
    seal(&world, &[]).expect(0);
    let written = text(&world);
    for (from, to) in [
        ("position=1", "position=2"),
        ("+ table public.a", "- table public.a"),
        ("form = 1", "form = 9"),
    ] {
        world.write("seal.toml", written.replacen(from, to, 1));
        for command in [&["seal"][..], &["seal", "--check", "--files-only"]] {
            let answer = world.run(&[command, &["--format", "json"]].concat()).expect(20);
            assert_eq!(answer.findings(), ["seal-invalid"], "{from}");
        }
    }
    world.write("seal.toml", b"form = 1\xff");
    seal(&world, &["--check"]).expect(20);
}

#[test]
fn a_seal_of_nothing_is_refused_by_whoever_reads_it() {
    let world = World::with(&[ONE]);
    world.run(&["apply"]).expect(0);
    world.write("seal.toml", "form = 1\n");
    for command in [
        &["seal"][..],
        &["seal", "--check", "--files-only"],
        &["seal", "--show"],
        &["plan"],
        &["apply"],
        &["check"],
        &["verify"],
        &["requirement", "init"],
    ] {
        let answer = world.run(&[command, &["--format", "json"]].concat()).expect(20);
        assert_eq!(answer.findings(), ["seal-invalid"], "{command:?}");
        let finding = &answer.json()["findings"][0];
        assert_eq!(finding["message"], "seal.toml:1:8: no migration is sealed", "{command:?}");
        assert!(finding["remedy"].as_str().unwrap().contains("remove it"), "{finding}");
    }
    fs::remove_file(world.migrations().join("seal.toml")).expect("it goes");
    seal(&world, &[]).expect(0);
    world.run(&["verify"]).expect(0);
}

#[test]
fn a_migration_that_fails_is_told_with_its_place_and_nothing_is_sealed() {
    let world =
        World::with(&[ONE, ("002_b.sql", "ALTER TABLE public.a\n  ADD COLUMN c nothing;\n")]);
    let answer = with_programs(&world, &["seal"]).expect(40);
    assert_eq!(answer.findings(), ["failed"]);
    let message = answer.json()["findings"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("'002_b.sql':2:16: ERROR 42704:"), "{message}");
    assert!(!world.migrations().join("seal.toml").exists());
    assert_nothing_is_left(&world);
}

/// No directory of a throwaway server, and no process of one.
fn assert_nothing_is_left(world: &World) {
    let left: Vec<_> = fs::read_dir(world.path())
        .expect("the world's directory")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("dreichor-migrate."))
        .collect();
    assert_eq!(left, Vec::<String>::new());
    let mut servers = std::process::Command::new("pgrep");
    let home = world.path().join("dreichor-migrate.");
    let found = servers.args(["-f", &format!("postgres -D {}", home.display())]).output();
    assert_eq!(found.expect("pgrep starts").status.code(), Some(1));
}

#[test]
fn the_throwaway_server_leaves_nothing_and_may_have_the_environments_names() {
    let world = World::empty();
    // Only an environment's own migrations may name its roles.
    let grant = format!(
        "CREATE TABLE public.a ();\nGRANT REFERENCES ON public.a TO {}_runtime;\n",
        world.database
    );
    world.write("001_a.sql", grant);
    with_programs(&world, &["seal"]).expect(0);
    assert_nothing_is_left(&world);
    assert!(text(&world).contains("grant-runtime=\"DELETE, INSERT, REFERENCES, SELECT, UPDATE\""));
    world.run(&["apply"]).expect(0);
    world.run(&["verify"]).expect(0);
}

#[test]
fn a_named_server_is_left_as_it_was() {
    let url = format!(
        "postgres://{}:{}@127.0.0.1:{}/postgres",
        setting("PGUSER"),
        setting("PGPASSWORD"),
        port()
    );
    let count = "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'dreichor_scratch_%'";
    for (text, code) in [(ONE.1, 0), ("CREATE TABLE public.a (a nothing);\n", 40)] {
        let world = World::with(&[("001_a.sql", text)]);
        let mut command = world.command(&["seal", "--format", "json"]);
        command
            .env("SCRATCH_DATABASE_URL", &url)
            .env("DREICHOR_POSTGRES_BIN", setting("DREICHOR_TEST_BIN"));
        let answer = Answer::of(command).expect(code);
        assert!(!answer.stdout.contains(&setting("PGPASSWORD")), "{answer:#?}");
    }
    // Other tests may hold scratch databases at this moment; none of ours has these names long.
    crate::support::running::until("the scratch roles are gone", || sql("postgres", count) == "0");
    let databases = "SELECT count(*) FROM pg_database WHERE datname LIKE 'dreichor_scratch_%'";
    assert_eq!(sql("postgres", databases), "0");
}

/// The names of a scratch database on a named server are its own, but its search path is the
/// environment's, as on a server that the program starts.
#[test]
fn the_search_path_is_the_environments_on_a_named_server_too() {
    let text = "CREATE SCHEMA app;\nCREATE TABLE unqualified ();\n";
    let world = World::with(&[("001_a.sql", text)]);
    world.configure("search_path = [\"app\", \"public\"]\npolicy = \"standard\"");
    let url = format!(
        "postgres://{}:{}@127.0.0.1:{}/postgres",
        setting("PGUSER"),
        setting("PGPASSWORD"),
        port()
    );
    for named in [true, false] {
        let mut command = world.command(&["seal", "--format", "json"]);
        if named {
            command.env("SCRATCH_DATABASE_URL", &url);
        }
        command.env("TMPDIR", world.path());
        command.env("DREICHOR_POSTGRES_BIN", setting("DREICHOR_TEST_BIN"));
        Answer::of(command).expect(0);
        assert!(crate::sealing::text(&world).contains("+ table app.unqualified"), "{named}");
        fs::remove_file(world.migrations().join("seal.toml")).expect("it goes");
    }
}

#[test]
fn without_a_server_it_is_said_how_to_get_one() {
    let world = World::with(&[ONE]);
    let mut command = world.command(&["seal", "--format", "json"]);
    command.env("DREICHOR_POSTGRES_BIN", "/nonexistent");
    let answer = Answer::of(command).expect(30);
    assert_eq!(answer.findings(), ["no-server-programs"]);
    let mut command = world.command(&["seal", "--format", "json"]);
    command.env("SCRATCH_DATABASE_URL", "postgres://u:p@example.org/postgres");
    let answer = Answer::of(command).expect(78);
    assert!(answer.stdout.contains("SCRATCH_DATABASE_URL"), "{answer:#?}");
}

/// A set whose effect depends on where it runs cannot be sealed twice.
#[test]
fn a_sealed_migration_that_makes_another_schema_now_is_told_object_by_object() {
    let world = World::with(&[(
        "001_a.sql",
        "CREATE TABLE public.a (x text) PARTITION BY LIST (x);\nCREATE TABLE public.b PARTITION OF public.a FOR VALUES IN (current_database());\n",
    )]);
    let anywhere = |more: &[&str]| {
        let mut command = crate::support::program::binary();
        command
            .args(["--migrations"])
            .arg(world.migrations())
            .args(["--format", "json", "seal"])
            .args(more);
        Answer::of(command)
    };
    anywhere(&[]).expect(0);
    let written = text(&world);
    let answer = anywhere(&["--check"]).expect(13);
    // The scratch database has another name each time, and so the partition another bound.
    assert_eq!(answer.findings(), ["sealed-schema-differs", "object-differs"]);
    anywhere(&[]).expect(13);
    assert_eq!(text(&world), written);
    anywhere(&["--check", "--files-only"]).expect(0);
}

#[test]
fn the_sealed_schema_of_each_version_can_be_shown() {
    let world = World::with(&[ONE, TWO]);
    assert_eq!(seal(&world, &["--show"]).expect(20).findings(), ["no-seal"]);
    seal(&world, &[]).expect(0);
    let shown = |more: &[&str]| seal(&world, &[&["--show"], more].concat()).expect(0).json();
    let (newest, first) = (shown(&[]), shown(&["001_a.sql"]));
    assert_eq!(newest["version"], "002_b.sql");
    assert!(newest["text"].as_str().unwrap().contains("public.a.body"));
    assert!(!first["text"].as_str().unwrap().contains("public.a.body"));
    let plain = world.run(&["seal", "--show", "001_a.sql"]).expect(0).stdout;
    assert_eq!(plain, first["text"].as_str().unwrap());
    assert_eq!(seal(&world, &["--show", "003_c.sql"]).expect(20).findings(), ["unsealed"]);
}

#[test]
fn the_project_s_own_seal_belongs_to_its_migrations() {
    let mut command = crate::support::program::binary();
    let home = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    command.current_dir(home).args([
        "--migrations",
        "migrations",
        "seal",
        "--check",
        "--format",
        "json",
    ]);
    let answer = Answer::of(command).expect(0).json();
    assert_eq!(answer["replayed"], true);
    // The next release that the proofs on a booted system install is sealed as well.
    let world = World::empty();
    for directory in ["migrations", "tests/booted/later"] {
        for entry in fs::read_dir(home.join(directory)).expect("a directory") {
            let path = entry.expect("an entry").path();
            fs::copy(&path, world.migrations().join(path.file_name().expect("a name")))
                .expect("a copy");
        }
    }
    let later = seal(&world, &["--check"]).expect(0).json();
    assert_eq!(later["version"], "004_add_orders.sql");
}
