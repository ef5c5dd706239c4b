//! Owns the canonical text of a schema, one line per object, and its fingerprint. Must never
//! write what is only noted, and never read what it would write otherwise.

use super::key::Key;
use super::kind::Kind;
use super::model::{Schema, SchemaFault};
use super::name::Name;
use super::object::Object;
use super::quoting::{read_word, write_word};
use crate::core::digest::Digest;

/// The first line: which form the text has. Another form has another fingerprint.
const FORM: &str = "dreichor-schema 1";

fn is_plain(c: char) -> bool {
    c.is_ascii_graphic() && !matches!(c, '"' | '\\')
}

/// The line of an object, without its end.
#[must_use]
pub fn write_line(object: &Object) -> String {
    let mut line = String::new();
    write_object(&mut line, object);
    line.pop();
    line
}

/// Reads a line that [`write_line`] has written, and none that it would have written otherwise.
#[must_use]
pub fn read_line(line: &str) -> Option<Object> {
    read_object(line).filter(|it| it.kind().is_compared() && write_line(it) == line)
}

fn write_object(out: &mut String, object: &Object) {
    out.push_str(object.kind().name());
    out.push(' ');
    out.push_str(object.name().text());
    for (key, value) in object.compared() {
        out.push(' ');
        out.push_str(key.name());
        out.push('=');
        write_word(out, value, is_plain);
    }
    out.push('\n');
}

/// The canonical text.
#[must_use]
pub fn render(schema: &Schema) -> String {
    let mut text = format!("{FORM}\n");
    for object in schema.objects().iter().filter(|it| it.kind().is_compared()) {
        write_object(&mut text, object);
    }
    text
}

/// SHA-256 of the canonical text.
#[must_use]
pub fn fingerprint(schema: &Schema) -> Digest {
    Digest::of_pieces(|take| {
        let mut line = format!("{FORM}\n");
        take(line.as_bytes());
        for object in schema.objects().iter().filter(|it| it.kind().is_compared()) {
            line.clear();
            write_object(&mut line, object);
            take(line.as_bytes());
        }
    })
}

/// Reads a canonical text.
///
/// # Errors
/// [`SchemaFault::NotCanonical`] for a text that [`render`] would not have written.
pub fn parse(text: &str) -> Result<Schema, SchemaFault> {
    let fault = |line: usize, what| SchemaFault::NotCanonical { line, what };
    let mut lines = text.split_inclusive('\n').enumerate();
    if lines.next().is_none_or(|(_, line)| line.strip_suffix('\n') != Some(FORM)) {
        return Err(fault(1, "another form than this program knows"));
    }
    let mut objects: Vec<Object> = Vec::new();
    let mut again = String::new();
    for (at, line) in lines {
        let object = line
            .strip_suffix('\n')
            .and_then(read_object)
            .filter(|it| it.kind().is_compared())
            .ok_or_else(|| fault(at + 1, "no object"))?;
        again.clear();
        write_object(&mut again, &object);
        if again != line {
            return Err(fault(at + 1, "an object that is not written as it must be"));
        }
        if objects.last().is_some_and(|last| last.identity() >= object.identity()) {
            return Err(fault(at + 1, "an object out of order"));
        }
        objects.push(object);
    }
    Schema::assemble(objects)
}

