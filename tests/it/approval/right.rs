//! An approval that is right: how it is made, that it lets its plan run once, and what the run
//! leaves of it.

use super::desk::{Desk, NAMESPACE, ONE, TWO, digest, from_now};
use crate::support::World;
use crate::support::program::{Answer, binary};
use dreichor_migrate::core::digest::Digest;
use dreichor_migrate::core::review::approval::{Approval, parse_line};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

fn mode(path: &str) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn an_approved_plan_runs_and_every_row_says_by_whom() {
    let desk = Desk::open();
    let plan = desk.plan("plan.json");
    let given = desk.approve("plan.json", &[]).expect(0).json();
    assert_eq!(given["plan"], plan["digest"]);
    assert_eq!(given["approver"], "ada@example.org");
    assert_eq!((&given["verified"], &given["notes"]), (&json!(true), &json!([])));
    assert_eq!(given["sign_with"], Value::Null);
    assert_eq!(given["pending"].as_array().unwrap().len(), 2);
    let file = digest(&desk.path("plan.json")).hex();
    assert_eq!(given["plan_file"], json!(file));
    let path = given["path"].as_str().unwrap();
    let twelve = &plan["digest"].as_str().unwrap()["sha256:".len()..][..12];
    assert!(path.ends_with(&format!("/{twelve}-ada@example.org.json")), "{path}");
    for written in [path, given["signature"].as_str().unwrap()] {
        assert_eq!(mode(written), 0o644, "{written}");
    }
    let statement = digest(Path::new(path));
    assert_eq!(given["statement"], statement.to_string());
    let shown = desk.world.run(&["plan", "--format", "json"]).expect(0).json();
    assert_eq!(shown["approval"]["required"], true);
    assert_eq!(shown["approval"]["given"]["statement"], given["statement"]);

    let answer = desk.world.run(&["apply", "--format", "json", "--log", "json"]).expect(0);
    let document = answer.json();
    assert_eq!(document["approval"]["reference"], "WO-123");
    assert_eq!(document["approval"]["statement"], given["statement"]);
    let line = format!("WO-123, approved by ada@example.org, statement {statement}");
    assert_eq!(parse_line(&line), Some(("WO-123", "ada@example.org", statement)));
    let rows = [format!("applied {} {line}", ONE.0), format!("applied {} {line}", TWO.0)];
    assert_eq!(desk.logged(), rows);
    let told = answer.stderr.lines().find(|line| line.contains("\"plan-approved\"")).unwrap();
    assert!(told.contains(&line) && told.contains(plan["digest"].as_str().unwrap()), "{told}");
    desk.world.run(&["history", "--verify"]).expect(0);
    // Nothing is pending any more, so nothing has to be approved.
    desk.clear();
    desk.world.run(&["apply"]).expect(0);
    let shown = desk.world.run(&["plan", "--format", "json"]).expect(0).json();
    assert_eq!(shown["approval"], json!({"required": false, "given": null, "objections": []}));
}

#[test]
fn the_text_for_people_says_what_is_approved_and_what_is_next() {
    let desk = Desk::open();
    let (plan, out) = (desk.text("plan.json"), desk.text("approvals/prod"));
    let planned = desk.world.run(&["plan", "--out", &plan]).expect(0).stdout;
    assert!(planned.contains("approved not yet\n  no-approval: nobody has approved"), "{planned}");
    assert!(
        planned.contains(&format!("dreichor-migrate approve --env prod --plan '{plan}'")),
        "{planned}"
    );
    assert!(!planned.contains("dreichor-migrate apply"), "{planned}");
    let arguments = ["approve", "--plan", &plan, "--reference", "WO-123", "--out", &out];
    let key = desk.text("ada");
    let approved = desk.world.run(&[&arguments[..], &["--key", &key]].concat()).expect(0).stdout;
    for words in
        ["001_a.sql", "002_b.sql", "reference WO-123", "approver  ada@example.org", ", checked\n"]
    {
        assert!(approved.contains(words), "no '{words}' in {approved}");
    }
    // It lies where it is looked for; elsewhere it has to be brought there.
    assert!(approved.ends_with("next: apply\n"), "{approved}");
    let away = ["--key", &key, "--out", &desk.text("away")];
    let elsewhere = desk.world.run(&[&arguments[..arguments.len() - 2], &away].concat()).expect(0);
    let next = format!("next: copy both files to '{out}'; then apply\n");
    assert!(elsewhere.stdout.ends_with(&next), "{elsewhere:#?}");
    let planned = desk.world.run(&["plan"]).expect(0).stdout;
    assert!(planned.contains("approved WO-123, approved by ada@example.org, statement sha256:"));
    assert!(planned.contains("dreichor-migrate apply --env prod --plan sha256:"), "{planned}");
    let applied = desk.world.run(&["apply"]).expect(0).stdout;
    assert!(applied.contains("approved WO-123, approved by ada@example.org"), "{applied}");
}

