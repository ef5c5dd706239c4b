//! The runtime role that can do more than it may: each grant is found, named as what gives it,
//! and mended by the statement that is shown.

use crate::support::World;
use crate::support::server::sql;

const INIT: (&str, &str) = ("001_a.sql", "CREATE TABLE public.a (n integer);\n");

/// The findings of `check` with this exit code, `code: message`, and their remedies.
fn found(world: &World, code: i32) -> (Vec<String>, Vec<String>) {
    let answer = world.run(&["check", "--format", "json"]).expect(code);
    let document = answer.json();
    let findings = document["findings"].as_array().expect("findings").clone();
    let text = |finding: &serde_json::Value, key: &str| {
        finding[key].as_str().expect("text").replace(&world.database, "DB")
    };
    (
        findings
            .iter()
            .map(|it| format!("{}: {}", text(it, "code"), text(it, "message")))
            .collect(),
        findings.iter().map(|it| text(it, "remedy")).collect(),
    )
}

/// Grants, what is found, and what takes it back. `DB` is the world's database.
const CASES: &[(&str, &[&str], &str)] = &[
    (
        "GRANT INSERT, UPDATE ON public.dreichor_schema_migrations TO DB_runtime",
        &[
            "runtime-writes-history: the runtime role 'DB_runtime' has INSERT, UPDATE on the table public.dreichor_schema_migrations, which is granted to 'DB_runtime'",
        ],
        "",
    ),
    (
        "GRANT DELETE ON public.dreichor_schema_migration_log TO PUBLIC",
        &[
            "runtime-writes-history: the runtime role 'DB_runtime' has DELETE on the table public.dreichor_schema_migration_log, which is granted to 'PUBLIC'",
        ],
        "",
    ),
    (
        "GRANT UPDATE (applied_at) ON public.dreichor_schema_migrations TO DB_runtime",
        &[
            "runtime-writes-history: the runtime role 'DB_runtime' has UPDATE (applied_at) on the table public.dreichor_schema_migrations, which is granted to 'DB_runtime'",
        ],
        "",
    ),
    (
        "GRANT CREATE ON SCHEMA public TO DB_runtime",
        &[
            "runtime-creates: the runtime role 'DB_runtime' has CREATE on the schema public, which is granted to 'DB_runtime'",
        ],
        "",
    ),
    (
        "GRANT CREATE ON DATABASE DB TO PUBLIC",
        &[
            "runtime-creates: the runtime role 'DB_runtime' has CREATE on the database DB, which is granted to 'PUBLIC'",
        ],
        "",
    ),
    (
        "ALTER ROLE DB_runtime BYPASSRLS",
        &["runtime-bypassrls: the runtime role 'DB_runtime' has BYPASSRLS: no policy holds for it"],
        "",
    ),
    (
        "ALTER ROLE DB_runtime SUPERUSER",
        &["runtime-superuser: the runtime role 'DB_runtime' is superuser"],
        "",
    ),
    (
        "GRANT DB_owner TO DB_runtime",
        &["runtime-member: the runtime role 'DB_runtime' is a member of 'DB_owner'"],
        "",
    ),
    (
        "CREATE ROLE DB_group; GRANT DB_owner TO DB_group; GRANT DB_group TO DB_runtime",
        &[
            "runtime-member: the runtime role 'DB_runtime' is a member of 'DB_owner', through 'DB_group'",
        ],
        "DROP ROLE DB_group",
    ),
    (
        "CREATE ROLE DB_group; GRANT TRUNCATE ON public.dreichor_schema_migrations TO DB_group; GRANT DB_group TO DB_runtime",
        &[
            "runtime-writes-history: the runtime role 'DB_runtime' has TRUNCATE on the table public.dreichor_schema_migrations, which is granted to 'DB_group'",
        ],
        "DROP ROLE DB_group",
    ),
    (
        "GRANT pg_write_all_data TO DB_runtime",
        &["runtime-member: the runtime role 'DB_runtime' is a member of 'pg_write_all_data'"],
        "",
    ),
    (
        "CREATE DATABASE DB_other",
        &[
            "runtime-connects: the runtime role 'DB_runtime' has CONNECT on the database DB_other, which is granted to 'PUBLIC'",
        ],
        "DROP DATABASE DB_other",
    ),
];

#[test]
pub(crate) fn each_grant_is_named_and_mended_by_what_is_shown() {
    let world = World::with(&[INIT]);
    let other = format!("\n[environments.other]\ndatabase = '{}_other'\n", world.database);
    world.configure(&other);
    world.run(&["apply"]).expect(0);
    assert_eq!(found(&world, 0).0, Vec::<String>::new());
    for (grants, expected, after) in CASES {
        let run = |statements: &str| {
            for statement in statements.split("; ").filter(|it| !it.is_empty()) {
                sql(&world.database, &statement.replace("DB", &world.database));
            }
        };
        run(grants);
        let (findings, remedies) = found(&world, 14);
        assert_eq!(findings, *expected, "{grants}");
        for remedy in remedies {
            let mend = remedy.strip_prefix("review this as superuser: ").expect("a statement");
            run(mend);
        }
        assert_eq!(found(&world, 0).0, Vec::<String>::new(), "{grants} is not mended");
        run(after);
    }
}

#[test]
fn what_it_owns_is_told_once() {
    let world = World::with(&[INIT]);
    world.run(&["apply"]).expect(0);
    let name = &world.database;
    sql(name, &format!("GRANT {name}_runtime TO {name}_owner"));
    sql(name, &format!("ALTER TABLE public.dreichor_schema_migration_log OWNER TO {name}_runtime"));
    let (findings, remedies) = found(&world, 14);
    assert_eq!(
        findings,
        [
            "runtime-owner: the runtime role 'DB_runtime' owns the table public.dreichor_schema_migration_log"
        ]
    );
    assert_eq!(
        remedies,
        [
            "review this as superuser: ALTER table public.dreichor_schema_migration_log OWNER TO DB_owner"
        ]
    );
}

#[test]
fn graver_findings_come_first() {
    let world = World::with(&[INIT]);
    world.run(&["apply"]).expect(0);
    world.write("002_b.sql", "CREATE TABLE public.b (n integer);\n");
    sql(&world.database, &format!("GRANT CREATE ON SCHEMA public TO {}_runtime", world.database));
    let (findings, _) = found(&world, 10);
    let codes: Vec<&str> = findings.iter().filter_map(|it| it.split(':').next()).collect();
    assert_eq!(codes, ["pending", "runtime-creates"]);
}

#[test]
fn a_statement_is_shown_with_the_databases_own_names() {
    let world = World::with(&[INIT]);
    world.run(&["apply"]).expect(0);
    let name = &world.database;
    sql(name, "CREATE SCHEMA \"ENV\"");
    sql(name, &format!("GRANT CREATE ON SCHEMA \"ENV\" TO {name}_runtime"));
    let (_, remedies) = found(&world, 14);
    assert_eq!(
        remedies,
        ["review this as superuser: REVOKE CREATE ON schema \"ENV\" FROM DB_runtime"]
    );
}
