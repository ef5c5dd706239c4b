//! The fingerprint stays what it is: across dump and restore, whatever the server does to its
//! files, and from one major to the next.

use super::reader::{Reader, sentences};
use crate::support::World;
use crate::support::server::{feed, psql, sql, tool, unique};
use dreichor_migrate::core::schema::canonical::{fingerprint, parse, render};
use dreichor_migrate::core::schema::key::Key;
use dreichor_migrate::core::schema::kind::Kind;
use dreichor_migrate::core::schema::name::Name;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A database that is dropped with the value.
struct Database(String);

impl Database {
    fn new() -> Self {
        let database = Self(format!("schema_{}", unique()));
        sql("postgres", &format!("CREATE DATABASE {} TEMPLATE template0", database.0));
        database
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let _gone = feed(psql("postgres"), &format!("DROP DATABASE {} WITH (FORCE)", self.0));
    }
}

pub(super) fn text_of(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("it is there")
}

/// Dreichor's own set.
pub(super) fn own_set() -> String {
    ["001_init.sql", "002_add_shadow_ledger.sql", "003_add_decision_memory.sql"]
        .map(|name| text_of(&format!("migrations/{name}")))
        .concat()
}

pub(super) const EVERYTHING: &str = "tests/cases/schema/everything/all_majors.sql";

#[test]
fn the_same_set_has_the_same_fingerprint_on_every_major() {
    for (set, expected) in [
        (own_set(), "sha256:442fe084eaca86867a1f46c240e3707b6878f9862a2ae47619fd88b2dd1ab580"),
        (
            text_of(EVERYTHING),
            "sha256:539e19aa4d39f761536d49afd32b56d280578edee73f3c2b59113c1adc6498b9",
        ),
    ] {
        let database = Database::new();
        sql(&database.0, &set);
        let schema = Reader::superuser(&database.0).read();
        let text = render(&schema);
        assert_eq!(fingerprint(&schema).to_string(), expected, "{text}");
        assert_eq!(render(&parse(&text).expect("canonical")), text);
    }
}

#[test]
fn dump_and_restore_change_nothing() {
    let (from, to) = (Database::new(), Database::new());
    sql(&from.0, &own_set());
    sql(&from.0, &text_of(EVERYTHING));
    // What was dropped leaves a hole in the catalog that a restored database does not have.
    sql(
        &from.0,
        "ALTER TABLE snapshots ADD COLUMN hole int; ALTER TABLE snapshots ADD COLUMN after text COLLATE \"C\"; ALTER TABLE snapshots DROP COLUMN hole",
    );
    let mut dump = Command::new(tool("pg_dump"));
    let output = dump.args(["--dbname", &from.0]).output().expect("pg_dump starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    sql(&to.0, &String::from_utf8(output.stdout).expect("a dump is text"));
    let (before, after) = (Reader::superuser(&from.0).read(), Reader::superuser(&to.0).read());
    assert_eq!(sentences(&before, &after), Vec::<String>::new());
    assert_eq!(render(&before), render(&after));
}

#[test]
fn environments_with_other_role_names_have_the_same_fingerprint() {
    let read = || {
        let world = World::with(&[("001_init.sql", &text_of("migrations/001_init.sql"))]);
        world.run(&["apply"]).expect(0);
        render(&Reader::runtime(&world).read())
    };
    let (one, other) = (read(), read());
    assert!(one.contains("owner=owner"), "{one}");
    assert_eq!(one, other);
}

#[test]
fn history_tables_and_what_belongs_to_them_are_left_out() {
    let world = World::with(&[("001_init.sql", "CREATE TABLE public.t (a int);")]);
    world.run(&["apply"]).expect(0);
    let text = render(&Reader::runtime(&world).read());
    assert!(text.contains("\ntable public.t "), "{text}");
    assert!(!text.contains("dreichor_schema_migration"), "{text}");
}

#[test]
fn whoever_reads_reads_the_same() {
    let world = World::empty();
    world.sql(&text_of(EVERYTHING));
    let runtime = Reader::runtime(&world).read();
    let owner = world.sql("SHOW is_superuser");
    assert_eq!(owner, "on");
    let text = render(&runtime);
    assert!(text.lines().count() > 60, "{text}");
    // Values are read under settings of our own, whatever the role's are.
    world.sql(&format!(
        "ALTER ROLE {0}_runtime SET search_path = public; ALTER ROLE {0}_runtime SET quote_all_identifiers = on; \
         ALTER ROLE {0}_runtime SET IntervalStyle = 'sql_standard'; ALTER ROLE {0}_runtime SET DateStyle = 'German'",
        world.database
    ));
    assert_eq!(render(&Reader::runtime(&world).read()), text);
}

#[test]
fn words_that_mean_more_than_a_name_are_quoted_as_the_server_quotes_them() {
    let world = World::empty();
    let words = "FROM pg_get_keywords() WHERE catcode <> 'U'";
    let names = world.sql(&format!(
        "SELECT string_agg(quote_ident(word), ', ' ORDER BY word COLLATE \"C\") {words}"
    ));
    assert!(names.split(", ").count() > 100 && names.split(", ").all(|it| it.starts_with('"')));
    let columns =
        world.sql(&format!("SELECT string_agg(format('%I integer', word), ', ') {words}"));
    world.sql(&format!(
        "CREATE TABLE t ({columns}); \
         CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; \
         CREATE TRIGGER g BEFORE UPDATE OF {names} ON t FOR EACH ROW EXECUTE FUNCTION f()"
    ));
    let schema = Reader::runtime(&world).read();
    let trigger = Name::of(["public", "t", "g"]);
    assert_eq!(schema.value(Kind::Trigger, &trigger, Key::Columns), Some(&*names));
}
