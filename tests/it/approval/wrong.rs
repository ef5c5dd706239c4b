//! Every way in which an approval can be wrong: `apply` ends with 21, says what is wrong, and has
//! touched nothing.

use super::desk::{Desk, NAMESPACE, ONE, TWO, from_now};
use crate::support::program::Answer;
use serde_json::{Value, json};
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::Path;

/// Sets a member of the statement.
fn with(mut statement: Value, member: &str, value: Value) -> Value {
    statement[member] = value;
    statement
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn sig(path: &Path) -> std::path::PathBuf {
    path.with_extension("json.sig")
}

#[test]
fn what_the_statement_says_is_compared_with_what_is_about_to_run() {
    let desk = Desk::open();
    desk.refused_for("no-approval", "nobody has approved plan sha256:");
    let good = desk.statement();
    let other = format!("sha256:{}", "0".repeat(64));
    for (member, value, code, words) in [
        ("environment", json!("dev"), "approval-elsewhere", "environment 'dev', not for 'prod'"),
        ("database", json!("other"), "approval-elsewhere", "given for database 'other'"),
        ("plan", json!(other), "approval-other-plan", "given for another plan"),
        ("expires_at", json!(from_now(-1)), "approval-expired", "expired at 2"),
        ("approved_at", json!(from_now(3600)), "approval-from-the-future", "later than this host"),
        ("form", json!(2), "approval-unreadable", "it has form 2"),
        ("more", json!(1), "approval-unreadable", "a member is missing, unknown"),
        ("reference", json!(""), "approval-unreadable", "'reference' is not one line"),
        ("approver", json!("*"), "approval-unreadable", "'approver' is not one name"),
        ("expires_at", Value::Null, "approval-unreadable", "a member is missing, unknown"),
        ("expires_at", json!("never"), "approval-unreadable", "'expires_at' is not an instant"),
        ("approver", json!("bob@example.org"), "signer-not-allowed", "'bob@example.org'"),
    ] {
        desk.put("1.json", &with(good.clone(), member, value), "ada");
        desk.refused_for(code, words);
        desk.clear();
    }
    // The same without any change is right, so each of them was refused for its change alone.
    desk.put("1.json", &good, "ada");
    desk.world.run(&["apply"]).expect(0);
}

#[test]
fn the_signature_is_of_these_bytes_for_this_purpose_by_an_allowed_key() {
    let desk = Desk::open();
    desk.key("eve", "ed25519");
    let good = desk.statement();
    let path = desk.put("1.json", &good, "ada");
    let (bytes, signature) = (fs::read(&path).unwrap(), fs::read(sig(&path)).unwrap());
    // One byte that changes no member: JSON may have more blanks.
    let mut tampered = bytes.clone();
    tampered.push(b'\n');
    fs::write(&path, tampered).unwrap();
    desk.refused_for("wrong-signature", "incorrect signature");
    // And one that does.
    let text = String::from_utf8(bytes.clone()).unwrap().replace("WO-123", "WO-124");
    fs::write(&path, text).unwrap();
    desk.refused_for("wrong-signature", "incorrect signature");
    fs::write(&path, &bytes).unwrap();
    // The signature of another purpose, of nobody, cut off, none at all.
    fs::remove_file(sig(&path)).unwrap();
    desk.sign(&path, "ada", "file");
    desk.refused_for("wrong-signature", "namespace");
    fs::write(sig(&path), "no signature").unwrap();
    desk.refused_for("wrong-signature", "is not of these bytes");
    fs::write(sig(&path), &signature[..signature.len() / 2]).unwrap();
    desk.refused_for("wrong-signature", "is not of these bytes");
    fs::remove_file(sig(&path)).unwrap();
    desk.refused_for("approval-unsigned", "1.json.sig");
    // A key that nobody allowed.
    desk.sign(&path, "eve", NAMESPACE);
    desk.refused_for("signer-not-allowed", "may not sign for 'ada@example.org'");
    fs::write(sig(&path), &signature).unwrap();
    desk.world.run(&["apply"]).expect(0);
}

#[test]
fn the_allowed_signers_are_ssh_keygens_own_business() {
    let desk = Desk::open();
    desk.key("bob", "ed25519");
    desk.put("1.json", &desk.statement(), "ada");
    let ada = |before: &str| desk.line(before, "ada");
    for (line, words) in [
        (desk.line("ada@example.org", "bob"), "may not sign"),
        (ada("bob@example.org"), "may not sign"),
        (
            ada("ada@example.org namespaces=\"git,file\""),
            "not permitted for use in signature namespace",
        ),
        (ada("ada@example.org valid-before=\"20200101Z\""), "key has expired"),
        (ada("ada@example.org valid-after=\"20990101Z\""), "key is not yet valid"),
        (ada("ada@example.org cert-authority"), "may not sign"),
        (String::new(), "may not sign"),
        ("nonsense\n".to_owned(), "may not sign"),
    ] {
        desk.allow(&[&line]);
        desk.refused_for("signer-not-allowed", words);
    }
    for line in [
        ada(&format!("bob,*@example.org namespaces=\"file,{NAMESPACE}\"")),
        ada("ada@example.org valid-after=\"20200101Z\",valid-before=\"20990101Z\""),
    ] {
        desk.allow(&[&desk.line("ada@example.org", "bob"), &line]);
        let plan = desk.world.run(&["plan", "--format", "json"]).expect(0).json();
        assert_eq!(plan["approval"]["given"]["approver"], "ada@example.org", "{plan:#}");
    }
}

#[test]
fn every_kind_of_key_signs() {
    let desk = Desk::open();
    for kind in ["rsa", "ecdsa"] {
        desk.key(kind, kind);
        desk.allow(&[&desk.line("ada@example.org", kind)]);
        let path = desk.put("1.json", &desk.statement(), kind);
        let plan = desk.world.run(&["plan", "--format", "json"]).expect(0).json();
        assert_eq!(plan["approval"]["objections"], json!([]), "{kind}");
        assert_eq!(plan["approval"]["given"]["path"], path.display().to_string(), "{kind}");
        desk.clear();
    }
}

#[test]
fn what_is_trusted_is_a_file_that_only_its_owner_writes() {
    let desk = Desk::open();
    let path = desk.put("1.json", &desk.statement(), "ada");
    for mode in [0o664, 0o646] {
        set_mode(&desk.allowed(), mode);
        desk.refused_for("allowed-signers", &format!("mode 0{mode:o}"));
    }
    set_mode(&desk.allowed(), 0o644);
    fs::rename(desk.allowed(), desk.path("kept")).unwrap();
    desk.refused_for("allowed-signers", "there is no '");
    fs::create_dir(desk.allowed()).unwrap();
    desk.refused_for("allowed-signers", "is not a regular file");
    fs::remove_dir(desk.allowed()).unwrap();
    symlink("kept", desk.allowed()).unwrap();
    // A link to one that is trusted is followed: it is made by whoever may write here.
    for file in [&path, &sig(&path)] {
        set_mode(file, 0o666);
        desk.refused_for("approval-unreadable", "can be written by others");
        set_mode(file, 0o644);
        let kept = desk.path("elsewhere");
        fs::rename(file, &kept).unwrap();
        symlink(&kept, file).unwrap();
        desk.refused_for("approval-unreadable", "is not a regular file");
        fs::remove_file(file).unwrap();
        fs::rename(&kept, file).unwrap();
    }
    fs::write(&path, vec![b' '; 70_000]).unwrap();
    desk.refused_for("approval-unreadable", "it ends too early");
    desk.put("1.json", &with(desk.statement(), "reference", json!("x".repeat(201))), "ada");
    desk.refused_for("approval-unreadable", "'reference' is not one line");
}

#[test]
fn what_may_not_be_read_is_said_to_whoever_may_not() {
    let desk = Desk::open();
    let path = desk.put("1.json", &desk.statement(), "ada");
    set_mode(desk.world.path(), 0o755);
    set_mode(&path, 0o000);
    let mut command = desk.world.command(&["apply", "--format", "json"]);
    if nix::unistd::geteuid().is_root() {
        command.uid(65534).gid(65534);
    }
    let answer = Answer::of(command).expect(21);
    assert_eq!(answer.findings(), ["approval-unreadable"]);
    assert!(answer.stdout.contains("Permission denied"), "{answer:#?}");
    set_mode(&path, 0o644);
    set_mode(&desk.approvals(), 0o000);
    let mut command = desk.world.command(&["apply", "--format", "json"]);
    if nix::unistd::geteuid().is_root() {
        command.uid(65534).gid(65534);
    }
    let answer = Answer::of(command).expect(21);
    set_mode(&desk.approvals(), 0o755);
    assert_eq!(answer.findings(), ["approval-unreadable"]);
    fs::remove_dir_all(desk.approvals()).unwrap();
    desk.refused_for("no-approval", "approvals/prod");
}

#[test]
fn without_ssh_keygen_nothing_runs() {
    let desk = Desk::open();
    desk.put("1.json", &desk.statement(), "ada");
    let mut command = desk.world.command(&["apply", "--format", "json"]);
    command.env("PATH", desk.path("nowhere"));
    let answer = Answer::of(command).expect(21);
    assert_eq!(answer.findings(), ["no-ssh-keygen"]);
    assert!(answer.stdout.contains("openssh-client"), "{answer:#?}");
    assert!(!desk.world.has("public.a"));
    // One that cannot be executed is no answer either.
    fs::write(desk.path("ssh-keygen"), "#!/bin/sh\nexit 0\n").unwrap();
    let mut command = desk.world.command(&["apply", "--format", "json"]);
    command.env("PATH", desk.world.path());
    assert_eq!(Answer::of(command).expect(21).findings(), ["ssh-keygen"]);
}

#[test]
fn the_approver_is_another_where_the_environment_says_so() {
    let desk = Desk::open();
    let user = nix::unistd::User::from_uid(nix::unistd::geteuid()).unwrap().unwrap().name;
    let distinct = "approval = 'required'\ndistinct_approver = true";
    desk.world.configure(distinct);
    let runner = format!("{}@example.org", user.to_uppercase());
    desk.allow(&[&desk.line(&format!("ada@example.org,{user},{runner}"), "ada")]);
    let good = desk.statement();
    let planner = |os_user: &str, sudo_user: Value| json!({"os_user": os_user, "sudo_user": sudo_user, "host": "x"});
    for (member, value, code, words) in [
        ("approver", json!(user), "approver-not-distinct", &*user),
        ("approver", json!(runner), "approver-not-distinct", &*user),
        ("planned_by", planner("ada", Value::Null), "approver-not-distinct", "who is 'ada'"),
        ("planned_by", planner("root", json!("Ada")), "approver-not-distinct", "who is 'Ada'"),
        ("planned_by", Value::Null, "planner-unknown", "does not say who planned"),
    ] {
        let statement = with(good.clone(), member, value);
        desk.put("1.json", &statement, "ada");
        desk.refused_for(code, words);
        // Without the demand the same approval is right.
        desk.world.configure("approval = 'required'");
        let plan = desk.world.run(&["plan", "--format", "json"]).expect(0).json();
        assert_eq!(plan["approval"]["objections"], json!([]), "{statement:#}");
        desk.world.configure(distinct);
        desk.clear();
    }
    desk.put("1.json", &good, "ada");
    let mut command = desk.world.command(&["apply", "--format", "json"]);
    command.env("SUDO_USER", "ada");
    assert_eq!(Answer::of(command).expect(21).findings(), ["approver-not-distinct"]);
    let mut command = desk.world.command(&["apply"]);
    command.env("SUDO_USER", "grace");
    Answer::of(command).expect(0);
}

#[test]
fn what_changed_since_the_approval_is_named() {
    let desk = Desk::open();
    desk.plan("plan.json");
    desk.approve("plan.json", &[]).expect(0);
    desk.world.write(TWO.0, "CREATE TABLE public.b (x integer);\n");
    desk.refused_for("approval-other-plan", "'002_b.sql' was changed");
    desk.world.write(TWO.0, TWO.1);
    desk.world.write("003_c.sql", "CREATE TABLE public.c ();\n");
    desk.refused_for("approval-other-plan", "'003_c.sql' was added");
    fs::remove_file(desk.world.migrations().join("003_c.sql")).unwrap();
    fs::remove_file(desk.world.migrations().join(TWO.0)).unwrap();
    desk.refused_for("approval-other-plan", "'002_b.sql' is gone");
    // Another run, which needed no approval then, has applied the first one.
    desk.world.configure("");
    desk.world.run(&["apply"]).expect(0);
    desk.world.configure("approval = 'required'");
    desk.world.write(TWO.0, TWO.1);
    desk.refused_for("approval-other-plan", "'001_a.sql' was applied");
    // Without the plan file beside it, only that it is another.
    let plans: Vec<_> =
        fs::read_dir(desk.approvals()).unwrap().map(|it| it.unwrap().path()).collect();
    let plan = plans.iter().find(|path| path.display().to_string().contains("-plan-")).unwrap();
    // One that was tampered with tells nothing.
    let text = fs::read_to_string(plan).unwrap();
    fs::write(plan, text.replace("\"os_user\"", " \"os_user\"")).unwrap();
    desk.refused_for("approval-other-plan", "given for another plan, not for sha256:");
    fs::remove_file(plan).unwrap();
    desk.refused_for("approval-other-plan", "given for another plan, not for sha256:");
    assert_eq!(desk.world.applied(), [ONE.0]);
}

#[test]
fn the_most_relevant_are_told_first_and_never_too_many() {
    let desk = Desk::open();
    let good = desk.statement();
    let other = json!(format!("sha256:{}", "0".repeat(64)));
    for number in 0..30 {
        let old = with(good.clone(), "plan", other.clone());
        let old = with(old, "approved_at", json!(from_now(-1000 - number)));
        fs::write(desk.approvals().join(format!("{number:02}.json")), old.to_string()).unwrap();
    }
    let elsewhere = with(good.clone(), "environment", json!("dev"));
    fs::write(desk.approvals().join("00-dev.json"), elsewhere.to_string()).unwrap();
    let expired = with(good, "expires_at", json!(from_now(-5)));
    fs::write(desk.approvals().join("zz.json"), expired.to_string()).unwrap();
    fs::write(desk.approvals().join("yy.json"), "{}").unwrap();
    let findings = desk.refused();
    let codes: Vec<&str> = findings.iter().map(|it| it["code"].as_str().unwrap()).collect();
    assert_eq!(codes.len(), 21, "{codes:?}");
    assert_eq!(codes[..3], ["approval-expired", "approval-unreadable", "approval-other-plan"]);
    assert!(findings[2]["subject"].as_str().unwrap().ends_with("/00.json"), "{findings:#?}");
    assert_eq!(codes[20], "more-approvals");
    assert!(findings[20]["message"].as_str().unwrap().starts_with("13 more"), "{findings:#?}");
}
