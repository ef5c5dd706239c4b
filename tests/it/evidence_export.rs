//! Evidence as an operator gets it out and a reviewer reads it: what is in it, that it can be
//! checked without this program, that every change to it is found, and the page in a browser.

use crate::approval::desk::Desk;
use crate::backup;
use crate::support::World;
use crate::support::program::{Answer, binary};
use crate::support::running::{Running, until};
use nix::sys::signal::Signal;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const ONE: (&str, &str) = ("001_a.sql", "CREATE TABLE public.a (id integer PRIMARY KEY);\n");
const TWO: (&str, &str) =
    ("002_b.sql", "CREATE TABLE public.b ();\nALTER TABLE public.a ADD COLUMN x text;\n");

/// A world whose runs are kept.
fn world(migrations: &[(&str, &str)], more: &str) -> World {
    let world = World::with(migrations);
    keep(&world, more);
    world
}

fn keep(world: &World, more: &str) {
    let text = format!(
        "migrations = \"migrations\"\nstate = \"state\"\n[environments.prod]\ndatabase = \"{}\"\n{more}\n",
        world.database
    );
    fs::write(world.config(), text).expect("the configuration is written");
}

/// Exports the latest run into a directory and an archive of this name.
fn export(world: &World, name: &str) -> (PathBuf, Value) {
    let (out, archive) = (world.path().join(name), world.path().join(format!("{name}.tar")));
    let (shown, one) = (out.display().to_string(), archive.display().to_string());
    let words = ["evidence", "--run", "latest", "--out", &shown, "--archive", &one];
    let answer = world.run(&[&words[..], &["--format", "json"]].concat()).expect(0).json();
    (out, answer)
}

/// The check, with nothing but the path.
fn verify(path: &Path) -> Answer {
    let mut command = binary();
    command.args(["evidence", "--format", "json", "--verify"]).arg(path);
    Answer::of(command)
}

fn names(directory: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(directory).expect("the directory");
    entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect()
}

