//! docs/operations.md, run as it stands there: the blocks that are marked with `proof=NAME`.
//! Must never repeat a command of the page: what is proved and what is read are the same bytes.

use crate::host::{APPLY, GATE, RUNTIME, SET, assert_tells};
use crate::machine::{Answer, Machine, made, repository};
use crate::page::{blocks, script};
use std::collections::BTreeSet;
use std::fs;

/// An event that the runtime has written; `%` is its number.
const EVENT: &str = "INSERT INTO public.audit_events (id, type, version, logical_time, body) \
    SELECT gen_random_uuid(), (enum_range(NULL::public.audit_event_type))[1], 1, %, '{}'";

/// The names of the events that are there.
const EVENTS: &str = "SELECT logical_time FROM public.audit_events ORDER BY 1";

const PAGE: &str = "docs/operations.md";

/// Runs a proof's blocks as an operator would who stops at the first failure.
fn run(host: &Machine, name: &str) -> Answer {
    let answer = host.run(&script(PAGE, name));
    assert_eq!(answer.code, 0, "{name}: {answer:#?}\n{}", host.told("-b"));
    answer
}

/// Structure, owners, grants and settings of prod, as `pg_dump` tells them.
fn structure(host: &Machine) -> String {
    // Newer ones put a random word into the two lines that guard the script.
    host.must("cd / && runuser -u postgres -- pg_dump --schema-only --create dreichor_prod | grep -v restrict")
}

fn write_event(host: &Machine, number: u8) {
    host.sql("prod", &EVENT.replace('%', &number.to_string()));
}

#[test]
fn every_marked_block_has_a_proof_here() {
    let marked: BTreeSet<String> =
        blocks(PAGE).into_iter().filter_map(|block| block.proof).collect();
    let here = fs::read_to_string(repository().join("tests/booted/operations.rs")).expect("this");
    let not_run: Vec<_> =
        marked.iter().filter(|name| !here.contains(&format!("run(&host, \"{name}\")"))).collect();
    assert!(marked.len() >= 7 && not_run.is_empty(), "not run: {not_run:?} of {marked:?}");
}

#[test]
fn what_was_changed_by_hand_is_mended_as_the_page_says() {
    let host = Machine::host();
    host.at_work();
    host.sql("prod", "CREATE INDEX made_by_hand ON public.audit_events (logical_time)");
    let page = fs::read_to_string(repository().join("docs/operations.md")).expect("the page");
    let told = host.refused(GATE, 13);
    for line in
        told.lines().filter(|line| line.contains("made_by_hand") || line.contains("exit 13"))
    {
        let said = line.split_once("]: ").map_or(line, |(_, said)| said);
        assert!(page.contains(said), "not in the page: {said}");
    }
    assert_tells(&run(&host, "mend").stdout, &["prod: as sealed"]);
    assert!(host.runtime_runs());
}

#[test]
fn the_way_back_is_a_backup_and_the_release_that_fits() {
    let host = Machine::host();
    host.at_work();
    write_event(&host, 1);
    let before = structure(&host);
    run(&host, "backup");
    assert!(!host.runtime_runs());

    // The next release, which writes before it turns out to be a mistake.
    host.copy(&made("DREICHOR_PACKAGE"), "/root/dreichor-migrate.deb");
    host.copy(&made("DREICHOR_PACKAGE_LATER"), "/root/later.deb");
    host.must("apt-get install -y /root/later.deb </dev/null");
    host.at_work();
    write_event(&host, 2);
    assert_eq!(host.applied("prod"), format!("{SET}004_add_orders.sql\n"));

    let answer = run(&host, "restore");
    assert_tells(&answer.stdout, &["verified: 3 rows, the chain is whole"]);
    assert_eq!(host.applied("prod"), SET);
    assert_eq!(host.sql("prod", EVENTS), "1\n");
    assert_eq!(structure(&host), before);

    // The later release does not start on it, the earlier one does.
    let ran = host.starts("prod");
    assert_tells(&host.refused(GATE, 10), &["004_add_orders.sql"]);
    assert_eq!(host.start(RUNTIME).code, 1);
    assert_eq!(host.starts("prod"), ran);
    run(&host, "downgrade");
    assert!(host.runtime_runs());
}