fn read_object(line: &str) -> Option<Object> {
    let (kind, rest) = line.split_once(' ')?;
    let (name, mut rest) = Name::read(rest)?;
    let mut attributes = Vec::new();
    while let Some(pair) = rest.strip_prefix(' ') {
        let (key, value) = pair.split_once('=')?;
        let (value, after) = read_word(value, |c| c == ' ')?;
        attributes.push((Key::parse(key)?, value.into_boxed_str()));
        rest = after;
    }
    if !rest.is_empty() {
        return None;
    }
    Object::new(Kind::parse(kind)?, name, attributes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn schemas(keys: fn() -> Vec<Key>) -> impl Strategy<Value = Schema> {
        let kind = proptest::sample::select(Kind::ALL.to_vec());
        let attributes = proptest::collection::btree_map(
            proptest::sample::select(keys()),
            any::<String>(),
            0..5,
        );
        let name = proptest::collection::vec(any::<String>(), 3);
        let object = (kind, name, attributes).prop_map(|(kind, parts, attributes)| {
            let name = Name::of(parts.iter().take(kind.depth()).map(String::as_str));
            let attributes =
                attributes.into_iter().map(|(key, value)| (key, value.into_boxed_str())).collect();
            ((kind, name.clone()), Object::new(kind, name, attributes).expect("an object"))
        });
        proptest::collection::vec(object, 0..8).prop_map(|objects| {
            let objects: BTreeMap<_, _> = objects.into_iter().collect();
            Schema::assemble(objects.into_values().collect()).expect("no duplicates")
        })
    }

    fn compared() -> Vec<Key> {
        Key::all().filter(|key| key.is_compared()).collect()
    }

    fn only_compared(schema: &Schema) -> Schema {
        let objects = schema.objects().iter().filter(|it| it.kind().is_compared());
        Schema::assemble(objects.cloned().collect()).expect("no duplicates")
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(schema in schemas(compared)) {
            prop_assert_eq!(fingerprint(&schema), Digest::of(render(&schema).as_bytes()));
            prop_assert_eq!(parse(&render(&schema)), Ok(only_compared(&schema)));
        }

        #[test]
        fn what_is_noted_is_in_no_text(schema in schemas(|| Key::all().collect())) {
            let text = render(&schema);
            prop_assert!(text.is_ascii());
            let objects = schema.objects().iter().filter(|it| it.kind().is_compared());
            prop_assert_eq!(text.lines().count(), 1 + objects.count());
            let read = parse(&text).expect("canonical");
            prop_assert_eq!(render(&read), text);
            prop_assert!(read.objects().iter().all(|it| it.attributes().iter().all(|(key, _)| key.is_compared())));
        }

        #[test]
        fn any_text_is_read_or_refused_and_never_otherwise_written(text in "(dreichor-schema 1\n)?(table|column|x)? ?[a-z.\"\\\\u{}=\n ]{0,40}") {
            if let Ok(schema) = parse(&text) {
                prop_assert_eq!(render(&schema), text);
            }
        }
    }

    #[test]
    fn the_text_is_as_it_always_was() {
        let name = Name::of(["public", "audit_events", "Body\n"]);
        let attributes = vec![
            (Key::Comment, "noted".into()),
            (Key::Default, "'a b'::text".into()),
            (Key::Type, "text".into()),
        ];
        let object = Object::new(Kind::Column, name, attributes).expect("an object");
        let schema = Schema::assemble(vec![object]).expect("a schema");
        let text = "dreichor-schema 1\ncolumn public.audit_events.\"Body\\n\" type=text default=\"'a b'::text\"\n";
        assert_eq!(render(&schema), text);
    }

    #[test]
    fn a_text_that_would_be_written_otherwise_is_refused_with_its_line() {
        for (text, line) in [
            ("", 1),
            ("dreichor-schema 2\n", 1),
            ("dreichor-schema 1", 1),
            ("dreichor-schema 1\ntable a.b", 2),
            ("dreichor-schema 1\ntable a.b \n", 2),
            ("dreichor-schema 1\ntable \"a\".b\n", 2),
            ("dreichor-schema 1\ntable a.b owner=\"x\"\n", 2),
            ("dreichor-schema 1\ntable a.b comment=x\n", 2),
            ("dreichor-schema 1\ntable a.b owner=x owner=x\n", 2),
            ("dreichor-schema 1\ntable a.b x=x\n", 2),
            ("dreichor-schema 1\ntable a.c\ntable a.b\n", 3),
            ("dreichor-schema 1\ntable a.b\ntable a.b\n", 3),
            ("dreichor-schema 1\ndefault-privileges a.b.c\n", 2),
        ] {
            match parse(text) {
                Err(SchemaFault::NotCanonical { line: found, .. }) => {
                    assert_eq!(found, line, "{text}");
                }
                other => panic!("{text}: {other:?}"),
            }
        }
    }
}