#[test]
fn an_approver_needs_nothing_but_ssh_keygen() {
    let desk = Desk::open();
    desk.plan("plan.json");
    // No configuration, no database: a plan file says enough.
    let mut command = binary();
    let (plan, out) = (desk.text("plan.json"), desk.text("approver's"));
    command.args(["--env", "prod", "approve", "--plan", &plan, "--reference", "WO-7"]);
    command.args([
        "--approver",
        "ada@example.org",
        "--unsigned",
        "--out",
        &out,
        "--format",
        "json",
    ]);
    command.args(["--config", "/nowhere/migrate.toml"]);
    let given = Answer::of(command).expect(0).json();
    assert_eq!((&given["signature"], &given["verified"]), (&Value::Null, &json!(false)));
    let typed = given["sign_with"].as_str().unwrap().replace("KEY", &desk.text("ada"));
    assert!(typed.starts_with(&format!("ssh-keygen -Y sign -n {NAMESPACE} -f ")), "{typed}");
    let signed = Command::new("sh").args(["-c", &typed]).output().unwrap();
    assert!(signed.status.success(), "{signed:?}");
    desk.refused_for("no-approval", "nobody has approved");
    for entry in fs::read_dir(&out).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), desk.approvals().join(entry.file_name())).unwrap();
    }
    let document = desk.world.run(&["apply", "--format", "json"]).expect(0).json();
    assert_eq!(document["approval"]["reference"], "WO-7");
}

#[test]
fn a_digest_alone_can_be_approved() {
    let desk = Desk::open();
    let plan = desk.world.run(&["plan", "--format", "json"]).expect(0).json();
    let (digest, key, out) =
        (plan["digest"].as_str().unwrap(), desk.text("ada"), desk.text("approvals/prod"));
    let arguments = [
        "approve",
        "--plan",
        digest,
        "--reference",
        "WO-8",
        "--key",
        &key,
        "--out",
        &out,
        "--format",
        "json",
    ];
    let given = desk.world.run(&arguments).expect(0).json();
    assert_eq!((&given["plan_file"], &given["pending"]), (&Value::Null, &Value::Null));
    assert_eq!(given["database"], json!(desk.world.database));
    desk.world.configure("approval = 'required'\ndistinct_approver = true");
    desk.refused_for("planner-unknown", "does not say who planned");
    let again = desk.world.run(&arguments).expect(0).json();
    assert!(again["notes"][0].as_str().unwrap().contains("'apply' will refuse it"), "{again:#}");
    assert!(again["path"].as_str().unwrap().ends_with("-ada@example.org-2.json"), "{again:#}");
    desk.world.configure("approval = 'required'");
    // It composes with the digest that an operator demands.
    let other = format!("sha256:{}", "0".repeat(64));
    let answer = desk.world.run(&["apply", "--plan", &other, "--format", "json"]).expect(21);
    assert_eq!(answer.findings(), ["other-plan"]);
    desk.world.run(&["apply", "--plan", digest]).expect(0);
}

#[test]
fn one_good_approval_among_bad_ones_is_enough_and_the_newest_is_named() {
    let desk = Desk::open();
    desk.key("eve", "ed25519");
    let good = desk.statement();
    let dated = |reference: &str, seconds: i64| {
        let mut statement = good.clone();
        statement["reference"] = json!(reference);
        statement["approved_at"] = json!(from_now(seconds));
        statement
    };
    desk.put("1.json", &dated("by eve", -1), "eve");
    desk.put("2.json", &dated("older", -100), "ada");
    desk.put("3.json", &dated("newer", -10), "ada");
    desk.put("4.json", &dated("oldest", -1000), "ada");
    fs::write(desk.approvals().join("5.json"), "{}").unwrap();
    let document = desk.world.run(&["apply", "--format", "json"]).expect(0).json();
    assert_eq!(document["approval"]["reference"], "newer");
}

