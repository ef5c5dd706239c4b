//! Checks the scanner on the points where lexers of SQL go wrong. Each was tried on servers
//! 15 and 18.

use super::lexer::{Kind, Lexer};

fn kinds(text: &str) -> Vec<(Kind, &str)> {
    let tokens = Lexer::new(text);
    tokens.map(|token| (token.kind, text.get(token.start..token.end).unwrap())).collect()
}

fn one(text: &str) -> (Kind, bool) {
    let mut lexer = Lexer::new(text);
    let token = lexer.next().unwrap();
    assert_eq!((token.start, token.end), (0, text.len()), "{text} in {:?}", kinds(text));
    assert_eq!(lexer.next(), None);
    (token.kind, token.closed)
}

#[test]
fn quotes_that_are_one_token() {
    for (text, kind) in [
        ("''", Kind::Text),
        ("'it''s'", Kind::Text),
        (r"'\'", Kind::Text),
        ("n'x'", Kind::Text),
        ("'a'\n 'b'", Kind::Text),
        ("'a'\r'b'", Kind::Text),
        ("'a' -- it's\n\t'b'", Kind::Text),
        ("'a'\n-- x\n-- y\n'b'", Kind::Text),
        (r"E'\''", Kind::EscapeText),
        (r"e'\\'", Kind::EscapeText),
        ("E'a'\n'\\''", Kind::EscapeText),
        (r"U&'\'", Kind::UnicodeText),
        ("b'01'", Kind::BitText),
        ("$$'$$", Kind::DollarText),
        ("$a$ $$ $b$ $a $a$", Kind::DollarText),
        ("$é$x$é$", Kind::DollarText),
        ("\"a\"\"b;\"", Kind::Name),
        ("u&\"\\0041\"", Kind::UnicodeName),
        ("/* /* */ */", Kind::BlockComment),
        ("/*/ */", Kind::BlockComment),
        ("--'/*", Kind::LineComment),
        ("a$$b", Kind::Word),
        ("é\u{a0}x", Kind::Word),
        ("$12", Kind::Parameter),
        ("1_000.5e-3", Kind::Number),
        ("0xFF", Kind::Number),
    ] {
        assert_eq!(one(text), (kind, true), "{text}");
    }
}

#[test]
fn quotes_without_end() {
    for (text, kind) in [
        ("'a''", Kind::Text),
        (r"E'\'", Kind::EscapeText),
        ("'a'\n'b", Kind::Text),
        ("\"a", Kind::Name),
        ("$a$ $b$", Kind::DollarText),
        ("/* /* */", Kind::BlockComment),
    ] {
        assert_eq!(one(text), (kind, false), "{text}");
    }
}

#[test]
fn neighbours_are_kept_apart() {
    use Kind::{DollarText, EscapeText, LineComment, Number, Parameter, Symbol, Text, Word};
    assert_eq!(kinds("'a' 'b'"), [(Text, "'a'"), (Text, "'b'")]);
    assert_eq!(kinds("'a'/**/\n'b'").len(), 3);
    assert_eq!(kinds("ee'\\'"), [(Word, "ee"), (Text, "'\\'")]);
    assert_eq!(kinds("1$$x$$"), [(Number, "1"), (DollarText, "$$x$$")]);
    assert_eq!(kinds("$1$$x$$"), [(Parameter, "$1"), (DollarText, "$$x$$")]);
    assert_eq!(kinds("$a b$"), [(Symbol, "$"), (Word, "a"), (Word, "b$")]);
    assert_eq!(kinds("1e'\\''"), [(Number, "1"), (EscapeText, "e'\\''")]);
    assert_eq!(kinds("1..2"), [(Number, "1"), (Symbol, "."), (Number, ".2")]);
    assert_eq!(kinds("+--x"), [(Symbol, "+"), (LineComment, "--x")]);
    assert_eq!(kinds("--x\ry"), [(LineComment, "--x"), (Word, "y")]);
    assert_eq!(kinds("a\u{b}b\u{c}c").len(), 3);
    assert_eq!(kinds("U & 'x'").len(), 3);
}

#[test]
fn backslashes_escape_where_the_session_says_so() {
    let token = Lexer::with_backslash_escapes(r"'\'; x'").next().unwrap();
    assert_eq!((token.kind, token.end), (Kind::EscapeText, 7));
}