fn read(directory: &Path, name: &str) -> String {
    fs::read_to_string(directory.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn json(directory: &Path, name: &str) -> Value {
    serde_json::from_str(&read(directory, name)).expect("a paper is JSON")
}

/// What a shell says in a directory.
fn shell(directory: &Path, script: &str) -> String {
    let output = Command::new("sh").args(["-ec", script]).current_dir(directory).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{script}: {said}");
    String::from_utf8(output.stdout).expect("text")
}

/// Makes a manifest of what is there, as whoever changes evidence would.
fn forge(directory: &Path) {
    shell(directory, "rm SHA256SUMS; sha256sum * >.sums; mv .sums SHA256SUMS");
}

#[test]
fn a_run_is_in_one_directory_that_is_checked_without_this_program() {
    let world = world(&[ONE], "");
    world.run(&["apply"]).expect(0);
    world.write(TWO.0, TWO.1);
    let applied = world.run(&["apply", "--format", "json"]).expect(0).json();
    let (out, answer) = export(&world, "evidence");
    assert_eq!(answer["run_id"], applied["run_id"]);
    let expected = [
        "README.txt",
        "SHA256SUMS",
        "evidence.json",
        "index.html",
        "log.json",
        "plan.json",
        "row-1.txt",
        "row-2.txt",
        "run.json",
        "schema-after.txt",
        "schema-before.txt",
        "schema-changes.txt",
    ];
    let mut found = names(&out);
    // Policy and rehearsal are in the plan where they are known.
    found.retain(|name| !["lint.json", "rehearsal.json"].contains(&&**name));
    assert_eq!(found, expected.map(str::to_owned).into());

    // By hand: the manifest, the rows of the log, the schema, the archive.
    shell(&out, "sha256sum --check --strict --quiet SHA256SUMS");
    let rows = json(&out, "log.json");
    let sums = shell(&out, "sha256sum row-1.txt row-2.txt | cut -d' ' -f1");
    let hashes = [&rows["before"]["row_hash"], &rows["rows"][0]["row_hash"]];
    assert_eq!(sums, hashes.map(|it| format!("{}\n", it.as_str().unwrap())).concat());
    assert_eq!(rows["rows"][0]["previous_hash"], rows["before"]["row_hash"]);
    let run = json(&out, "run.json");
    for (name, member) in [("schema-before", "schema_before"), ("schema-after", "schema_after")] {
        let sum = shell(&out, &format!("sha256sum {name}.txt | cut -d' ' -f1"));
        assert_eq!(run[member], sum.trim());
    }
    shell(
        world.path(),
        "mkdir unpacked && tar -C unpacked -xf evidence.tar && diff -r unpacked/* evidence",
    );

    assert_eq!(run["applied"][0]["version"], TWO.0);
    assert_eq!((&run["finished"], &run["exit_code"]), (&true.into(), &0.into()));
    assert_eq!(run["actor"]["database_role"], format!("{}_migrator", world.database));
    assert_eq!(json(&out, "plan.json")["digest"], applied["plan"]);
    let changes = read(&out, "schema-changes.txt");
    assert!(changes.contains("table b: made") && changes.contains("x"), "{changes}");

    // What is not there is named wherever somebody may look.
    let absent: Vec<&str> = answer["absent"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    for name in ["approval.json", "approval.json.sig", "allowed_signers", "journal.json"] {
        assert!(absent.contains(&name), "{name}: {absent:?}");
        assert!(read(&out, "README.txt").contains(&format!("  {name} ")), "{name}");
        assert!(read(&out, "index.html").contains(&format!("<td>{name}</td>")), "{name}");
    }
    for path in [out, world.path().join("evidence.tar")] {
        let checked = verify(&path).expect(0).json();
        assert_eq!(checked["manifest"], answer["manifest"]);
        assert_eq!(checked["absent"], answer["absent"]);
        assert!(checked["checked"].as_array().unwrap().len() >= 7, "{checked}");
    }
}

#[test]
fn nothing_is_written_by_looking_and_nothing_is_overwritten() {
    let world = world(&[ONE], "");
    world.run(&["apply"]).expect(0);
    let state = shell(world.path(), "find state -type f -exec sha256sum {} +");
    let (out, _) = export(&world, "evidence");
    assert_eq!(shell(world.path(), "find state -type f -exec sha256sum {} +"), state);
    assert_eq!(world.logged(), ["applied:001_a.sql"]);
    let run = ["evidence", "--run", "latest", "--out"];
    let there = out.display().to_string();
    let again = [&run[..], &[&there, "--format", "json"]].concat();
    assert_eq!(world.run(&again).expect(2).findings(), ["output-exists"]);
    let nobody = "0".repeat(32);
    for run in [&*nobody, "../x", "1"] {
        let other = world.path().join("other").display().to_string();
        let words = ["evidence", "--run", run, "--out", &other, "--format", "json"];
        assert_eq!(world.run(&words).expect(2).findings(), ["no-such-run"]);
    }
    assert!(!world.path().join("other").exists());
    assert_eq!(verify(&world.path().join("nothing")).expect(2).findings(), ["no-such-file"]);
}

/// Every file of an exported run is changed in some way, and the manifest made anew.
#[test]
fn every_change_is_found_even_with_a_new_manifest() {
    let world = world(&[ONE], "");
    world.run(&["apply"]).expect(0);
    world.write(TWO.0, TWO.1);
    world.run(&["apply"]).expect(0);
    let (out, _) = export(&world, "evidence");
    let other = "0".repeat(64);
    let run = json(&out, "run.json")["run_id"].as_str().unwrap().to_owned();
    let host = json(&out, "run.json")["actor"]["host"].as_str().unwrap().to_owned();
    let changes: Vec<(&str, String, String, &str)> = vec![
        ("log.json", "\"duration_us\": ".into(), "\"duration_us\": 1".into(), "chain-edited"),
        ("log.json", "\"started_at\": \"2".into(), "\"started_at\": \"3".into(), "chain-edited"),
        ("log.json", "\"whole\": true".into(), "\"whole\": false".into(), "chain-broken"),
        ("log.json", "\"sequence\": 1,".into(), "\"sequence\": 7,".into(), "chain-link"),
        ("row-2.txt", "version".into(), "Version".into(), "row-text"),
        ("run.json", "\"exit_code\": 0".into(), "\"exit_code\": 40".into(), "page-differs"),
        (
            "run.json",
            "\"version\": \"002_b.sql\"".into(),
            "\"version\": \"003_b.sql\"".into(),
            "applied-differs",
        ),
        ("run.json", format!("\"host\": \"{host}\""), "\"host\": \"other\"".into(), "other-run"),
        ("run.json", run.clone(), "f".repeat(32), "other-run"),
        ("run.json", "\"form\": 1".into(), "\"form\": 2".into(), "evidence-unreadable"),
        ("run.json", "\"finished\"".into(), "\"ended\"".into(), "evidence-unreadable"),
        ("plan.json", "\"size\": ".into(), "\"size\": 1".into(), ""),
        (
            "plan.json",
            "\"sha256\": \"".into(),
            format!("\"sha256\": \"{other}\", \"x\": \""),
            "evidence-unreadable",
        ),
        ("plan.json", "001_a.sql".into(), "001_z.sql".into(), "evidence-unreadable"),
        ("schema-before.txt", "public".into(), "private".into(), "other-schema"),
        ("schema-after.txt", "public".into(), "private".into(), "other-schema"),
        ("schema-changes.txt", "made".into(), "dropped".into(), "other-schema"),
        ("evidence.json", "row-2.txt".into(), "row-9.txt".into(), "page-differs"),
        (
            "evidence.json",
            "\"name\": \"approval.json\"".into(),
            "\"name\": \"b\"".into(),
            "list-differs",
        ),
        ("index.html", "ok, exit 0".into(), "ok, exit 1".into(), "page-differs"),
        ("README.txt", "Evidence".into(), "evidence".into(), "page-differs"),
    ];
    for (number, (name, from, to, code)) in changes.iter().enumerate() {
        let copy = world.path().join(format!("copy{number}"));
        shell(world.path(), &format!("cp -r evidence copy{number}"));
        let text = read(&copy, name);
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "'{from}' is not in {name}");
        fs::write(copy.join(name), changed).unwrap();
        let findings = verify(&copy).expect(12).findings();
        assert!(findings.contains(&"file-changed".to_owned()), "{name}, {from}: {findings:?}");
        forge(&copy);
        let answer = verify(&copy);
        if code.is_empty() {
            // The length of a file is in no digest: with a new manifest nothing contradicts it.
            answer.expect(0);
            continue;
        }
        let findings = answer.expect(12).findings();
        assert!(findings.contains(&(*code).to_owned()), "{name}, {from} -> {to}: {findings:?}");
    }
    // A row that is taken out, a file that is gone, one that is added, a link.
    let cases = [
        ("rm plan.json", "file-missing", "list-differs"),
        ("rm evidence.json", "file-missing", "file-missing"),
        ("echo x >more.txt", "file-extra", ""),
        ("ln -s /etc/hostname link", "file-extra", "file-extra"),
        ("rm SHA256SUMS", "manifest-missing", ""),
    ];
    for (number, (script, told, forged)) in cases.into_iter().enumerate() {
        let copy = world.path().join(format!("case{number}"));
        shell(world.path(), &format!("cp -r evidence case{number}"));
        shell(&copy, script);
        let findings = verify(&copy).expect(12).findings();
        assert!(findings.contains(&told.to_owned()), "{script}: {findings:?}");
        if !forged.is_empty() {
            forge(&copy);
            let findings = verify(&copy).expect(12).findings();
            assert!(findings.contains(&forged.to_owned()), "{script}: {findings:?}");
        }
    }
}

#[test]
fn what_was_not_kept_is_named_and_the_rest_is_there() {
    let world = World::with(&[ONE]);
    world.run(&["apply"]).expect(0);
    let (out, answer) = export(&world, "evidence");
    let absent = answer["absent"].as_array().unwrap();
    let why = |name: &str| {
        let found = absent.iter().find(|it| it["name"] == name);
        found.unwrap_or_else(|| panic!("'{name}' is not named"))["why"].as_str().unwrap().to_owned()
    };
    assert!(why("run.json").contains("has no 'state'"), "{}", why("run.json"));
    assert!(why("schema-changes.txt").contains("before and after"));
    assert!(why("lint.json").contains("no plan"));
    assert_eq!(json(&out, "log.json")["rows"][0]["version"], ONE.0);
    assert!(read(&out, "index.html").contains("no record of this run was kept"));
    verify(&out).expect(0);
    // A record that another host has is missed here.
    keep(&world, "");
    let (_, answer) = export(&world, "later");
    assert!(answer["absent"].to_string().contains("this host has no"), "{answer}");
}

#[test]
fn a_run_that_failed_and_one_that_was_killed_leave_what_is_known() {
    let world = world(
        &[ONE, ("002_b.sql", "SELECT 1 / 0 AS \"<script>alert(1)</script>\";\n")],
        "policy = 'standard'",
    );
    world.run(&["apply"]).expect(40);
    let (out, _) = export(&world, "failed");
    let run = json(&out, "run.json");
    assert_eq!((&run["code"], &run["exit_code"]), (&"failed".into(), &40.into()));
    assert_eq!(run["failed"]["subject"], "002_b.sql");
    assert_eq!(run["remaining"], serde_json::json!(["002_b.sql"]));
    let page = read(&out, "index.html");
    assert!(page.contains("failed, exit 40") && page.contains("division by zero"), "{page}");
    assert!(!page.contains("<script"), "{page}");
    verify(&out).expect(0);

    world.write("002_b.sql", "SELECT pg_sleep(60);\n");
    let running = Running::start(world.command(&["apply"]));
    until("the migration runs", || {
        world.sql(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
            AND query LIKE 'SELECT pg_sleep(60)%'",
        ) == "1"
    });
    running.signal(Signal::SIGKILL);
    drop(running);
    world.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
    let (out, _) = export(&world, "killed");
    let run = json(&out, "run.json");
    assert_eq!((&run["finished"], &run["code"]), (&false.into(), &Value::Null));
    assert!(read(&out, "index.html").contains("unfinished: its end was not seen"));
    assert!(names(&out).contains("schema-before.txt") && !names(&out).contains("schema-after.txt"));
    verify(&out).expect(0);
}

#[test]
fn a_record_that_cannot_be_written_stops_only_a_run_that_is_bound_to_leave_one() {
    let world = world(&[ONE], "");
    fs::write(world.path().join("state"), "a file where a directory should be").unwrap();
    let answer = world.run(&["apply", "--format", "json"]).expect(0);
    assert_eq!(answer.findings(), ["trouble"]);
    assert!(answer.stdout.contains("no record of this run is kept"), "{answer:#?}");
    assert_eq!(world.applied(), [ONE.0]);
    world.write(TWO.0, TWO.1);
    keep(&world, "backup = 'pg_dump'");
    let answer = world.run(&["apply", "--format", "json"]).expect(78);
    assert_eq!(answer.findings(), ["no-record"]);
    assert_eq!(
        (world.applied(), world.logged()),
        (vec![ONE.0.to_owned()], vec!["applied:001_a.sql".to_owned()])
    );
}

#[test]
fn a_backup_is_in_the_record_also_where_it_failed() {
    let world = backup::world("");
    world.sql("CREATE TABLE public.by_hand ()");
    let answer = world.run(&["apply", "--format", "json"]).expect(44);
    let run = newest(&world);
    assert_eq!((&run["code"], &run["backup"]), (&"backup-failed".into(), &Value::Null));
    assert_eq!(run["failed"]["finding"], answer.findings()[0]);
    // It left no row, and still is the latest run.
    let (out, exported) = export(&world, "refused");
    assert_eq!(exported["run_id"], run["run_id"]);
    assert_eq!(json(&out, "log.json")["rows"], serde_json::json!([]));
    verify(&out).expect(0);

    world.sql("DROP TABLE public.by_hand");
    let answer = world.run(&["apply", "--format", "json"]).expect(0).json();
    let (out, _) = export(&world, "made");
    let run = json(&out, "run.json");
    for member in ["path", "bytes", "sha256", "tables", "program"] {
        assert_eq!(run["backup"][member], answer["backup"][member], "{member}");
    }
    assert!(read(&out, "index.html").contains(answer["backup"]["sha256"].as_str().unwrap()));
}

fn newest(world: &World) -> Value {
    let home = backup::state(world).join("runs/prod");
    let mut runs: Vec<Value> =
        fs::read_dir(&home).unwrap().map(|it| json(&it.unwrap().path(), "run.json")).collect();
    runs.sort_by_key(|it| it["started_at_us"].as_i64().unwrap());
    runs.pop().expect("a run")
}

#[test]
fn nothing_that_is_kept_or_exported_holds_the_password() {
    let world = world(&[ONE, ("002_b.sql", "SELECT 1 / 0;\n")], "policy = 'standard'");
    world.run(&["apply"]).expect(40);
    let (out, _) = export(&world, "evidence");
    for directory in [out, world.path().join("state")] {
        let count = shell(&directory, "grep -rilE 'canary' . | wc -l");
        assert_eq!(count.trim(), "0", "{}", directory.display());
    }
}

#[test]
fn the_approval_is_in_it_and_its_signature_is_checked_again() {
    let desk = Desk::open();
    let world = &desk.world;
    keep(world, "approval = 'required'");
    desk.plan("plan.json");
    desk.approve("plan.json", &[]).expect(0);
    world.run(&["apply"]).expect(0);
    let (out, _) = export(world, "evidence");
    let papers = ["approval.json", "approval.json.sig", "allowed_signers", "lint.json"];
    assert!(papers.iter().all(|name| names(&out).contains(*name)), "{:?}", names(&out));
    // What was read and approved is what is kept, byte for byte.
    assert_eq!(read(&out, "plan.json"), fs::read_to_string(desk.path("plan.json")).unwrap());
    let so = "the signature is the approver's";
    assert!(verify(&out).expect(0).stdout.contains(so));
    let readme = read(&out, "README.txt");
    let command = readme.lines().find(|line| line.contains("ssh-keygen -Y verify")).unwrap();
    assert!(shell(&out, command).contains("Good"), "{command}");
    assert!(read(&out, "index.html").contains("WO-123"));

    // Who cannot be asked has not said yes.
    let mut blind = binary();
    blind.args(["evidence", "--format", "json", "--verify"]).arg(&out).env("PATH", "/nowhere");
    assert_eq!(Answer::of(blind).expect(21).findings(), ["not-checked"]);
    let changes = [
        ("allowed_signers", "AAAA", "AAAB", "signature-wrong"),
        ("approval.json", "WO-123", "WO-124", "signature-wrong"),
        ("approval.json", "WO-123", "WO-124", "other-approval"),
    ];
    for (number, (name, from, to, code)) in changes.into_iter().enumerate() {
        let copy = world.path().join(format!("copy{number}"));
        shell(world.path(), &format!("cp -r evidence copy{number}"));
        fs::write(copy.join(name), read(&copy, name).replacen(from, to, 1)).unwrap();
        forge(&copy);
        let answer = verify(&copy);
        let found = answer.findings();
        // Keys that are none say nothing of a signature, and that is no yes.
        let refused = found.contains(&code.to_owned()) || found.contains(&"not-checked".to_owned());
        assert!(answer.code != 0 && refused, "{name}: {answer:#?}");
    }
}

/// Debian's browser, without a window, a profile that stays, or anything but the file.
fn browser(home: &Path) -> Command {
    let program = Path::new("/usr/bin/chromium");
    assert!(
        program.exists(),
        "'{}' is missing: apt-get install --no-install-recommends chromium",
        program.display()
    );
    let mut command = Command::new(program);
    command
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--hide-scrollbars",
        ])
        .args(["--disable-background-networking", "--disable-component-update"])
        .args(["--disable-dev-shm-usage", "--virtual-time-budget=2000", "--window-size=1100,2600"])
        .arg(format!("--user-data-dir={}", home.join("browser").display()))
        .env("HOME", home)
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    command
}