#[test]
fn the_state_directory_is_looked_at_too_and_written_to_by_default() {
    let desk = Desk::open();
    let text = fs::read_to_string(desk.world.config()).unwrap();
    fs::write(desk.world.config(), format!("state = 'state'\n{text}")).unwrap();
    fs::create_dir(desk.path("state")).unwrap();
    desk.plan("plan.json");
    let (plan, key) = (desk.text("plan.json"), desk.text("ada"));
    let arguments =
        ["approve", "--plan", &plan, "--reference", "WO-9", "--key", &key, "--format", "json"];
    let given = desk.world.run(&arguments).expect(0).json();
    let expected = desk.path("state/approvals/prod");
    assert_eq!(Path::new(given["path"].as_str().unwrap()).parent(), Some(&*expected));
    let document = desk.world.run(&["apply", "--format", "json"]).expect(0).json();
    assert_eq!(document["approval"]["path"], given["path"]);
    // Without it, what is written stands where the approver does.
    let here = desk.path("here");
    fs::create_dir(&here).unwrap();
    fs::remove_dir_all(desk.path("state")).unwrap();
    let mut command = desk.world.command(&arguments);
    command.current_dir(&here);
    let given = Answer::of(command).expect(0).json();
    assert!(given["path"].as_str().unwrap().starts_with("./"), "{given:#}");
    assert_eq!(fs::read_dir(&here).unwrap().count(), 3);
}

#[test]
fn what_cannot_be_approved_leaves_nothing_behind() {
    let desk = Desk::open();
    desk.key("eve", "ed25519");
    let plan = desk.plan("plan.json");
    let entries = || fs::read_dir(desk.approvals()).unwrap().count();
    let expect = |code: i32, more: &[&str], finding: &str| {
        let answer = desk.approve("plan.json", more).expect(code);
        assert_eq!(answer.findings(), [finding], "{more:?}");
        assert_eq!(entries(), 0, "{more:?}");
    };
    expect(2, &["--approver", "a,b"], "approver");
    expect(21, &["--approver", "bob@example.org"], "signer-not-allowed");
    desk.allow(&[&desk.line("ada@example.org,ada", "ada")]);
    expect(2, &[], "no-approver");
    desk.allow(&[&desk.line("*@example.org", "ada")]);
    expect(2, &[], "no-approver");
    desk.allow(&[&desk.line("ada@example.org", "eve")]);
    expect(2, &[], "no-approver");
    fs::remove_file(desk.allowed()).unwrap();
    expect(2, &[], "no-approver");
    let answer = desk.approve("plan.json", &["--approver", "ada@example.org"]).expect(0).json();
    assert_eq!(answer["verified"], false);
    assert!(answer["notes"][0].as_str().unwrap().contains("was not checked"), "{answer:#}");
    desk.clear();
    desk.allow(&[&desk.line("ada@example.org", "ada")]);
    let approve = |plan: &str, key: &str, more: &[&str]| {
        let (plan, key, out) = (desk.text(plan), desk.text(key), desk.text("approvals/prod"));
        let fixed = ["approve", "--plan", &plan, "--key", &key, "--out", &out, "--format", "json"];
        desk.world.run(&[&fixed[..], more].concat())
    };
    let named = ["--reference", "WO-1", "--approver", "ada@example.org"];
    let reference = ["--reference", " ", "--approver", "ada@example.org"];
    assert_eq!(approve("plan.json", "ada", &reference).expect(2).findings(), ["reference"]);
    assert_eq!(approve("plan.json", "no-key", &named).expect(21).findings(), ["unsigned"]);
    assert_eq!(approve("no-plan", "ada", &named).expect(21).findings(), ["no-such-file"]);
    // A plan file that was changed is not what anybody planned.
    let text = fs::read_to_string(desk.path("plan.json")).unwrap();
    let size = plan["pending"][0]["sha256"].as_str().unwrap();
    fs::write(desk.path("changed.json"), text.replace(size, &"0".repeat(64))).unwrap();
    assert_eq!(approve("changed.json", "ada", &named).expect(21).findings(), ["not-a-plan"]);
    let other = World::with(&[ONE]);
    let foreign = other.path().join("plan.json").display().to_string();
    other.run(&["plan", "--out", &foreign]).expect(0);
    fs::copy(&foreign, desk.path("foreign.json")).unwrap();
    assert_eq!(approve("foreign.json", "ada", &named).expect(21).findings(), ["plan-elsewhere"]);
    for expires in ["0", "1ms", "25d", "1w"] {
        let more = [&named[..], &["--expires", expires]].concat();
        assert_eq!(approve("plan.json", "ada", &more).expect(2).findings(), ["usage"]);
    }
    assert_eq!(entries(), 0);
    approve("plan.json", "ada", &[&named[..], &["--expires", "1h"]].concat()).expect(0);
    let paths: Vec<_> =
        fs::read_dir(desk.approvals()).unwrap().map(|it| it.unwrap().path()).collect();
    let statement = paths
        .iter()
        .find(|it| {
            it.ends_with("nothing")
                || it.extension().is_some_and(|it| it == "json")
                    && !it.to_str().unwrap().contains("-plan-")
        })
        .unwrap();
    let approval = Approval::parse(&fs::read(statement).unwrap()).unwrap();
    assert!(approval.expires_at < from_now(3601) && approval.expires_at > from_now(3500));
}

