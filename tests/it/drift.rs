//! The gate and `verify` know the schema: what differs from the sealed one is found, named once
//! and judged at the version that the database is at; what does not differ is never found.

use crate::support::World;
use crate::support::program::Answer;
use serde_json::Value;
use std::fs;
use std::path::Path;

const OWN: [&str; 3] = ["001_init.sql", "002_add_shadow_ledger.sql", "003_add_decision_memory.sql"];

fn own(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(name);
    fs::read_to_string(path).expect("it is there")
}

/// Dreichor's set: the first so many are applied, all are installed with their seal.
fn dreichor(count: usize) -> World {
    let world = World::empty();
    for (number, name) in (1..).zip(OWN) {
        world.write(name, own(name));
        if number == count {
            world.run(&["apply"]).expect(0);
        }
    }
    world.write("seal.toml", own("seal.toml"));
    world
}

fn check(world: &World, more: &[&str]) -> Answer {
    world.run_as_runtime(&[&["check", "--format", "json"], more].concat())
}

fn verify(world: &World) -> Answer {
    world.run_as_runtime(&["verify", "--format", "json"])
}

fn messages(answer: &Answer) -> Vec<String> {
    let document = answer.json();
    let findings = document["findings"].as_array().expect("findings").iter();
    findings.map(|it| it["message"].as_str().expect("a message").to_owned()).collect()
}

#[test]
fn every_prefix_is_compared_with_its_own_schema() {
    for count in 1..=OWN.len() {
        let world = dreichor(count);
        let answer = verify(&world).expect(0).json();
        assert_eq!(answer["schema"]["version"], OWN[count - 1]);
        assert_eq!(answer["schema"]["expected"], answer["schema"]["found"]);
        let checked = check(&world, &["--requires", OWN[count - 1]]).expect(0).json();
        assert_eq!(checked["structure"], "compared");
        assert_eq!(checked["schema"], answer["schema"]);
        // Drift is told beside what is not applied yet, after it.
        world.sql("ALTER TABLE audit_events ADD COLUMN more text");
        let behind = count < OWN.len();
        let answer = check(&world, &[]).expect(if behind { 10 } else { 13 });
        assert!(messages(&answer).contains(&"column audit_events.more: not expected".to_owned()));
        verify(&world).expect(13);
    }
}

#[test]
pub(crate) fn drift_is_named_with_both_sides_and_ends_with_its_own_code() {
    let world = dreichor(3);
    world.sql("ALTER TABLE audit_events ALTER COLUMN version TYPE bigint");
    let answer = check(&world, &[]).expect(13);
    assert_eq!(answer.json()["verdict"], "drifted");
    assert_eq!(messages(&answer), ["column audit_events.version: integer expected, bigint found"]);
    let answer = verify(&world).expect(13);
    let difference = &answer.json()["differences"][0];
    assert_eq!(difference["subject"], "column audit_events.version");
    assert_eq!(
        difference["expected"],
        "column public.audit_events.version position=4 type=integer not-null=yes"
    );
    assert_eq!(
        difference["found"],
        "column public.audit_events.version position=4 type=bigint not-null=yes"
    );
    let human = world.run_as_runtime(&["verify"]).expect(13).stdout;
    for line in [
        "prod: drifted\n",
        "\ncolumn audit_events.version: integer expected, bigint found\n",
        "\n  expected column public.audit_events.version position=4 type=integer not-null=yes\n",
        "\n  found    column public.audit_events.version position=4 type=bigint not-null=yes\n",
    ] {
        assert!(human.contains(line), "{human}");
    }
    assert_eq!(human.matches("integer expected, bigint found").count(), 1, "{human}");
    // Nothing that looks has changed anything.
    verify(&world).expect(13);
}

#[test]
fn a_verdict_lists_the_first_differences_and_verify_lists_all() {
    let world = dreichor(3);
    let made: String = (0..30).map(|at| format!("CREATE TABLE public.t{at:02} ();")).collect();
    world.sql(&made);
    let answer = check(&world, &[]).expect(13);
    assert_eq!(messages(&answer).len(), 21);
    assert_eq!(messages(&answer)[20], "the schema differs in 10 more objects");
    assert_eq!(verify(&world).expect(13).json()["differences"].as_array().unwrap().len(), 30);
}

