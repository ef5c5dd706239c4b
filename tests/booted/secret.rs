//! The password is nowhere: not while a run lasts, for a user without rights; not afterwards, in
//! anything that was written. Must never search without having shown that the search finds it.

use crate::held::{ended, waiting_run};
use crate::host::{APPLY, GATE, RUNTIME, assert_tells};
use crate::machine::Machine;

const URL_FILE: &str = "/etc/dreichor/migrate/prod.env";

/// The password of tests/booted/host.sh, as it is and as the URL, C, JSON and shells write it.
const FORMS: &str = r#"canary( |%20|%2520|\\x20|\\040|\\ |\+)(\\*"|%22|%2522|\\x22|\\042)?prod"#;

/// Looks from outside, round after round, until it is told to end: at command lines, variables
/// and units. Prints what it got.
const WATCHER: &str = r#"
until [[ -e /run/watched ]]; do
  for process in /proc/[0-9]*; do
    tr '\0' ' ' <$process/cmdline
    { tr '\0' ' ' <$process/environ && echo && echo "OPEN $process $(<$process/comm)"; }
  done 2>/dev/null
  systemctl show '*'
  systemctl show --all dreichor-migrate@prod
  systemctl cat dreichor-migrate@prod dreichor-migrate-gate@prod
  systemctl status --no-pager dreichor-migrate@prod
  systemctl show-environment
  find /run /var/lib /var/log -xdev -user dreichor-migrate 2>/dev/null
  cat /run/credentials/*/* /etc/dreichor/migrate/* /etc/credstore/* 2>/dev/null
  echo ROUND
done
"#;

#[test]
fn while_a_run_lasts_nobody_else_sees_the_password() {
    let host = Machine::host();
    host.at_work();
    host.write("/root/watcher", WATCHER);
    host.sql("prod", "CREATE ROLE watcher; GRANT CONNECT ON DATABASE dreichor_prod TO watcher");
    // From before the start until after the end.
    let watcher = host.spawn(
        "runuser -u nobody -- bash -u -c \"$(cat /root/watcher)\" >/var/tmp/watched 2>/var/tmp/watched.errors",
    );
    let rounds = |count: usize| {
        host.await_that(&format!("[[ $(grep -c ^ROUND /var/tmp/watched) -ge {count} ]]"));
    };
    rounds(1);
    let holder = waiting_run(&host, "");
    let pid = host.property(APPLY, "MainPID");
    let before = host.must("grep -c ^ROUND /var/tmp/watched").trim().parse::<usize>();
    rounds(before.expect("a number") + 3);

    // The secret is where root finds it, so that what follows is not true of an empty program.
    assert_eq!(host.run(&found(&format!("tr '\\0' '\\n' </proc/{pid}/environ"))).code, 0);
    for other in ["nobody", "postgres"] {
        let answer = host.run(&format!("runuser -u {other} -- head -c 1 /proc/{pid}/environ"));
        assert_eq!(answer.code, 1, "{answer:#?}");
        assert_tells(&answer.stderr, &["Permission denied"]);
    }
    let sessions = "SELECT * FROM pg_catalog.pg_stat_activity";
    for role in ["watcher", "postgres"] {
        let seen = host.sql("prod", &format!("SET SESSION AUTHORIZATION {role};\n{sessions}"));
        assert_tells(&seen, &["dreichor_prod_migrator"]);
        assert!(!seen.contains("canary"), "{seen}");
    }
    // Not even a program that dies leaves its memory.
    let limits = host.must(&format!("grep 'Max core file size' /proc/{pid}/limits"));
    assert_eq!(limits.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"]);
    assert_nowhere(&host);

    assert_ne!(holder.end(&host).code, 0);
    assert_eq!(ended(&host), "inactive success 0");
    host.must("touch /run/watched");
    assert_eq!(watcher.end().code, 0);

    // It saw the run, and the environment of nobody but itself.
    let seen = |pattern: &str| host.run(&format!("grep -a -q '{pattern}' /var/tmp/watched")).code;
    assert_eq!(seen("/usr/bin/dreichor-migrate apply --env prod"), 0);
    assert_eq!(seen("^Id=dreichor-migrate@prod.service"), 0);
    assert_eq!(seen("^EnvironmentFiles=/etc/dreichor/migrate/prod.env"), 0);
    assert_eq!(seen("^OPEN .* bash$"), 0, "it cannot see even its own");
    assert_eq!(seen("^OPEN .* dreichor-migrat"), 1, "the program's variables are open");
    assert_eq!(host.run(&found("cat /var/tmp/watched /var/tmp/watched.errors")).code, 1);
    assert_nowhere(&host);
}

#[test]
fn a_program_that_is_killed_leaves_no_core() {
    let host = Machine::host();
    host.at_work();
    let holder = waiting_run(&host, "");
    host.must(&format!("systemctl kill --signal=ABRT {APPLY}"));
    assert_eq!(ended(&host), "failed signal 6");
    // 2 is CLD_KILLED; 3 would be CLD_DUMPED.
    assert_eq!(host.property(APPLY, "ExecMainCode"), "2");
    assert_eq!(host.must("find / -xdev -type f -name 'core*' -size +64k -newer /run/systemd/private -not -path '/proc/*'"), "");
    assert_nowhere(&host);
    assert_ne!(holder.end(&host).code, 0);
}

#[test]
fn what_goes_wrong_does_not_repeat_the_password() {
    let host = Machine::host();
    host.at_work();
    host.must(&format!("systemctl stop {RUNTIME} && cp -p {URL_FILE} /etc/dreichor/kept.env"));
    // Each breaks the URL in another place, with the password in it.
    let broken = [
        (31, "s/_migrator:/_nobody:/"),
        (31, "s/%22prod/%22prod%22/"),
        (78, "s/%20/%2/"),
        (78, "s/%20/ /"),
        (78, "s/@localhost/@db.example.net/"),
        (78, "s/@localhost/@@localhost/"),
        (78, "s/@localhost/:localhost/"),
        (78, "s,postgres://,mysql://,"),
        (78, "s,postgres://,,"),
        (78, "s,/dreichor_prod$,/dreichor_dev,"),
        (78, "s,/dreichor_prod$,,"),
        (78, "s,$,?password=canary%20%22prod%22,"),
        (78, "s,$,?canary%20%22prod%22,"),
        (78, "s,$,#canary%20%22prod%22,"),
    ];
    for (code, change) in broken {
        host.must(&format!("sed '{change}' /etc/dreichor/kept.env >{URL_FILE}"));
        for unit in [GATE, APPLY] {
            let told = host.refused(unit, code);
            assert!(!told.contains("canary"), "{change}: {told}");
        }
        // By hand, whatever is asked for.
        for more in ["", " --format json", " -vv --log text", " --log json"] {
            let answer = host.run(&format!("dreichor-migrate-on prod status{more}"));
            assert_eq!(answer.code, i32::from(code), "{change}: {answer:#?}");
            let all = format!("{}{}", answer.stdout, answer.stderr);
            assert!(all.len() > 40 && !all.contains("canary"), "{change}: {all}");
        }
    }
    assert_nowhere(&host);
}

/// A script that succeeds when the password is in what a command prints.
fn found(command: &str) -> String {
    format!("{command} | grep -a -q -E '{FORMS}'")
}

/// Neither the journal nor any file that the system writes has it, in any form; the same search
/// finds it where it belongs.
fn assert_nowhere(host: &Machine) {
    let search = |roots: &str| {
        host.run(&format!("grep -r -l -a -E -D skip '{FORMS}' {roots} 2>/dev/null")).stdout
    };
    assert_tells(&search("/etc"), &["migrate/"]);
    assert_eq!(search("/run /var/log /var/lib /tmp /var/tmp /root"), "");
    let told = host.must(&format!(
        "journalctl --sync
         journalctl -o export --all >/run/exported
         grep -a -q '^DREICHOR_EVENT=ended-' /run/exported && echo 'canary \\\"prod is planted' >>/run/exported
         grep -a -E '{FORMS}' /run/exported; rm /run/exported"
    ));
    assert_eq!(told, "canary \\\"prod is planted\n");
}
