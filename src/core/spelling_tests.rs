//! Owns the cases of spelling. Must never need a server: `schema::stability` asks one for its
//! keywords.

use super::*;
use crate::core::policy::lexer::{Kind, Lexer};
use proptest::prelude::*;

#[test]
fn what_is_more_than_a_name_is_quoted() {
    assert!(KEYWORDS.is_sorted());
    for name in ["a", "_a1", "name", "state"] {
        assert_eq!(identifier(name), name);
    }
    for (name, quoted) in [
        ("", "\"\""),
        ("A", "\"A\""),
        ("1a", "\"1a\""),
        ("a$", "\"a$\""),
        ("a\"b", "\"a\"\"b\""),
        ("é", "\"é\""),
        ("table", "\"table\""),
        ("json_table", "\"json_table\""),
    ] {
        assert_eq!(identifier(name), quoted);
    }
    assert_eq!(qualified(&["a.b", "c"]), "\"a.b\".c");
}

#[test]
fn backslashes_are_spelled_for_every_setting() {
    for (text, expected) in [
        ("dreichor_prod", "'dreichor_prod'"),
        ("it's", "'it''s'"),
        ("a\\b", "E'a\\\\b'"),
        ("a\\'b", "E'a\\\\''b'"),
        (":v $$ --", "':v $$ --'"),
    ] {
        assert_eq!(literal(text), expected);
    }
}

/// What a server reads, where backslashes escape in every literal or only after an `E`.
fn read_literal(written: &str, always_escapes: bool) -> Option<String> {
    let escapes = always_escapes || written.starts_with('E');
    let mut rest = written.trim_start_matches('E').strip_prefix('\'')?.chars();
    let mut text = String::new();
    loop {
        match rest.next()? {
            '\'' => match rest.next() {
                Some('\'') => text.push('\''),
                Some(_) => return None,
                None => return Some(text),
            },
            // Another letter would mean another character.
            '\\' if escapes => text.push(rest.next().filter(|it| *it == '\\')?),
            other => text.push(other),
        }
    }
}

/// Names and texts that break careless quoting, more often than chance would make them.
fn odd() -> impl Strategy<Value = String> {
    r#"([a-z_0-9]|["'\\\\$. \n;-]|--|/[*]|select|user|\PC){0,12}"#
}

proptest! {
    #[test]
    fn a_quoted_name_is_one_token_and_is_read_back(name in odd()) {
        let spelled = quoted(&name);
        let tokens: Vec<_> = Lexer::new(&spelled).collect();
        prop_assert_eq!(tokens.len(), 1);
        prop_assert!(tokens[0].closed && tokens[0].kind == Kind::Name);
        let inside = spelled.strip_prefix('"').and_then(|it| it.strip_suffix('"')).expect("quotes");
        prop_assert_eq!(inside.replace("\"\"", "\""), name);
    }

    #[test]
    fn a_name_stands_bare_only_where_it_is_read_as_it_is(name in odd()) {
        let spelled = identifier(&name);
        if spelled != quoted(&name) {
            prop_assert_eq!(&spelled, &name);
            let tokens: Vec<_> = Lexer::new(&spelled).collect();
            prop_assert_eq!(tokens.len(), 1);
            prop_assert!(tokens[0].kind == Kind::Word);
            prop_assert_eq!(name.to_ascii_lowercase(), name.clone());
            prop_assert!(!KEYWORDS.contains(&name.as_str()));
        }
        prop_assert_eq!(qualified(&[&name, "t"]), format!("{}.t", spelled));
    }

    #[test]
    fn a_literal_is_one_token_and_means_the_same_under_every_setting(text in odd()) {
        let spelled = literal(&text);
        let tokens: Vec<_> = Lexer::new(&spelled).collect();
        prop_assert_eq!(tokens.len(), 1);
        prop_assert!(tokens[0].closed);
        for always_escapes in [false, true] {
            prop_assert_eq!(read_literal(&spelled, always_escapes), Some(text.clone()));
        }
    }
}