#[test]
fn the_configuration_says_how_much_is_compared() {
    let world = dreichor(3);
    let configure = |gate: &str| world.configure(&format!("[gate]\n{gate}"));
    let structure = |answer: Answer| answer.json()["structure"].clone();
    for depth in ["full", "fingerprint"] {
        configure(&format!("structure = '{depth}'"));
        assert_eq!(structure(check(&world, &[]).expect(0)), "compared");
    }
    world.sql("CREATE INDEX made_by_hand ON audit_events (logical_time)");
    for depth in ["full", "fingerprint"] {
        configure(&format!("structure = '{depth}'"));
        let answer = check(&world, &[]).expect(13);
        assert_eq!(messages(&answer), ["index audit_events.made_by_hand: not expected"]);
    }
    configure("structure = 'off'");
    assert_eq!(structure(check(&world, &[]).expect(0)), "off");
    // Who asks for it gets it, whatever the gate does.
    verify(&world).expect(13);
    configure("[[gate.ignore]]\nkind = 'index'\nname = 'audit_events.made_*'\nreason = 'a report'");
    let answer = check(&world, &[]).expect(0).json();
    assert_eq!(answer["schema"]["ignored"][0]["reason"], "a report");
    assert_ne!(answer["schema"]["expected"], answer["schema"]["found"]);
    verify(&world).expect(0);
    world.sql("CREATE INDEX another ON audit_events (logical_time)");
    assert_eq!(messages(&check(&world, &[]).expect(13)).len(), 1);
}

#[test]
fn a_seal_that_is_demanded_and_missing_or_too_old_blocks() {
    let world = dreichor(3);
    fs::remove_file(world.migrations().join("seal.toml")).expect("it goes");
    assert_eq!(check(&world, &[]).expect(0).json()["structure"], "no-seal");
    assert_eq!(verify(&world).expect(13).findings(), ["no-seal"]);
    world.configure("[gate]\nstructure = 'fingerprint'");
    assert_eq!(check(&world, &[]).expect(13).findings(), ["no-seal"]);
    world.configure("");
    world.write("seal.toml", own("seal.toml"));
    world.write("004_more.sql", "CREATE TABLE public.more ();\n");
    world.run(&["apply"]).expect(0);
    assert_eq!(check(&world, &[]).expect(13).findings(), ["unsealed"]);
    assert_eq!(verify(&world).expect(13).findings(), ["unsealed"]);
    world.write("seal.toml", "form = 2\n");
    assert_eq!(check(&world, &[]).expect(20).findings(), ["seal-invalid"]);
}

#[test]
fn a_database_that_was_never_migrated_is_behind() {
    let world = World::empty();
    for name in OWN.iter().chain(&["seal.toml"]) {
        world.write(name, own(name));
    }
    let answer = verify(&world).expect(10);
    assert_eq!(answer.findings(), ["never-migrated"]);
    assert_eq!(answer.json()["structure"], "nothing-applied");
    assert_eq!(check(&world, &[]).expect(10).json()["structure"], "nothing-applied");
}

/// Where files were never applied and later ones were, the history's own fault is told alone.
#[test]
fn a_history_with_a_gap_has_no_sealed_schema() {
    let world = World::empty();
    for name in [OWN[0], OWN[2]] {
        world.write(name, own(name));
    }
    world.run(&["apply"]).expect(0);
    world.write(OWN[1], own(OWN[1]));
    world.write("seal.toml", own("seal.toml"));
    for answer in [check(&world, &[]).expect(12), verify(&world).expect(12)] {
        assert_eq!(answer.findings(), ["inserted"]);
        assert_eq!(answer.json()["structure"], "contradicted");
    }
}

fn fingerprint(world: &World) -> String {
    verify(world).json()["schema"]["found"].as_str().expect("a fingerprint").to_owned()
}