#[test]
fn a_run_begins_with_a_backup_that_leads_back() {
    let host = Machine::host();
    host.at_work();
    write_event(&host, 1);
    let before = structure(&host);
    host.must(
        "sed -i '0,/^# backup = \"off\"/s//backup = \"pg_dump\"/' /etc/dreichor/migrate.toml",
    );
    host.add_migration("004_mistake.sql", "CREATE TABLE public.mistake (id uuid NOT NULL);\n");

    // Without a backup of everything there is no run, and nothing is left.
    host.sql("prod", "CREATE TABLE public.by_hand ()");
    assert_tells(&host.refused(APPLY, 44), &["permission denied", "by_hand"]);
    assert_eq!(host.applied("prod"), SET);
    let backups = "find /var/lib/dreichor-migrate -name '*.dump' -printf '%m %u:%g %f\\n'";
    assert_eq!(host.must(backups), "");
    host.sql("prod", "DROP TABLE public.by_hand");

    let told = run(&host, "kept").stdout;
    assert_eq!(host.applied("prod"), format!("{SET}004_mistake.sql\n"));
    let made = host.must(backups);
    assert_eq!(made.lines().count(), 1, "{made}");
    assert_tells(&made, &["600 dreichor-migrate:dreichor-migrate "]);
    let name = made.trim().rsplit(' ').next().expect("its name");
    assert_tells(&told, &[name, "made and read back"]);
    assert_eq!(host.must("stat -c '%a %U' /var/lib/dreichor-migrate"), "700 dreichor-migrate\n");

    let answer = run(&host, "kept-restore");
    assert_tells(&answer.stdout, &["verified: 3 rows, the chain is whole"]);
    let sum = answer.stdout.split(' ').next().expect("its digest");
    assert_tells(&told, &[&format!("sha256:{sum}")]);
    assert_eq!(host.applied("prod"), SET);
    assert_eq!(host.sql("prod", EVENTS), "1\n");
    assert_eq!(structure(&host), before);
    // Neither removing nor purging the package takes it.
    host.must("dpkg --purge dreichor-migrate");
    assert_tells(&host.must("find /var/lib/dreichor-migrate -name '*.dump'"), &[name]);
}

#[test]
fn what_a_run_leaves_is_exported_and_checked() {
    let host = Machine::host();
    host.at_work();
    let run_id =
        host.sql("prod", "SELECT DISTINCT run_id FROM public.dreichor_schema_migration_log");
    let said = run(&host, "evidence").stdout;
    assert_tells(&said, &[run_id.trim(), "verified: nothing contradicts"]);
    let home = "/var/lib/dreichor-migrate/evidence";
    host.must(&format!("cd {home} && sha256sum --check --strict --quiet SHA256SUMS"));
    // The journal is read by who is allowed to, and has the whole run.
    let journal = host.must(&format!("cat {home}/journal.txt"));
    assert_tells(&journal, &["applied '003_add_decision_memory.sql'", "apply: 3 applied"]);
    assert_tells(&host.must(&format!("cat {home}/run.json")), &["dreichor-migrate@prod.service"]);
    assert_eq!(host.must(&format!("stat -c %a {home}")), "700\n");
    assert_eq!(host.must(&format!("grep -rl canary {home} | wc -l")), "0\n");
}

#[test]
fn a_hard_reset_leaves_an_empty_database_of_this_release() {
    let host = Machine::host();
    host.at_work();
    let before = structure(&host);
    write_event(&host, 1);
    run(&host, "hard-reset");
    assert_eq!(host.applied("prod"), SET);
    assert_eq!(host.sql("prod", EVENTS), "");
    assert_eq!(structure(&host), before);
    assert!(host.runtime_runs());
    assert_eq!(host.applied("dev"), "", "another environment was touched");
}

