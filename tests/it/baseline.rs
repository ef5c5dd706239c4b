//! `baseline`: a database that the predecessor's script made, with names and no checksums, is
//! taken over once, as an explicit and logged act, and compared from then on.

use crate::support::World;
use crate::support::server::{feed, psql};
use std::fs;

const THREE: [(&str, &str); 3] = [
    ("001_a.sql", "CREATE TABLE public.a ();\n"),
    ("002_b.sql", "CREATE TABLE public.b ();\n"),
    ("003_c.sql", "CREATE TABLE public.c ();\n"),
];

/// What the predecessor left: the schema and rows of `versions`, made by the superuser, which
/// the printed SQL then gives to the owner.
fn predecessor(versions: &[&str]) -> World {
    let world = World::with(&THREE);
    let mut script = "CREATE TABLE public.dreichor_schema_migrations \
        (version text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());\n"
        .to_owned();
    for version in versions {
        let made = THREE.iter().find(|(name, _)| name == version).map_or("", |(_, text)| text);
        script.push_str(made);
        script.push_str(&format!(
            "INSERT INTO public.dreichor_schema_migrations (version) VALUES ('{version}');\n"
        ));
    }
    world.sql(&script);
    let printed = world.run(&["provision"]).expect(0);
    feed(psql("postgres"), &printed.stdout).expect("the provision script runs");
    world
}

#[test]
fn before_it_everything_says_that_checksums_are_missing() {
    let world = predecessor(&["001_a.sql", "002_b.sql"]);
    for (command, more) in
        [("check", &["pending"][..]), ("status", &[]), ("plan", &[]), ("apply", &[])]
    {
        let answer = world.run(&[command, "--format", "json"]).expect(12);
        assert_eq!(answer.findings(), [&["no-checksum", "no-checksum"], more].concat());
        assert!(answer.stdout.contains("dreichor-migrate baseline"), "{answer:#?}");
    }
    assert_eq!(world.applied(), ["001_a.sql", "002_b.sql"]);
    assert!(!world.has("public.c") && !world.has("public.dreichor_schema_migration_log"));
    // What is known is shown all the same.
    let status = world.run_as_runtime(&["status", "--format", "json"]).expect(12).json();
    assert_eq!(status["applied"][1]["version"], "002_b.sql");
    assert_eq!(status["pending"][0]["version"], "003_c.sql");
}

