//! The sandbox of the units: its score, and that what it promises is enforced.

use crate::host::{APPLY, GATE};
use crate::machine::{Machine, repository};
use std::fs;

/// The exposure that `systemd-analyze security` gives, in tenths.
fn exposure(host: &Machine, unit: &str) -> u32 {
    let report = host.must(&format!("systemd-analyze security --no-pager {unit}"));
    let line =
        report.lines().find(|line| line.contains("Overall exposure level")).expect("a score");
    let score = line.split(':').nth(1).and_then(|rest| rest.split_whitespace().next());
    let tenths = score.map(|score| score.replace('.', "")).and_then(|digits| digits.parse().ok());
    tenths.unwrap_or_else(|| panic!("no score in '{line}'"))
}

#[test]
fn the_exposure_is_at_most_nine_tenths() {
    let host = Machine::installed();
    for unit in [APPLY, GATE] {
        assert!(exposure(&host, &format!("{unit}.service")) <= 9, "{unit}");
    }
    // The variant that the README of the units documents.
    let variant = fs::read_to_string(repository().join("systemd/examples/socket-only.conf"));
    let variant = variant.expect("the variant");
    for unit in ["dreichor-migrate@", "dreichor-migrate-gate@"] {
        host.write(&format!("/etc/systemd/system/{unit}.service.d/socket-only.conf"), &variant);
    }
    host.must("systemctl daemon-reload");
    for unit in [APPLY, GATE] {
        assert!(exposure(&host, &format!("{unit}.service")) <= 2, "{unit}");
    }
}

/// Runs a shell in the sandbox of the unit itself: everything but the program is as it is.
const SHELL: &str = "[Service]\nExecStart=\nExecPaths=/usr/bin\nExecStart=/bin/bash -c '%s'\n";

fn in_the_sandbox(host: &Machine, more: &str, script: &str) -> u32 {
    let text = SHELL.replace("%s", &script.replace('$', "$$")) + more;
    host.write("/etc/systemd/system/dreichor-migrate@.service.d/shell.conf", &text);
    host.must("systemctl daemon-reload");
    host.run("systemctl start dreichor-migrate@prod");
    host.property(APPLY, "ExecMainStatus").parse().expect("an exit code")
}

#[test]
fn loopback_is_the_only_network() {
    let host = Machine::host();
    // An address of this machine that is not loopback, where the server listens as well.
    host.must("ip addr add 10.9.9.9/32 dev lo");
    host.must("echo \"listen_addresses = '*'\" >>/etc/postgresql/15/main/conf.d/tests.conf && systemctl restart postgresql");
    let connect = |address: &str| format!("timeout 3 bash -c \"exec 3<>/dev/tcp/{address}/5432\"");
    assert_eq!(
        host.run(&connect("10.9.9.9")).code,
        0,
        "the address answers outside of the sandbox"
    );
    assert_eq!(in_the_sandbox(&host, "", &connect("127.0.0.1")), 0);
    assert_ne!(in_the_sandbox(&host, "", &connect("10.9.9.9")), 0, "another network was reached");
    // The same without the two lines reaches it: they, and nothing else, forbid it.
    let open = "IPAddressDeny=\nIPAddressAllow=\n";
    assert_eq!(in_the_sandbox(&host, open, &connect("10.9.9.9")), 0);
}

#[test]
fn the_sandbox_is_enforced() {
    let host = Machine::host();
    let denied = [
        ("touch /var/lib/x", "writing outside"),
        ("touch /run/dreichor-migrate-gate/prod.passed", "leaving a pass"),
        ("cat /etc/dreichor/migrate/prod.env", "reading the secret file"),
        ("ls /proc/1/status", "seeing other processes"),
        ("unshare --user true", "making a namespace"),
    ];
    for (script, what) in denied {
        assert_ne!(in_the_sandbox(&host, "", script), 0, "{what} was possible");
    }
    assert_eq!(in_the_sandbox(&host, "", "true"), 0, "the shell itself works there");
    let no_core = "grep -q \"^Max core file size  *0  *0 \" /proc/self/limits";
    assert_eq!(in_the_sandbox(&host, "", no_core), 0, "a core could be dumped");
    assert_eq!(in_the_sandbox(&host, "", "[[ $USER == dreichor-migrate && $UID != 0 ]]"), 0);
}
