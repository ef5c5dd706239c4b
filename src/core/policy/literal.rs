//! Owns what quoted SQL text stands for: string constants and identifiers without their
//! quotes and escapes. Must never decide where a token ends.

use super::lexer::{Kind, Token, byte, continuation, dollar_delimiter};

/// A string constant's value with marks `(offset in the value, offset in the text)`.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) marks: Vec<(usize, usize)>,
}

impl Decoded {
    fn mark(&mut self, outer: usize) {
        self.marks.push((self.text.len(), outer));
    }
}

/// The value of the string constant `token` of `text`.
///
/// Escapes which the server would refuse are kept as they are: the statement fails there
/// anyhow, and what is kept can still be judged.
pub(super) fn decode(text: &str, token: Token, unicode_escape: char) -> Decoded {
    if token.kind == Kind::DollarText {
        return decode_dollar(text, token);
    }
    let escape = match token.kind {
        Kind::EscapeText => Some('\\'),
        Kind::UnicodeText => Some(unicode_escape),
        Kind::Text
        | Kind::DollarText
        | Kind::Word
        | Kind::Name
        | Kind::UnicodeName
        | Kind::BitText
        | Kind::Number
        | Kind::Parameter
        | Kind::Symbol
        | Kind::LineComment
        | Kind::BlockComment => None,
    };
    let mut decoded = Decoded::default();
    let written = text.get(token.start..token.end).unwrap_or_default();
    let mut at = token.start + written.find('\'').map_or(written.len(), |quote| quote + 1);
    decoded.mark(at);
    while at < token.end {
        let rest = text.get(at..token.end).unwrap_or_default();
        let Some(character) = rest.chars().next() else { break };
        if character == '\'' {
            if byte(text, at + 1) == b'\'' && at + 1 < token.end {
                decoded.text.push('\'');
                at += 2;
            } else if let Some(opening) = continuation(text, at + 1) {
                at = opening + 1;
            } else {
                break;
            }
            decoded.mark(at);
        } else if Some(character) == escape {
            let (value, length) = match token.kind == Kind::EscapeText {
                true => backslash_escape(rest),
                false => unicode_escape_at(rest, character),
            };
            decoded.text.push(value);
            at += length;
            decoded.mark(at);
        } else {
            decoded.text.push(character);
            at += character.len_utf8();
        }
    }
    decoded
}

fn decode_dollar(text: &str, token: Token) -> Decoded {
    let delimiter = dollar_delimiter(text, token.start).map_or(0, str::len);
    let start = token.start + delimiter;
    let end = if token.closed { token.end - delimiter } else { token.end };
    let mut decoded = Decoded::default();
    decoded.mark(start);
    decoded.text.push_str(text.get(start..end).unwrap_or_default());
    decoded
}

/// One escape of `E'…'` at the start of `rest`: its value and its length in bytes.
fn backslash_escape(rest: &str) -> (char, usize) {
    let Some(letter) = rest.chars().nth(1) else { return ('\\', 1) };
    let coded = |from: usize, most: usize, radix: u32| {
        let digits: String =
            rest.chars().skip(from).take(most).take_while(|c| c.is_digit(radix)).collect();
        let value = u32::from_str_radix(&digits, radix).ok().and_then(char::from_u32);
        value.map(|value| (value, from + digits.len()))
    };
    let plain = (letter, 1 + letter.len_utf8());
    match letter {
        'b' => ('\u{8}', 2),
        'f' => ('\u{c}', 2),
        'n' => ('\n', 2),
        'r' => ('\r', 2),
        't' => ('\t', 2),
        'x' => coded(2, 2, 16).unwrap_or(plain),
        'u' => coded(2, 4, 16).unwrap_or(plain),
        'U' => coded(2, 8, 16).unwrap_or(plain),
        '0'..='7' => coded(1, 3, 8).unwrap_or(plain),
        _ => plain,
    }
}

/// One escape of `U&'…'` or `U&"…"` at the start of `rest`: its value and its length.
fn unicode_escape_at(rest: &str, escape: char) -> (char, usize) {
    let one = escape.len_utf8();
    let after = rest.get(one..).unwrap_or_default();
    if after.starts_with(escape) {
        return (escape, one * 2);
    }
    let (skip, digits) = if after.starts_with('+') { (1, 6) } else { (0, 4) };
    let value = after
        .get(skip..skip + digits)
        .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
        .and_then(|digits| u32::from_str_radix(digits, 16).ok())
        .and_then(char::from_u32);
    match value {
        Some(value) => (value, one + skip + digits),
        None => (escape, one),
    }
}

/// `"a ""b"""` as `a "b"`.
pub(super) fn unquote_name(written: &str) -> String {
    let inner = written.strip_prefix('"').unwrap_or(written);
    inner.strip_suffix('"').unwrap_or(inner).replace("\"\"", "\"")
}

/// `U&"d\0061ta"` as `data`.
pub(super) fn unquote_unicode_name(written: &str, escape: char) -> String {
    let quoted = written.get(2..).unwrap_or_default();
    let inner = unquote_name(quoted);
    let mut name = String::with_capacity(inner.len());
    let mut rest = inner.as_str();
    while let Some(character) = rest.chars().next() {
        let (value, length) = if character == escape {
            unicode_escape_at(rest, escape)
        } else {
            (character, character.len_utf8())
        };
        name.push(value);
        rest = rest.get(length..).unwrap_or_default();
    }
    name
}
