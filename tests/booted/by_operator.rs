//! The operator's hand: `dreichor-migrate-on`, its answers and exit codes, what it refuses, and
//! that nobody sees the password meanwhile.

use crate::host::{APPLY, SET, assert_tells};
use crate::machine::Machine;

/// What stands in the password of both environments.
const SECRET: &str = "canary";

#[test]
fn it_answers_as_the_program_does() {
    let host = Machine::host();
    let ask = |command: &str| {
        let answer = host.run(&format!("dreichor-migrate-on prod {command}"));
        assert!(!answer.stdout.contains(SECRET) && !answer.stderr.contains(SECRET), "{answer:#?}");
        (answer.code, answer.stdout, answer.stderr)
    };
    let (code, said, _) = ask("plan");
    assert_eq!(code, 0);
    assert_tells(&said, &["0 applied, 3 pending", "001_init.sql", "sha256:"]);
    assert_eq!(ask("status").0, 0);
    let (code, said, _) = ask("check --format json");
    assert_eq!(code, 10);
    let document: serde_json::Value = serde_json::from_str(&said).expect("one document");
    assert_eq!(document["verdict"], "behind");

    host.must(&format!("systemctl start {APPLY}"));
    assert_tells(&ask("plan").1, &["3 applied, 0 pending"]);
    let (code, said, _) = ask("status");
    assert_eq!(code, 0);
    assert_tells(&said, &SET.lines().collect::<Vec<_>>());
    let (code, said, _) = ask("check");
    assert_eq!(code, 0);
    assert_tells(&said, &["prod: compatible"]);
    assert_eq!(ask("bogus").0, 2);
    assert_eq!(host.applied("dev"), "");
    let nobody = host.run("runuser -u nobody -- dreichor-migrate-on prod plan");
    assert_eq!((nobody.code, nobody.stdout.as_str()), (31, ""));
    // Nothing is left of the units that it made.
    assert_eq!(
        host.must("systemctl list-units --all --plain --no-legend 'dreichor-migrate-on*'"),
        ""
    );
}

#[test]
fn an_odd_environment_is_refused_before_anything_is_started() {
    let host = Machine::host();
    let odd = [
        "",
        ".",
        "../prod",
        "prod/",
        "Prod",
        "1prod",
        "-x",
        "--help",
        "prod dev",
        "prod;id",
        "$(id)",
        "prod@x",
        "prod%i",
        "pr\u{f6}d",
        "prod\nid",
    ];
    for environment in odd {
        host.write("/root/environment", environment);
        let answer = host.run("dreichor-migrate-on \"$(cat /root/environment)\" status");
        assert_eq!(answer.code, 2, "'{environment}': {answer:#?}");
        assert_tells(&answer.stderr, &["usage: dreichor-migrate-on ENV COMMAND"]);
    }
    assert_eq!(host.run("dreichor-migrate-on prod").code, 2);
    assert_eq!(host.run("dreichor-migrate-on").code, 2);
    let started = host.told("-b");
    assert!(!started.contains("dreichor-migrate-on-"), "a unit was started:\n{started}");
    // A well-formed name that is not declared is the program's to refuse.
    let answer = host.run("dreichor-migrate-on staging status");
    assert_eq!(answer.code, 78, "{answer:#?}");
    assert_tells(&answer.stderr, &["'staging' is not declared"]);
    assert_tells(&host.told("-b"), &["dreichor-migrate-on-staging-"]);
}

#[test]
fn nobody_sees_the_password_while_it_runs() {
    let host = Machine::host();
    host.must(&format!("systemctl start {APPLY}"));
    host.must("useradd --system --user-group stranger");
    let holder = host.spawn(
        "runuser -u postgres -- psql -X -q -d dreichor_prod -c 'BEGIN; LOCK TABLE public.dreichor_schema_migrations; SELECT pg_sleep(600)'",
    );
    let waits = "runuser -u postgres -- psql -X -A -t -d dreichor_prod -c \"SELECT application_name FROM pg_stat_activity WHERE wait_event_type = 'Lock'\" | grep -q dreichor";
    host.await_that("runuser -u postgres -- psql -X -A -t -d dreichor_prod -c \"SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'\" | grep -q .");
    let asked = host.spawn("dreichor-migrate-on prod status");
    host.await_that(waits);

    let processes = host.must("cat /proc/[0-9]*/cmdline | tr '\\0' ' '");
    assert_tells(&processes, &["/usr/bin/dreichor-migrate --env prod status", "systemd-run"]);
    let units =
        "systemctl list-units --plain --no-legend 'dreichor-migrate-on-prod-*' | cut -d' ' -f1";
    let unit = host.must(units).trim().to_owned();
    let shown = host.must(&format!("runuser -u stranger -- systemctl show {unit} && runuser -u stranger -- systemctl cat {unit}"));
    assert_tells(&shown, &["EnvironmentFile=-/etc/dreichor/migrate/prod.env"]);
    // The environment of the process is root's and its own user's to read.
    let environ = format!("/proc/{}/environ", host.property(&unit, "MainPID"));
    assert_ne!(host.run(&format!("runuser -u stranger -- cat {environ}")).code, 0);
    assert_tells(&host.must(&format!("cat {environ} | tr '\\0' '\\n'")), &[SECRET]);
    // The caller's own processes have it nowhere.
    let callers = host.must("cd /proc && for file in $(grep -lsazE 'systemd-run|bin/dreichor-migrate-on' [0-9]*/cmdline); do tr '\\0' '\\n' <\"${file%/cmdline}/environ\"; done 2>/dev/null; true");
    assert_tells(&callers, &["PATH="]);
    for text in [&processes, &shown, &callers] {
        assert!(!text.contains(SECRET), "the password is seen in:\n{text}");
    }

    host.sql(
        "prod",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'",
    );
    let answer = asked.end();
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert_ne!(holder.end().code, 0);
    let told = host.told("");
    assert!(!told.contains(SECRET), "the journal has the password");
}
