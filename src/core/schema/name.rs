//! Owns the name of an object: its parts from the outside in, kept as the text that the canonical
//! form has. Must never lose a part, whatever characters it holds.

use super::quoting::{read_word, write_word};

/// The parts of a name, for example `public.audit_events.body`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Box<str>);

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_$(),[]-".contains(c)
}

fn ends_part(c: char) -> bool {
    matches!(c, '.' | ' ')
}

impl Name {
    /// A name of these parts.
    #[must_use]
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut text = String::new();
        for (at, part) in parts.into_iter().enumerate() {
            if at > 0 {
                text.push('.');
            }
            write_word(&mut text, part, is_plain);
        }
        Self(text.into_boxed_str())
    }

    /// A name as SQL writes it: parts between dots, quoted where they must be.
    pub(super) fn of_sql(text: &str) -> Self {
        let (mut parts, mut in_quotes) = (vec![String::new()], false);
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '"' if in_quotes && rest.peek() == Some(&'"') => {
                    rest.next();
                    parts.last_mut().into_iter().for_each(|part| part.push('"'));
                }
                '"' => in_quotes = !in_quotes,
                '.' if !in_quotes => parts.push(String::new()),
                _ => parts.last_mut().into_iter().for_each(|part| part.push(c)),
            }
        }
        Self::of(parts.iter().map(String::as_str))
    }

    /// Reads a name from the start of a line, and what follows it.
    pub(super) fn read(line: &str) -> Option<(Self, &str)> {
        let mut parts = Vec::new();
        let mut rest = line;
        loop {
            let (part, after) = read_word(rest, ends_part)?;
            parts.push(part);
            match after.strip_prefix('.') {
                Some(after) => rest = after,
                None => return Some((Self::of(parts.iter().map(String::as_str)), after)),
            }
        }
    }

    /// As the canonical text has it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// As a person reads it: what is in `public` without that word.
    #[must_use]
    pub fn shown(&self) -> &str {
        self.0.strip_prefix("public.").unwrap_or(&self.0)
    }

    /// Its first parts, as many as that; the whole name where it has no more.
    #[must_use]
    pub fn outer(&self, parts: usize) -> &str {
        let mut rest: &str = &self.0;
        for _ in 0..parts {
            let Some((_, after)) = read_word(rest, ends_part) else { return &self.0 };
            match after.strip_prefix('.') {
                Some(after) => rest = after,
                None => return &self.0,
            }
        }
        let length = self.0.len() - rest.len();
        self.0.get(..length.saturating_sub(1)).unwrap_or(&self.0)
    }

    /// Its parts from the outside in, each as its own text.
    #[must_use]
    pub fn parts(&self) -> Vec<String> {
        let mut parts = Vec::new();
        let mut rest: &str = &self.0;
        while let Some((part, after)) = read_word(rest, ends_part) {
            parts.push(part);
            match after.strip_prefix('.') {
                Some(after) => rest = after,
                None => break,
            }
        }
        parts
    }

    /// Its last part.
    #[must_use]
    pub fn last(&self) -> String {
        self.parts().pop().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_names_need_no_quotes_and_others_are_unambiguous() {
        assert_eq!(Name::of(["public", "f(integer,text)"]).text(), "public.f(integer,text)");
        assert_eq!(Name::of(["a.b", "c"]).text(), "\"a.b\".c");
        assert_eq!(Name::of(["a", "b.c"]).text(), "a.\"b.c\"");
        assert_eq!(Name::of(["naïve\n"]).text(), "\"na\\u{ef}ve\\n\"");
        assert_eq!(Name::of(["public", "t", "c"]).shown(), "t.c");
    }

    #[test]
    fn a_name_of_sql_is_the_same_name() {
        for (text, parts) in [
            ("public.t", &["public", "t"][..]),
            ("public.\"T\".\"a.b\"", &["public", "T", "a.b"]),
            ("\"a\"\"b\".c", &["a\"b", "c"]),
        ] {
            assert_eq!(Name::of_sql(text), Name::of(parts.iter().copied()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_read_back_with_all_its_parts(parts in proptest::collection::vec(any::<String>(), 1..4)) {
            let name = Name::of(parts.iter().map(String::as_str));
            let line = format!("{} rest", name.text());
            prop_assert_eq!(Name::read(&line), Some((name.clone(), " rest")));
            prop_assert_eq!(&name.last(), parts.last().expect("a part"));
            prop_assert_eq!(&name.parts(), &parts);
            for depth in 1..=parts.len() {
                let outer = Name::of(parts[..depth].iter().map(String::as_str));
                prop_assert_eq!(name.outer(depth), outer.text());
            }
        }
    }
}
