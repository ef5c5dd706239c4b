//! Owns the statements for row-level security policies. Must never leave a moment in which a
//! policy is not there: what cannot be altered has no statement.

use super::privilege::role;
use super::scene::Scene;
use crate::core::schema::key::Key;

/// Makes what is missing.
pub(super) fn create(scene: &Scene<'_>) -> Option<String> {
    let mut statement = format!("CREATE POLICY {} ON {}", scene.identifier(), scene.relation());
    if scene.sealed(Key::Permissive).is_some() {
        statement.push_str(" AS RESTRICTIVE");
    }
    if let Some(command) = scene.sealed(Key::Command) {
        statement.push_str(&format!(" FOR {}", command.to_uppercase()));
    }
    if scene.sealed(Key::Roles).is_some() {
        statement.push_str(&format!(" TO {}", roles(scene)?));
    }
    for (key, word) in [(Key::Using, "USING"), (Key::Check, "WITH CHECK")] {
        if let Some(expression) = scene.sealed(key) {
            statement.push_str(&format!(" {word} ({expression})"));
        }
    }
    Some(statement)
}

/// The statement for one attribute. What it is about, and whether it allows or restricts, cannot
/// be altered, and a condition cannot be taken away.
pub(super) fn change(scene: &Scene<'_>, key: Key) -> Option<String> {
    let action = match key {
        Key::Roles => format!("TO {}", roles(scene)?),
        Key::Using if scene.is_same(Key::Command) => format!("USING ({})", scene.sealed(key)?),
        Key::Check if scene.is_same(Key::Command) => format!("WITH CHECK ({})", scene.sealed(key)?),
        _ => return None,
    };
    Some(format!("ALTER POLICY {} ON {} {action}", scene.identifier(), scene.relation()))
}

fn roles(scene: &Scene<'_>) -> Option<String> {
    let words = scene.sealed(Key::Roles).unwrap_or("PUBLIC").split(", ");
    let names: Option<Vec<String>> = words.map(|it| role(it, scene.roles)).collect();
    Some(names?.join(", "))
}
