//! Owns how names are spelled for a person's eyes, and the reading of lists that PostgreSQL wrote.
//! Must never read a list whose parts are not certain.

use crate::core::policy::lexer::{Kind, Lexer, Token};
use crate::core::schema::name::Name;
use crate::core::spelling::identifier;
use std::fmt::Write as _;

/// An identifier; what cannot be seen in it is escaped.
pub(super) fn quote_identifier(name: &str) -> String {
    if !name.chars().any(is_hidden) {
        return identifier(name);
    }
    let mut escaped = String::new();
    for c in name.chars() {
        match c {
            '"' | '\\' => escaped.extend([c, c]),
            // Writing into a string cannot fail.
            _ if is_hidden(c) => {
                write!(escaped, "\\+{:06X}", u32::from(c)).unwrap_or_default();
            }
            _ => escaped.push(c),
        }
    }
    format!("U&\"{escaped}\"")
}

/// Names parted by dots.
pub(super) fn quote_name<'a>(parts: impl IntoIterator<Item = &'a String>) -> String {
    let parts: Vec<String> = parts.into_iter().map(|it| quote_identifier(it)).collect();
    parts.join(".")
}

/// Whether a reader does not see this character, or sees others in another order because of it.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// The items of a list that commas part, outside quotes and parentheses.
pub(super) fn items(list: &str) -> Option<Vec<&str>> {
    let (mut items, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for token in Lexer::new(list) {
        if !token.closed {
            return None;
        }
        match list.get(token.start..token.end)? {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.checked_sub(1)?,
            "," if depth == 0 => {
                items.push(list.get(start..token.start)?.trim());
                start = token.end;
            }
            _ => {}
        }
    }
    items.push(list.get(start..)?.trim());
    (depth == 0 && items.iter().all(|it| !it.is_empty())).then_some(items)
}

/// The name, with its qualifiers, that a text begins with, and what follows it.
pub(super) fn leading_name(text: &str) -> Option<(&str, &str)> {
    let is_name = |it: &Token| it.closed && matches!(it.kind, Kind::Word | Kind::Name);
    let mut tokens = Lexer::new(text);
    let mut end = tokens.next().filter(|it| it.start == 0 && is_name(it))?.end;
    while text.get(end..).is_some_and(|rest| rest.starts_with('.')) {
        tokens.next();
        end = tokens.next().filter(is_name)?.end;
    }
    text.split_at_checked(end)
}

/// The parts of a name that PostgreSQL quoted.
fn parts(text: &str) -> Option<Vec<String>> {
    let (_, "") = leading_name(text)? else { return None };
    let names = Lexer::new(text).filter(|it| it.kind != Kind::Symbol);
    names.map(|it| Some(unquote(text.get(it.start..it.end)?))).collect()
}

/// The text of a name without its quotes.
pub(super) fn unquote(name: &str) -> String {
    match name.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => name.to_owned(),
    }
}

/// The names of a list, as objects have them.
pub(super) fn names(list: &str) -> Vec<Name> {
    let names = items(list).unwrap_or_default().into_iter().filter_map(parts);
    names.map(|it| Name::of(it.iter().map(String::as_str))).collect()
}

/// Options `name=value`. A value that could hold a comma makes the list uncertain.
pub(super) fn options(list: Option<&str>) -> Option<Vec<(&str, &str)>> {
    let is_word = |it: &str| {
        !it.is_empty() && it.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-+".contains(&b))
    };
    let options = list.into_iter().flat_map(|it| it.split(", "));
    let pairs = options.map(|it| it.split_once('='));
    pairs.map(|it| it.filter(|(name, value)| is_word(name) && is_word(value))).collect()
}

/// Expressions of a list, each in parentheses.
pub(super) fn expressions(list: Option<&str>) -> Option<Vec<String>> {
    let Some(list) = list else { return Some(Vec::new()) };
    Some(items(list)?.into_iter().map(|it| format!("({it})")).collect())
}
