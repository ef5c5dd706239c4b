//! `apply`: order, one transaction for each migration or for all, the first failure, and the
//! plan that was demanded.

use crate::support::World;
use crate::support::program::Answer;
use std::process::Command;

const BOTH: [&str; 2] = ["migration", "plan"];

fn names(answer: &Answer, member: &str) -> Vec<String> {
    let document = answer.json();
    let list = document[member].as_array().unwrap_or_else(|| panic!("no list '{member}'"));
    list.iter()
        .map(|entry| entry["version"].as_str().or(entry.as_str()).expect("a name").to_owned())
        .collect()
}

fn digest(world: &World) -> String {
    let answer = world.run(&["plan", "--format", "json"]).expect(0);
    answer.json()["digest"].as_str().expect("a digest").to_owned()
}

#[test]
fn the_order_is_that_of_names_whatever_was_written_first() {
    for atomic in BOTH {
        // Each file needs the one before it.
        let world = World::with(&[
            ("010_d.sql", "CREATE VIEW public.d AS SELECT * FROM public.c;"),
            ("003_c.sql", "CREATE VIEW public.c AS SELECT * FROM public.b;"),
            ("001_a.sql", "CREATE TABLE public.a (x int);"),
            ("002_b.sql", "CREATE VIEW public.b AS SELECT * FROM public.a;"),
        ]);
        let answer = world.run(&["apply", "--atomic", atomic, "--format", "json"]).expect(0);
        let expected = ["001_a.sql", "002_b.sql", "003_c.sql", "010_d.sql"];
        assert_eq!(names(&answer, "applied"), expected);
        assert_eq!(names(&answer, "remaining"), [""; 0]);
        assert!(answer.json()["failed"].is_null());
        assert_eq!(world.applied(), expected);
        assert_eq!(world.logged(), expected.map(|name| format!("applied:{name}")));
        assert!(world.has("public.d"));
    }
}

#[test]
fn the_first_failure_stops_the_run_and_keeps_what_was_applied() {
    let world = World::with(&[
        ("001_a.sql", "CREATE TABLE public.a ();"),
        (
            "002_b.sql",
            "CREATE TABLE public.b (); CREATE TABLE public.a (); CREATE TABLE public.c ();",
        ),
        ("003_d.sql", "CREATE TABLE public.d ();"),
        ("004_e.sql", "CREATE TABLE public.e ();"),
    ]);
    let answer = world.run(&["apply", "--format", "json"]).expect(40);
    assert_eq!(answer.findings(), ["failed"]);
    assert_eq!(names(&answer, "applied"), ["001_a.sql"]);
    assert_eq!(names(&answer, "remaining"), ["002_b.sql", "003_d.sql", "004_e.sql"]);
    let failed = &answer.json()["failed"];
    assert_eq!(failed["version"], "002_b.sql");
    assert_eq!(failed["sqlstate"], "42P07");
    assert_eq!(failed["statement"], 2);
    assert!(world.has("public.a"));
    for left in ["b", "c", "d", "e"] {
        assert!(!world.has(&format!("public.{left}")), "{left}");
    }
    assert_eq!(world.applied(), ["001_a.sql"]);
    assert_eq!(world.logged(), ["applied:001_a.sql", "failed:002_b.sql"]);
    let row = world.sql(
        "SELECT sqlstate, message FROM public.dreichor_schema_migration_log WHERE event = 'failed'",
    );
    assert_eq!(row, "42P07|relation \"a\" already exists");

    // Corrected, it goes on where it stopped.
    world.write("002_b.sql", "CREATE TABLE public.b ();");
    let answer = world.run(&["apply", "--format", "json"]).expect(0);
    assert_eq!(names(&answer, "applied"), ["002_b.sql", "003_d.sql", "004_e.sql"]);
}

#[test]
fn a_second_apply_does_nothing() {
    let world = World::empty();
    for atomic in BOTH {
        world.renew(&[("001_a.sql", "CREATE TABLE public.a ();")]);
        world.run(&["apply", "--atomic", atomic]).expect(0);
        let rows = || world.sql("SELECT * FROM public.dreichor_schema_migration_log");
        let before = rows();
        let answer = world.run(&["apply", "--atomic", atomic, "--format", "json"]).expect(0);
        assert_eq!(names(&answer, "applied"), [""; 0]);
        assert_eq!(rows(), before);
        let told = world.run(&["apply"]).expect(0);
        assert!(told.stdout.starts_with("nothing is pending\n"), "{told:#?}");
    }
}

