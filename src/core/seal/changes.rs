//! Owns what one migration changes in the canonical text of the schema: the lines that go and
//! the lines that come. Must never apply a change to a text that it does not fit.

use super::Sealed;
use super::fault::SealFault;
use crate::core::schema::canonical::{read_line, write_line};
use crate::core::schema::kind::Kind;
use crate::core::schema::model::Schema;
use crate::core::schema::name::Name;
use crate::core::schema::object::Object;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Lines of canonical text, `-` before those that go and `+` before those that come. A seal holds
/// its text once, whatever its entries take of it: few of them are ever replayed.
#[derive(Clone)]
pub struct Changes {
    text: Arc<String>,
    range: Range<usize>,
}

impl Changes {
    /// Changes that somebody has written; whether they fit is seen when they are replayed.
    #[must_use]
    pub fn written(text: String) -> Self {
        Self { range: 0..text.len(), text: Arc::new(text) }
    }

    /// The same, as a part of a longer text; nothing where there is no such part.
    #[must_use]
    pub fn within(text: &Arc<String>, range: Range<usize>) -> Self {
        Self { text: Arc::clone(text), range }
    }

    /// What leads from one schema to the next.
    #[must_use]
    pub fn between(before: &Schema, after: &Schema) -> Self {
        let lines = |schema: &Schema| -> BTreeMap<(Kind, Name), String> {
            let objects = schema.objects().iter().filter(|it| it.kind().is_compared());
            objects.map(|it| ((it.kind(), it.name().clone()), write_line(it))).collect()
        };
        let (old, new) = (lines(before), lines(after));
        let mut keys: Vec<_> = old.keys().chain(new.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut text = String::new();
        for key in keys {
            let (old, new) = (old.get(key), new.get(key));
            if old != new {
                for (sign, line) in [("- ", old), ("+ ", new)] {
                    if let Some(line) = line {
                        text.push_str(sign);
                        text.push_str(line);
                        text.push('\n');
                    }
                }
            }
        }
        Self::written(text)
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.text.get(self.range.clone()).unwrap_or_default()
    }
}

impl PartialEq for Changes {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Changes {}

impl fmt::Debug for Changes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Changes").field(&self.text()).finish()
    }
}

/// The schema that entries make, one after the other, from nothing.
pub(super) fn replay<'a>(entries: impl Iterator<Item = &'a Sealed>) -> Result<Schema, SealFault> {
    let mut objects: BTreeMap<(Kind, Name), Object> = BTreeMap::new();
    for entry in entries {
        for (number, line) in (1_usize..).zip(entry.changes.text().lines()) {
            change(&mut objects, line).ok_or_else(|| SealFault::Changes {
                version: entry.version.clone(),
                line: number,
            })?;
        }
    }
    // Every object stands under its own identity, so none is there twice.
    Ok(Schema::assemble(objects.into_values().collect()).unwrap_or_default())
}

/// Applies one line; nothing when it does not fit.
fn change(objects: &mut BTreeMap<(Kind, Name), Object>, line: &str) -> Option<()> {
    let (sign, line) = line.split_at_checked(2)?;
    let object = read_line(line)?;
    let identity = (object.kind(), object.name().clone());
    match sign {
        "- " => objects.remove(&identity).filter(|it| *it == object).map(|_| ()),
        "+ " => objects.insert(identity, object).is_none().then_some(()),
        _ => None,
    }
}
