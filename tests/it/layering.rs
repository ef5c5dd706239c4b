//! The house: an arrow never points up, never to a neighbour, and `core` touches nothing.

use std::fs;
use std::path::{Path, PathBuf};

/// Floors from top to bottom; those of one row are neighbours.
const FLOORS: &[&[&str]] = &[&["cli"], &["ops"], &["config", "files", "store", "host"], &["core"]];

/// Words that have no business on the ground floor.
const NOT_IN_CORE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::io",
    "std::thread",
    "SystemTime::now",
    "Instant::now",
    "tokio",
    "async ",
    ".await",
    "tracing",
    "println!",
    "nix::",
];

fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("src is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every source below `src/`, as its floor, its path, and its code without comments.
fn rooms() -> Vec<(String, String, Vec<String>)> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&home, &mut paths);
    assert!(paths.len() > 40, "only {} sources were found", paths.len());
    paths
        .iter()
        .filter_map(|path| {
            let inside = path.strip_prefix(&home).expect("below src").display().to_string();
            let (floor, _) = inside.split_once('/')?;
            let text = fs::read_to_string(path).expect("a source is text");
            let code =
                text.lines().map(|line| line.split("//").next().unwrap_or_default().to_owned());
            Some((floor.to_owned(), inside.clone(), code.collect()))
        })
        .collect()
}

fn height(floor: &str) -> usize {
    FLOORS
        .iter()
        .position(|row| row.contains(&floor))
        .unwrap_or_else(|| panic!("'{floor}' is no floor of the house"))
}

#[test]
fn no_arrow_points_up_or_to_a_neighbour() {
    let mut wrong = Vec::new();
    for (floor, path, code) in rooms() {
        for (number, line) in code.iter().enumerate() {
            for part in line.split("crate::").skip(1) {
                let target: String =
                    part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                assert!(!target.is_empty(), "{path}:{}: cannot follow '{line}'", number + 1);
                if target != floor && height(&target) <= height(&floor) {
                    wrong.push(format!("{path}:{}: {floor} uses {target}", number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn core_touches_nothing() {
    let mut wrong = Vec::new();
    for (floor, path, code) in rooms() {
        if floor != "core" || path.contains("tests") {
            continue;
        }
        for (number, line) in code.iter().enumerate() {
            if line.starts_with("#[cfg(test)]") {
                break;
            }
            for word in NOT_IN_CORE.iter().filter(|word| line.contains(**word)) {
                wrong.push(format!("{path}:{}: '{word}' in core", number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_source_says_what_it_owns() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    sources(&home.join("src"), &mut paths);
    sources(&home.join("tests"), &mut paths);
    let silent: Vec<_> = paths
        .iter()
        .filter(|path| !fs::read_to_string(path).expect("text").starts_with("//! "))
        .collect();
    assert!(silent.is_empty(), "no header in {silent:?}");
}

/// Whether a page's name of a test is one: `module::test` of this directory, `booted::module::test`
/// of the proofs on a booted system, or `path::test` of the source.
fn exists(home: &Path, name: &str) -> bool {
    let (module, test) = name.rsplit_once("::").expect("a name");
    let path = if module.ends_with(".rs") {
        home.join(module)
    } else if let Some(proof) = module.strip_prefix("booted::") {
        home.join(format!("tests/booted/{proof}.rs"))
    } else {
        home.join(format!("tests/it/{}.rs", module.replace("::", "/")))
    };
    fs::read_to_string(&path).is_ok_and(|text| text.contains(&format!("fn {test}(")))
}

/// The names of tests in a row of a page.
fn names(row: &str) -> Vec<&str> {
    row.split('`').skip(1).step_by(2).filter(|name| name.contains("::")).collect()
}

/// `docs/architecture.md` names the tests that hold each rule.
#[test]
fn every_rule_names_tests_that_exist() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(home.join("docs/architecture.md")).expect("the page");
    let rules: Vec<&str> = page
        .lines()
        .filter(|line| {
            line.starts_with("| ") && line[2..].starts_with(|c: char| c.is_ascii_digit())
        })
        .collect();
    assert_eq!(rules.len(), 12, "a row for each rule of design section 2");
    let mut missing = Vec::new();
    for rule in rules {
        let names = names(rule);
        assert!(!names.is_empty(), "nothing holds: {rule}");
        missing.extend(names.into_iter().filter(|name| !exists(home, name)));
    }
    assert!(missing.is_empty(), "no such tests: {missing:?}");
}

/// `docs/operations.md` says of each of its sections which proof runs its commands.
#[test]
fn every_section_of_the_operations_names_its_proof() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(home.join("docs/operations.md")).expect("the page");
    let (sections, table) = page.split_once("## What is run by a proof").expect("the table");
    let headings: Vec<&str> = sections
        .lines()
        .filter_map(|line| line.strip_prefix("### ").or_else(|| line.strip_prefix("## ")))
        .collect();
    let rows: Vec<(&str, &str)> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split_once(" | "))
        .filter(|(section, _)| *section != "section")
        .collect();
    let named: Vec<&str> = rows.iter().map(|(section, _)| *section).collect();
    let mut left: Vec<&&str> = headings.iter().filter(|it| !named.contains(it)).collect();
    left.extend(named.iter().filter(|it| !headings.contains(it)));
    assert!(headings.len() > 10 && left.is_empty(), "section or row alone: {left:?}");
    for (section, proof) in rows {
        assert!(proof.contains('`') || proof.contains("not run by a proof"), "{section}: {proof}");
        let missing: Vec<_> = names(proof).into_iter().filter(|name| !exists(home, name)).collect();
        assert!(missing.is_empty(), "{section}: no such tests: {missing:?}");
    }
}

/// `docs/deploy-agent.md` names what proves it.
#[test]
fn every_proof_of_the_deploy_agents_page_exists() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(home.join("docs/deploy-agent.md")).expect("the page");
    let (_, table) = page.split_once("## What is proved").expect("the table");
    let proofs: Vec<&str> =
        table.lines().filter(|it| it.starts_with("| ")).flat_map(names).collect();
    let missing: Vec<_> = proofs.iter().filter(|name| !exists(home, name)).collect();
    assert!(proofs.len() > 5 && missing.is_empty(), "no such tests: {missing:?} of {proofs:?}");
}
