//! Owns the statements that make extended statistics. Must never say that they are filled: that
//! is `ANALYZE`'s to do.

use super::privilege::role;
use super::scene::Scene;
use super::spelling::{expressions, items};
use crate::core::schema::key::Key;

/// Makes what is missing, with its owner.
pub(super) fn create(scene: &Scene<'_>) -> Option<String> {
    let mut of: Vec<String> = scene
        .sealed(Key::Columns)
        .map_or(Some(Vec::new()), items)?
        .into_iter()
        .map(Into::into)
        .collect();
    of.append(&mut expressions(scene.sealed(Key::Expressions))?);
    let kinds = scene.sealed(Key::Form)?.chars().filter(|it| *it != 'e').map(|it| match it {
        'd' => Some("ndistinct"),
        'f' => Some("dependencies"),
        'm' => Some("mcv"),
        _ => None,
    });
    let kinds = kinds.collect::<Option<Vec<_>>>()?.join(", ");
    let kinds = if kinds.is_empty() { String::new() } else { format!(" ({kinds})") };
    let name = scene.qualified();
    let owner = role(scene.sealed(Key::Owner)?, scene.roles)?;
    let (of, table) = (of.join(", "), scene.sealed(Key::Of)?);
    Some(format!(
        "CREATE STATISTICS {name}{kinds} ON {of} FROM {table}; ALTER STATISTICS {name} OWNER TO {owner}"
    ))
}

/// Makes them anew: what they ask cannot be changed, and what they know is learnt again.
pub(super) fn replace(scene: &Scene<'_>) -> Option<String> {
    Some(format!("DROP STATISTICS {}; {}", scene.qualified(), create(scene)?))
}
