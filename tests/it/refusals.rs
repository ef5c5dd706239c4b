//! What is refused before the first statement is sent, with every offender named at once; and
//! the file that is changed while the run is on its way.

use crate::support::World;
use crate::support::program::Answer;
use crate::support::proxy::{Act, Proxy};
use crate::support::server::port;
use nix::sys::stat::Mode;
use std::fs;
use std::os::unix::fs::symlink;

const BOTH: [&str; 2] = ["migration", "plan"];

fn untouched(world: &World) {
    let relations =
        world.sql("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace");
    assert_eq!(relations, "0", "something was sent");
}

/// `code subject` of each finding.
fn offenders(answer: &Answer) -> Vec<String> {
    let document = answer.json();
    let findings = document["findings"].as_array().expect("findings");
    findings
        .iter()
        .map(|it| format!("{} {}", it["code"].as_str().unwrap(), it["subject"].as_str().unwrap()))
        .collect()
}

#[test]
fn every_file_that_is_no_migration_is_named_at_once() {
    let world = World::empty();
    let path = |name: &str| world.migrations().join(name);
    world.write("001_good.sql", "CREATE TABLE public.good ();");
    fs::create_dir(path("002_folder.sql")).unwrap();
    nix::unistd::mkfifo(&path("003_pipe.sql"), Mode::S_IRWXU).unwrap();
    symlink("/etc/hostname", path("004_out.sql")).unwrap();
    symlink("nowhere.sql", path("005_gone.sql")).unwrap();
    symlink(world.config(), path("006_above.sql")).unwrap();
    world.write("007_latin.sql", b"SELECT 'gr\xf6\xdfe';");
    world.write("008_bom.sql", b"\xef\xbb\xbfSELECT 1;");
    world.write("009_Upper.sql", "SELECT 1;");
    world.write("10_short.sql", "SELECT 1;");
    world.write("011-dash.sql", "SELECT 1;");
    world.write("012_down.sql.bak", "SELECT 1;");
    world.write(".013_hidden.sql", "SELECT 1;");
    world.write("013_a.sql", "SELECT 1;");
    world.write("013_b.sql", "SELECT 1;");
    world.write("README.md", "read me");
    for command in ["plan", "apply", "status", "check"] {
        let answer = world.run(&[command, "--format", "json"]).expect(20);
        let expected = [
            "bad-name .013_hidden.sql",
            "not-a-file 002_folder.sql",
            "not-a-file 003_pipe.sql",
            "link-out 004_out.sql",
            "unreadable-file 005_gone.sql",
            "link-out 006_above.sql",
            "not-utf8 007_latin.sql",
            "byte-order-mark 008_bom.sql",
            "bad-name 009_Upper.sql",
            "bad-name 011-dash.sql",
            "bad-name 012_down.sql.bak",
            "bad-name 10_short.sql",
            "same-number 013_a.sql",
        ];
        assert_eq!(offenders(&answer), expected, "{command}");
        untouched(&world);
    }
}

/// A gate that asks for nothing would always open.
#[test]
fn a_directory_without_migrations_is_refused() {
    let world = World::empty();
    world.write("README.md", "read me");
    for command in ["plan", "apply", "status", "check"] {
        let answer = world.run(&[command, "--format", "json"]).expect(20);
        assert_eq!(answer.findings(), ["empty-set"]);
    }
    fs::remove_dir_all(world.migrations()).expect("it is there");
    let answer = world.run(&["check", "--format", "json"]).expect(78);
    assert_eq!(answer.findings(), ["unreadable-directory"]);
    untouched(&world);
}

#[test]
fn numbers_whose_order_is_not_that_of_the_names_are_refused() {
    let world = World::with(&[("0100_a.sql", "SELECT 1;"), ("099_b.sql", "SELECT 1;")]);
    let answer = world.run(&["apply", "--format", "json"]).expect(20);
    assert_eq!(offenders(&answer), ["order-differs 0100_a.sql"]);
    untouched(&world);
}

