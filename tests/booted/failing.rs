//! A migration that fails under its unit: what it leaves, what the runtime notices of it, and how
//! an operator finds the line that is wrong. Must never look at the program's own report alone:
//! the database is asked what is there.

use crate::held::{GONE, Holder};
use crate::host::{APPLY, RUNTIME, SET, assert_tells, only};
use crate::machine::{Machine, field};

/// `MESSAGE_ID` of `migration-failed`, `migration-timed-out` and `ended-failed`.
const FAILED: &str = "0130ed2535ab44988ef7e2c350ac722e";
const TIMED_OUT: &str = "8c67e2c4046d43048c57da01c230be7a";
const ENDED_FAILED: &str = "7a56fe2131c84d159a9f270079db9f94";

const VENUES: &str = "CREATE TABLE public.venues (venue_id uuid NOT NULL);\n";
/// Its first statement is good; the second begins in line 4 and names its type in line 5.
const BAD: &str = "-- The fees of a venue.
CREATE TABLE public.fees (venue_id uuid NOT NULL);

ALTER TABLE public.venues
    ADD COLUMN currency currency_code;
";
const LATER: &str = "CREATE TABLE public.later (later_id uuid NOT NULL);\n";

#[test]
fn what_fails_leaves_nothing_and_is_told_where_it_is() {
    let host = Machine::host();
    host.at_work();
    let runtime = host.property(RUNTIME, "MainPID");
    host.add_migration("004_add_venues.sql", VENUES);
    host.add_migration("005_add_fees.sql", BAD);
    host.add_migration("006_later.sql", LATER);

    let answer = host.start(APPLY);
    assert_eq!(answer.code, 1, "{answer:#?}");
    assert_tells(&answer.stderr, &["dreichor-migrate@prod.service failed"]);
    assert_eq!(host.state(APPLY), "failed exit-code 40");
    let run = host.property(APPLY, "InvocationID");

    // In the database: the good file before it, and nothing else, not even the first statement.
    assert_eq!(host.applied("prod"), format!("{SET}004_add_venues.sql\n"));
    assert_eq!(tables(&host), "t|f|f\n");
    assert_eq!(
        host.sql(
            "prod",
            "SELECT version, event, run_id, sqlstate FROM public.dreichor_schema_migration_log
             WHERE version >= '004' ORDER BY sequence"
        ),
        format!("004_add_venues.sql|applied|{run}|\n005_add_fees.sql|failed|{run}|42704\n")
    );

    // The runtime did not notice.
    assert_eq!(host.property(RUNTIME, "MainPID"), runtime);
    assert!(host.runtime_runs());
    assert_eq!(host.starts("prod"), 1);

    // What to do is found by unit, by event, by migration and by run.
    assert_failure_is_told(&host, &run);

    // After the correction the next start does what remained, and nothing twice.
    host.add_migration("005_add_fees.sql", &BAD.replace("currency_code", "text"));
    host.must(&format!("systemctl start {APPLY}"));
    assert_eq!(host.state(APPLY), "inactive success 0");
    assert_eq!(
        host.applied("prod"),
        format!("{SET}004_add_venues.sql\n005_add_fees.sql\n006_later.sql\n")
    );
    assert_eq!(tables(&host), "t|t|t\n");
    assert_eq!(host.property(RUNTIME, "MainPID"), runtime);
}

/// Which of the three new files' tables are there.
fn tables(host: &Machine) -> String {
    let names = ["venues", "fees", "later"];
    let asked = names.map(|name| format!("to_regclass('public.{name}') IS NOT NULL"));
    host.sql("prod", &format!("SELECT {}", asked.join(", ")))
}

fn assert_failure_is_told(host: &Machine, run: &str) {
    let whole = [
        "005_add_fees.sql:5:25",
        "statement 2",
        "42704",
        "type \"currency_code\" does not exist",
        "ADD COLUMN currency currency_code;",
        "left nothing",
    ];
    let queries = [
        format!("-u {APPLY}"),
        format!("MESSAGE_ID={FAILED}"),
        "DREICHOR_MIGRATION=005_add_fees.sql".to_owned(),
        format!("DREICHOR_RUN_ID={run}"),
        format!("_SYSTEMD_INVOCATION_ID={run}"),
    ];
    for query in &queries {
        assert_tells(&host.told(query), &whole);
    }
    let told = host.told(&format!("-u {APPLY}"));
    assert_tells(
        &told,
        &[
            "status=40",
            "applied '004_add_venues.sql'",
            "1 applied, 2 not applied",
            "exit 40",
            "correct the file, which was never applied",
        ],
    );
    assert!(!told.contains("006_later.sql"), "{told}");

    let failed = only(host, FAILED);
    for (name, value) in [
        ("PRIORITY", "3"),
        ("DREICHOR_EVENT", "migration-failed"),
        ("DREICHOR_ENVIRONMENT", "prod"),
        ("DREICHOR_MIGRATION", "005_add_fees.sql"),
        ("DREICHOR_PLACE", "005_add_fees.sql:5:25"),
        ("DREICHOR_STATEMENT", "2"),
        ("DREICHOR_SQLSTATE", "42704"),
        ("DREICHOR_CODE", "failed"),
        ("DREICHOR_EXIT_CODE", "40"),
        ("_SYSTEMD_UNIT", "dreichor-migrate@prod.service"),
    ] {
        assert_eq!(field(&failed, name), value, "{name}");
    }
    let end = only(host, ENDED_FAILED);
    assert_eq!(field(&end, "DREICHOR_RUN_ID"), run);
    assert_tells(&field(&end, "DREICHOR_REMEDY"), &["plan and apply again"]);
}

#[test]
fn who_holds_the_lock_is_named() {
    let host = Machine::host();
    host.at_work();
    let holder = Holder::of_beside(&host);
    host.must(
        "sed -i '/^\\[environments.prod\\]/a lock_timeout = \"500ms\"' /etc/dreichor/migrate.toml",
    );
    host.add_migration("004_add_venues.sql", &format!("{VENUES}{GONE}DROP TABLE public.beside;\n"));

    let told = host.refused(APPLY, 41);
    assert_tells(
        &told,
        &[
            "004_add_venues.sql:3:",
            "55P03",
            "BLOCKED BY",
            holder.pid(),
            "the-night-report",
            "exit 41",
        ],
    );
    let entry = only(&host, TIMED_OUT);
    assert_tells(&field(&entry, "MESSAGE"), &["DROP TABLE public.beside", "the-night-report"]);
    assert_eq!(field(&entry, "PRIORITY"), "3");
    assert_eq!(field(&entry, "DREICHOR_SQLSTATE"), "55P03");
    assert_eq!(host.applied("prod"), SET);
    assert_eq!(host.sql("prod", "SELECT to_regclass('public.venues') IS NULL"), "t\n");
    assert!(host.runtime_runs());

    assert_ne!(holder.end(&host).code, 0, "the holder was not ended");
    host.must(&format!("systemctl start {APPLY}"));
    assert_eq!(host.applied("prod"), format!("{SET}004_add_venues.sql\n"));
}
