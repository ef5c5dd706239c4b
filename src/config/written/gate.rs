//! Owns the table `[gate]` as it is written. Must never judge what a value means.

use toml::Spanned;
use toml::de::DeValue;

use super::{Field, Placed, Reader};

/// The keys of the table `gate`.
pub const GATE_KEYS: &[&str] = &["structure", "ignore"];

/// The keys of each table `gate.ignore`.
pub const IGNORE_KEYS: &[&str] = &["kind", "name", "reason"];

/// The table `[gate]`.
#[derive(Debug, Default)]
pub(in crate::config) struct WrittenGate {
    pub(in crate::config) structure: Field<String>,
    pub(in crate::config) ignore: Field<Vec<Placed<WrittenIgnore>>>,
}

/// One `[[gate.ignore]]` table.
#[derive(Debug, Default)]
pub(in crate::config) struct WrittenIgnore {
    pub(in crate::config) kind: Field<String>,
    pub(in crate::config) name: Field<String>,
    pub(in crate::config) reason: Field<String>,
}

impl Reader<'_> {
    pub(in crate::config) fn gate(&mut self, value: &Spanned<DeValue<'_>>) -> WrittenGate {
        let mut written = WrittenGate::default();
        let DeValue::Table(table) = value.get_ref() else {
            let _: Field<()> = self.wrong_type("gate", "a table '[gate]'", value);
            return written;
        };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "structure" => written.structure = self.string("gate.structure", value),
                "ignore" => written.ignore = self.ignore(value),
                other => self.unknown(format!("gate.{other}"), key.span(), GATE_KEYS),
            }
        }
        written
    }

    fn ignore(&mut self, value: &Spanned<DeValue<'_>>) -> Field<Vec<Placed<WrittenIgnore>>> {
        let DeValue::Array(array) = value.get_ref() else {
            return self.wrong_type("gate.ignore", "tables '[[gate.ignore]]'", value);
        };
        let place = self.place(value.span());
        let mut rules = Vec::new();
        for (position, item) in (1_usize..).zip(array) {
            let prefix = format!("gate.ignore[{position}]");
            let DeValue::Table(table) = item.get_ref() else {
                let _: Field<()> = self.wrong_type(&prefix, "a table '[[gate.ignore]]'", item);
                continue;
            };
            let mut rule = WrittenIgnore::default();
            for (key, value) in table {
                let dotted = format!("{prefix}.{}", key.get_ref());
                match key.get_ref().as_ref() {
                    "kind" => rule.kind = self.string(&dotted, value),
                    "name" => rule.name = self.string(&dotted, value),
                    "reason" => rule.reason = self.string(&dotted, value),
                    _ => self.unknown(dotted, key.span(), IGNORE_KEYS),
                }
            }
            rules.push(Placed { value: rule, place: self.place(item.span()) });
        }
        Field::Given(Placed { value: rules, place })
    }
}
