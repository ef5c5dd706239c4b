//! What a run leaves as evidence: the rows, their columns, the chain, and who may touch them.

use crate::support::World;
use crate::support::server::{feed, psql};
use std::fs;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

const TABLES: [&str; 2] =
    ["public.dreichor_schema_migrations", "public.dreichor_schema_migration_log"];

/// One column of the only row of the log.
fn logged(world: &World, expression: &str) -> String {
    world.sql(&format!("SELECT {expression} FROM public.dreichor_schema_migration_log"))
}

/// What another program says.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().expect("it starts");
    String::from_utf8(output.stdout).expect("text").trim_end().to_owned()
}

#[test]
fn the_contracts_table_has_exactly_two_columns() {
    let world = World::with(&[("001_a.sql", "CREATE TABLE public.a ();")]);
    world.run(&["apply"]).expect(0);
    let columns = world.sql(
        "SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute \
         WHERE attrelid = 'public.dreichor_schema_migrations'::regclass AND attnum > 0 ORDER BY attnum",
    );
    assert_eq!(columns, "version|text|t\napplied_at|timestamp with time zone|t");
    let key = world.sql(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint \
         WHERE conrelid = 'public.dreichor_schema_migrations'::regclass AND contype = 'p'",
    );
    assert_eq!(key, "PRIMARY KEY (version)");
}

#[test]
fn the_log_tells_what_who_where_and_with_what() {
    let text = "-- größe ☃\r\nSELECT pg_sleep(0.05);";
    let world = World::with(&[("001_a.sql", text)]);
    let plan = world.run(&["plan", "--format", "json"]).expect(0).json();
    let answer = world.run(&["apply", "--format", "json"]).expect(0).json();
    let file = world.migrations().join("001_a.sql");
    let sum = said("sha256sum", &[file.to_str().unwrap()]);
    assert_eq!(logged(&world, "sha256"), sum.split(' ').next().unwrap());
    assert_eq!(
        format!("sha256:{}", logged(&world, "plan_digest")),
        plan["digest"].as_str().unwrap()
    );
    assert_eq!(logged(&world, "run_id"), answer["run_id"].as_str().unwrap());
    assert_eq!(logged(&world, "version || ' ' || event"), "001_a.sql applied");
    assert_eq!(logged(&world, "os_user"), said("id", &["-un"]));
    assert_eq!(logged(&world, "database_role"), format!("{}_migrator", world.database));
    assert_eq!(logged(&world, "host"), said("hostname", &[]));
    assert_eq!(logged(&world, "tool_version"), env!("CARGO_PKG_VERSION"));
    assert_eq!(logged(&world, "started_at <= finished_at"), "t");
    assert_eq!(logged(&world, "duration_us BETWEEN 50000 AND 60000000"), "t");
    let near = "abs(extract(epoch FROM finished_at - clock_timestamp())) < 600";
    assert_eq!(logged(&world, near), "t");
    let absent = "num_nulls(sqlstate, message, sudo_user, unit, approval, previous_hash)";
    assert_eq!(logged(&world, absent), "6");
    let same = "finished_at = (SELECT applied_at FROM public.dreichor_schema_migrations)";
    assert_eq!(logged(&world, same), "t");
}

#[test]
fn whoever_called_sudo_is_named() {
    let world = World::with(&[("001_a.sql", "CREATE TABLE public.a ();")]);
    let mut command = world.command(&["apply"]);
    command.env("SUDO_USER", "ada");
    crate::support::program::Answer::of(command).expect(0);
    assert_eq!(logged(&world, "sudo_user"), "ada");
}

