//! Owns how a word of any text is written on one line: as it is where that is plain, else in
//! quotes with every other character escaped. Must never depend on a locale, or on a table of
//! characters that a new compiler may change.

use std::fmt::Write as _;

/// Writes a word. `is_plain` says which characters need no quotes; it must accept ASCII alone,
/// and no quote, backslash or space.
pub(super) fn write_word(out: &mut String, word: &str, is_plain: fn(char) -> bool) {
    if !word.is_empty() && word.chars().all(is_plain) {
        out.push_str(word);
        return;
    }
    out.push('"');
    for c in word.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            ' '..='~' => out.push(c),
            // Writing into a string cannot fail.
            _ => write!(out, "\\u{{{:x}}}", u32::from(c)).unwrap_or_default(),
        }
    }
    out.push('"');
}

/// Reads a word that ends before `stop`, or where its quotes do; the rest follows.
pub(super) fn read_word(text: &str, stop: fn(char) -> bool) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(stop).unwrap_or(text.len());
        let (word, rest) = text.split_at_checked(end)?;
        return Some((word.to_owned(), rest));
    };
    let mut word = String::new();
    let mut rest = quoted.chars();
    loop {
        match rest.next()? {
            '"' => return Some((word, rest.as_str())),
            '\\' => match rest.next()? {
                'n' => word.push('\n'),
                'r' => word.push('\r'),
                't' => word.push('\t'),
                'u' => {
                    let (digits, after) = rest.as_str().strip_prefix('{')?.split_once('}')?;
                    word.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
                    rest = after.chars();
                }
                other => word.push(other),
            },
            other => word.push(other),
        }
    }
}