#[test]
fn an_approval_is_used_up_by_its_run_and_not_by_a_failure() {
    let desk = Desk::open();
    desk.world.write(TWO.0, "SELECT 1 / 0;");
    desk.world.configure("approval = 'required'\natomic = 'plan'");
    desk.plan("plan.json");
    desk.approve("plan.json", &[]).expect(0);
    // A run that failed as a whole has changed nothing: the plan is the same, and still approved.
    desk.world.run(&["apply"]).expect(40);
    let failed = desk.logged();
    assert!(
        failed.len() == 1 && failed[0].contains("failed 002_b.sql WO-123, approved by"),
        "{failed:?}"
    );
    desk.world.run(&["apply"]).expect(40);
    // One that was applied in part is another plan.
    desk.world.run(&["apply", "--atomic", "migration"]).expect(40);
    assert_eq!(desk.world.applied(), [ONE.0]);
    desk.refused_for("approval-other-plan", "'001_a.sql' was applied");
    desk.world.write(TWO.0, TWO.1);
    desk.plan("second.json");
    desk.approve("second.json", &[]).expect(0);
    desk.world.run(&["apply"]).expect(0);
    // Both lie there still, and let nothing run any more.
    desk.world.write("003_c.sql", "CREATE TABLE public.c ();\n");
    let findings = desk.world.run(&["apply", "--format", "json"]).expect(21).findings();
    assert_eq!(findings, ["approval-other-plan", "approval-other-plan"]);
    assert!(!desk.world.has("public.c"));
}

#[test]
fn a_database_that_was_set_back_has_the_plan_and_its_approval_again() {
    let desk = Desk::open();
    desk.plan("plan.json");
    desk.approve("plan.json", &[]).expect(0);
    desk.world.run(&["apply"]).expect(0);
    // As the restore of a backup from before the run: no history, and the same files.
    desk.world.renew(&[ONE, TWO]);
    let plan = desk.world.run(&["plan", "--format", "json"]).expect(0).json();
    assert_eq!(plan["approval"]["given"]["reference"], "WO-123", "{plan:#}");
    desk.clear();
    desk.refused_for("no-approval", "nobody has approved");
}

#[test]
fn the_papers_of_the_approval_are_kept_with_the_run() {
    let desk = Desk::open();
    let text = fs::read_to_string(desk.world.config()).unwrap();
    fs::write(desk.world.config(), format!("state = 'state'\n{text}")).unwrap();
    fs::create_dir(desk.path("state")).unwrap();
    desk.plan("plan.json");
    let given = desk.approve("plan.json", &[]).expect(0).json();
    let document = desk.world.run(&["apply", "--format", "json"]).expect(0).json();
    // Whoever tidies up afterwards takes nothing from the evidence.
    desk.clear();
    let (run, out) = (document["run_id"].as_str().unwrap(), desk.text("evidence"));
    desk.world.run(&["evidence", "--run", run, "--out", &out]).expect(0);
    desk.world.run(&["evidence", "--verify", &out]).expect(0);
    let statement = fs::read(desk.path("evidence/approval.json")).unwrap();
    assert_eq!(Digest::of(&statement).to_string(), given["statement"].as_str().unwrap());
    assert_eq!(digest(&desk.path("evidence/plan.json")), digest(&desk.path("plan.json")));
    fs::write(desk.path("evidence/approval.json"), [&statement[..], b"\n"].concat()).unwrap();
    let answer = desk.world.run(&["evidence", "--verify", &out, "--format", "json"]);
    assert!(answer.code != 0, "{answer:#?}");
}

#[test]
fn without_the_rule_approvals_are_not_looked_at() {
    let desk = Desk::open();
    desk.world.configure("");
    fs::write(desk.approvals().join("1.json"), "nonsense").unwrap();
    let document = desk.world.run(&["apply", "--format", "json"]).expect(0).json();
    assert_eq!(document["approval"], Value::Null);
    assert!(desk.logged().iter().all(|row| row.ends_with(" -")), "{:?}", desk.logged());
}
