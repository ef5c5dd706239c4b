//! What the program writes to a real journal: everything once, with its priority and its fields,
//! nothing lost at the end, nobody kept waiting, and text where there is no journal. Must never
//! look at one entry where the whole run counts.

use crate::held::{ended, waiting_run};
use crate::host::{APPLY, GATE, RUNTIME, SET, assert_tells};
use crate::machine::{Machine, field};
use serde_json::Value;
use std::collections::BTreeSet;

/// Notices of each level; a `DO` block is no part of a strict file.
const NOTICES: &str = "DROP TABLE IF EXISTS public.never_was;
DO $$ BEGIN
    RAISE WARNING 'look at this';
    RAISE INFO 'by the way';
END $$;
";

#[test]
fn nothing_is_said_twice_and_everything_has_its_priority() {
    let host = Machine::host();
    host.at_work();
    host.must(
        "sed -i '/^\\[environments.prod\\]/a policy = \"standard\"' /etc/dreichor/migrate.toml",
    );
    host.add_migration("004_notices.sql", NOTICES);
    host.add_migration("005_fails.sql", "CREATE TABLE public.fails (what no_such_type);\n");
    host.refused(APPLY, 40);
    let run = host.property(APPLY, "InvocationID");
    let pid = host.property(APPLY, "ExecMainPID");
    let said = host.journal(&format!("-b _PID={pid}"));
    let told: Vec<(String, String)> = said
        .iter()
        .map(|entry| (field(entry, "DREICHOR_EVENT"), field(entry, "PRIORITY")))
        .collect();
    let expected = [
        ("run-started", "6"),
        ("migration-started", "6"),
        ("server-notice", "5"),
        ("server-notice", "4"),
        ("server-notice", "6"),
        ("migration-applied", "6"),
        ("migration-started", "6"),
        ("migration-failed", "3"),
        ("ended-failed", "3"),
    ];
    let expected = expected.map(|(event, priority)| (event.to_owned(), priority.to_owned()));
    assert_eq!(told, expected, "{said:#?}");

    let messages: BTreeSet<String> = said.iter().map(|entry| field(entry, "MESSAGE")).collect();
    assert_eq!(messages.len(), said.len(), "said twice: {said:#?}");
    for entry in &said {
        assert_native(entry, &run);
    }
    // Nor does the unit's journal have a copy of a message, by whatever way.
    let all = host.journal(&format!("-b -u {APPLY}"));
    for message in &messages {
        let same = all.iter().filter(|entry| field(entry, "MESSAGE") == *message).count();
        assert_eq!(same, 1, "{message}");
    }
    assert_eq!(host.told(&format!("-b -u {APPLY} _TRANSPORT=stdout")), "");
    let notices: Vec<String> = said
        .iter()
        .filter(|entry| field(entry, "DREICHOR_EVENT") == "server-notice")
        .map(|entry| format!("{} {}", field(entry, "DREICHOR_MIGRATION"), field(entry, "MESSAGE")))
        .collect();
    assert_tells(
        &notices.join("\n"),
        &["004_notices.sql NOTICE", "004_notices.sql WARNING", "look at this"],
    );
}