#[test]
fn the_predecessors_database_is_taken_over_without_loss() {
    let host = Machine::host();
    // What its script left: files run by psql as superuser, names in a table, nothing else.
    host.must(
        "cd /usr/share/dreichor/migrations && exec 2>&1
         runuser -u postgres -- dropdb dreichor_prod && runuser -u postgres -- createdb dreichor_prod
         runuser -u postgres -- psql -X -q -v ON_ERROR_STOP=1 -d dreichor_prod -f 001_init.sql -f 002_add_shadow_ledger.sql",
    );
    host.sql(
        "prod",
        "CREATE TABLE public.dreichor_schema_migrations (version text PRIMARY KEY, applied_at timestamptz NOT NULL);
         INSERT INTO public.dreichor_schema_migrations VALUES
             ('001_init.sql', '2025-01-01Z'), ('002_add_shadow_ledger.sql', '2025-01-02Z')",
    );
    write_event(&host, 1);

    let answer = run(&host, "baseline");
    assert_tells(&answer.stdout, &["003_add_decision_memory.sql", "the chain is whole"]);
    assert_eq!(host.applied("prod"), SET);
    let log = "SELECT event || ' ' || version FROM public.dreichor_schema_migration_log ORDER BY 1";
    assert_eq!(
        host.sql("prod", log),
        "applied 003_add_decision_memory.sql\nbaselined 001_init.sql\nbaselined 002_add_shadow_ledger.sql\n"
    );
    assert_eq!(host.sql("prod", EVENTS), "1\n");
    let since = "SELECT applied_at = '2025-01-01Z' FROM public.dreichor_schema_migrations WHERE version = '001_init.sql'";
    assert_eq!(host.sql("prod", since), "t\n", "what the predecessor recorded was changed");
    host.must(&format!("systemctl start {RUNTIME}"));
    assert!(host.runtime_runs());
}

#[test]
fn past_the_gate_leads_only_what_root_leaves_and_only_once() {
    let host = Machine::host();
    for mode in ["ignore-requirements", "ignore-dependencies"] {
        let answer = host.run(&format!("systemctl start --job-mode={mode} {RUNTIME}"));
        assert_eq!(answer.code, 1, "{answer:#?}");
        assert_tells(&answer.stderr, &["Assertion failed on job for dreichor-runtime@prod"]);
    }
    assert_eq!(host.starts("prod"), 0);
    run(&host, "bypass");
    assert!(host.runtime_runs());
    assert_eq!(host.run(&format!("systemctl restart {RUNTIME}")).code, 1);
    assert!(!host.runtime_runs());
    assert_eq!(host.starts("prod"), 1);
}

#[test]
fn one_line_says_whether_a_release_may_run() {
    let host = Machine::host();
    host.at_work();
    let said = run(&host, "probe");
    let blocks = blocks(PAGE);
    let at = blocks.iter().position(|block| block.proof.as_deref() == Some("probe"));
    let shown = at.and_then(|at| blocks.get(at + 1)).expect("the line behind the command");
    assert_eq!(said.stdout, shown.text);
}

#[test]
fn the_drill_says_what_the_page_shows() {
    let host = Machine::host();
    host.at_work();
    let said = run(&host, "drill");
    let blocks = blocks(PAGE);
    let at = blocks.iter().position(|block| block.proof.as_deref() == Some("drill"));
    let shown = at.and_then(|at| blocks.get(at + 1)).expect("the output behind the drill");
    assert!(shown.proof.is_none() && shown.text.lines().count() > 8, "{}", shown.text);
    for line in shown.text.lines() {
        assert!(
            said.stdout.lines().chain(said.stderr.lines()).any(|told| told == line),
            "docs/operations.md shows what is not said: '{line}' in {said:#?}"
        );
    }
    assert_tells(&said.stdout, &["failed      004_drill.sql", "42704 type"]);
    assert_eq!(host.applied("prod"), SET);
    assert!(host.runtime_runs());
}
