//! Each case of `tests/cases/schema`: a schema, a change, and what is said of it.

use super::reader::{Reader, sentences};
use crate::support::World;
use std::fs;
use std::path::Path;

/// Takes away whatever a case made.
pub(super) const CLEAR: &str = "
SET client_min_messages = error;
DO $clear$ DECLARE command text; BEGIN
  FOR command IN
    SELECT format('DROP EVENT TRIGGER %I', evtname) FROM pg_event_trigger
    UNION ALL SELECT format('DROP EXTENSION %I CASCADE', extname) FROM pg_extension WHERE extname <> 'plpgsql'
    UNION ALL SELECT format('DROP SERVER %I CASCADE', srvname) FROM pg_foreign_server
    UNION ALL SELECT format('DROP FOREIGN DATA WRAPPER %I CASCADE', fdwname) FROM pg_foreign_data_wrapper
    UNION ALL SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %I REVOKE ALL ON TABLES FROM PUBLIC', rolname)
      FROM pg_default_acl JOIN pg_roles ON pg_roles.oid = defaclrole
    UNION ALL SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace
      WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
  LOOP EXECUTE command; END LOOP;
END $clear$;
CREATE SCHEMA public;
GRANT USAGE ON SCHEMA public TO PUBLIC;
";

pub(super) struct Case<'a> {
    pub(super) name: &'a str,
    pub(super) since: u32,
    pub(super) base: String,
    pub(super) change: String,
    expect: Vec<&'a str>,
}

/// Reads a file: `-- case NAME [since MAJOR]`, then `-- base`, `-- change`, `-- expect`, each
/// followed by its lines; those of the last are comments.
pub(super) fn read(text: &str) -> Vec<Case<'_>> {
    let mut cases: Vec<Case<'_>> = Vec::new();
    let mut section = "";
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("-- case ") {
            let (name, since) = name.split_once(" since ").unwrap_or((name, "14"));
            let since = since.parse().expect("a major version");
            let (base, change, expect) = (String::new(), String::new(), Vec::new());
            cases.push(Case { name, since, base, change, expect });
            section = "case";
            continue;
        }
        if matches!(line, "-- base" | "-- change" | "-- expect") {
            section = line.trim_start_matches("-- ");
            continue;
        }
        let Some(case) = cases.last_mut() else { continue };
        match section {
            "base" => case.base = format!("{}{line}\n", case.base),
            "change" => case.change = format!("{}{line}\n", case.change),
            "expect" if !line.is_empty() => {
                case.expect.push(line.strip_prefix("-- ").expect("a comment"));
            }
            _ => assert!(line.is_empty(), "'{line}' stands in no section"),
        }
    }
    cases
}

fn run(file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/schema").join(file);
    let text = fs::read_to_string(&path).expect("the cases are there");
    let world = World::empty();
    let major: u32 = world
        .sql("SELECT current_setting('server_version_num')::int / 10000")
        .parse()
        .expect("a number");
    let reader = Reader::runtime(&world);
    let mut wrong = Vec::new();
    let mut ran = 0;
    for case in read(&text) {
        if case.since > major {
            continue;
        }
        let roles = |text: &str| text.replace("{role}", &world.database);
        world.sql(&format!("{CLEAR}{}", roles(&case.base)));
        let before = reader.read();
        assert_eq!(sentences(&before, &reader.read()), Vec::<String>::new(), "{}", case.name);
        world.sql(&roles(&case.change));
        let found = sentences(&before, &reader.read());
        if found != case.expect {
            wrong.push(format!("-- case {}\n-- {}", case.name, found.join("\n-- ")));
        }
        ran += 1;
    }
    assert!(ran > 0, "no case in '{file}'");
    assert!(wrong.is_empty(), "{file}: told otherwise:\n{}", wrong.join("\n"));
}

#[test]
fn tables_and_columns() {
    run("columns.sql");
}

#[test]
fn constraints_and_indexes() {
    run("constraints.sql");
}

#[test]
fn functions_types_and_views() {
    run("definitions.sql");
}

#[test]
fn owners_privileges_and_policies() {
    run("privileges.sql");
}

#[test]
fn what_changes_nothing_is_no_difference() {
    run("unchanged.sql");
}

#[test]
fn every_file_of_cases_is_run() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = fs::read_to_string(home.join("tests/it/schema/cases.rs")).expect("this file");
    let mut cases = 0;
    for entry in fs::read_dir(home.join("tests/cases/schema")).expect("the cases") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if name.ends_with(".sql") {
            assert!(source.contains(&format!("run(\"{name}\")")), "nobody runs '{name}'");
            cases += read(&fs::read_to_string(&path).expect("text")).len();
        }
    }
    assert!(cases >= 60, "only {cases} cases");
}
