//! The requirement of a release: where it comes from, what a range lets through, what is refused
//! with its place, and the file that `requirement init` makes.

use crate::support::World;
use crate::support::program::{Answer, binary};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

const THREE: [(&str, &str); 3] = [
    ("001_a.sql", "CREATE TABLE public.a ();\n"),
    ("002_b.sql", "CREATE TABLE public.b ();\n"),
    ("003_c.sql", "CREATE TABLE public.c ();\n"),
];

/// So many migrations are applied, and the files of so many are installed.
fn host(applied: usize, installed: usize) -> World {
    let world = World::with(&THREE[..applied]);
    world.run(&["apply"]).expect(0);
    for (name, text) in THREE.iter().take(installed) {
        world.write(name, text);
    }
    for (name, _) in THREE.iter().take(applied).skip(installed) {
        fs::remove_file(world.migrations().join(name)).unwrap();
    }
    world
}

/// Writes a file beside the configuration.
fn ship(world: &World, name: &str, text: &str) -> PathBuf {
    let path = world.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

fn check(world: &World, more: &[&str]) -> Answer {
    world.run_as_runtime(&[&["check", "--format", "json"], more].concat())
}

fn check_file(world: &World, text: &str) -> Answer {
    let path = ship(world, "release.toml", text);
    check(world, &["--requirement", path.to_str().unwrap()])
}

/// `code subject` of each finding, the subject without the directory of the world.
fn findings(world: &World, answer: &Answer) -> Vec<String> {
    let document = answer.json();
    let home = format!("{}/", world.path().display());
    let text = |it: &Value, member: &str| it[member].as_str().unwrap().replace(&home, "");
    let findings = document["findings"].as_array().unwrap();
    findings.iter().map(|it| format!("{} {}", text(it, "code"), text(it, "subject"))).collect()
}

/// Rolling back a release is no rollback of the schema.
#[test]
fn a_range_lets_an_old_release_run_on_a_newer_schema() {
    let wide = "requires = '001_a.sql'\nsupports_up_to = '002_b.sql'\n";
    let exact = "requires = '001_a.sql'\n";
    // With the old release's own set, and with the newer one still installed.
    for installed in [1, 3] {
        let world = host(2, installed);
        check_file(&world, wide).expect(0);
        let answer = check_file(&world, exact).expect(11);
        let code = if installed == 1 { "ahead" } else { "unsupported" };
        assert_eq!(findings(&world, &answer), [format!("{code} 002_b.sql")]);
        let world = host(3, installed);
        let answer = check_file(&world, wide).expect(11);
        assert_eq!(findings(&world, &answer), [format!("{code} 003_c.sql")]);
    }
    // What the old release does not need may be pending.
    check_file(&host(1, 3), wide).expect(0);
}

#[test]
fn the_answer_says_what_was_judged_and_where_it_comes_from() {
    let world = host(3, 3);
    let (a, c) = ("001_a.sql", "003_c.sql");
    let text = "requires = '001_a.sql'\nsupports_up_to = '003_c.sql'\n";
    let configured = ship(&world, "configured.toml", text);
    let named = ship(&world, "named.toml", "requires = '003_c.sql'\n");
    let (configured, named) = (configured.to_str().unwrap(), named.to_str().unwrap());
    let judged = |more: &[&str], source: &str, file: Option<&str>, requires: &str, said: &str| {
        let document = check(&world, more).expect(0).json();
        let expected = json!({
            "source": source, "file": file, "requires": requires, "supports_up_to": c, "schema": null,
        });
        assert_eq!(document["requirement"], expected);
        let told = world.run(&[&["check", "--log", "json", "-v"], more].concat()).expect(0);
        assert_eq!(told.stdout.lines().nth(2).unwrap(), format!("  ({said})"));
        assert_eq!(told.stderr.contains("; requires "), source != "migration-set", "{told:#?}");
    };
    judged(&[], "migration-set", None, c, "the installed migration set");
    // The configured one is used, and what is typed wins over it.
    world.configure("requirement = 'configured.toml'");
    let said = format!("'{configured}', as configured");
    judged(&[], "configuration", Some(configured), a, &said);
    let more = ["--requirement", named];
    judged(&more, "file", Some(named), c, &format!("'{named}'"));
    judged(&["--requires", c], "command-line", None, c, "the command line");
    let exactly = world.run(&["check", "--requires", c]).expect(0);
    assert!(exactly.stdout.contains("\nrequires 003_c.sql, exactly\n"), "{exactly:#?}");
    let range = world.run(&["check"]).expect(0);
    let said = "\nrequires 001_a.sql, supports up to 003_c.sql\n";
    assert!(range.stdout.contains(said), "{range:#?}");
}

/// A file that was named is never "no requirement".
#[test]
fn a_file_that_cannot_be_had_is_refused() {
    let world = host(3, 3);
    fs::create_dir(world.path().join("directory.toml")).unwrap();
    fs::write(world.path().join("latin.toml"), b"requires = '\xf6'\n").unwrap();
    for name in ["gone.toml", "directory.toml", "latin.toml", "migrate.toml/x"] {
        let expected = [format!("requirement-file {name}")];
        let path = world.path().join(name);
        let answer = check(&world, &["--requirement", path.to_str().unwrap()]).expect(78);
        assert_eq!(findings(&world, &answer), expected);
        world.configure(&format!("requirement = '{name}'"));
        assert_eq!(findings(&world, &check(&world, &[]).expect(78)), expected);
        // What is typed wins, and the other commands do not ask what a release needs.
        check(&world, &["--requires", "003_c.sql"]).expect(0);
        world.run(&["status"]).expect(0);
        world.configure("");
    }
    // No server is needed to say so.
    let mut command = world.command(&["check", "--format", "json", "--requirement", "/gone.toml"]);
    let port = crate::support::service::free_port();
    command.env("DATABASE_URL", world.url_at("runtime", port));
    assert_eq!(Answer::of(command).expect(78).findings(), ["requirement-file"]);
}

#[test]
fn everything_that_is_wrong_with_a_file_is_named_with_its_place() {
    let world = host(3, 3);
    let cases: [(&str, &[&str]); 5] = [
        ("require = '001_a.sql'\n", &["config-unknown-key 1:1", "config-missing-key 1:1"]),
        (
            "requires = '3'\nnew = 1\nsupports_up_to = 4\n",
            &["requirement-version 1:12", "config-unknown-key 2:1", "config-wrong-type 3:18"],
        ),
        ("requires = '002_b.sql'\nsupports_up_to = '001_a.sql'\n", &["inverted-range 2:18"]),
        ("requires = \n", &["config-syntax 1:12"]),
        ("requires = '003_c.sql'\nschema = '0'\n", &["requirement-digest 2:10"]),
    ];
    for (text, expected) in cases {
        let answer = check_file(&world, text).expect(78);
        let expected: Vec<String> =
            expected.iter().map(|it| it.replace(' ', " release.toml:")).collect();
        assert_eq!(findings(&world, &answer), expected, "{text}");
        let message = answer.json()["findings"][0]["message"].as_str().unwrap().to_owned();
        assert!(message.contains("release.toml:"), "{message}");
        world.configure("requirement = 'release.toml'");
        assert_eq!(findings(&world, &check(&world, &[]).expect(78)), expected);
        world.configure("");
    }
}

/// Which of the answers a version gets that the installed set does not have.
#[test]
fn a_version_that_the_set_does_not_have() {
    // (applied, installed, requires, supports up to, code by a file, by the command line, findings)
    type Row<'a> = (usize, usize, &'a str, &'a str, i32, i32, &'a [&'a str]);
    let cases: [Row<'_>; 9] = [
        // Of a release whose migrations are not installed yet: behind, until they are applied.
        (1, 1, "002_b.sql", "002_b.sql", 10, 10, &["unknown-requirement 002_b.sql"]),
        (
            1,
            2,
            "003_c.sql",
            "009_z.sql",
            10,
            10,
            &["pending 002_b.sql", "unknown-requirement 003_c.sql"],
        ),
        (3, 2, "003_c.sql", "003_c.sql", 0, 0, &[]),
        (3, 3, "003_c.sql", "009_z.sql", 0, 0, &[]),
        // No later migration can have the name: the requirement itself is wrong.
        (3, 3, "002_x.sql", "003_c.sql", 78, 2, &["requirement-not-in-set release.toml:1:12"]),
        (1, 3, "003_x.sql", "003_x.sql", 78, 2, &["requirement-not-in-set release.toml:1:12"]),
        (3, 3, "003_c.sql", "003_x.sql", 78, 2, &["requirement-not-in-set release.toml:2:18"]),
        // The database went on without it: as if the release's files were installed.
        (3, 1, "002_x.sql", "003_c.sql", 12, 12, &["overtaken-requirement 002_x.sql"]),
        (2, 1, "001_a.sql", "002_x.sql", 12, 12, &["overtaken-requirement 002_x.sql"]),
    ];
    for (applied, installed, requires, up_to, by_file, typed, expected) in cases {
        let world = host(applied, installed);
        let text = format!("requires = '{requires}'\nsupports_up_to = '{up_to}'\n");
        let answer = check_file(&world, &text).expect(by_file);
        assert_eq!(findings(&world, &answer), expected, "{applied} {installed} {text}");
        check(&world, &["--requires", requires, "--supports-up-to", up_to]).expect(typed);
    }
    // The database has it, and its file is missing: that is no fault of the requirement.
    let world = host(3, 3);
    fs::remove_file(world.migrations().join("002_b.sql")).unwrap();
    let answer = check_file(&world, "requires = '002_b.sql'\nsupports_up_to = '003_c.sql'\n");
    assert_eq!(findings(&world, &answer.expect(12)), ["missing 002_b.sql"]);
}

#[test]
fn contradictory_arguments_are_refused() {
    let world = World::with(&THREE);
    for arguments in [
        &["check", "--requirement", "x.toml", "--requires", "001_a.sql"][..],
        &["check", "--requirement", "x.toml", "--supports-up-to", "001_a.sql"],
        &["check", "--supports-up-to", "001_a.sql"],
        &["check", "--requires", "002_b.sql", "--supports-up-to", "001_a.sql"],
        &["requirement"],
        &["requirement", "init", "--requires", "x"],
    ] {
        world.run(&[arguments, &["--format", "json"]].concat()).expect(2).json();
    }
}

/// It needs no environment, no URL and no server.
fn init(world: &World, more: &[&str]) -> Answer {
    let mut command = binary();
    command.arg("--config").arg(world.config()).args(["requirement", "init"]).args(more);
    Answer::of(command)
}

#[test]
fn what_init_writes_is_what_check_reads() {
    let world = host(2, 2);
    let path = world.path().join("made.toml");
    let path = path.to_str().unwrap();
    let printed = init(&world, &[]).expect(0).stdout;
    assert!(printed.ends_with("\nrequires = \"002_b.sql\"\n"), "{printed}");
    let wide = ["--requires", "001_a.sql", "--supports-up-to", "002_b.sql"];
    let document =
        init(&world, &[&["--format", "json", "--output", path][..], &wide].concat()).expect(0);
    let document = document.json();
    let written = fs::read_to_string(path).unwrap();
    assert_eq!((&document["text"], &document["path"]), (&json!(written), &json!(path)));
    assert_eq!(init(&world, &wide).expect(0).stdout, written);
    let judged = &check(&world, &["--requirement", path]).expect(0).json()["requirement"];
    for member in ["requires", "supports_up_to", "schema"] {
        assert_eq!(document[member], judged[member], "{member}");
    }
    // The directory may be named instead of the configuration.
    let mut command = binary();
    command.args(["requirement", "init", "--migrations"]).arg(world.migrations());
    assert_eq!(Answer::of(command).expect(0).stdout, printed);
}

#[test]
fn init_refuses_what_the_set_does_not_have_and_overwrites_nothing() {
    let world = World::with(&THREE);
    let kept = ship(&world, "kept.toml", "kept");
    let kept = kept.to_str().unwrap();
    let nowhere = world.path().join("none/made.toml");
    let nowhere = nowhere.to_str().unwrap();
    let cases: [(&[&str], i32, &[&str]); 6] = [
        (&["--requires", "004_d.sql"], 2, &["not-in-set 004_d.sql"]),
        (
            &["--requires", "000_z.sql", "--supports-up-to", "003_d.sql"],
            2,
            &["not-in-set 000_z.sql", "not-in-set 003_d.sql"],
        ),
        (&["--supports-up-to", "001_a.sql"], 2, &["inverted-range 001_a.sql"]),
        (&["--output", kept], 2, &["output-exists kept.toml"]),
        (&["--output", nowhere], 1, &["output none/made.toml"]),
        (&["--migrations", "/nowhere"], 78, &["unreadable-directory /nowhere"]),
    ];
    for (arguments, code, expected) in cases {
        let answer = init(&world, &[arguments, &["--format", "json"]].concat()).expect(code);
        assert_eq!(findings(&world, &answer), expected);
    }
    assert_eq!(fs::read_to_string(kept).unwrap(), "kept");
    world.write("2.sql", "");
    let answer = init(&world, &["--format", "json"]).expect(20);
    assert_eq!(answer.findings(), ["bad-name"]);
    let mut command = binary();
    command.args(["requirement", "init", "--format", "json", "--config"]);
    let configuration = ship(&world, "no-set.toml", "[environments.prod]\ndatabase = 'd'\n");
    command.arg(configuration);
    assert_eq!(Answer::of(command).expect(2).findings(), ["no-migrations"]);
}
