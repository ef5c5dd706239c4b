//! `status`: what is applied, when and by whom, and what is pending.

use crate::support::World;

#[test]
fn status_lists_what_is_applied_and_what_is_pending() {
    let world = World::with(&[("001_a.sql", "CREATE TABLE public.a ();")]);
    world.run(&["apply"]).expect(0);
    world.write("002_b.sql", "CREATE TABLE public.b ();");
    let answer = world.run(&["status", "--format", "json"]).expect(0);
    let document = answer.json();
    assert_eq!(document["applied"][0]["version"], "001_a.sql");
    assert_eq!(document["applied"][0]["event"], "applied");
    let by = document["applied"][0]["by"].as_str().unwrap();
    assert!(by.ends_with(&format!(" as {}_migrator", world.database)), "{by}");
    assert_eq!(document["pending"][0]["version"], "002_b.sql");
    assert!(world.has("public.a") && !world.has("public.b"));
}

#[test]
fn status_of_a_database_that_was_never_migrated_writes_nothing() {
    let world = World::with(&[("001_a.sql", "CREATE TABLE public.a ();")]);
    let answer = world.run_as_runtime(&["status", "--format", "json"]).expect(0);
    assert_eq!(answer.json()["applied"].as_array().unwrap().len(), 0);
    assert!(!world.has("public.dreichor_schema_migrations"));
}
