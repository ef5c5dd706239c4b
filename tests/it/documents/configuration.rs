//! The packaged configuration and its manual page name every key that the program reads, no
//! other, with the default that it has.

use super::read;
use dreichor_migrate::config::{
    Configuration, ENVIRONMENT_KEYS, FILE_KEYS, GATE_KEYS, IGNORE_KEYS, Overrides, Settings,
};
use std::collections::BTreeMap;
use std::path::Path;

const FILE: &str = "packaging/migrate.toml";
const PAGE: &str = "packaging/man/dreichor-migrate.toml.5";

fn prod(text: &str) -> Settings {
    let configuration = Configuration::parse(text, Path::new("/etc/dreichor/migrate.toml"));
    let configuration = configuration.unwrap_or_else(|faults| panic!("{faults:#?}"));
    configuration.environment("prod", Overrides::default()).expect("prod is declared")
}

/// The keys of the file that are tables.
const TABLES: [&str; 2] = ["gate", "environments"];

/// Before a key that has no default.
const NO_DEFAULT: &str = "#- ";

/// A line `key = value`, or `# key = value` where the value is the default, or `#- key = value`
/// where there is none.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let mark = ["# ", NO_DEFAULT].into_iter().find_map(|mark| line.strip_prefix(mark));
    let (key, value) = mark.unwrap_or(line).split_once(" = ")?;
    let plain = key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    plain.then_some((key, value))
}

/// The keys that the file shows with their defaults.
fn defaults(text: &str) -> BTreeMap<String, String> {
    let shown = text.lines().filter(|line| line.starts_with("# ")).filter_map(assignment);
    shown.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

#[test]
fn the_packaged_file_names_every_key() {
    let text = read(FILE);
    let mut named: Vec<&str> = text.lines().filter_map(assignment).map(|(key, _)| key).collect();
    named.sort_unstable();
    named.dedup();
    let keys = FILE_KEYS.iter().chain(GATE_KEYS).chain(ENVIRONMENT_KEYS);
    let mut known: Vec<&str> = keys.copied().collect();
    // Tables have no line of their own.
    known.retain(|key| !TABLES.contains(key));
    known.sort_unstable();
    assert_eq!(named, known);
}

#[test]
fn what_the_packaged_file_calls_a_default_is_one() {
    let text = read(FILE);
    let as_it_is = prod(&text);
    let spelled_out: String = text
        .lines()
        .map(|line| match assignment(line) {
            Some((key, value)) if !line.starts_with(NO_DEFAULT) => format!("{key} = {value}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    assert_eq!(prod(&spelled_out), as_it_is);
    // The comparison is worth something only if it sees every key change.
    for (key, value) in defaults(&text) {
        let other = match (key.as_str(), value.as_str()) {
            ("approval", _) => "\"required\"",
            ("distinct_approver", _) => "true\napproval = \"required\"",
            ("backup", _) => "\"pg_dump\"",
            ("protected_tables", _) => "[]",
            ("policy", _) => "\"standard\"",
            ("atomic", _) => "\"plan\"",
            ("search_path", _) => "[\"other\"]",
            (key, _) if key.ends_with("_role") => "\"other\"",
            _ => "\"7s\"",
        };
        let changed =
            spelled_out.replace(&format!("{key} = {value}\n"), &format!("{key} = {other}\n"));
        let changed = match key.as_str() {
            // It is given once, and this key needs it.
            "distinct_approver" => changed.replacen("approval = \"off\"\n", "", 1),
            _ => changed,
        };
        assert_ne!(prod(&changed), as_it_is, "{key}");
    }
    let without: Vec<&str> = text.lines().filter(|line| line.starts_with(NO_DEFAULT)).collect();
    assert!(!without.is_empty());
    for line in without {
        let changed = spelled_out
            .replace(line, &line[NO_DEFAULT.len()..])
            .replace("backup = \"off\"", "backup = \"pg_dump\"");
        assert_ne!(prod(&changed), as_it_is, "{line}");
    }
    assert_eq!(as_it_is.database, "dreichor_prod");
    assert_eq!(as_it_is.migrations, Path::new("/usr/share/dreichor/migrations"));
}

#[test]
fn the_manual_page_names_every_key_with_its_default() {
    let page = read(PAGE).replace("\\(dq", "\"").replace("\\-", "-");
    let defaults = defaults(&read(FILE));
    let mut told = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if line != ".TP" {
            continue;
        }
        let entry = lines.next().and_then(|line| line.strip_prefix(".B ")).expect("an entry");
        let key = match entry.split_once(" = ") {
            None => {
                assert!(!defaults.contains_key(entry), "'{entry}' has a default");
                entry
            }
            Some((key, value)) => {
                let value = value.replace("DATABASE", "dreichor_prod");
                assert_eq!(defaults.get(key), Some(&value), "{key}");
                key
            }
        };
        told.push(key);
    }
    let known: Vec<&str> = FILE_KEYS
        .iter()
        .filter(|key| !TABLES.contains(key))
        .chain(GATE_KEYS)
        .chain(ENVIRONMENT_KEYS)
        .copied()
        .collect();
    assert_eq!(told, known, "the page follows the order of the program");
    for key in IGNORE_KEYS {
        assert!(read(PAGE).contains(&format!("\n.BR {key} ,\n")), "{key}");
    }
}
