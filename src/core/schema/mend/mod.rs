//! Owns the statement that would mend the live schema, where one is safe to say: it loses no
//! data, rewrites none, and a server that cannot carry it out refuses it aloud. Must never run
//! one: it is shown to the operator, who reviews it, and where in doubt there is none.
//!
//! A statement starts from what was found. One that depends on another being carried out first
//! is not said: it is said once that one was, and `verify` has looked again.

mod column;
mod constraint;
mod function;
mod index;
mod policy;
mod privilege;
mod relation;
mod scene;
mod sequence;
mod spelling;
mod statistics;
mod trigger;
mod types;

#[cfg(test)]
mod tests;

use super::difference::{Difference, Fault};
use super::key::Key;
use super::kind::Kind;
use super::model::Schema;
use super::roles::RoleNames;
use scene::Scene;
use spelling::{is_hidden, quote_identifier};

/// The statement that would make the live object as it is sealed, where one is safe to say.
/// Several are parted by `; `; each is to be run on its own, outside a transaction block.
#[must_use]
pub fn statement(
    difference: &Difference,
    expected: &Schema,
    found: &Schema,
    roles: &RoleNames,
) -> Option<String> {
    let Difference { kind, name, fault } = difference;
    let scene = Scene { kind: *kind, name, expected, found, roles };
    let statement = match fault {
        Fault::Missing => missing(&scene),
        Fault::Unexpected => unexpected(&scene),
        Fault::Other { key, .. } => changed(&scene, *key),
        // Columns keep the places in which they were made.
        Fault::Order { .. } => None,
    }?;
    // What cannot be seen cannot be reviewed.
    let is_plain = !statement.chars().any(is_hidden);
    (is_plain && !scene.names_what_is_missing(&statement)).then_some(statement)
}

/// What is missing and can be made of its attributes alone.
fn missing(scene: &Scene<'_>) -> Option<String> {
    match scene.kind {
        Kind::Schema => schema(scene),
        Kind::Extension => {
            let place = quote_identifier(scene.sealed(Key::InSchema)?);
            Some(format!("CREATE EXTENSION {} WITH SCHEMA {place}", scene.identifier()))
        }
        Kind::Constraint => constraint::create(scene),
        Kind::Index => index::create(scene),
        Kind::Trigger => trigger::create(scene),
        Kind::Policy => policy::create(scene),
        Kind::Statistics => statistics::create(scene),
        _ => None,
    }
}

/// What was not expected and holds no data.
fn unexpected(scene: &Scene<'_>) -> Option<String> {
    match scene.kind {
        Kind::Constraint => constraint::drop(scene),
        Kind::Index => index::drop(scene),
        Kind::Trigger | Kind::Rule | Kind::Policy => trigger::drop(scene),
        Kind::Statistics => Some(format!("DROP STATISTICS {}", scene.qualified())),
        _ => None,
    }
}

/// What has another attribute.
fn changed(scene: &Scene<'_>, key: Key) -> Option<String> {
    match key {
        Key::Owner => return privilege::own(scene),
        Key::GrantPublic | Key::GrantOwner | Key::GrantMigrator | Key::GrantRuntime => {
            return privilege::grant(scene, key);
        }
        _ => {}
    }
    match scene.kind {
        Kind::Column => column::change(scene, key),
        Kind::Constraint => constraint::change(scene, key),
        Kind::Index => index::change(scene, key),
        Kind::Sequence => sequence::change(scene, key),
        Kind::Function => function::change(scene, key),
        Kind::Table | Kind::View | Kind::MaterializedView => relation::change(scene, key),
        Kind::Trigger | Kind::Rule | Kind::EventTrigger => trigger::change(scene, key),
        Kind::Policy => policy::change(scene, key),
        Kind::Enum | Kind::Domain => types::change(scene, key),
        Kind::Statistics => statistics::replace(scene),
        Kind::Extension if key == Key::InSchema => {
            let place = quote_identifier(scene.sealed(key)?);
            Some(format!("ALTER EXTENSION {} SET SCHEMA {place}", scene.identifier()))
        }
        _ => None,
    }
}

/// A schema that is sealed without anything in it; what another one held comes back with a
/// migration alone.
fn schema(scene: &Scene<'_>) -> Option<String> {
    let within = scene.expected.objects().iter().filter(|it| it.kind().depth() > 1);
    if within.into_iter().any(|it| it.name().outer(1) == scene.name.text()) {
        return None;
    }
    let owner = privilege::role(scene.sealed(Key::Owner)?, scene.roles)?;
    let mut statements =
        vec![format!("CREATE SCHEMA {} AUTHORIZATION {owner}", scene.identifier())];
    for key in [Key::GrantPublic, Key::GrantOwner, Key::GrantMigrator, Key::GrantRuntime] {
        if scene.sealed(key).is_some() {
            statements.push(privilege::grant(scene, key)?);
        }
    }
    Some(statements.join("; "))
}