#[test]
fn atomic_plan_is_all_or_nothing() {
    let broken = [
        ("001_a.sql", "CREATE TABLE public.a ();"),
        ("002_b.sql", "CREATE TABLE public.b (); CREATE TABLE public.a ();"),
        ("003_c.sql", "CREATE TABLE public.c ();"),
    ];
    let by_option = World::with(&broken);
    let by_key = World::with(&broken);
    by_key.configure("atomic = \"plan\"");
    for (world, arguments) in [
        (&by_option, &["apply", "--format", "json", "--atomic", "plan"][..]),
        (&by_key, &["apply", "--format", "json"][..]),
    ] {
        let answer = world.run(arguments).expect(40);
        assert_eq!(names(&answer, "applied"), [""; 0]);
        assert_eq!(names(&answer, "remaining"), ["001_a.sql", "002_b.sql", "003_c.sql"]);
        assert_eq!(answer.json()["failed"]["version"], "002_b.sql");
        assert!(!world.has("public.a") && !world.has("public.b"));
        assert_eq!(world.applied(), [""; 0]);
        assert_eq!(world.logged(), ["failed:002_b.sql"]);

        world.write("002_b.sql", "CREATE TABLE public.b ();");
        world.run(arguments).expect(0);
        assert_eq!(world.applied().len(), 3);
        // One transaction wrote all three rows.
        let transactions =
            "SELECT count(DISTINCT xmin::text) FROM public.dreichor_schema_migrations";
        assert_eq!(world.sql(transactions), "1");
    }
    // The option wins over the key.
    by_key.write("004_d.sql", "CREATE TABLE public.d ();");
    by_key.write("005_e.sql", "CREATE TABLE public.a ();");
    by_key.run(&["apply", "--atomic", "migration"]).expect(40);
    assert!(by_key.has("public.d"));
}

#[test]
fn each_migration_is_one_transaction_with_its_two_rows() {
    let world = World::with(&[
        ("001_a.sql", "CREATE TABLE public.a (); CREATE TABLE public.a2 ();"),
        ("002_b.sql", "CREATE TABLE public.b ();"),
    ]);
    world.run(&["apply"]).expect(0);
    let rows = world.sql(
        "SELECT m.version, m.xmin = l.xmin, m.xmin = c.xmin, min(c.relname), count(*) \
         FROM public.dreichor_schema_migrations m \
         JOIN public.dreichor_schema_migration_log l USING (version) \
         JOIN pg_class c ON c.xmin = m.xmin AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace \
         GROUP BY 1, 2, 3 ORDER BY 1",
    );
    assert_eq!(rows, "001_a.sql|t|t|a|2\n002_b.sql|t|t|b|1");
}

#[test]
fn the_plan_that_was_reviewed_is_applied() {
    let world = World::empty();
    for atomic in BOTH {
        world.renew(&[("001_a.sql", "CREATE TABLE public.a ();")]);
        let digest = digest(&world);
        assert!(!world.has("public.dreichor_schema_migrations"), "plan has written");
        let answer =
            world.run(&["apply", "--atomic", atomic, "--plan", &digest, "--format", "json"]);
        assert_eq!(answer.expect(0).json()["plan"], digest.as_str());
        let logged = world.sql("SELECT plan_digest FROM public.dreichor_schema_migration_log");
        assert_eq!(format!("sha256:{logged}"), digest);
    }
}

#[test]
fn another_plan_than_the_reviewed_one_is_refused() {
    let changes: [(&str, &dyn Fn(&World)); 4] = [
        ("a file changed", &|world| world.write("001_a.sql", "CREATE TABLE public.other ();")),
        ("a file came", &|world| world.write("002_b.sql", "CREATE TABLE public.b ();")),
        ("a file's name changed", &|world| {
            std::fs::remove_file(world.migrations().join("001_a.sql")).unwrap();
            world.write("001_z.sql", "CREATE TABLE public.a ();");
        }),
        ("only the line ending changed", &|world| {
            world.write("001_a.sql", "CREATE TABLE public.a ();\r\n");
        }),
    ];
    let world = World::empty();
    for (what, change) in changes {
        world.renew(&[("001_a.sql", "CREATE TABLE public.a ();\n")]);
        let digest = digest(&world);
        change(&world);
        let answer = world.run(&["apply", "--plan", &digest, "--format", "json"]).expect(21);
        assert_eq!(answer.findings(), ["other-plan"], "{what}");
        let tables = world.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'");
        assert_eq!(tables, "0", "{what}");
    }
}