#[test]
fn the_chain_holds_over_runs_and_failures_and_shows_every_edit() {
    let world = World::with(&[("001_a.sql", "CREATE TABLE public.a ();")]);
    world.run(&["apply"]).expect(0);
    world.write("002_b.sql", "CREATE TABLE public.a ();");
    world.run(&["apply"]).expect(40);
    world.run(&["apply", "--atomic", "plan"]).expect(40);
    world.write("002_b.sql", "CREATE TABLE public.b ();");
    world.write("003_c.sql", "CREATE TABLE public.c ();");
    world.run(&["apply", "--atomic", "plan"]).expect(0);
    let numbers =
        world.sql("SELECT sequence, event FROM public.dreichor_schema_migration_log ORDER BY 1");
    assert_eq!(numbers, "1|applied\n2|failed\n3|failed\n4|applied\n5|applied");
    let answer = world.run(&["history", "--verify", "--format", "json"]).expect(0);
    assert_eq!(answer.json()["rows"], 5);
    let edits = [
        ("message = 'nothing' WHERE sequence = 2", "chain-edited"),
        ("started_at = started_at - interval '1 microsecond' WHERE sequence = 4", "chain-edited"),
        ("sequence = 9 WHERE sequence = 3", "chain-sequence"),
    ];
    for (edit, code) in edits {
        world.sql("CREATE TABLE public.kept AS SELECT * FROM public.dreichor_schema_migration_log");
        world.sql(&format!("UPDATE public.dreichor_schema_migration_log SET {edit}"));
        let answer = world.run(&["history", "--verify", "--format", "json"]).expect(12);
        assert!(answer.findings().contains(&code.to_owned()), "{edit}: {:?}", answer.findings());
        world.sql(
            "DELETE FROM public.dreichor_schema_migration_log; \
             INSERT INTO public.dreichor_schema_migration_log SELECT * FROM public.kept; \
             DROP TABLE public.kept",
        );
    }
    world.run(&["history", "--verify"]).expect(0);
}

#[test]
fn the_runtime_role_reads_history_and_cannot_write_it() {
    let world = World::with(&[("001_a.sql", "CREATE TABLE public.a (x int);")]);
    world.run(&["apply"]).expect(0);
    let as_runtime = |statement: &str| {
        feed(psql(&world.database), &format!("SET ROLE {}_runtime; {statement}", world.database))
    };
    // The role is one that may write what is not history.
    as_runtime("INSERT INTO public.a VALUES (1)").unwrap();
    for table in TABLES {
        assert_eq!(as_runtime(&format!("SELECT count(*) FROM {table}")).unwrap(), "1");
        for write in [
            format!("INSERT INTO {table} SELECT * FROM {table}"),
            format!("UPDATE {table} SET version = version"),
            format!("DELETE FROM {table}"),
            format!("TRUNCATE {table}"),
            format!("ALTER TABLE {table} ADD COLUMN more text"),
            format!("DROP TABLE {table}"),
            format!("BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"),
            format!("CREATE TRIGGER t BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION f()"),
            format!("CREATE RULE r AS ON INSERT TO {table} DO INSTEAD NOTHING"),
        ] {
            let refused = as_runtime(&write).expect_err(&write);
            let because = ["permission denied", "must be owner"];
            assert!(because.iter().any(|text| refused.contains(text)), "{write}: {refused}");
        }
    }
    assert!(as_runtime("CREATE TABLE public.own ()").unwrap_err().contains("permission denied"));
    let owners = world.sql(
        "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relname LIKE 'dreichor_schema_%'",
    );
    assert_eq!(owners, format!("{}_owner", world.database));
}

#[test]
fn refused_and_read_only_commands_leave_no_table_behind() {
    let world = World::with(&[("001_a.sql", "CREATE TABLE public.a ();")]);
    for (arguments, code) in [
        (&["plan"][..], 0),
        (&["status"], 0),
        (&["check"], 10),
        (&["history"], 0),
        (&["apply", "--plan", &format!("sha256:{}", "0".repeat(64))], 21),
    ] {
        world.run(arguments).expect(code);
        assert_eq!(world.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0");
    }
}

#[test]
fn evidence_is_written_by_the_hosts_clock_and_order_never_depends_on_it() {
    // Two runs a moment apart: times grow, and the order of the log is that of its numbers.
    let world = World::with(&[("002_b.sql", "CREATE TABLE public.b ();")]);
    world.run(&["apply"]).expect(0);
    sleep(Duration::from_millis(20));
    world.write("003_c.sql", "CREATE TABLE public.c ();");
    world.run(&["apply"]).expect(0);
    let ordered = "array_agg(sequence ORDER BY started_at) = array_agg(sequence ORDER BY sequence)";
    assert_eq!(logged(&world, ordered), "t");
    // A file whose number lies before what is applied is not slipped in by its time.
    fs::write(world.migrations().join("001_late.sql"), "CREATE TABLE public.late ();").unwrap();
    world.run(&["apply"]).expect(12);
    assert!(!world.has("public.late"));
}
