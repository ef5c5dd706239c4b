//! Nothing that one file sets, opens or leaves behind is seen by the next one or by our own
//! rows, in one transaction each and in one for all.

use crate::support::World;
use crate::support::proxy::{Act, Proxy};
use crate::support::server::port;

const BOTH: [&str; 2] = ["migration", "plan"];

/// What a file can see of its session, as rows of one table.
const SNAPSHOT: &str = r"
CREATE TABLE public.seen_@ AS
SELECT 'setting ' || name AS what, coalesce(setting, '') AS value FROM pg_catalog.pg_settings
  WHERE name NOT IN ('transaction_isolation', 'transaction_deferrable')
UNION ALL SELECT 'session user', session_user::text
UNION ALL SELECT 'current user', current_user::text
-- An empty schema for temporary objects stays, and does no harm.
UNION ALL SELECT 'schemas', string_agg(name, ',') FROM unnest(current_schemas(true)) AS name
  WHERE name NOT LIKE 'pg\_temp%'
UNION ALL SELECT 'temporary', count(*)::text FROM pg_catalog.pg_class
  WHERE relnamespace = pg_my_temp_schema()
UNION ALL SELECT 'prepared', count(*)::text FROM pg_catalog.pg_prepared_statements
UNION ALL SELECT 'cursors', count(*)::text FROM pg_catalog.pg_cursors WHERE name <> ''
UNION ALL SELECT 'channels', count(*)::text FROM pg_catalog.pg_listening_channels();
";

/// Settings, one a file, that make life hard for whoever comes after.
const SETTINGS: [&str; 30] = [
    "SET search_path = '';",
    "SELECT pg_catalog.set_config('search_path', '', false);",
    "SET search_path = pg_temp, nowhere;",
    "SET LOCAL search_path = nowhere;",
    "SET standard_conforming_strings = off;",
    "SET lock_timeout = '1ms';",
    "SET statement_timeout = '20ms';",
    "SET idle_in_transaction_session_timeout = '500ms';",
    "SET default_transaction_read_only = on;",
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY, DEFERRABLE;",
    "SET TIME ZONE 'Asia/Kathmandu';",
    "SET DateStyle = 'German, DMY';",
    "SET IntervalStyle = 'sql_standard';",
    "SET client_encoding = 'LATIN1'; SELECT 'größe';",
    "SET client_encoding = 'SQL_ASCII';",
    "-- dreichor: allow(unreadable) the parser knows no SET NAMES\nSET NAMES 'EUC_JP';",
    "SET client_min_messages = error;",
    "SET bytea_output = escape;",
    "SET extra_float_digits = -15;",
    "SET quote_all_identifiers = on;",
    "SET check_function_bodies = off;",
    "SET row_security = off;",
    "SET xmloption = document;",
    "SET array_nulls = off;",
    "SET backslash_quote = on;",
    "SET transform_null_equals = on;",
    "SET synchronous_commit = off;",
    "SET constraint_exclusion = on; SET enable_seqscan = off; SET work_mem = '64kB';",
    "SET application_name = 'somebody else';",
    "RESET ALL;",
];

fn snapshot(name: &str) -> String {
    SNAPSHOT.replace('@', name)
}

/// Applies files with a look at the session before and after each, and compares the looks.
fn assert_nothing_is_seen(files: &[&str], prepare: &str) {
    let world = World::empty();
    world.configure("lock_timeout = \"7s\"\nstatement_timeout = \"77s\"");
    world.sql(&prepare.replace("OWNER", &format!("{}_owner", world.database)));
    for atomic in BOTH {
        world.renew(&[]);
        world.write("000_before.sql", snapshot("000"));
        for (at, text) in files.iter().enumerate() {
            world.write(&format!("{:03}_file.sql", at * 2 + 1), text);
            let name = format!("{:03}", at * 2 + 2);
            world.write(&format!("{name}_look.sql"), snapshot(&name));
        }
        let answer = world.run(&["apply", "--atomic", atomic, "--format", "json"]).expect(0);
        assert_eq!(answer.json()["applied"].as_array().unwrap().len(), files.len() * 2 + 1);
        for (at, text) in files.iter().enumerate() {
            let name = format!("{:03}", at * 2 + 2);
            let differs = world.sql(&format!(
                "SELECT what, b.value, a.value FROM public.seen_000 AS b \
                 FULL JOIN public.seen_{name} AS a USING (what) \
                 WHERE b.value IS DISTINCT FROM a.value"
            ));
            assert_eq!(differs, "", "{atomic}: seen after {text}");
        }
        assert_rows_are_right(&world, files.len() * 2 + 1);
    }
}

