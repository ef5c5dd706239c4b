//! Owns the cases of the seal. Must never need a server.

use super::*;
use crate::core::finding::Explain;
use crate::core::schema::canonical::{parse as canonical, render as canonical_text};
use crate::core::set::{Found, FoundFile};
use proptest::prelude::*;

fn schema(lines: &[&str]) -> Schema {
    let mut lines = lines.to_vec();
    lines.sort_unstable();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    canonical(&format!("dreichor-schema 1\n{text}")).expect("a canonical text")
}

fn set(files: &[(&str, &str)]) -> MigrationSet {
    let found = files.iter().map(|(name, text)| FoundFile {
        name: (*name).to_owned(),
        content: Found::File {
            digest: Digest::of(text.as_bytes()),
            size: 1,
            not_utf8_at: None,
            byte_order_mark: false,
        },
    });
    MigrationSet::assemble(found.collect()).expect("a set")
}

/// A seal of these schemas, one after the other.
fn sealed(schemas: &[Schema]) -> Seal {
    let names: Vec<String> = (1..=schemas.len()).map(|at| format!("{at:03}_x.sql")).collect();
    let files: Vec<(&str, &str)> =
        names.iter().map(|name| (name.as_str(), name.as_str())).collect();
    let set = set(&files);
    let mut seal = Seal::default();
    let mut before = Schema::default();
    for (migration, after) in set.migrations().iter().zip(schemas) {
        seal.append(migration, &before, after).expect("it comes next");
        before = after.clone();
    }
    seal
}

#[test]
fn each_version_has_its_schema_and_the_text_shows_what_it_changed() {
    let one = schema(&["table public.t owner=owner"]);
    let two = schema(&["table public.t owner=migrator", "table public.u"]);
    let seal = sealed(&[one.clone(), two.clone()]);
    assert_eq!(seal.schema_at("001_x.sql"), Ok(one));
    assert_eq!(seal.schema_at("002_x.sql"), Ok(two));
    assert_eq!(
        seal.entries()[1].changes.text(),
        "- table public.t owner=owner\n+ table public.t owner=migrator\n+ table public.u\n"
    );
    let text = text::render(&seal);
    assert!(text.contains("\n+ table public.u\n'''\n"), "{text}");
    assert_eq!(text::parse(text.clone()), Ok(seal.clone()));
    assert_eq!(seal.schema_at("003_x.sql").unwrap_err().code(), "unsealed");
}

#[test]
fn a_new_entry_leaves_the_text_above_it_as_it_was() {
    let schemas = [schema(&["table public.t"]), schema(&["table public.u"])];
    let (before, after) = (text::render(&sealed(&schemas[..1])), text::render(&sealed(&schemas)));
    assert!(after.starts_with(&before));
}

#[test]
fn whatever_was_altered_by_hand_is_found() {
    let text = text::render(&sealed(&[schema(&["table public.t"]), schema(&["table public.u"])]));
    let fault = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        let seal = text::parse(text.replacen(from, to, 1))?;
        seal.schema_at("002_x.sql").map(|_| ())
    };
    for (from, to) in [
        ("form = 1", "form = 2"),
        ("form = 1", ""),
        ("file = ", "file_digest = "),
        ("sha256:", "sha1:"),
        ("\"001_x.sql\"", "\"1\""),
        ("\"001_x.sql\"", "\"003_x.sql\""),
        ("+ table public.t", "+ table public.x"),
        ("+ table public.t", "+ table \"public\".t"),
        ("+ table public.t", "* table public.t"),
        ("+ table public.t", "+ table public.t\n+ table public.t"),
        ("- table public.t", "- table public.t owner=owner"),
        ("changes = ", "unknown = 1\nchanges = "),
        ("[[migration]]", "[migration]"),
    ] {
        let fault = fault(from, to).expect_err(from);
        assert_eq!(fault.code(), "seal-invalid", "{from} {to}: {fault:?}");
        assert!(!fault.message().is_empty() && !fault.remedy().is_empty());
    }
    assert_eq!(fault("form = 1", "form = 1"), Ok(()));
}

