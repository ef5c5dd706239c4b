//! Owns the statements for attributes of columns. Must never change what stored rows hold, or
//! reach the columns of other tables.

use super::relation::set_options;
use super::scene::Scene;
use super::spelling::{items, quote_identifier};
use crate::core::schema::key::Key;
use crate::core::schema::kind::Kind;

/// The statement for one attribute. Types, collations and what is generated need a rewrite, and
/// an identity that came or went takes its counter along: those have none.
pub(super) fn change(scene: &Scene<'_>, key: Key) -> Option<String> {
    let container = scene.container()?.kind();
    let action = match key {
        Key::Default => default(scene, container),
        Key::NotNull => not_null(scene),
        Key::Identity => identity(scene),
        Key::Storage => storage(scene),
        Key::Compression => {
            Some(format!("SET COMPRESSION {}", scene.sealed(key).unwrap_or("default")))
        }
        Key::Options => set_options(scene, &format!("ALTER COLUMN {} ", scene.identifier())),
        _ => None,
    }?;
    let kind = match (container, key) {
        (Kind::Table, _) => "TABLE",
        (Kind::ForeignTable, Key::Default | Key::Options) => "FOREIGN TABLE",
        (Kind::View, Key::Default) => "VIEW",
        _ => return None,
    };
    // Each table that inherits tells of its own columns.
    let only = if scene.has_children() { "ONLY " } else { "" };
    let column = match key {
        Key::Options => String::new(),
        _ => format!("ALTER COLUMN {} ", scene.identifier()),
    };
    Some(format!("ALTER {kind} {only}{} {column}{action}", scene.relation()))
}

fn default(scene: &Scene<'_>, container: Kind) -> Option<String> {
    let is_made = |key| scene.sealed(key).or(scene.live(key)).is_some();
    let is_made = is_made(Key::Generated) || is_made(Key::Identity);
    if container == Kind::Type || is_made || !scene.is_same(Key::Type) {
        return None;
    }
    Some(match scene.sealed(Key::Default) {
        Some(expression) => format!("SET DEFAULT {expression}"),
        None => "DROP DEFAULT".to_owned(),
    })
}

/// With parents or children it is handed down, and not the column's own.
fn not_null(scene: &Scene<'_>) -> Option<String> {
    if scene.is_of_family() {
        return None;
    }
    match (scene.sealed(Key::NotNull), scene.live(Key::NotNull)) {
        (Some("yes"), None) => Some("SET NOT NULL".to_owned()),
        (None, Some("yes")) if !is_needed(scene) => Some("DROP NOT NULL".to_owned()),
        _ => None,
    }
}

/// Whether something live is built on the column's having no nulls.
fn is_needed(scene: &Scene<'_>) -> bool {
    let column = quote_identifier(&scene.name.last());
    let holds = |list: &str| items(list).is_none_or(|it| it.contains(&column.as_str()));
    let replicates = |it: &str| it.starts_with("index ");
    scene.live(Key::Identity).is_some()
        || scene.container().and_then(|it| it.value(Key::ReplicaIdentity)).is_some_and(replicates)
        || scene.live_members(Kind::Constraint).any(|it| {
            it.value(Key::Form) == Some("primary key") && it.value(Key::Columns).is_none_or(holds)
        })
}

fn identity(scene: &Scene<'_>) -> Option<String> {
    let (sealed, _) = (scene.sealed(Key::Identity)?, scene.live(Key::Identity)?);
    let is_own = !scene.is_of_family();
    is_own.then(|| format!("SET GENERATED {}", sealed.to_uppercase()))
}

/// How values to come are stored; those that are stay as they are.
fn storage(scene: &Scene<'_>) -> Option<String> {
    if !scene.is_same(Key::Type) {
        return None;
    }
    let storage = match scene.sealed(Key::Storage) {
        Some(storage) => storage.to_uppercase(),
        None => storage_of(scene.live(Key::Type)?)?.to_owned(),
    };
    Some(format!("SET STORAGE {storage}"))
}

/// How values of a type are stored where nothing else is said. That a server can be told so
/// itself came with PostgreSQL 16.
fn storage_of(of_type: &str) -> Option<&'static str> {
    let name = of_type.split_once('(').map_or(of_type, |(name, _)| name);
    match name {
        "text" | "json" | "jsonb" | "bytea" | "xml" | "tsvector" | "character varying"
        | "character" => Some("EXTENDED"),
        "numeric" => Some("MAIN"),
        _ => None,
    }
}