#[test]
fn a_plan_is_refused_once_history_has_moved_on() {
    let world = World::with(&[("001_a.sql", "CREATE TABLE public.a ();")]);
    let digest = digest(&world);
    world.run(&["apply", "--plan", &digest]).expect(0);
    // Nothing is pending, and still it is not the plan that was reviewed.
    world.run(&["apply", "--plan", &digest]).expect(21);
    world.write("002_b.sql", "CREATE TABLE public.b ();");
    world.run(&["apply", "--plan", &digest]).expect(21);
    assert!(!world.has("public.b"));
    assert_eq!(world.logged(), ["applied:001_a.sql"]);
}

#[test]
fn line_endings_of_windows_are_applied_as_they_are() {
    let text = "CREATE TABLE public.a (\r\n  x int -- a comment\r\n);\r\n\r\nCREATE FUNCTION public.f() \
                RETURNS text LANGUAGE sql AS $$\r\nSELECT 'y'\r\n$$;\r\n";
    let world = World::with(&[("001_a.sql", text)]);
    world.run(&["apply"]).expect(0);
    assert_eq!(world.sql("SELECT strpos(prosrc, E'\\r\\n') FROM pg_proc WHERE proname = 'f'"), "1");
    world.run(&["check"]).expect(0);
    world.write("001_a.sql", text.replace("\r\n", "\n"));
    let answer = world.run(&["check", "--format", "json"]).expect(12);
    assert!(answer.stdout.contains("line endings"), "{}", answer.stdout);
}

/// What naive splitters break on, in one file each way: `tests/cases/apply/everything.sql`.
#[test]
fn files_with_everything_in_them_are_applied_as_one_piece() {
    let text = include_str!("../cases/apply/everything.sql");
    let world = World::empty();
    for atomic in BOTH {
        world.renew(&[("001_everything.sql", text)]);
        world.run(&["apply", "--atomic", atomic]).expect(0);
        assert_eq!(world.sql("SELECT public.describe(7)"), "7; -- is /* not */ over");
        assert_eq!(world.sql("SELECT public.atomic_one(3)"), "small");
        assert_eq!(world.sql("SELECT public.nested()"), "a $$ b; COMMIT; c");
        assert_eq!(
            world
                .sql("INSERT INTO public.events VALUES (1, ' x '); SELECT line FROM public.events"),
            "x"
        );
        assert_eq!(world.sql("SELECT tableoid::regclass FROM public.events"), "events_low");
        assert_eq!(world.sql("SELECT '%;--'::public.odd_text"), "%;--");
        let kinds = world.sql(
            "SELECT string_agg(relkind::text, '' ORDER BY relkind::text) FROM (SELECT DISTINCT relkind \
             FROM pg_class WHERE relnamespace = 'public'::regnamespace) AS kinds",
        );
        assert_eq!(kinds, "IScimprv");
    }
}

#[test]
fn a_set_of_three_hundred_is_applied_alike_both_ways() {
    let schema = "SELECT string_agg(relkind::text || relname, ',' ORDER BY relname COLLATE \"C\") \
                  FROM pg_class WHERE relnamespace = 'public'::regnamespace";
    let results = BOTH.map(|atomic| {
        let world = World::empty();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/generate-migrations");
        let made = Command::new(script).arg(world.migrations()).arg("300").status();
        assert!(made.expect("the generator starts").success());
        let answer = world.run(&["apply", "--atomic", atomic, "--format", "json"]).expect(0);
        assert_eq!(names(&answer, "applied").len(), 300);
        assert_eq!(world.applied().len(), 300);
        assert_eq!(world.logged().len(), 300);
        world.run(&["check"]).expect(0);
        world.run(&["history", "--verify"]).expect(0);
        world.sql(schema)
    });
    assert_eq!(results[0], results[1]);
}