#[test]
fn a_dry_run_shows_and_writes_nothing() {
    let world = predecessor(&["001_a.sql", "002_b.sql"]);
    let document = world.run(&["baseline", "--dry-run", "--format", "json"]).expect(0).json();
    assert_eq!(document["recorded"], false);
    let shown: Vec<&str> = document["migrations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["version"].as_str().unwrap())
        .collect();
    assert_eq!(shown, ["001_a.sql", "002_b.sql"]);
    assert_eq!(document["migrations"][0]["sha256"].as_str().unwrap().len(), 64);
    assert!(!world.has("public.dreichor_schema_migration_log"));
    world.run(&["check"]).expect(12);
}

#[test]
fn after_it_bytes_are_compared_and_runs_go_on() {
    let world = predecessor(&["001_a.sql", "002_b.sql"]);
    let before = world.sql("TABLE public.dreichor_schema_migrations ORDER BY 1");
    let document = world.run(&["baseline", "--format", "json"]).expect(0).json();
    assert_eq!(document["recorded"], true);
    assert_eq!(document["migrations"].as_array().unwrap().len(), 2);
    assert_eq!(world.sql("TABLE public.dreichor_schema_migrations ORDER BY 1"), before);
    assert_eq!(world.logged(), ["baselined:001_a.sql", "baselined:002_b.sql"]);
    world.run(&["history", "--verify"]).expect(0);
    assert_eq!(
        world.run_as_runtime(&["check", "--format", "json"]).expect(10).findings(),
        ["pending"]
    );
    world.run(&["apply"]).expect(0);
    assert_eq!(world.applied(), ["001_a.sql", "002_b.sql", "003_c.sql"]);
    world.run_as_runtime(&["check"]).expect(0);
    world.run(&["history", "--verify"]).expect(0);
    let status = world.run(&["status", "--format", "json"]).expect(0).json();
    assert_eq!(
        (&status["applied"][0]["event"], &status["applied"][2]["event"]),
        (&"baselined".into(), &"applied".into())
    );
    world.write("001_a.sql", "CREATE TABLE public.another ();\n");
    assert_eq!(world.run(&["check", "--format", "json"]).expect(12).findings(), ["edited"]);
}

#[test]
fn a_second_one_is_harmless() {
    let world = predecessor(&["001_a.sql"]);
    world.run(&["baseline"]).expect(0);
    let document = world.run(&["baseline", "--format", "json"]).expect(0).json();
    assert_eq!(document["migrations"].as_array().unwrap().len(), 0);
    assert_eq!(world.logged(), ["baselined:001_a.sql"]);
    // So it is on a database that this program has made.
    let ours = World::with(&THREE);
    ours.run(&["apply"]).expect(0);
    ours.run(&["baseline"]).expect(0);
    assert_eq!(ours.logged().len(), 3);
}

#[test]
fn what_has_no_file_is_refused_with_every_name() {
    let world = predecessor(&["000_before.sql", "001_a.sql", "002_other.sql", "004_newer.sql"]);
    for arguments in [&["baseline", "--dry-run"][..], &["baseline"]] {
        let answer = world.run(&[arguments, &["--format", "json"]].concat()).expect(12);
        assert_eq!(answer.findings(), ["no-file", "no-file", "no-file"]);
        for name in ["000_before.sql", "002_other.sql", "004_newer.sql"] {
            assert!(answer.stdout.contains(name), "{answer:#?}");
        }
    }
    assert!(!world.has("public.dreichor_schema_migration_log"));
}

#[test]
fn a_gap_is_refused_as_a_contradiction() {
    let world = predecessor(&["001_a.sql", "003_c.sql"]);
    let answer = world.run(&["baseline", "--format", "json"]).expect(12);
    assert_eq!(answer.findings(), ["inserted"]);
    assert!(!world.has("public.dreichor_schema_migration_log"));
}

#[test]
fn there_may_be_nothing_to_take_over() {
    let world = World::with(&THREE);
    for arguments in [&["baseline", "--dry-run"][..], &["baseline"]] {
        let answer = world.run(&[arguments, &["--format", "json"]].concat()).expect(12);
        assert_eq!(answer.findings(), ["nothing-to-take-over"]);
    }
    assert!(!world.has("public.dreichor_schema_migrations"));
    // A table without rows is a database that was never migrated, and is simply migrated.
    let empty = predecessor(&[]);
    empty.run(&["baseline"]).expect(0);
    empty.run(&["apply"]).expect(0);
    assert_eq!(empty.applied().len(), 3);
}

#[test]
fn what_is_taken_over_in_part_is_completed() {
    let world = predecessor(&["001_a.sql"]);
    world.run(&["baseline"]).expect(0);
    // The old script was run once more.
    world.sql(
        "CREATE TABLE public.b (); \
         INSERT INTO public.dreichor_schema_migrations VALUES ('002_b.sql', now())",
    );
    assert_eq!(world.run(&["check", "--format", "json"]).expect(12).findings()[0], "no-checksum");
    world.run(&["apply"]).expect(12);
    let document = world.run(&["baseline", "--format", "json"]).expect(0).json();
    assert_eq!(document["migrations"][0]["version"], "002_b.sql");
    assert_eq!(document["migrations"].as_array().unwrap().len(), 1);
    assert_eq!(world.logged(), ["baselined:001_a.sql", "baselined:002_b.sql"]);
    world.run(&["apply"]).expect(0);
    world.run(&["history", "--verify"]).expect(0);
    // An edited file is never taken over beside it.
    let other = predecessor(&["001_a.sql"]);
    other.run(&["baseline"]).expect(0);
    other.write("001_a.sql", "CREATE TABLE public.another ();\n");
    other.sql("INSERT INTO public.dreichor_schema_migrations VALUES ('002_b.sql', now())");
    assert_eq!(other.run(&["baseline", "--format", "json"]).expect(12).findings(), ["edited"]);
    fs::remove_file(other.migrations().join("002_b.sql")).unwrap();
    assert_eq!(other.run(&["baseline", "--format", "json"]).expect(12).findings(), ["no-file"]);
}
