//! Each case of `tests/cases/schema`: a schema, a change, and what is said of it; and that the
//! cases leave nothing out.

use super::case::{Case, read_all};
use super::coverage::{Seen, judge};
use super::reader::{Reader, major, sentences};
use crate::support::World;
use dreichor_migrate::core::schema::difference::compare;
use std::thread;

/// Takes away whatever a case made.
pub(super) const CLEAR: &str = "
SET client_min_messages = error;
-- An index whose catalog entry a case has written to cannot be dropped.
UPDATE pg_attribute SET attoptions = NULL WHERE attoptions = '{pg_attver=7}';
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
    UNION ALL SELECT format('DROP ACCESS METHOD %I', amname) FROM pg_am WHERE oid >= 16384
  LOOP EXECUTE command; END LOOP;
END $clear$;
SELECT format('DROP TABLESPACE %I', spcname) FROM pg_tablespace WHERE spcname = current_database() || '_space' \\gexec
CREATE SCHEMA public;
GRANT USAGE ON SCHEMA public TO PUBLIC;
";

/// Runs the cases of one file on a database of its own.
fn run(file: &str, cases: &[Case]) -> (Vec<Seen>, Vec<String>) {
    let world = World::empty();
    // What is read was committed; nobody waits for its being on the disk as well.
    world.sql(&format!("ALTER DATABASE {} SET synchronous_commit = off", world.database));
    let major = major();
    let mut reader = Reader::runtime(&world).stay();
    let (mut seen, mut wrong) = (Vec::new(), Vec::new());
    for case in cases.iter().filter(|case| case.since <= major) {
        let roles = |text: &str| text.replace("{role}", &world.database);
        world.sql(&format!("{CLEAR}{}", roles(&case.base)));
        let before = reader.read();
        world.sql(&roles(&case.change));
        let after = reader.read();
        let found = sentences(&before, &after);
        if found != case.expect {
            wrong.push(format!("{file}: -- case {}\n-- {}", case.name, found.join("\n-- ")));
        }
        let differences = compare(&before, &after);
        seen.push(Seen { differences, before, after });
    }
    world.sql(CLEAR);
    (seen, wrong)
}

#[test]
fn each_is_told_as_expected_and_nothing_that_counts_is_without_one() {
    let files = read_all();
    let (mut seen, mut wrong) = (Vec::new(), Vec::new());
    thread::scope(|scope| {
        let files: Vec<_> =
            files.iter().map(|(name, cases)| scope.spawn(|| run(name, cases))).collect();
        for file in files {
            let (found, otherwise) = file.join().expect("every case is run");
            seen.extend(found);
            wrong.extend(otherwise);
        }
    });
    assert!(wrong.is_empty(), "told otherwise:\n{}", wrong.join("\n"));
    let total: usize = files.iter().map(|(_, cases)| cases.len()).sum();
    assert!(total >= 250, "only {total} cases");
    judge(&seen, major());
}
