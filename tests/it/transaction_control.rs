//! Files that would end or swap the transaction they run in: refused before anything is sent
//! and, should one slip through, proved and told.

use crate::support::proxy::{Act, Message, Proxy};
use crate::support::server::port;
use crate::support::{World, program::Answer};

const BOTH: [&str; 2] = ["migration", "plan"];

/// What takes the place of [`MARK`] on its way to the server.
const MARK: &str = "/*SLIP-----------------*/";

/// Every form that the refusal must know; each is tried at line 3, column 3 of a file.
const FORMS: [&str; 34] = [
    "BEGIN;",
    "begin work;",
    "BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE;",
    "START TRANSACTION;",
    "START TRANSACTION READ ONLY;",
    "COMMIT;",
    "COMMIT",
    "CoMmIt WORK;",
    "COMMIT TRANSACTION;",
    "COMMIT AND CHAIN;",
    "COMMIT WORK AND NO CHAIN;",
    "COMMIT; BEGIN;",
    "END;",
    "END WORK;",
    "END TRANSACTION AND CHAIN;",
    "ROLLBACK;",
    "ROLLBACK WORK AND CHAIN;",
    "ROLLBACK; BEGIN;",
    "ROLLBACK TO SAVEPOINT s;",
    "ROLLBACK TO s;",
    "ABORT;",
    "ABORT AND CHAIN;",
    "ABORT WORK;",
    "SAVEPOINT s;",
    "RELEASE s;",
    "RELEASE SAVEPOINT s;",
    "PREPARE TRANSACTION 'x';",
    "COMMIT PREPARED 'x';",
    "ROLLBACK PREPARED 'x';",
    "SET TRANSACTION READ ONLY;",
    "SET LOCAL transaction_isolation = 'serializable';",
    "COMMIT/* and */AND/* -- */CHAIN;",
    "COMMIT -- at the end",
    "COMMIT\u{c};",
];

/// What looks like a string, a comment or a body and is not, with the place of the refusal.
const DISGUISES: [(&str, u64, u64); 12] = [
    ("SELECT '\\'; COMMIT; --'", 1, 13),
    ("SELECT E'\\\\'; COMMIT; --'", 1, 15),
    ("/* /* */ x */ COMMIT;", 1, 15),
    ("SELECT $a$ x $b$a$; COMMIT;", 1, 21),
    ("SELECT 1 a$$b; COMMIT; SELECT 2 c$$d;", 1, 16),
    ("SELECT \"a\"\"\"; COMMIT; --\"", 1, 15),
    ("SELECT 'a'\n'\\'; COMMIT; --';", 2, 6),
    ("CREATE PROCEDURE p() BEGIN ATOMIC SELECT 1; COMMIT; END;", 1, 45),
    ("CREATE PROCEDURE p() BEGIN ATOMIC SELECT 1; END; END;", 1, 50),
    ("CREATE FUNCTION f(begin int, atomic int) RETURNS int RETURN 1; COMMIT;", 1, 64),
    ("DO $$ BEGIN COMMIT; END $$;", 1, 13),
    ("DO LANGUAGE plpgsql 'BEGIN ROLLBACK AND CHAIN; END';", 1, 28),
];

/// What looks like transaction control and is not.
const HARMLESS: [&str; 16] = [
    "-- COMMIT;\nSELECT 1;",
    "/* ROLLBACK; /* BEGIN; */ END; */ SELECT 1;",
    "SELECT 'COMMIT; ROLLBACK;';",
    "SELECT 'it''s; COMMIT; --''';",
    "SELECT E'\\'; COMMIT; --';",
    "SELECT $$ ; COMMIT; ' \" /* $$;",
    "SELECT $größe$ ; ROLLBACK; $größe$;",
    "CREATE TABLE public.\"COMMIT;\" (\"ROLLBACK\" int, commit int, begin int, abort int, release int);",
    "SELECT 1 AS commit, 2 AS begin, 3 AS savepoint;",
    "CREATE VIEW public.v AS SELECT CASE WHEN true THEN 1 ELSE 2 END;",
    "CREATE FUNCTION public.f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; EXCEPTION WHEN OTHERS THEN RAISE; END; $$;",
    "CREATE PROCEDURE public.p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; ROLLBACK; END $$;",
    "CREATE FUNCTION public.g(x int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT x; SELECT 2; END;",
    "PREPARE transactions AS SELECT 1;",
    "SELECT U&'\\0041; COMMIT;', B'101', X'1F', N'COMMIT;';",
    "SELECT 'a' -- it's a comment\n  'b; COMMIT;';",
];

