//! Owns what differs between the schema that is expected and the one that was found, one
//! difference for one cause. Must never be silent where the two texts differ.

use super::cloned::alone;
use super::consequence::without_consequences;
use super::key::Key;
use super::kind::Kind;
use super::model::Schema;
use super::name::Name;
use super::object::Object;
use std::collections::{BTreeMap, BTreeSet};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is about.
    pub kind: Kind,
    /// Its name.
    pub name: Name,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is expected and not there.
    Missing,
    /// It is there and not expected.
    Unexpected,
    /// An attribute has another value; none is PostgreSQL's default.
    Other {
        /// Which.
        key: Key,
        /// The value that is expected.
        expected: Option<Box<str>>,
        /// The value that was found.
        found: Option<Box<str>>,
    },
    /// The columns that both have stand in another order.
    Order {
        /// As expected.
        expected: Vec<String>,
        /// As found.
        found: Vec<String>,
    },
}

/// All differences, in the order of the canonical text.
#[must_use]
pub fn compare(expected: &Schema, found: &Schema) -> Vec<Difference> {
    let mut all = Vec::new();
    let (mut left, mut right) =
        (only_compared(expected).peekable(), only_compared(found).peekable());
    loop {
        let order = match (left.peek(), right.peek()) {
            (Some(one), Some(other)) => one.identity().cmp(&other.identity()),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => break,
        };
        let mut report = |object: &Object, fault| {
            all.push(Difference { kind: object.kind(), name: object.name().clone(), fault });
        };
        if order.is_lt() {
            let one =
                left.next().and_then(|it| Some((it, alone(it, expected, found, Fault::Missing)?)));
            one.into_iter().for_each(|(it, fault)| report(it, fault));
        } else if order.is_gt() {
            let one = right
                .next()
                .and_then(|it| Some((it, alone(it, found, expected, Fault::Unexpected)?)));
            one.into_iter().for_each(|(it, fault)| report(it, fault));
        } else if let (Some(one), Some(other)) = (left.next(), right.next()) {
            each_attribute(one, other, |fault| report(one, fault));
        }
    }
    let all = without_consequences(all, expected, found);
    order_of_columns(all, expected, found)
}

fn only_compared(schema: &Schema) -> impl Iterator<Item = &Object> {
    schema.objects().iter().filter(|it| it.kind().is_compared())
}

fn each_attribute(expected: &Object, found: &Object, mut report: impl FnMut(Fault)) {
    if expected.attributes() == found.attributes() {
        return;
    }
    let keys: BTreeSet<Key> =
        expected.compared().chain(found.compared()).map(|(key, _)| key).collect();
    for key in keys {
        let (one, other) = (expected.value(key), found.value(key));
        if one != other {
            let (expected, found) = (one.map(Into::into), other.map(Into::into));
            report(Fault::Other { key, expected, found });
        }
    }
}

impl Fault {
    /// Whether one side alone has the object.
    pub(super) fn is_presence(&self) -> bool {
        matches!(self, Self::Missing | Self::Unexpected)
    }
}

fn is_position(it: &Difference) -> bool {
    matches!(it.fault, Fault::Other { key: Key::Position, .. })
}

/// Tells of positions once per relation, and only where columns changed places: that a column
/// came or went moves those after it.
fn order_of_columns(all: Vec<Difference>, expected: &Schema, found: &Schema) -> Vec<Difference> {
    let moved: BTreeSet<&str> =
        all.iter().filter(|it| is_position(it)).map(|it| it.name.outer(2)).collect();
    if moved.is_empty() {
        return all;
    }
    let (left, right) = (columns_of(expected, &moved), columns_of(found, &moved));
    let mut orders = Vec::new();
    let mut explained = BTreeSet::new();
    for (table, columns) in &left {
        let others = right.get(table).map(Vec::as_slice).unwrap_or_default();
        let common = |these: &[String], those: &[String]| -> Vec<String> {
            these.iter().filter(|it| those.contains(it)).cloned().collect()
        };
        let (one, other) = (common(columns, others), common(others, columns));
        let relation = only_compared(expected)
            .find(|it| it.kind().has_members() && it.name().text() == *table);
        if let Some(relation) = relation.filter(|_| one != other) {
            let (kind, name) = (relation.kind(), relation.name().clone());
            orders.push(Difference {
                kind,
                name,
                fault: Fault::Order { expected: one, found: other },
            });
            explained.insert(*table);
        } else if columns != others && one == other {
            explained.insert(*table);
        }
    }
    let is_explained = |it: &Difference| is_position(it) && explained.contains(it.name.outer(2));
    let mut all: Vec<Difference> =
        all.iter().filter(|it| !is_explained(it)).cloned().chain(orders).collect();
    all.sort_by(|one, other| (one.kind, &one.name).cmp(&(other.kind, &other.name)));
    all
}