/// Our own rows are where, and what, they must be.
fn assert_rows_are_right(world: &World, count: usize) {
    assert_eq!(world.applied().len(), count);
    assert_eq!(world.logged().len(), count);
    world.run(&["check"]).expect(0);
    world.run(&["history", "--verify"]).expect(0);
    let wrong = world.sql(
        "SELECT count(*) FROM public.dreichor_schema_migrations AS m \
         JOIN public.dreichor_schema_migration_log AS l USING (version) \
         WHERE m.applied_at <> l.finished_at \
         OR abs(extract(epoch FROM m.applied_at - clock_timestamp())) > 600",
    );
    assert_eq!(wrong, "0");
}

#[test]
fn settings_are_not_seen() {
    assert_nothing_is_seen(&SETTINGS, "");
}

#[test]
fn a_statement_timeout_of_a_millisecond_ends_with_its_file() {
    let world = World::empty();
    for atomic in BOTH {
        world.renew(&[
            ("001_a.sql", "CREATE TABLE public.a (); SET statement_timeout = '1ms';"),
            ("002_b.sql", "SELECT pg_sleep(0.05);"),
        ]);
        world.run(&["apply", "--atomic", atomic]).expect(0);
    }
}

#[test]
fn roles_are_not_seen() {
    let files = [
        "SET ROLE NONE;",
        "RESET ROLE; SET ROLE NONE;",
        "SET SESSION AUTHORIZATION DEFAULT; SET LOCAL ROLE NONE;",
        "SELECT set_config('role', 'none', false);",
    ];
    assert_nothing_is_seen(&files, "");
}

#[test]
fn settings_of_superusers_are_not_seen() {
    let files =
        ["SET session_replication_role = replica;", "SET session_replication_role = local;"];
    assert_nothing_is_seen(&files, "GRANT SET ON PARAMETER session_replication_role TO OWNER");
}

#[test]
fn what_is_left_open_is_not_seen() {
    let files = [
        "CREATE TEMP TABLE seen_000 (what text, value text);",
        "CREATE TEMP TABLE left_behind AS SELECT 1; CREATE INDEX ON left_behind ((1));",
        "CREATE TEMP SEQUENCE s; CREATE TEMP VIEW v AS SELECT 1;",
        "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
        "PREPARE p AS SELECT 1; EXECUTE p; PREPARE q (int) AS SELECT $1;",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1; FETCH c;",
        "CREATE TEMP TABLE t AS SELECT 1 AS x; DECLARE d CURSOR WITH HOLD FOR SELECT x FROM t;",
        "LISTEN news; NOTIFY news, 'hello'; LISTEN other;",
        "CREATE TABLE public.kept (id serial); SELECT nextval('public.kept_id_seq');",
    ];
    assert_nothing_is_seen(&files, "");
}

#[test]
fn a_temporary_table_hides_no_table_of_the_next_file() {
    let world = World::empty();
    for atomic in BOTH {
        world.renew(&[
            ("001_a.sql", "CREATE TABLE public.a (x int); CREATE TEMP TABLE a (y int);"),
            ("002_b.sql", "ALTER TABLE a ADD COLUMN z int;"),
        ]);
        world.run(&["apply", "--atomic", atomic]).expect(0);
        let columns = world.sql(
            "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute \
             WHERE attrelid = 'public.a'::regclass AND attnum > 0",
        );
        assert_eq!(columns, "x,z");
    }
}