fn untouched(world: &World) {
    let relations =
        world.sql("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace");
    assert_eq!(relations, "0", "something was sent");
}

fn messages(answer: &Answer) -> Vec<(String, String)> {
    let document = answer.json();
    let findings = document["findings"].as_array().expect("findings");
    let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
    findings.iter().map(|it| (text(&it["subject"]), text(&it["message"]))).collect()
}

#[test]
fn every_form_is_refused_with_its_place_and_all_files_at_once() {
    let world = World::empty();
    world.write("001_good.sql", "CREATE TABLE public.good ();");
    for (at, form) in FORMS.iter().enumerate() {
        let text = format!("CREATE TABLE public.t{at} ();\n-- größe\n\t {form}");
        world.write(&format!("{:03}_form.sql", at + 2), text);
    }
    for (at, (text, ..)) in DISGUISES.iter().enumerate() {
        world.write(&format!("{:03}_disguise.sql", at + 200), text);
    }
    for command in ["plan", "apply"] {
        let answer = world.run(&[command, "--format", "json"]).expect(20);
        let found = messages(&answer);
        let codes = answer.findings();
        for (at, form) in FORMS.iter().enumerate() {
            let name = format!("{:03}_form.sql", at + 2);
            let start = format!("'{name}' line 3, column 3: ");
            let named = found.iter().zip(&codes).any(|((subject, message), code)| {
                code == "transaction-control" && *subject == name && message.starts_with(&start)
            });
            assert!(named, "'{form}' is not named in {found:#?}");
        }
        for (at, (text, line, column)) in DISGUISES.iter().enumerate() {
            let start = format!("'{:03}_disguise.sql' line {line}, column {column}: ", at + 200);
            let named = found.iter().zip(&codes).any(|((_, message), code)| {
                code == "transaction-control" && message.starts_with(&start)
            });
            assert!(named, "'{text}' is not named in {found:#?}");
        }
        assert!(found.iter().all(|(subject, _)| subject != "001_good.sql"), "{found:#?}");
        untouched(&world);
    }
}

#[test]
fn one_offender_among_many_keeps_all_of_them_from_being_sent() {
    let world = World::empty();
    for atomic in BOTH {
        world.renew(&[
            ("001_a.sql", "CREATE TABLE public.a ();"),
            ("002_b.sql", "CREATE TABLE public.b ();\nCOMMIT;"),
        ]);
        let answer = world.run(&["apply", "--atomic", atomic]).expect(20);
        assert!(answer.stderr.contains("'002_b.sql' line 2, column 1"), "{answer:#?}");
        assert!(answer.stderr.contains("next: remove the command"), "{answer:#?}");
        untouched(&world);
    }
}

#[test]
fn what_only_looks_like_it_is_applied() {
    let world = World::empty();
    for atomic in BOTH {
        world.renew(&[]);
        for (at, text) in HARMLESS.iter().enumerate() {
            world.write(&format!("{:03}_x.sql", at + 1), text);
        }
        world.run(&["apply", "--atomic", atomic]).expect(0);
        assert_eq!(world.applied().len(), HARMLESS.len());
    }
}

/// Puts a command in the place of the mark, behind the back of the program's own reader.
fn slip(command: &str) -> impl FnMut(&Message) -> Act + Send + 'static {
    let command = format!("{command:<width$}", width = MARK.len());
    move |message| {
        if message.is_query_with(MARK) { message.replaced(MARK, &command) } else { Act::Pass }
    }
}

/// Three migrations, the second of which the proxy gives a command that was never written.
fn run_with_slip(world: &World, command: &str, atomic: &str) -> Answer {
    let second = format!("CREATE TABLE public.b ();\n{MARK}\nCREATE TABLE public.b2 ();");
    world.renew(&[
        ("001_a.sql", "CREATE TABLE public.a ();"),
        ("002_b.sql", &second),
        ("003_c.sql", "CREATE TABLE public.c ();"),
    ]);
    let proxy = Proxy::start(port(), slip(command));
    let arguments = ["apply", "--atomic", atomic, "--format", "json", "--log", "json"];
    world.run_at(proxy.port, &arguments)
}

