//! `plan --out`: what the file holds, and what is refused.

use crate::support::World;
use dreichor_migrate::core::digest::Digest;
use dreichor_migrate::core::review::plan_file::PlanFile;
use serde_json::{Value, json};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

const ONE: (&str, &str) = ("001_a.sql", "CREATE TABLE public.a ();\n");
const TWO: (&str, &str) = ("002_b.sql", "CREATE TABLE public.b ();\n");

/// A rehearsal of a plan, as `rehearse` keeps it.
fn rehearsal(of: &str) -> String {
    let end = json!({"code": "ok", "migration": null, "message": null});
    json!({
        "form": 1, "environment": "prod", "database": "d", "plan": of, "server": "15.1",
        "tool": "0", "scratch": "throwaway", "twin": "dump", "data": "none", "twin_differs": [],
        "end": end, "migrations": [], "statements_differ": [], "schema_before": "",
        "schema_after": "", "changes": [], "seal": "not-sealed", "seal_differs": [], "limits": [],
        "started_at": "", "finished_at": "2026-11-21T12:00:00Z",
    })
    .to_string()
}

/// A world in which the first of two migrations is applied.
fn half() -> World {
    let world = World::with(&[ONE]);
    world.run(&["apply"]).expect(0);
    world.write(TWO.0, TWO.1);
    world
}

fn file(world: &World, name: &str) -> String {
    world.path().join(name).display().to_string()
}

#[test]
fn the_file_has_all_that_the_plan_is_made_of_and_no_secret() {
    let world = half();
    let path = file(&world, "plan.json");
    let answer = world.run(&["plan", "--out", &path, "--format", "json"]).expect(0).json();
    assert_eq!(answer["path"], json!(path));
    let text = fs::read_to_string(&path).unwrap();
    let paper: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(paper["form"], 1);
    assert_eq!(paper["environment"], "prod");
    assert_eq!(paper["database"], json!(world.database));
    assert_eq!(paper["digest"], answer["digest"]);
    assert_eq!(paper["tool_version"], env!("CARGO_PKG_VERSION"));
    let hex = |text: &str| Digest::of(text.as_bytes()).hex();
    assert_eq!(paper["history"], json!([{"version": ONE.0, "sha256": hex(ONE.1)}]));
    assert_eq!(
        paper["pending"],
        json!([{"version": TWO.0, "sha256": hex(TWO.1), "size": TWO.1.len()}])
    );
    assert_eq!(paper["rehearsal"], Value::Null);
    assert!(!text.contains("canary") && !text.contains("postgres://"), "{text}");
    let read = PlanFile::parse(text.as_bytes()).unwrap();
    assert_eq!(dreichor_migrate::core::review::write(&read).unwrap(), text);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o644);
    // Planning has changed nothing.
    world.run(&["apply", "--plan", answer["digest"].as_str().unwrap()]).expect(0);
}

#[test]
fn an_existing_file_is_kept() {
    let world = half();
    let path = file(&world, "plan.json");
    fs::write(&path, "mine").unwrap();
    let answer = world.run(&["plan", "--out", &path, "--format", "json"]).expect(2);
    assert_eq!(answer.findings(), ["output-exists"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    let path = file(&world, "nowhere/plan.json");
    let answer = world.run(&["plan", "--out", &path, "--format", "json"]).expect(2);
    assert_eq!(answer.findings(), ["no-such-file"]);
}

#[test]
fn the_rehearsal_of_this_very_plan_goes_into_it() {
    let world = half();
    let state = world.path().join("state");
    let head = format!("state = '{}'\n", state.display());
    let text = fs::read_to_string(world.config()).unwrap();
    fs::write(world.config(), format!("{head}{text}")).unwrap();
    let plan = world.run(&["plan", "--format", "json"]).expect(0).json();
    let digest = plan["digest"].as_str().unwrap();
    let kept = state.join("rehearsals/prod");
    fs::create_dir_all(&kept).unwrap();
    let kept = kept.join(format!("{}.json", &digest["sha256:".len()..]));
    fs::write(&kept, rehearsal(digest)).unwrap();
    let written = |name: &str, more: &[&str]| -> Value {
        let path = file(&world, name);
        world.run(&[&["plan", "--out", &path][..], more].concat()).expect(0);
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    };
    assert_eq!(written("1.json", &[])["rehearsal"]["plan"], *digest);
    // One of another plan is none, however it is called, and so is one that anybody could write.
    let other = format!("sha256:{}", "0".repeat(64));
    fs::write(&kept, rehearsal(&other)).unwrap();
    assert_eq!(written("2.json", &[])["rehearsal"], Value::Null);
    fs::write(&kept, rehearsal(digest)).unwrap();
    fs::set_permissions(&kept, Permissions::from_mode(0o666)).unwrap();
    assert_eq!(written("3.json", &[])["rehearsal"], Value::Null);
    // What is named is taken, or refused.
    let named = file(&world, "rehearsal.json");
    fs::write(&named, rehearsal(digest)).unwrap();
    assert_eq!(written("4.json", &["--rehearsal", &named])["rehearsal"]["plan"], *digest);
    for (text, code) in [(rehearsal(&other), "other-rehearsal"), ("{".into(), "other-rehearsal")] {
        fs::write(&named, text).unwrap();
        let path = file(&world, "5.json");
        let arguments = ["plan", "--out", &path, "--rehearsal", &named, "--format", "json"];
        assert_eq!(world.run(&arguments).expect(2).findings(), [code]);
        assert!(!world.path().join("5.json").exists());
    }
}
