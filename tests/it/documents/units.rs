//! The unit files and the page that explains them: no directive without its reason, one sandbox
//! for both services, and nothing that could pull in a migration.

use super::{path, read};
use std::fs;

const MIGRATE: &str = "systemd/dreichor-migrate@.service";
const GATE: &str = "systemd/dreichor-migrate-gate@.service";

/// What the migration alone has behind the sandbox of both.
const ALONE: &str = "\n# The migration alone";
const MORE: [(&str, &str); 2] =
    [("ExecPaths", "-/usr/bin/ssh-keygen"), ("SystemCallFilter", "pipe pipe2")];

/// Where the sandbox begins in both services.
const SANDBOX: &str = "# Sandbox.";

/// Every unit and drop-in below `systemd/`, by its name in the repository.
fn units() -> Vec<String> {
    let mut found = Vec::new();
    let mut rooms = vec!["systemd".to_owned()];
    while let Some(room) = rooms.pop() {
        for entry in fs::read_dir(path(&room)).expect("the units are there") {
            let entry = entry.expect("an entry");
            let name = format!("{room}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                rooms.push(name);
            } else if name.ends_with(".service") || name.ends_with(".conf") {
                found.push(name);
            }
        }
    }
    found.sort();
    assert_eq!(found.len(), 6, "{found:?}");
    found
}

/// The directives of a unit as (name, value); comments and sections are passed over.
fn directives(unit: &str) -> Vec<(String, String)> {
    read(unit)
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with(['#', '[']))
        .map(|line| {
            let (name, value) =
                line.split_once('=').unwrap_or_else(|| panic!("'{unit}': no directive: '{line}'"));
            (name.to_owned(), value.to_owned())
        })
        .collect()
}

/// The text that a page shows as code: between backticks, fences aside.
fn code(page: &str) -> Vec<&str> {
    page.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

#[test]
fn every_directive_is_explained() {
    let page = read("systemd/README.md");
    // What is refused has no place in a unit, and explains none.
    let (used, _) = page.split_once("## Refused").expect("the section of the refused");
    let named = code(used);
    let mut silent = Vec::new();
    for unit in units() {
        for (name, _) in directives(&unit) {
            let start = format!("{name}=");
            if !named.iter().any(|code| code.starts_with(&start)) {
                silent.push(format!("{unit}: {start}"));
            }
        }
    }
    assert!(silent.is_empty(), "systemd/README.md does not say why: {silent:#?}");
}

#[test]
fn every_line_of_the_sandbox_is_explained_with_its_value() {
    let page = read("systemd/README.md");
    let named = code(&page);
    let (_, sandbox) = sandboxed(MIGRATE);
    for line in sandbox.lines().skip(1) {
        let (name, value) = line.split_once('=').expect("a directive");
        let whole = named.contains(&line);
        let by_parts = ["SystemCallFilter", "ExecPaths"].contains(&name)
            && value
                .trim_start_matches('~')
                .split(' ')
                .all(|part| page.contains(part) || part.starts_with('/'));
        assert!(whole || by_parts, "systemd/README.md does not have '{line}'");
    }
}

/// A service's text before its sandbox, and the sandbox.
fn sandboxed(unit: &str) -> (String, String) {
    let text = read(unit);
    let at = text.find(SANDBOX).unwrap_or_else(|| panic!("'{unit}' has no sandbox"));
    let (before, sandbox) = text.split_at(at);
    let sandbox = sandbox.split(ALONE).next().unwrap_or_default();
    (before.to_owned(), sandbox.to_owned())
}

#[test]
fn both_services_have_the_same_sandbox() {
    let (migrate, gate) = (sandboxed(MIGRATE), sandboxed(GATE));
    assert_eq!(migrate.1, gate.1);
    assert!(migrate.1.lines().count() > 30, "{}", migrate.1);
    // Nothing before it may weaken it in one of the two.
    let names: Vec<&str> =
        migrate.1.lines().skip(1).filter_map(|line| Some(line.split_once('=')?.0)).collect();
    for unit in [MIGRATE, GATE] {
        let all = directives(unit);
        for name in &names {
            let count = |lines: usize| (name, lines);
            let inside = names.iter().filter(|it| it == &name).count();
            let known = |value: &str| unit == MIGRATE && MORE.contains(&(*name, value));
            let whole = all.iter().filter(|(it, value)| it == name && !known(value)).count();
            assert_eq!(count(whole), count(inside), "'{unit}' has it outside of the sandbox too");
        }
    }
}

#[test]
fn nothing_pulls_in_a_migration() {
    assert!(!read(MIGRATE).lines().any(|line| line == "[Install]"), "it could be enabled");
    let mut named = Vec::new();
    for unit in units() {
        for (name, value) in directives(&unit) {
            if value.contains("dreichor-migrate@") {
                named.push(format!("{unit}: {name}"));
            }
        }
    }
    assert_eq!(named, [format!("{GATE}: After")]);
}
