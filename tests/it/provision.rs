//! `provision`: the SQL that it prints, run by psql, closes each environment to the roles of
//! the other and lets the runtime read the history and write none of it.

use crate::support::World;
use crate::support::program::binary;
use crate::support::roles::sql_as;
use crate::support::server::{feed, psql, sql};

const OBJECTS: (&str, &str) = (
    "001_a.sql",
    "CREATE TABLE public.a (id bigint GENERATED ALWAYS AS IDENTITY, n integer);\n\
     CREATE SEQUENCE public.s;\n\
     CREATE VIEW public.v AS SELECT n FROM public.a;\n\
     CREATE TYPE public.e AS ENUM ('x');\n\
     CREATE DOMAIN public.d AS integer;\n\
     CREATE FUNCTION public.f() RETURNS integer LANGUAGE sql AS 'SELECT 1';\n\
     CREATE SCHEMA more;\n\
     CREATE TABLE more.t ();\n",
);

#[test]
fn it_is_printed_without_any_connection() {
    let world = World::empty();
    let mut command = binary();
    command.args(["provision", "--env", "prod", "--config"]).arg(world.config());
    // No URL, no server, no secret: it only prints.
    let printed = crate::support::program::Answer::of(command).expect(0);
    assert_eq!(printed.stderr, "");
    assert!(printed.stdout.contains(&format!("{}_runtime", world.database)));
    assert!(!printed.stdout.to_lowercase().contains("password '"), "{}", printed.stdout);
    let json = world.run(&["provision", "--format", "json"]).expect(0);
    assert_eq!(json.json()["sql"], printed.stdout.as_str());
}

/// Everything that the script decides, as the catalogs have it.
fn rights(world: &World) -> String {
    let name = &world.database;
    world.sql(&format!(
        "SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin FROM pg_roles WHERE rolname LIKE '{name}\\_%' ORDER BY 1;\n\
         SELECT datdba::regrole, datacl FROM pg_database WHERE datname = '{name}';\n\
         SELECT setrole::regrole, setconfig FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = '{name}');\n\
         SELECT roleid::regrole, member::regrole, admin_option FROM pg_auth_members WHERE roleid = '{name}_owner'::regrole;\n\
         SELECT nspname, nspowner::regrole, nspacl FROM pg_namespace ORDER BY 1;\n\
         SELECT oid::regclass, relowner::regrole, relacl FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1;\n\
         SELECT defaclrole::regrole, defaclobjtype, defaclacl FROM pg_default_acl ORDER BY 1, 2;\n"
    ))
}

#[test]
fn running_it_again_changes_nothing() {
    let world = World::with(&[OBJECTS]);
    let printed = world.run(&["provision"]).expect(0).stdout;
    let run = || feed(psql("postgres"), &printed).expect("the script runs");
    let fresh = rights(&world);
    run();
    assert_eq!(rights(&world), fresh);
    world.run(&["apply"]).expect(0);
    let migrated = rights(&world);
    assert!(migrated.contains("dreichor_schema_migration_log"));
    run();
    run();
    assert_eq!(rights(&world), migrated);
    // The passwords that were set stay.
    world.run(&["check"]).expect(0);
}

#[test]
fn no_role_of_one_environment_reaches_the_other() {
    let (dev, prod) = (World::empty(), World::empty());
    for (here, there) in [(&dev, &prod), (&prod, &dev)] {
        for role in ["migrator", "runtime"] {
            let at_home = sql_as(here, role, &here.database, "SELECT 1;");
            assert_eq!(at_home, Ok("1".to_owned()));
            let refused = sql_as(here, role, &there.database, "SELECT 1;").unwrap_err();
            assert!(refused.contains("permission denied for database"), "{refused}");
            let taken = format!("SET ROLE {}_owner;", there.database);
            let refused = sql_as(here, role, &here.database, &taken).unwrap_err();
            assert!(refused.contains("permission denied to set role"), "{refused}");
        }
        let mut nobody = psql(&here.database);
        nobody.env("PGUSER", format!("{}_owner", here.database));
        assert!(feed(nobody, "SELECT 1;").is_err(), "the owner signs on");
    }
}