/// An entry of the program's own, with all that every entry has.
fn assert_native(entry: &Value, run: &str) {
    assert_eq!(field(entry, "_TRANSPORT"), "journal", "{entry:#?}");
    assert_eq!(field(entry, "DREICHOR_RUN_ID"), run);
    assert_eq!(field(entry, "DREICHOR_ENVIRONMENT"), "prod");
    assert_eq!(field(entry, "SYSLOG_IDENTIFIER"), "dreichor-migrate");
    let id = field(entry, "MESSAGE_ID");
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{entry:#?}");
    assert!(!field(entry, "DREICHOR_COMMAND").is_empty());
}

#[test]
fn each_refusal_of_many_tells_everything() {
    let host = Machine::host();
    host.must(&format!("systemctl start {APPLY}"));
    host.must("rm /usr/share/dreichor/migrations/00[12]_*");
    let mut runs = BTreeSet::new();
    for _ in 0..20 {
        let told = host.refused(GATE, 12);
        let run = host.property(GATE, "InvocationID");
        let said = host
            .journal(&format!("_SYSTEMD_INVOCATION_ID={run} SYSLOG_IDENTIFIER=dreichor-migrate"));
        let events: Vec<String> = said.iter().map(|entry| field(entry, "DREICHOR_EVENT")).collect();
        assert_eq!(events, ["finding", "finding", "ended-diverged"], "{told}");
        assert_tells(&told, &["'001_init.sql'", "'002_add_shadow_ledger.sql'", "exit 12"]);
        for entry in &said {
            assert_native(entry, &run);
        }
        assert!(runs.insert(run), "an identity came twice");
    }
    // The unit's own journal has them all.
    let of_unit = host.journal(&format!("-u {GATE} SYSLOG_IDENTIFIER=dreichor-migrate"));
    assert_eq!(of_unit.len(), 60);
    let told: BTreeSet<String> =
        of_unit.iter().map(|entry| field(entry, "DREICHOR_RUN_ID")).collect();
    assert_eq!(told, runs);
}

#[test]
fn a_slow_journal_still_learns_which_unit_spoke() {
    let host = Machine::host();
    host.must(&format!("systemctl start {APPLY}"));
    host.must("rm /usr/share/dreichor/migrations/002_*");
    // It reads what is waiting a second after it was written, when a program that does not
    // wait for it is gone.
    let journald = host.property("systemd-journald", "MainPID");
    host.must(&format!("kill -STOP {journald}"));
    let slow = host.spawn(&format!("sleep 1; kill -CONT {journald}"));
    host.start(GATE);
    assert_eq!(slow.end().code, 0);
    assert_eq!(host.state(GATE), "failed exit-code 12");
    let run = host.property(GATE, "InvocationID");
    let said = host.journal(&format!("DREICHOR_RUN_ID={run}"));
    assert_eq!(said.len(), 2, "{said:#?}");
    for entry in &said {
        assert_eq!(field(entry, "_SYSTEMD_UNIT"), format!("{GATE}.service"), "{entry:#?}");
        assert_eq!(field(entry, "_SYSTEMD_INVOCATION_ID"), run, "{entry:#?}");
    }
}

#[test]
fn a_journal_that_hangs_keeps_neither_lock_nor_transaction() {
    let host = Machine::host();
    host.at_work();
    // More than a socket holds.
    let flood = "DO $$ BEGIN FOR i IN 1..3000 LOOP RAISE NOTICE 'flood %', i; END LOOP; END $$;\n";
    let holder = waiting_run(&host, flood);
    let run = host.property(APPLY, "InvocationID");
    let journald = host.property("systemd-journald", "MainPID");
    host.must(&format!("kill -STOP {journald}"));
    let ended_holder = holder.end(&host);
    let state = ended(&host);
    let process =
        host.must(&format!("ps -o state= -p {journald} || cut -d' ' -f3 /proc/{journald}/stat"));
    let sessions =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'dreichor-migrate%'";
    let left = host.sql("prod", sessions);
    let applied = host.applied("prod");
    host.must(&format!("kill -CONT {journald}"));

    assert_ne!(ended_holder.code, 0);
    assert_eq!(process.trim(), "T", "the journal was not stopped all the time");
    assert_eq!(state, "inactive success 0");
    assert_eq!(left, "0\n");
    assert_eq!(applied, format!("{SET}004_drop_beside.sql\n"));
    assert!(host.runtime_runs());
    // What the journal could not take in time is admitted, where it is read later.
    let told = host.told(&format!("-b -u {APPLY}"));
    assert_tells(&told, &["the journal did not take all records of this command in time"]);
    let began = host.told(&format!("DREICHOR_RUN_ID={run} DREICHOR_EVENT=migration-started"));
    assert_tells(&began, &["004_drop_beside.sql"]);
    // The next run has a journal again.
    host.must(&format!("systemctl start {APPLY}"));
    let run = host.property(APPLY, "InvocationID");
    assert_tells(&host.told(&format!("DREICHOR_RUN_ID={run}")), &["nothing is pending"]);
}

#[test]
fn without_a_journal_the_text_goes_to_standard_error() {
    let host = Machine::host();
    host.at_work();
    host.must("rm /usr/share/dreichor/migrations/002_*");
    // By hand, with the socket out of sight.
    let command = "set -a; . <(sed \"s/=/='/; s/$/'/\" /etc/dreichor/migrate/prod.env); mount -t tmpfs none /run/systemd/journal && exec dreichor-migrate check --env prod --log journal";
    let answer = host.run(&format!("unshare --mount bash -c {}", quoted(command)));
    assert_eq!(answer.code, 12, "{answer:#?}");
    assert_tells(&answer.stderr, &["002_add_shadow_ledger.sql", "exit 12"]);
    assert!(!answer.stdout.contains("error: "), "the log is on standard output: {answer:#?}");

    // As the unit: what was open before still leads to the journal, which reads the priorities.
    host.write(
        "/etc/systemd/system/dreichor-migrate-gate@.service.d/blind.conf",
        "[Service]\nTemporaryFileSystem=/run/systemd/journal\n",
    );
    host.must(&format!("systemctl daemon-reload && systemctl stop {RUNTIME}"));
    assert_eq!(host.start(GATE).code, 1);
    assert_eq!(host.state(GATE), "failed exit-code 12");
    let pid = host.property(GATE, "ExecMainPID");
    let said = host.journal(&format!("-b _PID={pid} _TRANSPORT=stdout"));
    assert!(said.iter().all(|entry| !field(entry, "MESSAGE").starts_with('<')), "{said:#?}");
    let errors: String = said
        .iter()
        .filter(|entry| field(entry, "PRIORITY") == "3")
        .map(|entry| format!("{}\n", field(entry, "MESSAGE")))
        .collect();
    assert_tells(
        &errors,
        &[
            "'002_add_shadow_ledger.sql' was applied and its file is missing",
            "check: diverged (exit 12)",
        ],
    );
}

/// As one word for a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
