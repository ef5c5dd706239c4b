//! A schema that somebody changed by hand, and a release that says itself what it needs: the gate
//! knows both, under its unit and with its sandbox.

use crate::host::{APPLY, GATE, RUNTIME, assert_tells, only};
use crate::machine::{Machine, field};

/// `MESSAGE_ID` of a check that ended with 13.
const DRIFTED: &str = "14e3617504c34f25a3dbfc23fec34324";
const BY_HAND: &str = "CREATE INDEX made_by_hand ON public.audit_events (logical_time)";

#[test]
fn a_schema_that_was_changed_by_hand_starts_no_runtime() {
    let host = Machine::host();
    host.at_work();
    let process = host.property(RUNTIME, "MainPID");
    host.sql("prod", BY_HAND);
    assert_eq!(host.property(RUNTIME, "MainPID"), process, "a running one is left alone");
    assert_eq!(host.run(&format!("systemctl restart {RUNTIME}")).code, 1);
    assert!(!host.runtime_runs());
    assert_eq!(host.state(GATE), "failed exit-code 13");
    let told = host.told(&format!("-b -u {GATE}"));
    assert_tells(&told, &["index audit_events.made_by_hand: not expected", "drifted (exit 13)"]);
    assert_eq!(field(&only(&host, DRIFTED), "DREICHOR_CODE"), "drifted");

    let shown = host.run("dreichor-migrate-on prod verify");
    assert_eq!(shown.code, 13, "{shown:#?}");
    assert_tells(
        &shown.stdout,
        &["prod: drifted", "found    index public.audit_events.made_by_hand columns=logical_time"],
    );
    host.sql("prod", "DROP INDEX public.made_by_hand");
    host.must(&format!("dreichor-migrate-on prod verify && systemctl start {RUNTIME}"));
    assert_eq!(host.starts("prod"), 2);
}

#[test]
fn what_the_host_may_have_is_let_pass_with_its_reason() {
    let host = Machine::host();
    host.must(&format!("systemctl start {APPLY}"));
    host.sql("prod", BY_HAND);
    let _drifted = host.refused(GATE, 13);
    host.must(
        "sed -i 's|^#- ignore = .*|ignore = [{ kind = \"index\", name = \"audit_events.made_*\", reason = \"the monthly report\" }]|' /etc/dreichor/migrate.toml && grep -q '^ignore' /etc/dreichor/migrate.toml",
    );
    host.must(&format!("systemctl start {RUNTIME}"));
    let shown = host.must("dreichor-migrate-on prod verify");
    assert_tells(
        &shown,
        &["let pass index audit_events.made_by_hand: not expected (the monthly report)"],
    );
}

#[test]
fn a_set_that_lost_its_seal_starts_no_runtime() {
    let host = Machine::host();
    host.must(&format!("systemctl start {APPLY} && rm /usr/share/dreichor/migrations/seal.toml"));
    assert_tells(&host.refused(GATE, 13), &["the migration set has no seal"]);
    assert_eq!(host.start(RUNTIME).code, 1);
    host.seal();
    host.must(&format!("systemctl start {RUNTIME}"));
}

/// The file that a release ships decides under the gate's unit, and through dreichor-migrate-on.
#[test]
fn the_configured_requirement_decides() {
    let host = Machine::host();
    host.must(&format!("systemctl start {APPLY}"));
    host.must("sed -i 's|^#- requirement = |requirement = |' /etc/dreichor/migrate.toml && grep -q '^requirement' /etc/dreichor/migrate.toml && mkdir -p /usr/lib/dreichor-runtime");
    assert_tells(
        &host.refused(GATE, 78),
        &["'/usr/lib/dreichor-runtime/requirement.toml' cannot be read"],
    );
    let ships = |text: &str| host.write("/usr/lib/dreichor-runtime/requirement.toml", text);
    ships("requires = \"002_add_shadow_ledger.sql\"\n");
    let told = host.refused(GATE, 11);
    assert_tells(
        &told,
        &[
            "'003_add_decision_memory.sql' is applied, and this release supports the schema only up to '002_add_shadow_ledger.sql'",
        ],
    );
    assert_eq!(host.start(RUNTIME).code, 1);
    ships(
        "requires = \"002_add_shadow_ledger.sql\"\nsupports_up_to = \"003_add_decision_memory.sql\"\n",
    );
    host.must(&format!("systemctl start {RUNTIME}"));
    // What is built beside the set names the schema too.
    host.must("cd /root && dreichor-migrate --migrations /usr/share/dreichor/migrations requirement init --output new.toml && grep -q '^schema = ' new.toml && install -m 644 new.toml /usr/lib/dreichor-runtime/requirement.toml");
    host.must(&format!("dreichor-migrate-on prod check && systemctl restart {RUNTIME}"));
    host.must("sed -i 's/^schema = .*/schema = \"sha256:0000000000000000000000000000000000000000000000000000000000000000\"/' /usr/lib/dreichor-runtime/requirement.toml");
    assert_tells(&host.refused(GATE, 13), &["this release was made for the schema sha256:0000"]);
    assert!(host.runtime_runs());
}