/// The columns of these relations in their order.
fn columns_of<'a>(
    schema: &'a Schema,
    relations: &BTreeSet<&str>,
) -> BTreeMap<&'a str, Vec<String>> {
    let mut found: BTreeMap<&str, Vec<(usize, String)>> = BTreeMap::new();
    for it in schema.objects().iter().filter(|it| it.kind() == Kind::Column) {
        let table = it.name().outer(2);
        if relations.contains(table) {
            let position = it.value(Key::Position).and_then(|it| it.parse().ok()).unwrap_or(0);
            found.entry(table).or_default().push((position, it.name().last()));
        }
    }
    let in_order = |mut columns: Vec<(usize, String)>| {
        columns.sort();
        columns.into_iter().map(|(_, name)| name).collect()
    };
    found.into_iter().map(|(table, columns)| (table, in_order(columns))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::canonical::{fingerprint, parse, render};
    use super::*;
    use crate::core::finding::Explain;
    use proptest::prelude::*;

    fn schema(lines: &str) -> Schema {
        let mut lines: Vec<&str> =
            lines.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let kind = |line: &str| Kind::parse(line.split(' ').next().unwrap_or_default());
        lines.sort_by_key(|line| (kind(line), line.split(' ').nth(1).map(str::to_owned)));
        parse(&format!("dreichor-schema 1\n{}\n", lines.join("\n"))).expect("a canonical text")
    }

    const BASE: &str = "
        schema public
        schema s
        sequence public.t_id_seq owned-by=public.t.id
        table public.t
        table s.u
        column public.t.id position=1 type=integer
        column public.t.body position=2 type=jsonb
        column public.t.more position=3 type=text
        column s.u.id position=1 type=integer
        constraint public.t.t_pkey form=unique columns=id
        index public.t.t_pkey columns=id unique=yes
        index public.t.t_more columns=more";

    fn sentences(changed: &str) -> Vec<String> {
        compare(&schema(BASE), &schema(changed)).iter().map(Explain::message).collect()
    }

    #[test]
    fn the_sentence_is_the_promised_one() {
        let changed = BASE.replace("jsonb", "text");
        assert_eq!(sentences(&changed), ["column t.body: jsonb expected, text found"]);
    }

    #[test]
    fn one_cause_is_told_once() {
        let without = |words: &[&str]| -> String {
            BASE.lines()
                .filter(|line| !words.iter().any(|word| line.contains(word)))
                .map(|line| format!("{line}\n"))
                .collect()
        };
        assert_eq!(sentences(&without(&["public.t"])), ["table t: missing"]);
        assert_eq!(sentences(&without(&["s.u", "schema s"])), ["schema s: missing"]);
        assert_eq!(sentences(&without(&["t_pkey"])), ["constraint t.t_pkey: missing"]);
        assert_eq!(sentences(&without(&["t_more"])), ["index t.t_more: missing"]);
        let moved = without(&["t.id", "t_pkey"])
            .replace("position=2", "position=1")
            .replace("position=3", "position=2");
        assert_eq!(sentences(&moved), ["column t.id: missing"]);
    }

    #[test]
    fn columns_that_changed_places_are_told_once() {
        let changed = BASE
            .replace("more position=3", "more position=9")
            .replace("body position=2", "body position=3")
            .replace("more position=9", "more position=2");
        assert_eq!(
            sentences(&changed),
            ["table t: columns in the order id, body, more expected, id, more, body found"]
        );
    }

    #[test]
    fn the_same_is_no_difference_and_a_side_of_its_own_is_told_as_such() {
        assert_eq!(sentences(BASE), Vec::<String>::new());
        assert_eq!(
            sentences(&format!("{BASE}\nview public.v definition=x\ncolumn public.v.c position=1")),
            ["view v: not expected"]
        );
    }

    /// Objects that hang together in every way that one difference can follow from another, each
    /// attribute with the values that it may have.
    const TANGLE: [(&str, &[&str]); 20] = [
        ("schema s", &["owner=owner|runtime"]),
        ("type public.y", &["form=composite|range", "type=|integer", "range=|x"]),
        (
            "sequence public.q",
            &["owned-by=|public.t.a|public.t.b", "type=integer|bigint", "cycle=|yes"],
        ),
        ("function public.f()", &["form=|procedure", "result=|integer", "body=x|y"]),
        (
            "table public.t",
            &["partition-of=|public.p", "partition-bound=|DEFAULT", "inherits=|s.t"],
        ),
        ("table public.p", &["partition-by=|list|range", "partition-columns=|a|b"]),
        ("table s.t", &["of-type=|public.y"]),
        ("view public.v", &["definition=x|y"]),
        (
            "column public.t.a",
            &["position=1|2", "type=integer|text", "identity=|always", "inherited=|yes"],
        ),
        (
            "column public.t.b",
            &["position=1|2", "generated=|stored", "expression=|a", "default=|1"],
        ),
        ("column public.v.a", &["position=1|2", "type=integer|text", "default=|1"]),
        ("column s.t.a", &["position=1", "type=integer|text"]),
        (
            "constraint public.t.k",
            &[
                "form=unique|check",
                "columns=|a|b",
                "expression=|b",
                "validated=|no",
                "enforced=|no",
            ],
        ),
        (
            "constraint public.t.r",
            &[
                "form=\"foreign key\"",
                "columns=a|b",
                "references=public.p|s.t",
                "referenced-columns=a|b",
            ],
        ),
        (
            "constraint public.p.r",
            &[
                "form=\"foreign key\"",
                "columns=a|b",
                "references=public.p|s.t",
                "referenced-columns=a|b",
            ],
        ),
        (
            "index public.t.k",
            &["columns=a|b", "unique=|yes", "partition-of=|public.p_k", "options=|x"],
        ),
        (
            "trigger public.t.g",
            &[
                "events=insert|delete",
                "definition=|\"x WHEN a EXECUTE y\"|\"z WHEN a EXECUTE y\"|\"x WHEN b EXECUTE y\"",
            ],
        ),
        ("trigger public.p.g", &["events=insert|delete", "enabled=|never|always"]),
        ("trigger public.t.c", &["partition-of=public.p.g", "enabled=|never|always"]),
        ("statistics public.i", &["of=public.t|s.t", "columns=a|b", "form=d|f"]),
    ];

    /// One of them for each choice of what is there and with which values.
    fn tangled() -> impl Strategy<Value = Schema> {
        let choices = proptest::collection::vec(any::<u8>(), TANGLE.len() * 6);
        choices.prop_map(|choices| {
            let mut lines = String::new();
            for ((object, attributes), choice) in TANGLE.iter().zip(choices.chunks(6)) {
                // Most are there, so that what hangs together meets.
                if choice[0] % 8 == 0 {
                    continue;
                }
                let mut pairs: Vec<String> = Vec::new();
                for (attribute, choice) in attributes.iter().zip(&choice[1..]) {
                    let (key, values) = attribute.split_once('=').expect("a key");
                    let values: Vec<&str> = values.split('|').collect();
                    let value = values[usize::from(*choice) % values.len()];
                    if !value.is_empty() {
                        pairs.push(format!("{key}={value}"));
                    }
                }
                pairs.sort_by_key(|it| Key::parse(it.split('=').next().unwrap_or_default()));
                lines.push_str(&format!("{object} {}\n", pairs.join(" ")).replace(" \n", "\n"));
            }
            schema(&lines)
        })
    }

    proptest! {
        #[test]
        fn there_is_a_difference_whenever_fingerprints_differ(
            kept in proptest::collection::vec(any::<bool>(), 12), other in any::<bool>(),
        ) {
            let lines = BASE.lines().filter(|line| !line.trim().is_empty());
            let changed: String = lines.zip(kept).filter(|(_, kept)| *kept).map(|(line, _)| format!("{line}\n")).collect();
            let changed = if other { changed.replace("jsonb", "text") } else { changed };
            if !changed.is_empty() {
                let (one, two) = (schema(BASE), schema(&changed));
                prop_assert_eq!(compare(&one, &two).is_empty(), fingerprint(&one) == fingerprint(&two));
                prop_assert_eq!(compare(&two, &one).is_empty(), fingerprint(&one) == fingerprint(&two));
            }
        }

        #[test]
        fn what_follows_from_another_never_follows_from_nothing(one in tangled(), two in tangled()) {
            let same = fingerprint(&one) == fingerprint(&two);
            prop_assert_eq!(compare(&one, &two).is_empty(), same);
            prop_assert_eq!(compare(&two, &one).is_empty(), same);
            prop_assert_eq!(compare(&one, &two).len(), compare(&two, &one).len());
        }

        #[test]
        fn a_single_difference_is_always_told(one in tangled(), object in 0..TANGLE.len()) {
            let name = TANGLE[object].0;
            let text = render(&one);
            let kept = |line: &&str| !line.starts_with(&format!("{name} ")) && *line != name;
            let without: String = text.lines().filter(kept).map(|line| format!("{line}\n")).collect();
            let without = parse(&without).expect("canonical");
            let expected = usize::from(text != render(&without));
            prop_assert!(compare(&one, &without).len() >= expected, "{name}\n{text}");
            prop_assert!(compare(&without, &one).len() >= expected, "{name}\n{text}");
        }
    }
}
