//! The URL of the database as a credential of the service manager, plain and encrypted. Must never
//! leave the URL where the file of the environment was.

use crate::held::{ended, waiting_run};
use crate::host::{APPLY, GATE, RUNTIME, SET, assert_tells};
use crate::machine::Machine;

const URL_FILE: &str = "/etc/dreichor/migrate/prod.env";
const PLAIN: &str = "/etc/credstore/dreichor-migrate.prod.database-url";
const ENCRYPTED: &str = "/etc/credstore.encrypted/dreichor-migrate.prod.database-url";

/// What an operator adds to both units for an encrypted credential.
const DROP_IN: &str = "[Service]
LoadCredential=
LoadCredentialEncrypted=database-url:dreichor-migrate.%i.database-url
";

/// Gives the URL alone to a command, and removes the file that held it.
fn taken_by(command: &str) -> String {
    format!(
        "set -o pipefail; umask 077; sed -n 's/^DATABASE_URL=//p' {URL_FILE} | {command} && rm {URL_FILE}"
    )
}

#[test]
fn a_plain_credential_is_enough() {
    let host = Machine::host();
    host.must(&taken_by(&format!("install -D -m 600 /dev/stdin {PLAIN}")));
    assert_works(&host);
}

#[test]
fn two_different_urls_are_refused() {
    let host = Machine::host();
    host.must(&format!(
        "umask 077; mkdir -p /etc/credstore; sed -n 's/^DATABASE_URL=//p' {URL_FILE} >{PLAIN}"
    ));
    // The same twice is one URL.
    host.at_work();
    host.must(&format!("systemctl stop {RUNTIME}"));
    host.must(&format!("sed -i 's/localhost/127.0.0.1/' {URL_FILE}"));
    for unit in [GATE, APPLY] {
        let told = host.refused(unit, 78);
        assert_tells(
            &told,
            &["'DATABASE_URL'", "'database-url'", "both set and differ", "remove one of the two"],
        );
        assert!(!told.contains("canary") && !told.contains("127.0.0.1"), "{told}");
    }
    assert_eq!(host.start(RUNTIME).code, 1);
    host.must(&format!("rm {URL_FILE} && systemctl start {RUNTIME}"));
    assert!(host.runtime_runs());
}

#[test]
fn an_encrypted_credential_is_enough_with_a_drop_in() {
    let host = Machine::host();
    host.must("systemd-creds setup");
    // The embedded name is the credential's, not the file's.
    host.must(&taken_by(&format!(
        "(mkdir -p -m 700 /etc/credstore.encrypted; systemd-creds encrypt --name=database-url - {ENCRYPTED})"
    )));
    assert_eq!(host.run(&format!("grep -q canary {ENCRYPTED}")).code, 1, "it is not encrypted");
    // Without the drop-in the units say what is missing, as without any URL.
    assert_tells(&host.refused(GATE, 78), &["there is no database URL"]);
    for unit in ["dreichor-migrate@", "dreichor-migrate-gate@"] {
        host.write(&format!("/etc/systemd/system/{unit}.service.d/encrypted.conf"), DROP_IN);
    }
    host.must("systemctl daemon-reload");
    assert_works(&host);
}

/// Apply and gate work, the runtime starts, and while a run lasts nobody else reads the credential.
fn assert_works(host: &Machine) {
    host.at_work();
    assert_eq!(host.applied("prod"), SET);
    assert_eq!(host.starts("prod"), 1);

    let waiting = waiting_run(host, "");
    let pid = host.property(APPLY, "MainPID");
    let file = format!("/run/credentials/{APPLY}.service/database-url");
    // It is there, or the others could not be refused it.
    host.must(&format!("grep -q canary {file}"));
    for other in ["nobody", "postgres"] {
        let answer = host.run(&format!("runuser -u {other} -- cat {file}"));
        assert_eq!(answer.code, 1, "{answer:#?}");
        assert_tells(&answer.stderr, &["Permission denied"]);
    }
    // The variables of the program tell where it is, not what it is.
    let variables = host.must(&format!("tr '\\0' '\\n' </proc/{pid}/environ"));
    assert_tells(&variables, &["CREDENTIALS_DIRECTORY="]);
    assert!(!variables.contains("canary") && !variables.contains("DATABASE_URL"), "{variables}");
    assert_ne!(waiting.end(host).code, 0);
    assert_eq!(ended(host), "inactive success 0");
    assert_eq!(host.run(&format!("ls -d /run/credentials/{APPLY}.service")).code, 2, "it stayed");
}
