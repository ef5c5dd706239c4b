//! Owns the tests of the database URL: the table of `tests/cases/database_url`, and what holds
//! for every URL. Must never need a database.

use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::config::{Configuration, Overrides, choose};
use crate::core::finding::Explain;

const TABLE: &str = "tests/cases/database_url/table.txt";
const CANARY: &str = "Canary7Secret";

fn settings() -> Settings {
    let text = "migrations = '/m'\n[environments.prod]\ndatabase = 'dreichor_prod'\n[environments.dev]\ndatabase = 'dreichor_dev'\n";
    let configuration = Configuration::parse(text, Path::new("migrate.toml")).unwrap();
    configuration.environment("prod", Overrides::default()).unwrap()
}

fn parse(text: &str) -> Result<DatabaseUrl, Vec<UrlFault>> {
    DatabaseUrl::parse(&Secret::new(text.to_owned()), Source::Environment, &settings())
}

/// Undoes the escapes of the table.
fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        match letters.next().unwrap() {
            'n' => plain.push('\n'),
            'r' => plain.push('\r'),
            't' => plain.push('\t'),
            '0' => plain.push('\0'),
            'u' => {
                let hex: String =
                    letters.by_ref().skip(1).take_while(|letter| *letter != '}').collect();
                plain.push(char::from_u32(u32::from_str_radix(&hex, 16).unwrap()).unwrap());
            }
            other => plain.push(other),
        }
    }
    plain
}

fn answer(result: Result<DatabaseUrl, Vec<UrlFault>>) -> String {
    let text = |text: &str| {
        if text.contains(|letter: char| !letter.is_ascii_graphic()) {
            format!("\"{}\"", text.escape_default())
        } else {
            text.to_owned()
        }
    };
    match result {
        Ok(url) => format!(
            "ok {} {} {:?} {} {} {}",
            text(&url.user),
            url.password.map_or("-".to_owned(), |password| text(password.expose())),
            url.host,
            url.port,
            text(&url.database),
            url.connect_timeout.map_or("-".to_owned(), |timeout| timeout.as_secs().to_string()),
        ),
        Err(faults) => {
            let quotes_no_text = |text: &str| !text.contains("evil") && !text.contains("secret");
            assert!(faults.iter().all(|fault| quotes_no_text(&said(std::slice::from_ref(fault)))));
            faults.iter().map(Explain::code).collect::<Vec<_>>().join(" ")
        }
    }
}

/// Everything that could ever be shown of the faults.
fn said(faults: &[UrlFault]) -> String {
    let findings: Vec<_> = faults.iter().map(Explain::finding).collect();
    format!("{faults:?} {findings:?}")
}

#[test]
fn every_row_of_the_table_is_answered_as_written() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(TABLE);
    let table = std::fs::read_to_string(path).unwrap();
    let settings = settings();
    let mut rows = 0;
    let mut wrong = Vec::new();
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (case, expected) = line.rsplit_once(" => ").unwrap();
        let (place, url) = case.split_once(' ').unwrap();
        let url = url.trim_start().strip_prefix('"').unwrap().strip_suffix('"').unwrap();
        let url = Some(unescape(url));
        let (secret, source) = match place {
            "variable" => choose(url, None).unwrap(),
            "credential" => choose(None, url).unwrap(),
            other => panic!("{other} is no place"),
        };
        let found = answer(DatabaseUrl::parse(&secret, source, &settings));
        if found != expected {
            wrong.push(format!("{case}\n  expected {expected}\n  found    {found}"));
        }
        rows += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows >= 180, "the table has only {rows} rows");
}

#[test]
fn another_environments_database_is_named_with_its_owner() {
    let faults = parse("postgres://u:p@localhost/dreichor_dev").unwrap_err();
    let finding = faults[0].finding();
    assert_eq!(
        finding.message,
        "the database of the URL is 'dreichor_dev', not 'dreichor_prod' of environment 'prod' but of environment 'dev'"
    );
    assert_eq!(finding.subject, "DATABASE_URL");
    assert_eq!(faults.len(), 1);
}

#[test]
fn a_database_is_shown_only_where_it_is_surely_one() {
    let shown = |text: &str| {
        parse(text).unwrap_err().into_iter().find_map(|fault| {
            if let UrlFault::Broken { rule: UrlRule::OtherEnvironment { found, .. }, .. } = fault {
                Some(found)
            } else {
                None
            }
        })
    };
    assert_eq!(
        shown("postgres://u:p@localhost/dreichor_prd"),
        Some(Some("dreichor_prd".to_owned()))
    );
    for doubtful in [
        "postgres://u:p/w",
        "postgres://u:p@evil.example/word",
        "postgres://u:p@localhost:x/word",
        "postgres://u:p@localhost/u:word",
        "postgres://u:p@localhost/w%20ord",
    ] {
        assert_eq!(shown(doubtful), Some(None), "{doubtful}");
    }
}

#[test]
fn the_source_is_the_subject() {
    let secret = Secret::new("x".to_owned());
    let faults = DatabaseUrl::parse(&secret, Source::Credential, &settings()).unwrap_err();
    assert_eq!(faults[0].subject(), "credential 'database-url'");
}

