//! A schema that does not fit the release: each way has its own code and text, the runtime is not
//! started, and the journal says what to do. Must never let one way stand for another.

use crate::host::{APPLY, GATE, RUNTIME, assert_tells, only};
use crate::machine::{Machine, field};

const ORDERS: &str = include_str!("later/004_add_orders.sql");
const FILES: &str = "/usr/share/dreichor/migrations";
const LEDGER: &str = "002_add_shadow_ledger.sql";
const MEMORY: &str = "003_add_decision_memory.sql";

/// `MESSAGE_ID` of `finding`.
const FINDING: &str = "baa58f3a2c554b8c871cadbe6ccd1b8e";

/// How the gate ends, and its one finding.
struct Refusal<'a> {
    code: u8,
    name: &'a str,
    finding: &'a str,
    migration: &'a str,
    remedy: &'a str,
    /// The subject that the catalog gives to the end.
    catalog: &'a str,
}

const DIVERGED: Refusal<'_> = Refusal {
    code: 12,
    name: "diverged",
    finding: "",
    migration: LEDGER,
    remedy: "",
    catalog: "Subject: Files and history of 'prod' contradict each other",
};

#[test]
fn an_older_release_on_a_newer_schema_does_not_start() {
    let host = Machine::host();
    host.add_migration("004_add_orders.sql", ORDERS);
    host.must(&format!("systemctl start {APPLY} && mv {FILES}/004_add_orders.sql /root/"));
    let refusal = Refusal {
        code: 11,
        name: "ahead",
        finding: "ahead",
        migration: "004_add_orders.sql",
        remedy: "install the release that brought this migration",
        catalog: "Subject: The schema of 'prod' is ahead of this release",
    };
    assert_refuses(&host, &refusal);
    host.must(&format!("mv /root/004_add_orders.sql {FILES}/"));
    host.seal();
    assert_starts_with(&host, "true");
}

#[test]
fn an_edited_file_is_refused() {
    let host = applied();
    host.must(&format!("cp {FILES}/{LEDGER} /root/ && echo '-- more' >>{FILES}/{LEDGER}"));
    let told = assert_refuses(
        &host,
        &Refusal { finding: "edited", remedy: "restore the file as it was applied", ..DIVERGED },
    );
    let edited = host.must(&format!("sha256sum <{FILES}/{LEDGER}"));
    let recorded = host.must(&format!("sha256sum </root/{LEDGER}"));
    for sum in [edited, recorded] {
        assert_tells(&told, &[&format!("sha256:{}", sum.split(' ').next().expect("a sum"))]);
    }
    assert_starts_with(&host, &format!("cp /root/{LEDGER} {FILES}/"));
}

#[test]
fn a_missing_file_is_refused() {
    let host = applied();
    host.must(&format!("mv {FILES}/{LEDGER} /root/"));
    let refusal =
        Refusal { finding: "missing", remedy: "an applied migration is never removed", ..DIVERGED };
    assert_refuses(&host, &refusal);
    assert_starts_with(&host, &format!("mv /root/{LEDGER} {FILES}/"));
}

#[test]
fn a_file_inserted_before_the_newest_is_refused() {
    let host = Machine::host();
    host.must(&format!("mv {FILES}/{LEDGER} {FILES}/seal.toml /root/ && systemctl start {APPLY}"));
    assert_eq!(host.applied("prod"), format!("001_init.sql\n{MEMORY}\n"));
    host.must(&format!("mv /root/{LEDGER} /root/seal.toml {FILES}/"));
    let refusal = Refusal {
        finding: "inserted",
        remedy: "nothing is inserted before an applied migration",
        ..DIVERGED
    };
    assert_tells(&assert_refuses(&host, &refusal), &[&format!("newer '{MEMORY}'")]);
    // Another set than the released one has a seal of its own.
    host.must(&format!("rm {FILES}/{LEDGER} {FILES}/seal.toml"));
    host.seal();
    assert_starts_with(&host, "true");
}

