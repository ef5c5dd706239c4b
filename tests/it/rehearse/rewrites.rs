//! What is said of rewriting and reading, for statements of which PostgreSQL's manual says it, and
//! what each made, changed and dropped.

use super::world::{report, statements, texts};
use crate::support::World;

const SETUP: &str = "
CREATE TABLE public.t (id bigint PRIMARY KEY, name varchar(10), n integer, kind text, gone text);
CREATE INDEX t_n ON public.t (n);
CREATE TABLE public.u (id bigint PRIMARY KEY, t_id bigint);
CREATE MATERIALIZED VIEW public.m AS SELECT id FROM public.t;
";

/// A statement, what it rewrites, what it reads through, what it makes, changes and drops.
type Case = (&'static str, &'static [&'static str], &'static [&'static str], [&'static str; 3]);

const CASES: [Case; 18] = [
    ("ALTER TABLE public.t ADD COLUMN c1 integer", &[], &[], ["column t.c1", "", ""]),
    ("ALTER TABLE public.t ADD COLUMN c2 integer DEFAULT 7", &[], &[], ["column t.c2", "", ""]),
    (
        "ALTER TABLE public.t ADD COLUMN c3 double precision DEFAULT random()",
        &["public.t", "public.t_n", "public.t_pkey"],
        &["public.t"],
        ["column t.c3", "", ""],
    ),
    (
        "ALTER TABLE public.t ALTER COLUMN name TYPE varchar(20)",
        &[],
        &[],
        ["", "column t.name", ""],
    ),
    ("ALTER TABLE public.t ALTER COLUMN name TYPE text", &[], &[], ["", "column t.name", ""]),
    (
        "ALTER TABLE public.t ALTER COLUMN n TYPE bigint",
        &["public.t", "public.t_n", "public.t_pkey"],
        &["public.t"],
        ["", "column t.n", ""],
    ),
    (
        "ALTER TABLE public.t ALTER COLUMN kind SET NOT NULL",
        &[],
        &["public.t"],
        ["", "column t.kind", ""],
    ),
    (
        "ALTER TABLE public.t ADD CONSTRAINT checked CHECK (n > 0)",
        &[],
        &["public.t"],
        ["constraint t.checked", "", ""],
    ),
    (
        "ALTER TABLE public.t ADD CONSTRAINT unchecked CHECK (n > 1) NOT VALID",
        &[],
        &[],
        ["constraint t.unchecked", "", ""],
    ),
    (
        "ALTER TABLE public.t VALIDATE CONSTRAINT unchecked",
        &[],
        &["public.t"],
        ["", "constraint t.unchecked", ""],
    ),
    ("CREATE INDEX t_name ON public.t (name)", &[], &["public.t"], ["index t.t_name", "", ""]),
    (
        "ALTER TABLE public.u ADD CONSTRAINT u_t FOREIGN KEY (t_id) REFERENCES public.t (id) NOT VALID",
        &[],
        &[],
        ["constraint u.u_t", "", ""],
    ),
    (
        "ALTER TABLE public.u VALIDATE CONSTRAINT u_t",
        &[],
        &["public.u"],
        ["", "constraint u.u_t", ""],
    ),
    ("REINDEX INDEX public.t_name", &["public.t_name"], &["public.t"], ["", "", ""]),
    ("REFRESH MATERIALIZED VIEW public.m", &["public.m"], &["public.t"], ["", "", ""]),
    ("ALTER TABLE public.t DROP COLUMN gone", &[], &[], ["", "", "column t.gone"]),
    ("DROP INDEX public.t_name", &[], &[], ["", "", "index t.t_name"]),
    ("COMMENT ON TABLE public.t IS 'said'", &[], &[], ["", "", ""]),
];

#[test]
fn rewrites_and_reads_are_told_where_they_happen_and_nowhere_else() {
    let world = World::with(&[("001_a.sql", SETUP)]);
    world.configure("policy = \"standard\"");
    world.run(&["apply"]).expect(0);
    for (at, (statement, ..)) in CASES.iter().enumerate() {
        world.write(&format!("{:03}_b.sql", at + 2), format!("{statement};\n"));
    }
    let report = report(&world, &[], 0);
    let statements = statements(&report);
    assert_eq!(statements.len(), CASES.len());
    let mut wrong = Vec::new();
    for ((statement, rewrote, scanned, changes), told) in CASES.iter().zip(&statements) {
        let found = (texts(&told["rewrote"]), texts(&told["scanned"]));
        if found.0 != *rewrote || found.1 != *scanned {
            wrong.push(format!("{statement}\n  {found:?}"));
        }
        let found = ["made", "changed", "dropped"].map(|word| texts(&told[word]).join(", "));
        if found != *changes {
            wrong.push(format!("{statement}\n  {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Only the first statement of a transaction that takes a lock tells it, and what a transaction
/// made itself nobody else can wait for.
#[test]
fn in_one_file_a_lock_is_told_once_and_what_is_new_is_not_told() {
    let text = "ALTER TABLE public.t ADD COLUMN a1 integer;
CREATE TABLE public.fresh (id bigint PRIMARY KEY);
ALTER TABLE public.fresh ADD COLUMN b integer DEFAULT 1;
SET search_path = pg_catalog;
ALTER TABLE public.t ADD COLUMN a2 integer;
SELECT 1 / (current_setting('search_path') = 'pg_catalog')::int;
";
    let world = World::with(&[("001_a.sql", SETUP)]);
    world.configure("policy = \"standard\"");
    world.run(&["apply"]).expect(0);
    world.write("002_b.sql", text);
    let report = report(&world, &[], 0);
    assert_eq!(report["statements_differ"], serde_json::json!([]));
    let statements = statements(&report);
    let locks: Vec<usize> =
        statements.iter().map(|it| it["locks"].as_array().expect("locks").len()).collect();
    assert_eq!(locks, [1, 0, 0, 0, 0, 0]);
    assert_eq!(statements[1]["made"], serde_json::json!(["table fresh"]));
    let lines: Vec<_> = statements.iter().map(|it| it["line"].clone()).collect();
    assert_eq!(lines, [1, 2, 3, 4, 5, 6]);
}