#[test]
fn a_swapped_transaction_that_slipped_through_is_not_recorded_and_told() {
    let commands = [
        "COMMIT;",
        "COMMIT; BEGIN;",
        "ROLLBACK;",
        "ROLLBACK; BEGIN;",
        "COMMIT AND CHAIN;",
        "ABORT AND CHAIN;",
        "END;",
    ];
    let world = World::empty();
    for command in commands {
        for atomic in BOTH {
            let answer = run_with_slip(&world, command, atomic).expect(43);
            assert_eq!(answer.findings(), ["transaction-replaced"], "{command} {atomic}");
            let document = answer.json();
            assert_eq!(document["code"], "unknown");
            assert_eq!(document["failed"]["version"], "002_b.sql");
            assert!(messages(&answer)[0].1.contains("it was not recorded"), "{answer:#?}");
            assert!(answer.stderr.contains("transaction-replaced"), "{answer:#?}");
            assert!(!world.has("public.c"), "{command} {atomic}: a later migration was sent");
            let kept: &[&str] = match (atomic, command.starts_with("COMMIT") || command == "END;") {
                ("migration", _) => &["001_a.sql"],
                // The file committed what came before it: its rows are true.
                (_, true) => &["001_a.sql"],
                (_, false) => &[],
            };
            assert_eq!(world.applied(), kept, "{command} {atomic}");
            let told = document["applied"].as_array().expect("a list");
            assert_eq!(told.len(), kept.len(), "{command} {atomic}: {answer:#?}");
            let mut logged: Vec<String> = kept.iter().map(|it| format!("applied:{it}")).collect();
            logged.push("failed:002_b.sql".to_owned());
            assert_eq!(world.logged(), logged, "{command} {atomic}");
            world.run(&["history", "--verify"]).expect(0);
        }
    }
}

#[test]
fn what_leaves_the_transaction_in_place_is_no_swap() {
    // A savepoint that stays open, and a BEGIN inside a transaction, swap nothing.
    let world = World::empty();
    for (command, atomic) in
        [("SAVEPOINT s;", "migration"), ("BEGIN;", "plan"), ("SAVEPOINT s;", "plan")]
    {
        run_with_slip(&world, command, atomic).expect(0);
        assert!(world.has("public.b") && world.has("public.b2") && world.has("public.c"));
        assert_eq!(world.applied().len(), 3);
    }
}

#[test]
fn nothing_of_a_file_is_sent_before_its_transaction_has_begun() {
    // The server refuses the BEGIN: outside of a transaction the file would commit by itself.
    let world = World::empty();
    for atomic in BOTH {
        world.renew(&[("001_a.sql", "CREATE TABLE public.a ();")]);
        let proxy = Proxy::start(port(), |message| {
            let begins = message.is_query_with("BEGIN; SELECT pg_catalog.pg_current_xact_id()");
            if begins { message.replaced("BEGIN;", "BEGUN;") } else { Act::Pass }
        });
        let answer = world.run_at(proxy.port, &["apply", "--atomic", atomic, "--format", "json"]);
        let answer = answer.expect(40);
        assert_eq!(answer.json()["remaining"][0], "001_a.sql");
        assert!(!world.has("public.a"), "{atomic}: the file ran without a transaction");
        assert_eq!(world.applied(), [""; 0]);
    }
}

#[test]
fn the_judgement_does_not_depend_on_the_servers_language() {
    // A server that speaks another language says so in the field `S`, and the same in `V`.
    let world = World::with(&[("001_a.sql", "SELECT 1 / 0;")]);
    let proxy = Proxy::start(port(), |message| {
        let is_error = message.tag == b'E' && message.holds("division by zero");
        if is_error { message.replaced("SERROR", "SFALTO") } else { Act::Pass }
    });
    let answer = world.run_at(proxy.port, &["apply", "--format", "json"]).expect(40);
    assert_eq!(answer.findings(), ["failed"]);
    assert_eq!(answer.json()["failed"]["severity"], "ERROR");
    assert_eq!(world.logged(), ["failed:001_a.sql"]);
}