#[test]
fn debug_shows_no_password() {
    let url = parse(&format!("postgres://u:{CANARY}@localhost/dreichor_prod")).unwrap();
    let shown = format!("{url:?} {url:#?}");
    assert!(shown.contains("dreichor_prod") && !shown.contains(CANARY), "{shown}");
}

/// Percent-encodes all but what may always stand plainly, or, with `all`, everything.
fn encode(text: &str, all: bool) -> String {
    let plain = |byte: u8| !all && (byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02x}") })
        .collect()
}

fn decent(longest: usize) -> impl Strategy<Value = String> {
    any::<String>().prop_map(move |text| {
        let mut kept = String::new();
        for letter in text.chars().filter(|letter| !letter.is_control()) {
            if kept.len() + letter.len_utf8() <= longest {
                kept.push(letter);
            }
        }
        if kept.is_empty() { "x".to_owned() } else { kept }
    })
}

#[derive(Debug, Clone)]
enum Edit {
    Insert(prop::sample::Index, &'static str),
    Remove(prop::sample::Index),
    Cut(prop::sample::Index),
    Swap(prop::sample::Index, prop::sample::Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    let pieces: Vec<&'static str> = vec![
        "@",
        ":",
        "/",
        "?",
        "#",
        "%",
        "&",
        "=",
        "[",
        "]",
        ",",
        " ",
        "\n",
        "\\",
        "%40",
        "%2F",
        "%00",
        "5432",
        "localhost",
        "://",
        "host=",
        "?password=",
        "\u{e9}",
    ];
    prop_oneof![
        (any::<prop::sample::Index>(), prop::sample::select(pieces))
            .prop_map(|(at, it)| Edit::Insert(at, it)),
        any::<prop::sample::Index>().prop_map(Edit::Remove),
        any::<prop::sample::Index>().prop_map(Edit::Cut),
        any::<(prop::sample::Index, prop::sample::Index)>()
            .prop_map(|(one, other)| Edit::Swap(one, other)),
    ]
}

/// Edits the pieces around the canary, which itself stays whole.
fn mutate(edits: &[Edit]) -> String {
    let mut pieces: Vec<String> = [
        "p",
        "ostgres",
        ":",
        "/",
        "/",
        "u",
        ":",
        CANARY,
        "@",
        "localhost",
        ":",
        "5432",
        "/",
        "dreichor_prod",
        "?",
        "sslmode",
        "=",
        "disable",
    ]
    .map(str::to_owned)
    .to_vec();
    for edit in edits {
        if pieces.is_empty() {
            break;
        }
        match edit {
            Edit::Insert(at, piece) => pieces.insert(at.index(pieces.len()), (*piece).to_owned()),
            Edit::Remove(at) => {
                pieces.remove(at.index(pieces.len()));
            }
            Edit::Cut(at) => pieces.truncate(at.index(pieces.len()) + 1),
            Edit::Swap(one, other) => {
                let (one, other) = (one.index(pieces.len()), other.index(pieces.len()));
                // A password in the very place of the database would be shown as one.
                if pieces[one] != CANARY && pieces[other] != CANARY {
                    pieces.swap(one, other);
                }
            }
        }
    }
    pieces.concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        match parse(&text) {
            Ok(url) => prop_assert!(!url.user.is_empty()),
            Err(faults) => prop_assert!(!faults.is_empty()),
        }
    }

    #[test]
    fn any_text_of_url_characters_is_answered(text in "(postgres://)?[a-c:/@?#\\[\\]%0-9=&,.]{0,40}") {
        if let Err(faults) = parse(&text) {
            prop_assert!(!faults.is_empty());
        }
    }

    #[test]
    fn what_is_encoded_is_what_is_read(
        user in decent(63), password in decent(200), database in decent(63), all in any::<bool>(),
        port in 1..=u16::MAX,
    ) {
        let settings = Settings { database: database.clone(), ..settings() };
        let text = format!(
            "postgres://{}:{}@[::1]:{port}/{}?connect_timeout=9",
            encode(&user, all), encode(&password, all), encode(&database, all),
        );
        let url = DatabaseUrl::parse(&Secret::new(text), Source::Environment, &settings).unwrap();
        prop_assert_eq!(url.user, user);
        prop_assert_eq!(url.password.as_ref().map(Secret::expose), Some(password.as_str()));
        prop_assert_eq!(url.database, database);
        prop_assert_eq!(url.port, port);
        prop_assert_eq!(url.host, Host::V6);
        prop_assert_eq!(url.connect_timeout, Some(Duration::from_secs(9)));
    }

    #[test]
    fn no_mistake_brings_the_password_out(edits in prop::collection::vec(edit(), 1..6)) {
        let text = mutate(&edits);
        match parse(&text) {
            Ok(url) => {
                // With its ':' gone the canary is part of the user, who is no secret.
                let shown = format!("{url:?}");
                prop_assert!(!shown.contains(CANARY) || url.user.contains(CANARY));
            }
            Err(faults) => prop_assert!(!said(&faults).contains(CANARY), "{}", text),
        }
    }
}