#[test]
fn the_place_of_what_is_wrong_is_told() {
    let Err(SealFault::Text { place, .. }) = text::parse("form = 1\nwhat = 2\n".to_owned()) else {
        panic!("it is wrong");
    };
    assert_eq!(place, crate::core::place::Place { line: 2, column: 1 });
}

#[test]
fn a_seal_of_nothing_is_refused_with_its_place() {
    for (text, line, column) in
        [("form = 1\n", 1, 8), ("form = 1\nmigration = []\n", 2, 13), ("# nothing\nform = 1", 2, 8)]
    {
        let fault = text::parse(text.to_owned()).expect_err(text);
        let place = crate::core::place::Place { line, column };
        assert_eq!(fault, SealFault::Empty { place }, "{text}");
        assert_eq!((fault.code(), fault.subject().as_str()), ("seal-invalid", "seal.toml"));
        assert_eq!(fault.message(), format!("seal.toml:{line}:{column}: no migration is sealed"));
        assert!(fault.remedy().contains("remove it and run 'dreichor-migrate seal'"));
    }
    // What is never written is refused too.
    let nothing = text::render(&Seal::default());
    assert!(matches!(text::parse(nothing), Err(SealFault::Empty { .. })));
}

#[test]
fn files_that_contradict_the_seal_are_all_named() {
    let schema = schema(&["table public.t"]);
    let seal = sealed(&[schema.clone(), schema.clone(), schema]);
    let codes = |files: &[(&str, &str)]| -> Vec<(&'static str, String)> {
        let faults = seal.contradictions(&set(files));
        faults.iter().map(|fault| (fault.code(), fault.subject())).collect()
    };
    let own = [("001_x.sql", "001_x.sql"), ("002_x.sql", "002_x.sql"), ("003_x.sql", "003_x.sql")];
    assert_eq!(codes(&own), []);
    let mut more = own.to_vec();
    more.push(("004_x.sql", "new"));
    assert_eq!(codes(&more), []);
    let unsealed = set(&more);
    let unsealed: Vec<&str> =
        seal.unsealed(&unsealed).iter().map(|it| it.version.as_str()).collect();
    assert_eq!(unsealed, ["004_x.sql"]);
    assert_eq!(
        codes(&[("001_x.sql", "other"), ("002_y.sql", "new"), ("003_x.sql", "003_x.sql")]),
        [
            ("sealed-file-changed", "001_x.sql".to_owned()),
            ("sealed-file-missing", "002_x.sql".to_owned()),
            ("inserted-before-sealed", "002_y.sql".to_owned()),
        ]
    );
}

#[test]
fn nothing_is_appended_before_what_is_sealed() {
    let schema = schema(&["table public.t"]);
    let mut seal = sealed(std::slice::from_ref(&schema));
    let again = set(&[("001_x.sql", "001_x.sql")]);
    let fault = seal.append(&again.migrations()[0], &schema, &schema).unwrap_err();
    assert!(matches!(fault, SealFault::Order { .. }));
}

proptest! {
    #[test]
    fn any_schemas_are_read_back_from_the_text(
        schemas in proptest::collection::vec(
            proptest::collection::btree_map("[a-z'\"\\\\ é]{1,4}", "[a-z'\"\\\\\n ]{0,6}", 0..5), 1..5),
    ) {
        use crate::core::schema::{key::Key, kind::Kind, name::Name, object::Object};
        let schemas: Vec<Schema> = schemas.iter().map(|tables| {
            let objects = tables.iter().map(|(name, value)| {
                let attributes = vec![(Key::Default, value.as_str().into())];
                Object::new(Kind::Table, Name::of(["public", name]), attributes).expect("an object")
            });
            Schema::assemble(objects.collect()).expect("a schema")
        }).collect();
        let read = text::parse(text::render(&sealed(&schemas))).expect("what was written");
        for (entry, schema) in read.entries().iter().zip(&schemas) {
            let replayed = read.schema_at(entry.version.as_str()).expect("its schema");
            prop_assert_eq!(canonical_text(&replayed), canonical_text(schema));
        }
    }

    #[test]
    fn no_text_is_too_strange(text in "(form = 1\n)?(\\[\\[migration\\]\\]\n)?[a-z=\"'\\[\\]{}.,\n# ]{0,60}") {
        let _read_or_refused = text::parse(text);
    }
}
