//! The page of the journal and the catalog tell the events that the program writes, all of
//! them and no other, with the fields that they have.

use super::{hold, read, with_table};
use dreichor_migrate::core::event::{COMMON, FIELDS, Field, Kind, KindRow};
use std::collections::BTreeMap;

const PAGE: &str = "docs/journal.md";
const CATALOG: &str = "systemd/dreichor-migrate.catalog";

/// The columns behind the first one, of the three tables of events.
const COLUMNS: &str =
    " | priority | meaning | always | where known | `MESSAGE_ID` |\n|---|---|---|---|---|---|\n";
const FIELD_HEAD: &str = "| field | value | meaning |\n|---|---|---|\n";

/// The event that a unit writes and not the program.
const WITNESS: &str = "3d6e1f0c9b7a4c55a1e2d8f4b6c07a91";
const WITNESS_ROW: &str = "| `gate-not-passed` | err | the schema gate left no pass, so that what \
    requires it is not started | `DREICHOR_EVENT`, `DREICHOR_ENVIRONMENT`, `DREICHOR_REMEDY` | | \
    `3d6e1f0c9b7a4c55a1e2d8f4b6c07a91` |\n";
const WITNESS_FIELDS: [Field; 3] = [Field::Event, Field::Environment, Field::Remedy];

fn listed(fields: &[Field]) -> String {
    let names: Vec<String> = fields.iter().map(|field| format!("`{}`", field.name())).collect();
    names.join(", ")
}

fn line(row: &KindRow) -> String {
    let priority = row.priority.map_or("the server's own", |priority| priority.name());
    let (name, id) = (format!("`{}`", row.name), format!("`{}`", row.message_id));
    let (always, sometimes) = (listed(row.always), listed(row.sometimes));
    let cells = [&name, priority, row.meaning, &always, &sometimes, &id];
    let filled = cells
        .iter()
        .map(|cell| if cell.is_empty() { " |".to_owned() } else { format!(" {cell} |") });
    format!("|{}\n", filled.collect::<String>())
}

fn table(wanted: fn(&Kind) -> bool) -> String {
    Kind::all().filter(wanted).map(|kind| line(&kind.row())).collect()
}

fn is_end(kind: &Kind) -> bool {
    matches!(kind, Kind::Ended(_))
}

/// The fields that each identity always has.
fn identities() -> BTreeMap<&'static str, Vec<Field>> {
    let of_program = Kind::all().map(|kind| {
        let row = kind.row();
        (row.message_id, [&COMMON, row.always].concat())
    });
    let mut all: BTreeMap<_, _> = of_program.collect();
    assert!(all.insert(WITNESS, WITNESS_FIELDS.to_vec()).is_none(), "the unit's event is its own");
    all
}

/// The words of a text that this test looks at: runs of letters, digits and `_`.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
}

fn is_identity(word: &&str) -> bool {
    word.len() == 32 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn field(name: &str) -> Option<Field> {
    FIELDS.iter().find(|row| row.name == name).map(|row| row.field)
}

#[test]
fn the_page_lists_every_event_and_field() {
    let fields: String = FIELDS
        .iter()
        .map(|row| format!("| `{}` | {} | {} |\n", row.name, row.unit, row.meaning))
        .collect();
    let mut page = read(PAGE);
    for (first, rows) in [
        ("| event", table(|kind| !is_end(kind))),
        ("| end", table(is_end)),
        ("| event of a unit", WITNESS_ROW.to_owned()),
    ] {
        page = with_table(&page, &format!("{first}{COLUMNS}"), &rows);
    }
    page = with_table(&page, FIELD_HEAD, &fields);
    assert_queries_are_known(&page);
    hold(PAGE, &page);
}

/// What the examples ask for exists.
fn assert_queries_are_known(page: &str) {
    for word in words(page).filter(|word| word.starts_with("DREICHOR_")) {
        assert!(word == "DREICHOR_" || field(word).is_some(), "{word}");
    }
    let known = identities();
    let queries = page.split("MESSAGE_ID=").skip(1).filter_map(|rest| words(rest).next());
    let asked: Vec<&str> = queries.filter(is_identity).collect();
    assert_eq!(asked.len(), 2);
    assert!(asked.iter().all(|id| known.contains_key(id)), "{asked:?}");
}

#[test]
fn the_journal_is_given_every_field_and_no_other() {
    let source = read("src/host/journal.rs");
    let written: Vec<&str> = source
        .lines()
        .filter_map(|line| line.trim_start().split_once(" = "))
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("DREICHOR_"))
        .collect();
    let known: Vec<&str> = FIELDS.iter().map(|row| row.name).collect();
    assert_eq!(written, known);
}

/// The entries of the catalog: identity, then header lines and body.
fn entries(text: &str) -> Vec<(&str, &str, &str)> {
    text.split("\n-- ")
        .skip(1)
        .map(|entry| {
            let (id, rest) = entry.split_once('\n').expect("an identity has a line");
            let (header, body) = rest.split_once("\n\n").expect("a blank line ends the header");
            (id, header, body)
        })
        .collect()
}

#[test]
fn the_catalog_explains_every_event_and_no_other() {
    let text = read(CATALOG);
    let mut explained: Vec<&str> = entries(&text).iter().map(|(id, ..)| *id).collect();
    explained.sort_unstable();
    let known: Vec<&str> = identities().into_keys().collect();
    assert_eq!(explained, known);
}

#[test]
fn every_explanation_says_what_why_and_what_to_do() {
    let text = read(CATALOG);
    for line in text.lines() {
        assert!(line.chars().count() <= 80 && line.trim_end() == line, "{line}");
    }
    for (id, header, body) in entries(&text) {
        let header: Vec<&str> = header.lines().collect();
        let [subject, defined, support] = header[..] else { panic!("{id}: {header:?}") };
        assert!(subject.strip_prefix("Subject: ").is_some_and(|it| it.len() > 10), "{id}");
        assert_eq!(defined, "Defined-By: dreichor-migrate", "{id}");
        assert_eq!(support, "Support: man:dreichor-migrate(8)", "{id}");
        assert!(body.trim_end().split("\n\n").count() >= 3, "{id}: {body}");
        let commands = ["journalctl ", "systemctl ", "dreichor-migrate-on "];
        assert!(commands.iter().any(|command| body.contains(command)), "{id}: {body}");
    }
}

#[test]
fn an_explanation_names_only_fields_that_its_event_always_has() {
    let (text, known) = (read(CATALOG), identities());
    let mut filled = 0;
    for (id, header, body) in entries(&text) {
        let mut rest = format!("{header}\n{body}");
        for word in words(&rest).filter(|word| word.starts_with("DREICHOR_")) {
            assert!(field(word).is_some(), "{id}: {word}");
        }
        for field in known.get(id).expect("a known identity") {
            let place = format!("@{}@", field.name());
            filled += rest.matches(&place).count();
            rest = rest.replace(&place, "");
        }
        // What is left is a field that may be absent, or is not closed.
        assert!(!rest.contains("@DREICHOR_"), "{id}: {rest}");
    }
    assert!(filled > 100, "only {filled} places are filled");
}
