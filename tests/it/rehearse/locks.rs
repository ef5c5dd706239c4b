//! What is said of locks, held to the manual, to a server's own behaviour, and to what another
//! session sees of a transaction that is open.

use super::world::{report, statements};
use crate::support::World;
use crate::support::running::Holding;
use crate::support::server::{feed, psql, sql};
use dreichor_migrate::core::rehearsal::lock::Mode;
use std::collections::BTreeSet;

/// PostgreSQL manual, "Conflicting Lock Modes": rows are requested, columns held, both from ACCESS
/// SHARE to ACCESS EXCLUSIVE.
const MANUAL: [&str; 8] = [
    ".......X", // ACCESS SHARE
    "......XX", // ROW SHARE
    "....XXXX", // ROW EXCLUSIVE
    "...XXXXX", // SHARE UPDATE EXCLUSIVE
    "..XX.XXX", // SHARE
    "..XXXXXX", // SHARE ROW EXCLUSIVE
    ".XXXXXXX", // EXCLUSIVE
    "XXXXXXXX", // ACCESS EXCLUSIVE
];

/// What of others waits, by what the manual says which statements take which mode.
const DEEDS: [&str; 8] = [
    "reads",
    "row locks",
    "writes",
    "maintenance",
    "index builds",
    "new triggers and foreign keys",
    "concurrent refreshes",
    "other DDL",
];

#[test]
fn the_conflict_table_is_the_manuals() {
    for (held, row) in Mode::ALL.into_iter().zip(MANUAL) {
        let marks: Vec<bool> = row.chars().map(|mark| mark == 'X').collect();
        for (wanted, conflicts) in Mode::ALL.into_iter().zip(&marks) {
            assert_eq!(held.conflicts_with(wanted), *conflicts, "{held:?} {wanted:?}");
        }
        let waiting = DEEDS.iter().zip(&marks).filter(|(_, conflicts)| **conflicts);
        assert_eq!(held.blocks(), waiting.map(|(deed, _)| *deed).collect::<Vec<_>>(), "{held:?}");
    }
}

#[test]
fn a_server_lets_wait_whom_the_table_says() {
    let world = World::empty();
    world.sql("CREATE TABLE public.t ()");
    for held in Mode::ALL {
        let text = format!("BEGIN; LOCK TABLE public.t IN {} MODE;", held.name());
        let _holding = Holding::open(&world.database, "holder", &text);
        let seen = sql(
            "postgres",
            &format!(
                "SELECT mode FROM pg_locks WHERE pid = {} AND locktype = 'relation' AND relation = (
                 SELECT relation FROM pg_locks WHERE pid = {0} AND locktype = 'relation' AND database <> 0
                 ORDER BY relation DESC LIMIT 1)",
                _holding.backend
            ),
        );
        assert_eq!(Mode::parse(&seen), Some(held), "{seen}");
        for wanted in Mode::ALL {
            let text =
                format!("BEGIN; LOCK TABLE public.t IN {} MODE NOWAIT; ROLLBACK;", wanted.name());
            match feed(psql(&world.database), &text) {
                Ok(_) => assert!(!held.conflicts_with(wanted), "{held:?} {wanted:?}"),
                Err(error) => {
                    assert!(error.contains("could not obtain lock on relation"), "{error}");
                    assert!(held.conflicts_with(wanted), "{held:?} {wanted:?}");
                }
            }
        }
    }
}

const SETUP: &str = "
CREATE TABLE public.parent (id bigint PRIMARY KEY, name varchar(10), n integer, kind text, c0 integer);
CREATE TABLE public.child (id bigint PRIMARY KEY, parent_id bigint, note text);
CREATE INDEX child_note ON public.child (note);
CREATE INDEX child_parent_id ON public.child (parent_id);
CREATE TABLE public.doomed (id bigint PRIMARY KEY);
CREATE SEQUENCE public.seq;
CREATE VIEW public.v AS SELECT id FROM public.parent;
CREATE MATERIALIZED VIEW public.m AS SELECT id FROM public.parent;
CREATE TABLE public.part (id bigint, at date) PARTITION BY RANGE (at);
CREATE TABLE public.part_1 PARTITION OF public.part FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
";

