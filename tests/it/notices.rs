//! What the server says beside its answers becomes log lines of the migration that ran.

use crate::support::World;
use crate::support::program::Answer;
use serde_json::Value;

const TALKING: &str = "DO $$ BEGIN
    RAISE NOTICE 'größe ☃' USING DETAIL = 'more', HINT = 'do', ERRCODE = '01ABC';
    RAISE WARNING 'careful';
    RAISE INFO 'by the way';
    RAISE DEBUG 'not asked for';
END $$;";

/// What was said, as migration, level, SQLSTATE and message.
fn said(answer: &Answer) -> Vec<(String, u64, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    answer
        .stderr
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("each line is a record"))
        .filter(|record| record["event"] == "server-notice")
        .map(|it| {
            let level = it["priority"].as_u64().expect("a level");
            (text(&it["migration"]), level, text(&it["sqlstate"]), text(&it["message"]))
        })
        .collect()
}

#[test]
fn each_notice_is_a_log_line_of_its_migration_and_keeps_its_level() {
    for atomic in ["migration", "plan"] {
        let world = World::with(&[
            ("001_quiet.sql", "CREATE TABLE public.a ();"),
            ("002_talks.sql", TALKING),
            ("003_twice.sql", "CREATE TABLE IF NOT EXISTS public.a ();"),
            ("004_quiet.sql", "CREATE TABLE public.b ();"),
        ]);
        let arguments = ["apply", "--atomic", atomic, "--format", "json", "--log", "json"];
        let answer = world.run(&arguments).expect(0);
        answer.json();
        let said = said(&answer);
        let row = |at: usize| {
            let (migration, level, state, _) = &said[at];
            (migration.as_str(), *level, state.as_str())
        };
        assert_eq!(said.len(), 4, "{said:#?}");
        assert_eq!(row(0), ("002_talks.sql", 5, "01ABC"));
        assert_eq!(
            said[0].3,
            "NOTICE: größe ☃; detail: more; hint: do; \
             context: PL/pgSQL function inline_code_block line 2 at RAISE"
        );
        assert_eq!(row(1), ("002_talks.sql", 4, "01000"));
        assert!(said[1].3.starts_with("WARNING: careful"), "{said:#?}");
        assert_eq!(row(2), ("002_talks.sql", 6, "00000"));
        assert!(said[2].3.starts_with("INFO: by the way"), "{said:#?}");
        assert_eq!(row(3), ("003_twice.sql", 5, "42P07"));
        assert!(said[3].3.contains("relation \"a\" already exists, skipping"), "{said:#?}");
    }
}

#[test]
fn a_terminal_sees_them_and_standard_output_never_does() {
    let world = World::with(&[("001_talks.sql", TALKING)]);
    let answer = world.run(&["apply", "--format", "json"]).expect(0);
    answer.json();
    assert!(!answer.stdout.contains("careful"), "{answer:#?}");
    assert!(answer.stderr.contains("001_talks.sql: WARNING: careful"), "{answer:#?}");
    assert!(answer.stderr.contains("001_talks.sql: NOTICE: größe ☃"), "{answer:#?}");
    world.write("002_talks.sql", TALKING);
    let quiet = world.run(&["apply", "--quiet"]).expect(0);
    assert_eq!(quiet.stderr, "");
}

#[test]
fn a_failure_after_notices_keeps_them_and_adds_none_of_our_own() {
    for atomic in ["migration", "plan"] {
        let world = World::with(&[(
            "001_talks.sql",
            "DO $$ BEGIN RAISE NOTICE 'before'; END $$; SELECT 1 / 0;",
        )]);
        let answer = world.run(&["apply", "--atomic", atomic, "--log", "json"]).expect(40);
        let said = said(&answer);
        assert_eq!(said.len(), 1, "{said:#?}");
        assert!(said[0].3.starts_with("NOTICE: before"), "{said:#?}");
    }
}

#[test]
fn levels_do_not_depend_on_the_servers_language() {
    use crate::support::{
        proxy::{Act, Proxy},
        server::port,
    };
    let world = World::with(&[("001_talks.sql", "DO $$ BEGIN RAISE WARNING 'careful'; END $$;")]);
    let proxy = Proxy::start(port(), |message| {
        let is_warning = message.tag == b'N' && message.holds("careful");
        if is_warning { message.replaced("SWARNING", "SWARNUNG") } else { Act::Pass }
    });
    let answer = world.run_at(proxy.port, &["apply", "--log", "json"]).expect(0);
    let said = said(&answer);
    assert_eq!((said[0].1, said[0].3.split(':').next()), (4, Some("WARNING")));
}
