//! Owns clones of triggers, which PostgreSQL makes for partitions: one is told only where it fires
//! otherwise than its original. Must never be silent where nothing is said of the original.

use super::difference::Fault;
use super::key::Key;
use super::kind::Kind;
use super::model::Schema;
use super::name::Name;
use super::object::Object;

/// The trigger that an object is a clone of.
pub(super) fn original_of(object: &Object) -> Option<Name> {
    let original = object.value(Key::PartitionOf).filter(|_| object.kind() == Kind::Trigger);
    original.map(Name::of_sql)
}

/// What is said of an object that is told on one side alone. A clone of a trigger that is not told
/// fires as its original does, and where that differs, it is said of the original.
pub(super) fn alone<'a>(
    object: &Object,
    here: &'a Schema,
    elsewhere: &'a Schema,
    presence: Fault,
) -> Option<Fault> {
    let original = original_of(object);
    let fires_in = |schema: &'a Schema| {
        let original = schema.find(Kind::Trigger, original.as_ref()?)?;
        Some(original.value(Key::Enabled))
    };
    let own = object.value(Key::Enabled);
    match fires_in(elsewhere) {
        Some(other) if other != own => {
            let is_expected = presence == Fault::Missing;
            let (expected, found) = if is_expected { (own, other) } else { (other, own) };
            Some(Fault::Other {
                key: Key::Enabled,
                expected: expected.map(Into::into),
                found: found.map(Into::into),
            })
        }
        Some(other) if fires_in(here) != Some(other) => None,
        _ => Some(presence),
    }
}
