//! Owns the statements for the parameters of sequences. Must never set where one stands.

use super::scene::Scene;
use crate::core::schema::key::Key;

/// The parameters that bound each other, and can only be told together.
const BOUNDS: [Key; 4] = [Key::Type, Key::Minimum, Key::Maximum, Key::Start];

/// The statement for one parameter.
pub(super) fn change(scene: &Scene<'_>, key: Key) -> Option<String> {
    // PostgreSQL's default is not told; those are the defaults.
    let sealed = scene.sealed(key);
    let action = match key {
        Key::Increment => format!("INCREMENT BY {}", sealed.unwrap_or("1")),
        Key::Cache => format!("CACHE {}", sealed.unwrap_or("1")),
        Key::Cycle => if sealed.is_some() { "CYCLE" } else { "NO CYCLE" }.to_owned(),
        Key::OwnedBy => owned_by(scene)?,
        _ if BOUNDS.contains(&key) => bounds(scene)?,
        _ => return None,
    };
    Some(format!("ALTER SEQUENCE {} {action}", scene.qualified()))
}

fn bounds(scene: &Scene<'_>) -> Option<String> {
    let differs = |key| !scene.is_same(key);
    let of_type = scene.sealed(Key::Type)?;
    let mut words = Vec::new();
    if differs(Key::Type) {
        if scene.sealed(Key::Belongs).or(scene.live(Key::Belongs)).is_some() {
            return None;
        }
        words.push(format!("AS {of_type}"));
    }
    let of = |key, default| scene.sealed(key).unwrap_or(default).to_owned();
    // With its type, a sequence would take that type's bounds.
    if differs(Key::Minimum) || differs(Key::Type) {
        words.push(format!("MINVALUE {}", of(Key::Minimum, "1")));
    }
    if differs(Key::Maximum) || differs(Key::Type) {
        let largest = match of_type {
            "smallint" => "32767",
            "integer" => "2147483647",
            "bigint" => "9223372036854775807",
            _ => return None,
        };
        words.push(format!("MAXVALUE {}", of(Key::Maximum, largest)));
    }
    if differs(Key::Start) {
        words.push(format!("START WITH {}", of(Key::Start, "1")));
    }
    Some(words.join(" "))
}

fn owned_by(scene: &Scene<'_>) -> Option<String> {
    // What an identity owns is its own.
    if scene.sealed(Key::Belongs).or(scene.live(Key::Belongs)).is_some() {
        return None;
    }
    // PostgreSQL quoted the column's name.
    Some(format!("OWNED BY {}", scene.sealed(Key::OwnedBy).unwrap_or("NONE")))
}
