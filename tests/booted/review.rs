//! docs/review.md, run as it stands there: a migration from its file to its evidence, with a real
//! approver who has OpenSSH and a key. Must never repeat a command of the page.

use crate::host::{APPLY, SET, assert_tells};
use crate::machine::{Answer, Machine, made, repository};
use crate::page::{blocks, script};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

const PAGE: &str = "docs/review.md";

/// Runs a proof's blocks as root.
fn run(host: &Machine, name: &str) -> Answer {
    let answer = host.run(&script(PAGE, name));
    assert_eq!(answer.code, 0, "{name}: {answer:#?}\n{}", host.told("-b"));
    answer
}

/// Runs them as the approver, on what stands for a machine of their own.
fn run_as_alice(host: &Machine, name: &str) -> Answer {
    host.write("/srv/review/script", &script(PAGE, name));
    let answer = host.run(
        "runuser -l alice -c 'bash /srv/review/script'; code=$?; rm /srv/review/script; exit $code",
    );
    assert_eq!(answer.code, 0, "{name}: {answer:#?}");
    answer
}

/// A host at work, whose next release brings one more migration, and where prod wants an approval
/// and a backup as the page says.
fn reviewed() -> Machine {
    let host = Machine::host();
    host.at_work();
    host.must(
        "useradd --create-home alice && install -d -o alice /srv/review &&
         runuser -l alice -c 'ssh-keygen -q -t ed25519 -N \"\" -f ~/.ssh/id_ed25519 && cp ~/.ssh/id_ed25519.pub /srv/review/alice.pub'",
    );
    run(&host, "once");
    let settings = blocks(PAGE).into_iter().map(|block| block.text);
    let settings =
        settings.into_iter().find(|text| text.starts_with("approval = ")).expect("the keys");
    let file = host.must("cat /etc/dreichor/migrate.toml");
    let prod = "[environments.prod]\n";
    assert_eq!(file.matches(prod).count(), 1);
    host.write("/etc/dreichor/migrate.toml", &file.replace(prod, &format!("{prod}{settings}")));
    host.copy(&made("DREICHOR_PACKAGE_LATER"), "/root/later.deb");
    // The configuration was changed on purpose.
    host.must("apt-get install -y -o Dpkg::Options::=--force-confold /root/later.deb </dev/null");
    host
}

#[test]
fn every_marked_block_has_a_proof_here() {
    let marked: BTreeSet<String> =
        blocks(PAGE).into_iter().filter_map(|block| block.proof).collect();
    let here = fs::read_to_string(repository().join("tests/booted/review.rs")).expect("this");
    let not_run: Vec<_> =
        marked.iter().filter(|name| !here.contains(&format!("(&host, \"{name}\")"))).collect();
    assert!(marked.len() >= 7 && not_run.is_empty(), "not run: {not_run:?} of {marked:?}");
}

#[test]
fn from_the_file_to_the_evidence() {
    let host = reviewed();

    // Not approved: nothing is touched, and the journal says what to do.
    let told = run(&host, "unapproved").stdout;
    assert_eq!(host.state(APPLY), "failed exit-code 21", "{told}");
    assert_tells(&told, &["dreichor-migrate approve", "/etc/dreichor/approvals/prod"]);
    assert_eq!(host.applied("prod"), SET);

    let planned = run(&host, "plan").stdout;
    assert_tells(
        &planned,
        &["rehearsed on a twin", "004_add_orders.sql", "the schema is the sealed one"],
    );
    assert_eq!(host.applied("prod"), SET);
    // The twin is gone, with its server and its directory.
    assert_eq!(
        host.must(
            "pgrep -u dreichor-migrate | wc -l; ls -d /tmp/dreichor-migrate.* 2>/dev/null | wc -l"
        ),
        "0\n0\n"
    );

    let approved = run_as_alice(&host, "approve").stdout;
    assert_tells(&approved, &["004_add_orders.sql", "WO-123", "alice@example.org"]);
    let applied = run(&host, "apply").stdout;
    assert_tells(&applied, &["WO-123", "backup"]);
    assert_eq!(host.applied("prod"), format!("{SET}004_add_orders.sql\n"));
    let approval = "SELECT approval LIKE 'WO-123, approved by alice@example.org, statement sha256:%' \
                    FROM public.dreichor_schema_migration_log WHERE version = '004_add_orders.sql'";
    assert_eq!(host.sql("prod", approval), "t\n");
    assert_eq!(host.must("ls /var/lib/dreichor-migrate/backups/prod | grep -c 'dump$'"), "1\n");

    let exported = run(&host, "evidence").stdout;
    assert_tells(&exported, &["signature"]);
    let home = "/srv/review/evidence-WO-123";
    let run: Value =
        serde_json::from_str(&host.must(&format!("cat {home}/run.json"))).expect("JSON");
    assert_eq!(run["code"], "ok");
    let journal = host.must(&format!("cat {home}/journal.txt"));
    assert_tells(&journal, &["004_add_orders.sql"]);
    // What was exported is held together: one changed byte is found.
    host.must(&format!("sed -i 's/WO-123/WO-124/' {home}/approval.json"));
    let answer = host.run(&format!("dreichor-migrate evidence --verify {home}"));
    assert_eq!(answer.code, 12, "{answer:#?}");
}

#[test]
fn an_approver_signs_with_nothing_but_openssh_and_an_old_approval_is_void() {
    let host = reviewed();
    run(&host, "plan");
    // The operator writes the statement.
    host.must(
        "dreichor-migrate approve --env prod --plan /srv/review/plan.json --reference WO-123 \
         --approver alice@example.org --unsigned --out /srv/review && chown alice /srv/review/*",
    );
    run_as_alice(&host, "approve-by-hand");
    // A file that is not the approved one any more.
    let file = "/usr/share/dreichor/migrations/005_add_fees.sql";
    host.write(file, "CREATE TABLE public.fees (fee_id uuid PRIMARY KEY);\n");
    host.seal();
    let answer = host.run(&script(PAGE, "apply"));
    assert_eq!(host.state(APPLY), "failed exit-code 21", "{answer:#?}");
    assert_tells(&host.told(&format!("-u {APPLY} -n 30")), &["005_add_fees.sql"]);
    assert_eq!(host.applied("prod"), SET);
    // Without it the approval holds.
    host.must(&format!("rm {file}"));
    host.must("apt-get install -y --reinstall -o Dpkg::Options::=--force-confold /root/later.deb </dev/null");
    run(&host, "apply");
    assert_eq!(host.applied("prod"), format!("{SET}004_add_orders.sql\n"));
}
