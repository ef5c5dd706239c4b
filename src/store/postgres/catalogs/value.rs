//! Owns the server's text forms of values that hold several: arrays, vectors, and names before
//! arguments. Must never guess: text of another form is none.

use std::str::FromStr;

/// The elements of an array, `{a,"b c"}`; none for a null one.
pub(super) fn elements(text: &str) -> Option<Vec<Option<String>>> {
    let mut rest = text.strip_prefix('{')?.strip_suffix('}')?.chars();
    let mut found = Vec::new();
    if rest.as_str().is_empty() {
        return Some(found);
    }
    loop {
        let mut element = String::new();
        let (mut quoted, mut inside) = (false, false);
        let more = loop {
            match rest.next() {
                Some('"') => (quoted, inside) = (true, !inside),
                Some('\\') => element.push(rest.next()?),
                Some(',') if !inside => break true,
                Some('{' | '}') if !inside => return None,
                Some(other) => element.push(other),
                None if inside => return None,
                None => break false,
            }
        };
        found.push(if !quoted && element == "NULL" { None } else { Some(element) });
        if !more {
            return Some(found);
        }
    }
}

/// The numbers of an array, `{1,2}`, or of a vector, `1 2`.
pub(super) fn numbers<T: FromStr>(text: &str) -> Option<Box<[T]>> {
    let inner = match text.strip_prefix('{') {
        Some(array) => array.strip_suffix('}')?,
        None => text,
    };
    inner.split([',', ' ']).filter(|it| !it.is_empty()).map(|it| it.parse().ok()).collect()
}

/// What follows a name that may be qualified, and quoted: `(integer)` of `"a(b".f(integer)`.
pub(super) fn after_name(text: &str) -> Option<&str> {
    let mut inside = false;
    let at = text.find(|c: char| {
        if c == '"' {
            inside = !inside;
        }
        c == '(' && !inside
    })?;
    text.get(at..)
}

/// Options in the order of their bytes, so that the order in which they were set does not count.
pub(super) fn sorted(options: Vec<Option<String>>) -> Option<Box<str>> {
    let mut options: Vec<String> = options.into_iter().flatten().collect();
    if options.is_empty() {
        return None;
    }
    options.sort_unstable();
    Some(options.join(", ").into_boxed_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn arrays_are_read_as_the_server_writes_them() {
        let some = |it: &str| Some(it.to_owned());
        assert_eq!(elements("{}"), Some(vec![]));
        assert_eq!(
            elements(r#"{a,"b, c",NULL,"NULL","","d\"e\\"}"#),
            Some(vec![some("a"), some("b, c"), None, some("NULL"), some(""), some("d\"e\\")])
        );
        for other in ["", "{", "{\"a}", "{{a}}", "[0:1]={1,2}", "{a\\"] {
            assert_eq!(elements(other), None, "{other}");
        }
    }

    #[test]
    fn numbers_stand_in_arrays_and_in_vectors() {
        assert_eq!(numbers::<i16>("{1,-2}").as_deref(), Some(&[1, -2][..]));
        assert_eq!(numbers::<u32>("1 2").as_deref(), Some(&[1, 2][..]));
        assert_eq!(numbers::<u32>("{}").as_deref(), Some(&[][..]));
        assert_eq!(numbers::<u32>("").as_deref(), Some(&[][..]));
        assert_eq!(numbers::<i16>("{a}"), None);
    }

    #[test]
    fn a_name_ends_where_its_arguments_begin() {
        assert_eq!(after_name("f(integer)"), Some("(integer)"));
        assert_eq!(after_name("a.\"b(\"\"c\"(\"d(\")"), Some("(\"d(\")"));
        assert_eq!(after_name("f"), None);
    }

    proptest! {
        #[test]
        fn quoted_elements_are_read_back(texts in proptest::collection::vec(any::<String>(), 0..5)) {
            let quoted: Vec<String> = texts
                .iter()
                .map(|it| format!("\"{}\"", it.replace('\\', "\\\\").replace('"', "\\\"")))
                .collect();
            let read = elements(&format!("{{{}}}", quoted.join(",")));
            prop_assert_eq!(read, Some(texts.into_iter().map(Some).collect::<Vec<_>>()));
        }
    }
}