#[test]
fn temporary_tables_with_the_names_of_history_take_no_row() {
    // Written so that no reader of the file can see which names it makes.
    let decoy = "DO $$ BEGIN
      EXECUTE 'CREATE TEMP TABLE dreichor_' || 'schema_migrations (version text, applied_at timestamptz)';
      EXECUTE 'CREATE TEMP TABLE dreichor_' || 'schema_migration_log (sequence bigint)';
    END $$;
    SET search_path = pg_temp, public;";
    let world = World::empty();
    for atomic in BOTH {
        world.renew(&[("001_a.sql", decoy), ("002_b.sql", "CREATE TABLE public.b ();")]);
        world.run(&["apply", "--atomic", atomic]).expect(0);
        assert_rows_are_right(&world, 2);
    }
}

#[test]
fn a_sequences_last_value_is_forgotten() {
    let world = World::empty();
    for atomic in BOTH {
        world.renew(&[
            ("001_a.sql", "CREATE SEQUENCE public.s; SELECT nextval('public.s');"),
            ("002_b.sql", "SELECT currval('public.s');"),
        ]);
        let answer = world.run(&["apply", "--atomic", atomic, "--format", "json"]).expect(40);
        assert_eq!(answer.json()["failed"]["sqlstate"], "55000");
    }
}

#[test]
fn a_custom_setting_is_emptied() {
    // PostgreSQL has no way to make such a name unknown again: it stays, without its value.
    let world = World::empty();
    for atomic in BOTH {
        world.renew(&[
            ("001_a.sql", "SET my.secret = 'x'; SELECT set_config('my.other', 'y', false);"),
            (
                "002_b.sql",
                "CREATE TABLE public.seen AS SELECT current_setting('my.secret', true) || \
                 current_setting('my.other', true) AS value;",
            ),
        ]);
        world.run(&["apply", "--atomic", atomic]).expect(0);
        assert_eq!(world.sql("SELECT '[' || value || ']' FROM public.seen"), "[]");
    }
}

#[test]
fn advisory_locks_of_a_file_end_with_the_run() {
    let world = World::empty();
    for atomic in BOTH {
        world.renew(&[
            ("001_a.sql", "SELECT pg_advisory_lock(42), pg_advisory_xact_lock(43);"),
            ("002_b.sql", "CREATE TABLE public.b ();"),
        ]);
        world.run(&["apply", "--atomic", atomic]).expect(0);
        let held = world.sql(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = \
             (SELECT oid FROM pg_database WHERE datname = current_database())",
        );
        assert_eq!(held, "0");
    }
}

#[test]
fn deferred_constraints_are_checked_while_their_file_can_be_blamed() {
    let table = "CREATE TABLE public.a (id int PRIMARY KEY, \
                 next int REFERENCES public.a DEFERRABLE INITIALLY DEFERRED);";
    let world = World::empty();
    for atomic in BOTH {
        world.renew(&[
            ("001_a.sql", table),
            ("002_b.sql", "SET CONSTRAINTS ALL DEFERRED; INSERT INTO public.a VALUES (1, 2);"),
            ("003_c.sql", "INSERT INTO public.a VALUES (2, NULL);"),
        ]);
        let answer = world.run(&["apply", "--atomic", atomic, "--format", "json"]).expect(40);
        let failed = &answer.json()["failed"];
        assert_eq!(failed["version"], "002_b.sql", "{atomic}");
        assert_eq!(failed["sqlstate"], "23503");
    }
}

