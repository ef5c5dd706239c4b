//! Owns the tests of the requirement file: the faulty ones of `tests/cases/requirement`, and
//! what accepted ones mean. Must never write a file.

use std::fs;

use proptest::prelude::*;

use super::super::written::REQUIREMENT_KEYS;
use super::*;
use crate::core::history::History;
use crate::core::set::{Found, FoundFile, MigrationSet};

const BAD: &str = "tests/cases/requirement/bad";

fn parse(text: &str) -> Result<RequirementFile, Vec<ConfigFault>> {
    RequirementFile::parse(text, Path::new("release/requirement.toml"))
}

#[test]
fn every_faulty_file_is_refused_as_its_first_lines_say() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(BAD);
    let mut files: Vec<_> = fs::read_dir(directory).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    let mut wrong = Vec::new();
    for file in &files {
        let text = fs::read_to_string(file).unwrap();
        let expected: Vec<&str> =
            text.lines().filter_map(|line| line.strip_prefix("#= ")).collect();
        let faults = parse(&text).err().unwrap_or_default();
        let found: Vec<String> = faults
            .iter()
            .map(|it| format!("{}@{}:{}", it.code(), it.place.line, it.place.column))
            .collect();
        if found != expected {
            wrong.push(format!("{}\n#= {}", file.display(), found.join("\n#= ")));
        }
        for finding in faults.iter().map(Explain::finding) {
            assert!(!finding.remedy.is_empty() && !finding.message.ends_with('.'));
            assert!(!finding.message.contains("secret"), "{finding:?}");
            assert!(finding.subject.starts_with("release/requirement.toml:"), "{finding:?}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(files.len() >= 15, "there are only {} files", files.len());
}

#[test]
fn the_upper_end_is_the_required_version_unless_it_is_given() {
    let exact = parse("requires = '003_c.sql'\n").unwrap();
    assert_eq!(exact.path(), Path::new("release/requirement.toml"));
    assert_eq!(exact.range().supports_up_to(), exact.range().requires());
    assert_eq!(exact.range().schema(), None);
    let wide = parse("supports_up_to = '004_d.sql'\nrequires = '003_c.sql'\n").unwrap();
    assert_eq!(wide.range().supports_up_to().as_str(), "004_d.sql");
    assert_eq!(wide.range().requires().as_str(), "003_c.sql");
}

#[test]
fn every_key_is_read() {
    let digest = Digest::of(b"schema");
    let text = write(
        &Range::new(Version::parse("003_c.sql").unwrap(), Version::parse("004_d.sql"))
            .unwrap()
            .of_schema(Some(digest)),
    );
    for key in REQUIREMENT_KEYS {
        assert!(text.contains(&format!("\n{key} = ")), "{key}");
    }
    assert_eq!(parse(&text).unwrap().range().schema(), Some(digest));
}

#[test]
fn a_stranger_is_told_at_its_place() {
    let found = ["001_a.sql", "003_c.sql"].map(|name| {
        let digest = Digest::of(name.as_bytes());
        let content = Found::File { digest, size: 1, not_utf8_at: None, byte_order_mark: false };
        FoundFile { name: name.to_owned(), content }
    });
    let set = MigrationSet::assemble(found.into()).unwrap();
    let told = |text: &str| -> Vec<String> {
        let file = parse(text).unwrap();
        let strangers = file.range().strangers(&set, &History::default());
        strangers.into_iter().map(|it| file.stranger(it).message()).collect()
    };
    let said = "is in neither the migration set nor the database, and no later migration can have this name: the newest of the set is '003_c.sql'";
    let place = "release/requirement.toml";
    assert_eq!(
        told("requires = '001_a.sql'\nsupports_up_to = '002_b.sql'\n"),
        [format!("{place}:2:18: '002_b.sql' {said}")]
    );
    assert_eq!(told("requires = '001_b.sql'\n"), [format!("{place}:1:12: '001_b.sql' {said}")]);
}

proptest! {
    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        if let Err(faults) = parse(&text) {
            prop_assert!(!faults.is_empty());
        }
    }

    #[test]
    fn what_is_written_is_what_is_read(
        requires in "00[1-4]_[a-z]{1,5}\\.sql",
        more in proptest::option::of("00[5-9]_[a-z]{1,5}\\.sql"),
        bytes in proptest::option::of(any::<[u8; 32]>()),
    ) {
        let version = |text: &str| Version::parse(text).unwrap();
        let range = Range::new(version(&requires), more.as_deref().map(version)).unwrap();
        let range = range.of_schema(bytes.map(Digest::from_bytes));
        let read = parse(&write(&range)).unwrap();
        prop_assert_eq!(read.range(), &range);
    }
}
