//! Owns the form of a case: a schema, a change, and what is said of it. Must never judge one.

use std::fs;
use std::path::Path;

/// One case.
pub(super) struct Case {
    pub(super) name: String,
    /// The first major that knows what it is about.
    pub(super) since: u32,
    pub(super) base: String,
    pub(super) change: String,
    pub(super) expect: Vec<String>,
}

/// The cases of every file, under the names of the files.
pub(super) fn read_all() -> Vec<(String, Vec<Case>)> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/schema");
    let mut files: Vec<(String, Vec<Case>)> = fs::read_dir(home)
        .expect("the cases")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|it| it == "sql"))
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, read(&fs::read_to_string(&path).expect("text")))
        })
        .collect();
    files.sort_by(|one, other| one.0.cmp(&other.0));
    files
}

/// Reads a file: `-- case NAME [since MAJOR]`, then `-- base`, `-- change`, `-- expect`, each
/// followed by its lines; those of the last are comments.
fn read(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut section = "";
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("-- case ") {
            let (name, since) = name.split_once(" since ").unwrap_or((name, "14"));
            let since = since.parse().expect("a major version");
            let (base, change, expect) = (String::new(), String::new(), Vec::new());
            cases.push(Case { name: name.to_owned(), since, base, change, expect });
            section = "case";
            continue;
        }
        if matches!(line, "-- base" | "-- change" | "-- expect") {
            section = line.trim_start_matches("-- ");
            continue;
        }
        let Some(case) = cases.last_mut() else { continue };
        match section {
            "base" => case.base = format!("{}{line}\n", case.base),
            "change" => case.change = format!("{}{line}\n", case.change),
            "expect" if !line.is_empty() => {
                case.expect.push(line.strip_prefix("-- ").expect("a comment").to_owned());
            }
            _ => assert!(line.is_empty(), "'{line}' stands in no section"),
        }
    }
    cases
}