#[test]
fn the_runtime_reads_the_history_and_writes_none() {
    let world = World::with(&[OBJECTS]);
    world.run(&["apply"]).expect(0);
    let runtime = |text: &str| sql_as(&world, "runtime", &world.database, text);
    for table in ["dreichor_schema_migrations", "dreichor_schema_migration_log"] {
        assert_eq!(runtime(&format!("SELECT count(*) FROM public.{table};")), Ok("1".to_owned()));
        for forbidden in [
            format!("INSERT INTO public.{table} SELECT * FROM public.{table};"),
            format!("UPDATE public.{table} SET version = 'x';"),
            format!("DELETE FROM public.{table};"),
            format!("TRUNCATE public.{table};"),
            format!("DROP TABLE public.{table};"),
            format!("ALTER TABLE public.{table} ADD COLUMN x integer;"),
            format!("BEGIN; LOCK TABLE public.{table} IN SHARE MODE;"),
            format!("CREATE TRIGGER t AFTER INSERT ON public.{table} EXECUTE FUNCTION public.f();"),
        ] {
            let refused = runtime(&forbidden).unwrap_err();
            assert!(
                refused.contains("permission denied") || refused.contains("must be owner"),
                "{refused}"
            );
        }
    }
    for forbidden in [
        "CREATE TABLE public.mine ();",
        "CREATE TEMPORARY TABLE mine ();",
        "CREATE SCHEMA mine;",
        "CREATE FUNCTION public.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1';",
        "ALTER TABLE public.a ADD COLUMN mine integer;",
        "DROP TABLE public.a;",
        "TRUNCATE public.a;",
    ] {
        let refused = runtime(forbidden).unwrap_err();
        assert!(
            refused.contains("permission denied") || refused.contains("must be owner"),
            "{refused}"
        );
    }
    // Its own work it can do, on what the migrations made.
    let work = "INSERT INTO public.a (n) VALUES (7); UPDATE public.a SET n = 8; SELECT n FROM public.v; DELETE FROM public.a;";
    assert_eq!(runtime(work), Ok("8".to_owned()));
    // It never migrates.
    let answer = world.run_as_runtime(&["apply", "--format", "json"]).expect(0);
    assert_eq!(answer.json()["applied"].as_array().unwrap().len(), 0);
    world.write("002_b.sql", "CREATE TABLE public.b ();\n");
    world.run_as_runtime(&["apply", "--format", "json"]).expect(40);
    assert!(!world.has("public.b"));
    assert_eq!(world.applied(), ["001_a.sql"]);
}

#[test]
fn the_runtime_cannot_make_the_first_run() {
    let world = World::with(&[OBJECTS]);
    let answer = world.run_as_runtime(&["apply", "--format", "json"]).expect(31);
    assert_eq!(answer.findings(), ["denied"]);
    assert!(!world.has("public.dreichor_schema_migrations") && !world.has("public.a"));
}

#[test]
fn whatever_apply_makes_belongs_to_the_owner() {
    let world = World::with(&[OBJECTS]);
    world.run(&["apply"]).expect(0);
    let owners = world.sql(
        "SELECT DISTINCT owner::regrole FROM (\
         SELECT relowner AS owner FROM pg_class WHERE oid >= 16384 AND relnamespace::regnamespace::text NOT LIKE 'pg_%' \
         UNION SELECT proowner FROM pg_proc WHERE oid >= 16384 \
         UNION SELECT typowner FROM pg_type WHERE oid >= 16384 \
         UNION SELECT nspowner FROM pg_namespace WHERE nspname IN ('public', 'more') \
         UNION SELECT datdba FROM pg_database WHERE datname = current_database()) AS made",
    );
    assert_eq!(owners, format!("{}_owner", world.database));
    assert!(world.has("more.t") && world.has("public.v"));
}

#[test]
fn what_only_a_person_can_decide_is_refused_before_anything_is_made() {
    let world = World::empty();
    let other = format!("{}_x", world.database);
    // It would read every table of the server, whatever its own grants say.
    sql("postgres", &format!("CREATE ROLE {other}_runtime IN ROLE pg_read_all_data"));
    let config =
        format!("migrations = \"migrations\"\n[environments.prod]\ndatabase = \"{other}\"\n");
    std::fs::write(world.config(), config).unwrap();
    let printed = world.run(&["provision"]).expect(0).stdout;
    let refused = feed(psql("postgres"), &printed);
    let made = sql(
        "postgres",
        &format!(
            "SELECT (SELECT count(*) FROM pg_database WHERE datname = '{other}'), \
         (SELECT string_agg(rolname, ',') FROM pg_roles WHERE rolname LIKE '{other}%')"
        ),
    );
    sql("postgres", &format!("DROP ROLE {other}_runtime"));
    let refused = refused.unwrap_err();
    assert!(refused.contains(&format!("{other}_runtime in pg_read_all_data")), "{refused}");
    assert_eq!(made, format!("0|{other}_runtime"));
}