#[test]
fn a_link_to_another_file_of_the_directory_is_that_file() {
    let world = World::with(&[("001_a.sql", "CREATE TABLE IF NOT EXISTS public.a ();")]);
    symlink("001_a.sql", world.migrations().join("002_b.sql")).unwrap();
    world.run(&["apply"]).expect(0);
    assert_eq!(world.applied(), ["001_a.sql", "002_b.sql"]);
}

#[test]
fn every_rule_that_every_profile_keeps_is_named_with_its_place() {
    for policy in ["strict", "standard"] {
        let world = World::with(&[
            ("001_good.sql", "CREATE TABLE public.good ();"),
            ("002_psql.sql", "\\restrict abc\nCREATE TABLE public.a ();\n\\i other.sql"),
            ("003_copy.sql", "CREATE TABLE public.b (x int);\nCOPY public.b FROM stdin;\n1\n\\.\n"),
            ("004_index.sql", "CREATE INDEX CONCURRENTLY i ON public.good ((1));\nVACUUM;"),
            ("005_history.sql", "DELETE FROM dreichor_schema_migrations;"),
            ("006_lock.sql", "SELECT pg_advisory_unlock_all();"),
            ("007_unread.sql", "-- é\n  FROB THE TABLE;"),
            ("008_nul.sql", "SELECT 'a\0b';"),
            ("009_waiver.sql", "-- dreichor: allow(everything) because\nSELECT 1;"),
            ("010_end.sql", "SELECT 1;\nEND;"),
        ]);
        world.configure(&format!("policy = \"{policy}\""));
        let answer = world.run(&["apply", "--format", "json"]).expect(20);
        let expected = [
            "psql-meta-command 002_psql.sql",
            "psql-meta-command 002_psql.sql",
            "copy-stdin 003_copy.sql",
            "not-in-transaction 004_index.sql",
            "not-in-transaction 004_index.sql",
            "history-table 005_history.sql",
            "run-lock 006_lock.sql",
            "unreadable 007_unread.sql",
            "nul-byte 008_nul.sql",
            "bad-waiver 009_waiver.sql",
            "transaction-control 010_end.sql",
        ];
        // The profile `strict` says more of some of them.
        let of_the_profile = |it: &str| it.contains("changes-data") || it.contains("runs-code");
        let mut found = offenders(&answer);
        found.retain(|it| !of_the_profile(it));
        assert_eq!(found, expected, "{policy}");
        let places = [
            "1, column 1",
            "3, column 1",
            "2, column 1",
            "1, column 1",
            "2, column 1",
            "1, column 13",
            "1, column 8",
            "2, column 3",
            "1, column 10",
            "1, column 1",
            "2, column 1",
        ];
        let document = answer.json();
        for (finding, place) in document["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| !of_the_profile(it["code"].as_str().unwrap()))
            .zip(places)
        {
            let message = finding["message"].as_str().unwrap();
            assert!(message.contains(&format!("line {place}: ")), "{message}");
            assert_ne!(finding["remedy"], "", "{message}");
        }
        untouched(&world);
    }
}

#[test]
fn a_file_without_a_statement_is_refused_in_strict_and_accepted_in_standard() {
    let world = World::empty();
    for text in ["", "-- to be written\n", "/* ; */ ;\n;"] {
        world.configure("policy = \"strict\"");
        world.renew(&[("001_a.sql", "CREATE TABLE public.a ();"), ("002_empty.sql", text)]);
        let answer = world.run(&["apply", "--format", "json"]).expect(20);
        assert_eq!(offenders(&answer), ["no-statement 002_empty.sql"], "{text:?}");
        untouched(&world);
        for atomic in BOTH {
            world.configure("policy = \"standard\"");
            world.run(&["apply", "--atomic", atomic]).expect(0);
            assert_eq!(world.applied(), ["001_a.sql", "002_empty.sql"], "{text:?}");
        }
    }
}

#[test]
fn a_waiver_lets_the_server_judge_what_cannot_be_read() {
    let world = World::with(&[("001_a.sql", "SET NAMES 'UTF8';\nCREATE TABLE public.a ();")]);
    let answer = world.run(&["apply", "--format", "json"]).expect(20);
    assert_eq!(offenders(&answer), ["unreadable 001_a.sql"]);
    untouched(&world);
    // Whoever waives takes the responsibility for one statement, and the server decides.
    let waiver = "-- dreichor: allow(unreadable) the parser does not know it\n";
    world.write("001_a.sql", format!("{waiver}SET NAMES 'UTF8';\nCREATE TABLE public.a ();"));
    world.write("002_b.sql", format!("CREATE TABLE public.b ();\n{waiver}FROB public.b;"));
    let answer = world.run(&["apply", "--format", "json"]).expect(40);
    let failed = &answer.json()["failed"];
    assert_eq!(failed["version"], "002_b.sql");
    assert_eq!(failed["sqlstate"], "42601");
    assert_eq!((failed["line"].as_u64(), failed["statement"].as_u64()), (Some(3), Some(2)));
    assert_eq!(world.applied(), ["001_a.sql"]);
    assert!(!world.has("public.b"));
    // It waives nothing else.
    world.write("002_b.sql", format!("{waiver}COMMIT;"));
    world.run(&["apply"]).expect(20);
}

#[test]
fn only_pending_files_are_parsed() {
    let world = World::with(&[("001_a.sql", "CREATE TABLE public.a ();")]);
    world.run(&["apply"]).expect(0);
    // As if an older program with fewer rules had applied it.
    let old = "CREATE TABLE public.a (); COMMIT;";
    world.write("001_a.sql", old);
    let sum = world.sql(&format!("SELECT encode(sha256(convert_to($q${old}$q$, 'UTF8')), 'hex')"));
    world.sql(&format!("UPDATE public.dreichor_schema_migration_log SET sha256 = '{sum}'"));
    world.write("002_b.sql", "CREATE TABLE public.b ();");
    world.run(&["apply"]).expect(0);
}

/// Runs three files; the moment the first is sent, something happens to the second.
fn while_the_first_runs(
    atomic: &str,
    happening: impl Fn(&std::path::Path) + Send + 'static,
) -> (World, Answer) {
    let world = World::with(&[
        ("001_a.sql", "CREATE TABLE public.a ();"),
        ("002_b.sql", "CREATE TABLE public.b ();"),
        ("003_c.sql", "CREATE TABLE public.c ();"),
    ]);
    let second = world.migrations().join("002_b.sql");
    let proxy = Proxy::start(port(), move |message| {
        if message.is_query_with("CREATE TABLE public.a ()") {
            happening(&second);
        }
        Act::Pass
    });
    let answer = world.run_at(proxy.port, &["apply", "--atomic", atomic, "--format", "json"]);
    (world, answer)
}

#[test]
fn a_file_that_changes_during_the_run_is_not_sent() {
    for atomic in BOTH {
        let (world, answer) = while_the_first_runs(atomic, |file| {
            fs::write(file, "CREATE TABLE public.evil (); COMMIT;").unwrap();
        });
        let answer = answer.expect(40);
        assert_eq!(answer.findings(), ["file-changed"], "{atomic}");
        assert_eq!(answer.json()["failed"]["version"], "002_b.sql");
        let kept: &[&str] = if atomic == "plan" { &[] } else { &["001_a.sql"] };
        assert_eq!(world.applied(), kept, "{atomic}");
        assert_eq!(world.has("public.a"), atomic != "plan");
        assert!(!world.has("public.evil") && !world.has("public.b") && !world.has("public.c"));
        let remaining = answer.json()["remaining"].as_array().unwrap().len();
        assert_eq!(remaining, 3 - kept.len());
        // Nothing was sent of it, so there is nothing that the server could warn of.
        assert_eq!(answer.stderr, "", "{atomic}");
    }
}

#[test]
fn a_file_that_vanishes_during_the_run_is_not_passed_over() {
    for atomic in BOTH {
        let (world, answer) = while_the_first_runs(atomic, |file| fs::remove_file(file).unwrap());
        let answer = answer.expect(40);
        assert_eq!(answer.findings(), ["file-changed"], "{atomic}");
        let message = answer.json()["findings"][0]["message"].to_string();
        assert!(message.contains("No such file"), "the cause is told: {message}");
        assert!(!world.has("public.c"), "{atomic}");
    }
}
