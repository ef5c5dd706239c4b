//! Owns asking for rehearsals, and reading their reports. Must never assert what a report says.

use crate::support::World;
use crate::support::program::Answer;
use crate::support::server::setting;
use serde_json::Value;
use std::process::Command;

/// The binary, with the programs of the server that the tests run on.
pub(super) fn command(world: &World, arguments: &[&str]) -> Command {
    let mut command = world.command(&[&["rehearse"], arguments].concat());
    command
        .env("DREICHOR_POSTGRES_BIN", setting("DREICHOR_TEST_BIN"))
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("TMPDIR", world.path());
    command
}

pub(super) fn rehearse(world: &World, arguments: &[&str]) -> Answer {
    let answer = Answer::of(command(world, arguments));
    for text in [&answer.stdout, &answer.stderr] {
        assert!(!text.contains("canary"), "the password is in an output: {text}");
    }
    answer
}

/// The report of a rehearsal that ended with this code.
#[track_caller]
pub(super) fn report(world: &World, arguments: &[&str], code: i32) -> Value {
    rehearse(world, &[&["--format", "json"], arguments].concat()).expect(code).json()["rehearsal"]
        .clone()
}

/// The statements of the report's migrations, in order.
pub(super) fn statements(report: &Value) -> Vec<Value> {
    let migrations = report["migrations"].as_array().expect("migrations");
    migrations
        .iter()
        .flat_map(|it| it["statements"].as_array().expect("statements").clone())
        .collect()
}

/// The texts of a list.
pub(super) fn texts(list: &Value) -> Vec<String> {
    let list = list.as_array().expect("a list");
    list.iter().map(|it| it.as_str().expect("a text").to_owned()).collect()
}

/// The URL of a named server: the tests' own.
pub(super) fn named() -> String {
    format!(
        "postgres://{}:{}@127.0.0.1:{}/postgres",
        setting("PGUSER"),
        setting("PGPASSWORD"),
        setting("PGPORT")
    )
}