/// In this order, each in a transaction of its own.
const STATEMENTS: [&str; 32] = [
    "CREATE INDEX parent_name ON public.parent (name)",
    "ALTER TABLE public.parent ADD COLUMN c1 integer",
    "ALTER TABLE public.child ADD CONSTRAINT child_parent FOREIGN KEY (parent_id) REFERENCES public.parent (id) NOT VALID",
    "ALTER TABLE public.child VALIDATE CONSTRAINT child_parent",
    "CREATE TRIGGER parent_trigger BEFORE INSERT ON public.parent FOR EACH ROW EXECUTE FUNCTION public.f()",
    "DROP TABLE public.doomed",
    "COMMENT ON TABLE public.parent IS 'a comment'",
    "GRANT REFERENCES ON public.parent TO PUBLIC",
    "ALTER TABLE public.parent ALTER COLUMN n TYPE bigint",
    "ALTER TABLE public.parent ADD CONSTRAINT n_check CHECK (n > 0)",
    "ALTER TABLE public.parent ALTER COLUMN kind SET NOT NULL",
    "ALTER TABLE public.parent ALTER COLUMN kind SET STATISTICS 10",
    "ALTER TABLE public.parent SET (fillfactor = 70)",
    "ALTER INDEX public.child_note RENAME TO child_note_2",
    "DROP INDEX public.child_note_2",
    "CREATE VIEW public.v2 AS SELECT id FROM public.child",
    "REFRESH MATERIALIZED VIEW public.m",
    "ALTER SEQUENCE public.seq RESTART WITH 5",
    "CREATE TABLE public.part_2 PARTITION OF public.part FOR VALUES FROM ('2021-01-01') TO ('2022-01-01')",
    "ALTER TABLE public.parent RENAME COLUMN c1 TO c2",
    "TRUNCATE public.child",
    "INSERT INTO public.child (id) VALUES (1)",
    "LOCK TABLE public.child IN EXCLUSIVE MODE",
    "CREATE STATISTICS public.statistics ON id, name FROM public.parent",
    "ALTER TABLE public.parent DISABLE TRIGGER USER",
    "CREATE POLICY p ON public.parent",
    "ANALYZE public.parent",
    "CREATE TYPE public.mood AS ENUM ('good')",
    "REINDEX INDEX public.parent_name",
    "DROP VIEW public.v2",
    "ALTER TABLE public.part DETACH PARTITION public.part_1",
    "ALTER TABLE public.child DROP CONSTRAINT child_parent",
];

/// What a second session sees of the first one: only what was there before has a name for it.
fn seen_by_another(world: &World, backend: i32) -> BTreeSet<(String, Mode)> {
    let rows = world.sql(&format!(
        "SELECT n.nspname || '.' || c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation \
         JOIN pg_namespace n ON n.oid = c.relnamespace WHERE l.pid = {backend} AND l.granted \
         AND l.locktype = 'relation' AND n.nspname = 'public'"
    ));
    rows.lines()
        .map(|row| {
            let (name, mode) = row.split_once('|').expect("two columns");
            (name.to_owned(), Mode::parse(mode).expect("a mode"))
        })
        .collect()
}

#[test]
fn what_is_told_of_locks_is_what_another_session_sees() {
    let world = World::with(&[("001_a.sql", SETUP)]);
    world.configure("policy = \"standard\"");
    world.run(&["apply"]).expect(0);
    for (at, statement) in STATEMENTS.iter().enumerate() {
        world.write(&format!("{:03}_b.sql", at + 2), format!("{statement};\n"));
    }
    let report = report(&world, &[], 0);
    let statements = statements(&report);
    assert_eq!(statements.len(), STATEMENTS.len());
    let mut wrong = Vec::new();
    for (statement, told) in STATEMENTS.iter().zip(&statements) {
        let role = format!("SET ROLE {}_owner;", world.database);
        let holding =
            Holding::open(&world.database, "independent", &format!("{role} BEGIN; {statement};"));
        let seen = seen_by_another(&world, holding.backend);
        drop(holding);
        world.sql(&format!("{role} BEGIN; {statement}; COMMIT;"));
        let told: BTreeSet<(String, Mode)> = told["locks"]
            .as_array()
            .expect("locks")
            .iter()
            .map(|lock| {
                let mode: Mode = serde_json::from_value(lock["mode"].clone()).expect("a mode");
                assert_eq!(lock["blocks"], serde_json::json!(mode.blocks()));
                (lock["relation"].as_str().expect("a name").to_owned(), mode)
            })
            .collect();
        if told != seen {
            wrong.push(format!("{statement}\n  told {told:?}\n  seen {seen:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