#[test]
fn the_page_is_read_in_a_browser_and_on_paper() {
    let world = world(&[ONE, TWO, ("003_c.sql", "SELECT pg_sleep(0.2);\n")], "policy = 'standard'");
    world.run(&["apply"]).expect(0);
    let (out, _) = export(&world, "evidence");
    let page = read(&out, "index.html");
    for word in ["<script", "http:", "https:", "url(", "src=", "href=", "@import"] {
        assert!(!page.contains(word), "'{word}' would be fetched or run");
    }
    let file = format!("file://{}", out.join("index.html").display());
    let shown = browser(world.path()).args(["--dump-dom", &file]).output().unwrap();
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    for told in ["001_a.sql", "002_b.sql", "003_c.sql", "ok, exit 0", "table b: made"] {
        assert!(shown.contains(told), "'{told}' is not shown: {shown}");
    }
    // One bar for each migration, and the long one is the longest.
    let widths: Vec<f64> = shown
        .split("<rect ")
        .skip(1)
        .map(|bar| {
            bar.split("width=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap()
        })
        .collect();
    assert_eq!(widths.len(), 3);
    assert!(widths[2] > widths[0] && widths[2] > 300.0, "{widths:?}");

    let (picture, paper) = (world.path().join("page.png"), world.path().join("page.pdf"));
    let drawn = browser(world.path())
        .arg(format!("--screenshot={}", picture.display()))
        .arg(&file)
        .stdout(Stdio::null())
        .status();
    assert!(drawn.unwrap().success());
    let printed = browser(world.path())
        .arg(format!("--print-to-pdf={}", paper.display()))
        .args(["--no-pdf-header-footer", &file])
        .stdout(Stdio::null())
        .status();
    assert!(printed.unwrap().success());
    let (picture, paper) = (fs::read(picture).unwrap(), fs::read(paper).unwrap());
    assert!(picture.starts_with(b"\x89PNG") && picture.len() > 30_000, "{}", picture.len());
    assert!(paper.starts_with(b"%PDF") && paper.len() > 10_000, "{}", paper.len());
}
