//! Owns the cases of the structure. Must never need a server.

use super::*;
use crate::core::requirement::Range;
use crate::core::schema::canonical::parse;
use crate::core::schema::kind::Kind;
use crate::core::set::{Found, FoundFile, MigrationSet};

fn schema(line: &str) -> Schema {
    parse(&format!("dreichor-schema 1\n{line}\n")).expect("a canonical text")
}

fn seal() -> Seal {
    let found = ["001_x.sql", "002_x.sql"].map(|name| FoundFile {
        name: name.to_owned(),
        content: Found::File {
            digest: Digest::of(name.as_bytes()),
            size: 1,
            not_utf8_at: None,
            byte_order_mark: false,
        },
    });
    let set = MigrationSet::assemble(found.to_vec()).expect("a set");
    let (one, two) = (schema("table public.t"), schema("table public.u"));
    let mut seal = Seal::default();
    seal.append(&set.migrations()[0], &Schema::default(), &one).expect("the first");
    seal.append(&set.migrations()[1], &one, &two).expect("the second");
    seal
}

fn terms<'a>(depth: Option<Depth>, seal: Option<&'a Seal>, rules: &'a [IgnoreRule]) -> Terms<'a> {
    Terms { depth, rules, seal }
}

#[test]
fn what_cannot_be_compared_is_never_compared_well() {
    let (seal, live) = (seal(), schema("table public.t"));
    let examine =
        |depth, seal, newest, live| examine(&terms(depth, seal, &[]), newest, false, live);
    let at = Some("001_x.sql");
    assert_eq!(examine(None, None, at, Some(&live)), Ok(Structure::NoSeal));
    for depth in [Depth::Full, Depth::Fingerprint] {
        assert_eq!(examine(Some(depth), None, at, Some(&live)), Ok(Structure::SealMissing));
    }
    let off = Some(Depth::Off);
    assert_eq!(examine(off, Some(&seal), at, Some(&live)), Ok(Structure::Off));
    assert_eq!(examine(off, None, at, None), Ok(Structure::Off));
    assert_eq!(examine(None, Some(&seal), None, Some(&live)), Ok(Structure::NothingApplied));
    let gapped = super::examine(&terms(None, Some(&seal), &[]), at, true, Some(&live));
    assert_eq!(gapped, Ok(Structure::Contradicted));
    let unknown = Some("003_x.sql");
    let expected = Structure::Unsealed("003_x.sql".to_owned());
    assert_eq!(examine(None, Some(&seal), unknown, Some(&live)), Ok(expected));
}

#[test]
fn the_schema_is_compared_with_that_of_its_own_version() {
    let seal = seal();
    for (version, line) in [("001_x.sql", "table public.t"), ("002_x.sql", "table public.u")] {
        for depth in [None, Some(Depth::Fingerprint), Some(Depth::Full)] {
            let terms = terms(depth, Some(&seal), &[]);
            let found = examine(&terms, Some(version), false, Some(&schema(line))).expect("a seal");
            let Structure::Compared(found) = found else { panic!("{found:?}") };
            assert_eq!(found.differences, []);
            assert_eq!(found.expected, found.found);
            assert_eq!(found.sealed.is_some(), depth == Some(Depth::Full));
        }
    }
}

#[test]
fn a_schema_that_was_not_read_has_nothing() {
    let seal = seal();
    let found =
        examine(&terms(None, Some(&seal), &[]), Some("001_x.sql"), false, None).expect("a seal");
    let Structure::Compared(found) = found else { panic!("{found:?}") };
    assert_eq!(found.differences.len(), 1);
}

#[test]
fn what_a_release_names_is_compared_with_its_own_version() {
    let seal = seal();
    let [one, two] = ["table public.t", "table public.u"].map(schema);
    let requirement = |version: &str, schema: &Schema| {
        let version = Version::parse(version).expect("a version");
        let range = Range::new(version, None).expect("a range");
        Requirement::Range(range.of_schema(Some(fingerprint(schema))))
    };
    let judged = |requirement: &Requirement, depth, seal, newest, live| match demanded(
        requirement,
        &terms(depth, seal, &[]),
        newest,
        Some(live),
    ) {
        Demanded::Nothing => "nothing",
        Demanded::Met => "met",
        Demanded::Missed(Missed::Other { .. }) => "other",
        Demanded::Missed(Missed::Unknown { .. }) => "unknown",
    };
    let (sealed, off) = (Some(&seal), Some(Depth::Off));
    let first = requirement("001_x.sql", &one);
    let wrong = requirement("001_x.sql", &two);
    for (requirement, depth, seal, newest, live, expected) in [
        (&first, None, sealed, Some("001_x.sql"), &one, "met"),
        // That the live schema drifted from the sealed one is told as that.
        (&first, None, sealed, Some("001_x.sql"), &two, "met"),
        (&first, None, sealed, Some("002_x.sql"), &two, "met"),
        (&wrong, None, sealed, Some("001_x.sql"), &one, "other"),
        (&wrong, None, sealed, Some("002_x.sql"), &two, "other"),
        (&first, None, None, Some("001_x.sql"), &one, "met"),
        (&first, None, None, Some("001_x.sql"), &two, "other"),
        (&first, None, None, Some("002_x.sql"), &two, "unknown"),
        (&first, off, sealed, Some("001_x.sql"), &two, "other"),
        (&first, off, sealed, Some("002_x.sql"), &one, "unknown"),
        (&first, None, sealed, Some("000_x.sql"), &one, "nothing"),
        (&first, None, sealed, None, &one, "nothing"),
        (&Requirement::Installed, None, sealed, Some("001_x.sql"), &one, "nothing"),
    ] {
        assert_eq!(judged(requirement, depth, seal, newest, live), expected);
    }
}

#[test]
fn differences_are_listed_and_rules_let_some_pass() {
    let seal = seal();
    let rule = IgnoreRule {
        kind: Kind::Table,
        pattern: "host_*".to_owned(),
        reason: "the host's own".to_owned(),
    };
    let live = schema("table public.host_t\ntable public.t");
    let compared = |rules: &[IgnoreRule]| {
        let terms = Terms { depth: None, rules, seal: Some(&seal) };
        match examine(&terms, Some("001_x.sql"), false, Some(&live)).expect("a seal") {
            Structure::Compared(found) => (found.differences.len(), found.ignored.len()),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(compared(&[]), (1, 0));
    assert_eq!(compared(&[rule]), (0, 1));
}