/// A host whose schema fits.
fn applied() -> Machine {
    let host = Machine::host();
    host.must(&format!("systemctl start {APPLY}"));
    host
}

/// The runtime is not started, the database is left as it is, and the gate says all; gives what
/// it said.
fn assert_refuses(host: &Machine, refusal: &Refusal<'_>) -> String {
    let before = host.applied("prod");
    let answer = host.start(RUNTIME);
    assert_eq!(answer.code, 1, "{answer:#?}");
    assert_tells(&answer.stderr, &["A dependency job for dreichor-runtime@prod.service failed"]);
    assert_eq!(host.state(GATE), format!("failed exit-code {}", refusal.code));
    assert_eq!(host.property(RUNTIME, "ActiveState"), "inactive");
    assert_eq!(host.starts("prod"), 0);
    assert_eq!(host.applied("prod"), before);

    let finding = only(host, FINDING);
    let code = refusal.code.to_string();
    for (name, value) in [
        ("DREICHOR_COMMAND", "check"),
        ("DREICHOR_CODE", refusal.name),
        ("DREICHOR_EXIT_CODE", &code),
        ("DREICHOR_FINDING", refusal.finding),
        ("DREICHOR_MIGRATION", refusal.migration),
    ] {
        assert_eq!(field(&finding, name), value, "{name}");
    }
    assert_tells(&field(&finding, "DREICHOR_REMEDY"), &[refusal.remedy]);
    let file = format!("'{}'", refusal.migration);
    let told = host.told(&format!("-u {GATE}"));
    let end = format!("check: {} (exit {code})", refusal.name);
    assert_tells(&told, &[&file, refusal.remedy, &end]);
    let explained = host.must(&format!("journalctl -x -q --no-pager -u {GATE}"));
    assert_tells(&explained, &[refusal.catalog, &format!("Subject: Found: {}", refusal.finding)]);
    for gap in ["@DREICHOR_", "DREICHOR_ENVIRONMENT@"] {
        assert!(!explained.contains(gap), "{explained}");
    }
    told
}

/// Once mended, the runtime starts.
fn assert_starts_with(host: &Machine, mend: &str) {
    host.must(&format!("{mend} && systemctl start {RUNTIME}"));
    assert!(host.runtime_runs());
    assert_eq!(host.starts("prod"), 1);
}

#[test]
fn a_runtime_role_that_can_do_too_much_is_refused() {
    let host = Machine::host();
    host.must(&format!("systemctl start {APPLY}"));
    host.sql(
        "prod",
        "GRANT INSERT ON public.dreichor_schema_migration_log TO dreichor_prod_runtime;
         GRANT CONNECT ON DATABASE dreichor_dev TO dreichor_prod_runtime;",
    );
    let told = host.refused(GATE, 14);
    assert_tells(
        &told,
        &[
            "has INSERT on the table public.dreichor_schema_migration_log, which is granted to 'dreichor_prod_runtime'",
            "has CONNECT on the database dreichor_dev",
            "REVOKE CONNECT ON database dreichor_dev FROM dreichor_prod_runtime",
            "overprivileged (exit 14)",
        ],
    );
    assert_eq!(host.start(RUNTIME).code, 1);
    assert_eq!(host.starts("prod"), 0);
    // The script of 'provision' puts it right.
    host.must("dreichor-migrate --env prod provision | runuser -u postgres -- psql -X -q -v ON_ERROR_STOP=1 -f - >/dev/null");
    let left = host.run(&format!("systemctl start {GATE}"));
    let told = host.told(&format!("-b -u {GATE}"));
    host.sql("prod", "REVOKE CONNECT ON DATABASE dreichor_dev FROM dreichor_prod_runtime");
    assert_eq!(left.code, 1, "the other environment's database is not prod's to change: {told}");
    host.must(&format!("systemctl start {RUNTIME}"));
}