#[test]
fn what_is_initially_deferred_is_so_for_the_next_file() {
    let table = "CREATE TABLE public.a (id int PRIMARY KEY, \
                 next int REFERENCES public.a DEFERRABLE INITIALLY DEFERRED);";
    let world = World::empty();
    for atomic in BOTH {
        world.renew(&[
            ("001_a.sql", table),
            ("002_b.sql", "SET CONSTRAINTS ALL IMMEDIATE; INSERT INTO public.a VALUES (0, 0);"),
            (
                "003_c.sql",
                "INSERT INTO public.a VALUES (1, 2); INSERT INTO public.a VALUES (2, 1);",
            ),
            ("004_d.sql", "ALTER TABLE public.a ADD COLUMN note text;"),
        ]);
        world.run(&["apply", "--atomic", atomic]).expect(0);
    }
}

#[test]
fn what_a_failed_file_set_is_gone_before_its_row_is_written() {
    let failing = "SET search_path = ''; SET default_transaction_read_only = on; SET ROLE NONE; \
                   SET client_encoding = 'LATIN1'; SELECT 'größe'::int;";
    let world = World::empty();
    for atomic in BOTH {
        world.renew(&[("001_a.sql", failing)]);
        let answer = world.run(&["apply", "--atomic", atomic, "--format", "json"]).expect(40);
        assert_eq!(answer.findings(), ["failed"], "{answer:#?}");
        assert_eq!(answer.json()["failed"]["sqlstate"], "22P02");
        assert_eq!(world.logged(), ["failed:001_a.sql"]);
        world.run(&["history", "--verify"]).expect(0);
    }
}

#[test]
fn a_transaction_that_a_file_made_read_only_is_told_as_what_it_is() {
    // No reader of the file can see it; and no row can be written after it.
    let world = World::empty();
    for atomic in BOTH {
        world.renew(&[(
            "001_a.sql",
            "CREATE TABLE public.a (); SELECT set_config('transaction_' || 'read_only', 'on', true);",
        )]);
        let answer = world.run(&["apply", "--atomic", atomic, "--format", "json"]).expect(40);
        assert_eq!(answer.findings(), ["failed"], "{answer:#?}");
        assert_eq!(answer.json()["failed"]["sqlstate"], "25006");
        assert!(!world.has("public.a"));
        assert_eq!(world.logged(), ["failed:001_a.sql"]);
    }
}

#[test]
fn what_a_committed_file_set_behind_our_back_is_gone_before_the_failures_row() {
    // The COMMIT that slipped through makes the settings last beyond the rollback.
    let mark = "/*SLIP*/";
    let text = format!(
        "SET ROLE NONE; SET default_transaction_read_only = on; SET client_encoding = 'LATIN1'; {mark}"
    );
    let world = World::with(&[("001_a.sql", &text)]);
    let proxy = Proxy::start(port(), move |message| {
        if message.is_query_with(mark) { message.replaced(mark, "COMMIT; ") } else { Act::Pass }
    });
    let answer = world.run_at(proxy.port, &["apply", "--format", "json"]).expect(43);
    assert_eq!(answer.findings(), ["transaction-replaced"]);
    assert_eq!(world.logged(), ["failed:001_a.sql"]);
}

#[test]
fn a_search_path_beyond_ascii_survives_another_encoding() {
    for atomic in BOTH {
        let world = World::empty();
        world.sql("CREATE SCHEMA \"schönes \"\" Schema\"; GRANT ALL ON SCHEMA \"schönes \"\" Schema\" TO PUBLIC");
        world.configure("search_path = [\"schönes \\\" Schema\", \"public\"]");
        world.write("001_a.sql", "CREATE TABLE first (); SET client_encoding = 'LATIN1';");
        world.write("002_b.sql", "CREATE TABLE second (größe int);");
        world.run(&["apply", "--atomic", atomic]).expect(0);
        let places = world.sql(
            "SELECT DISTINCT relnamespace::regnamespace FROM pg_class WHERE relname IN ('first', 'second')",
        );
        assert_eq!(places, "\"schönes \"\" Schema\"");
        let column = world.sql("SELECT count(*) FROM pg_attribute WHERE attname = 'größe'");
        assert_eq!(column, "1");
    }
}