#[test]
fn what_a_release_names_is_compared_with_or_without_a_seal() {
    let world = dreichor(3);
    let (second, third) = (fingerprint(&dreichor(2)), fingerprint(&world));
    let wrong = format!("sha256:{}", "0".repeat(64));
    let asked = |requires: &str, up_to: &str, schema: &str| {
        let text =
            format!("requires = '{requires}'\nsupports_up_to = '{up_to}'\nschema = '{schema}'\n");
        let file = world.path().join("release.toml");
        fs::write(&file, text).expect("the requirement is written");
        check(&world, &["--requirement", file.to_str().expect("UTF-8")])
    };
    let seal = world.migrations().join("seal.toml");
    asked(OWN[2], OWN[2], &third).expect(0);
    asked(OWN[1], OWN[2], &second).expect(0);
    for (requires, schema) in [(OWN[2], &wrong), (OWN[2], &second), (OWN[1], &third)] {
        let answer = asked(requires, OWN[2], schema).expect(13);
        assert_eq!(answer.findings(), ["other-schema"]);
    }
    world.configure("[gate]\nstructure = 'off'");
    asked(OWN[2], OWN[2], &third).expect(0);
    assert_eq!(asked(OWN[1], OWN[2], &second).expect(13).findings(), ["unsealed"]);
    world.configure("");
    fs::remove_file(&seal).expect("it goes");
    asked(OWN[2], OWN[2], &third).expect(0);
    assert_eq!(asked(OWN[2], OWN[2], &wrong).expect(13).findings(), ["other-schema"]);
    assert_eq!(asked(OWN[1], OWN[2], &second).expect(13).findings(), ["unsealed"]);
    // A release that is ahead of the installed set brings the proof of its schema along.
    world.write("seal.toml", own("seal.toml"));
    world.write("004_more.sql", "CREATE TABLE public.more ();\n");
    world.run(&["apply"]).expect(0);
    fs::remove_file(&seal).expect("it goes");
    let fourth = {
        world.run(&["seal"]).expect(0);
        let sealed = fingerprint(&world);
        world.write("seal.toml", own("seal.toml"));
        fs::remove_file(world.migrations().join("004_more.sql")).expect("it goes");
        sealed
    };
    asked("004_more.sql", "004_more.sql", &fourth).expect(0);
    assert_eq!(
        asked("004_more.sql", "004_more.sql", &wrong).expect(13).findings(),
        ["unsealed", "other-schema"]
    );
    assert_eq!(asked(OWN[2], "004_more.sql", &third).expect(13).findings(), ["unsealed"]);
}

#[test]
fn requirement_init_takes_the_fingerprint_out_of_the_seal() {
    let world = dreichor(3);
    let init = |more: &[&str]| world.run(&[&["requirement", "init"], more].concat());
    let text = init(&[]).expect(0).stdout;
    assert!(text.contains(&format!("schema = \"{}\"\n", fingerprint(&world))), "{text}");
    let file = world.path().join("release.toml");
    fs::write(&file, &text).expect("the requirement is written");
    check(&world, &["--requirement", file.to_str().expect("UTF-8")]).expect(0);
    world.write("004_more.sql", "CREATE TABLE public.more ();\n");
    let answer = init(&["--format", "json"]).expect(20);
    assert_eq!(answer.findings(), ["unsealed"]);
}

#[test]
fn everything_that_is_wrong_is_told_the_gravest_first() {
    let world = dreichor(3);
    world.sql(&format!(
        "CREATE TABLE public.more (); GRANT CREATE ON SCHEMA public TO {}_runtime",
        world.database
    ));
    let answer = verify(&world).expect(13);
    let found: Value = answer.json()["findings"].clone();
    let codes: Vec<&str> =
        found.as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["object-differs", "object-unexpected", "runtime-creates"]);
    world.sql("DROP TABLE public.more");
    assert_eq!(verify(&world).expect(13).findings(), ["object-differs", "runtime-creates"]);
}
