//! Owns the statements for owners and privileges, under the roles' names in this environment.
//! Must never take more away than what was not expected.

use super::function::signature;
use super::relation::word;
use super::scene::Scene;
use super::spelling::{names, quote_identifier, quote_name};
use crate::core::schema::key::Key;
use crate::core::schema::kind::Kind;
use crate::core::schema::model::Schema;
use crate::core::schema::name::Name;
use crate::core::schema::roles::RoleNames;
use std::collections::BTreeMap;

/// A role by the word that a schema has for it.
pub(super) fn role(word: &str, roles: &RoleNames) -> Option<String> {
    match word {
        "PUBLIC" => Some("PUBLIC".to_owned()),
        "owner" => Some(quote_identifier(&roles.owner)),
        "migrator" => Some(quote_identifier(&roles.migrator)),
        "runtime" => Some(quote_identifier(&roles.runtime)),
        other => other.strip_prefix("role ").map(quote_identifier),
    }
}

/// Gives an object to the owner that is sealed.
pub(super) fn own(scene: &Scene<'_>) -> Option<String> {
    let owner = role(scene.sealed(Key::Owner)?, scene.roles)?;
    let object = match scene.kind {
        Kind::Schema => format!("SCHEMA {}", scene.identifier()),
        // Only a superuser can own one.
        Kind::EventTrigger => return None,
        Kind::Function => signature(scene)?,
        Kind::Type | Kind::Enum => format!("TYPE {}", scene.qualified()),
        Kind::Domain => format!("DOMAIN {}", scene.qualified()),
        Kind::Statistics => format!("STATISTICS {}", scene.qualified()),
        Kind::Sequence => match scene.live(Key::OwnedBy) {
            None => format!("SEQUENCE {}", scene.qualified()),
            Some(column) => format!("TABLE {}", table_of(scene, column)?),
        },
        kind => format!("{} {}", word(kind)?, scene.qualified()),
    };
    Some(format!("ALTER {object} OWNER TO {owner}"))
}

/// The table of the column that a sequence belongs to: it goes to another owner with it.
fn table_of(scene: &Scene<'_>, column: &str) -> Option<String> {
    let parts = names(column).first()?.parts();
    let table = Name::of(parts.iter().take(2).map(String::as_str));
    let owner = |schema: &Schema| schema.value(Kind::Table, &table, Key::Owner).map(str::to_owned);
    let sealed = owner(scene.expected)?;
    (scene.sealed(Key::Owner) == Some(sealed.as_str())).then(|| quote_name(parts.iter().take(2)))
}

/// Gives one role what it lacks, and takes away what it has too much.
pub(super) fn grant(scene: &Scene<'_>, key: Key) -> Option<String> {
    // Another owner, given back what is its own, takes privileges along.
    if is_of_other_owner(scene) || is_uncertain(scene, key) {
        return None;
    }
    let who = match key {
        Key::GrantPublic => "PUBLIC",
        Key::GrantOwner => "owner",
        Key::GrantMigrator => "migrator",
        Key::GrantRuntime => "runtime",
        _ => return None,
    };
    let (who, on) = (role(who, scene.roles)?, target(scene)?);
    let (sealed, live) = (read(scene.sealed(key))?, read(scene.live(key))?);
    let list = |wanted: &dyn Fn(&str) -> bool, all: &Privileges<'_>| -> Vec<String> {
        let names = all.keys().filter(|it| wanted(it));
        let column = (scene.kind == Kind::Column).then(|| scene.identifier());
        names
            .map(|it| column.as_ref().map_or((*it).to_owned(), |c| format!("{it} ({c})")))
            .collect()
    };
    let passes_on = |all: &Privileges<'_>, name: &str| all.get(name) == Some(&true);
    let gone = |name: &str| !sealed.contains_key(name);
    let passed = |name: &str| !gone(name) && passes_on(&live, name) && !passes_on(&sealed, name);
    let plain = |name: &str| !live.contains_key(name) && !passes_on(&sealed, name);
    let passing = |name: &str| passes_on(&sealed, name) && !passes_on(&live, name);
    if reaches_columns(scene, key, &|name| live.contains_key(name) && (gone(name) || passed(name)))
    {
        return None;
    }
    let statements = [
        ("REVOKE ", list(&gone, &live), "FROM", ""),
        ("REVOKE GRANT OPTION FOR ", list(&passed, &live), "FROM", ""),
        ("GRANT ", list(&plain, &sealed), "TO", ""),
        ("GRANT ", list(&passing, &sealed), "TO", " WITH GRANT OPTION"),
    ];
    let statements: Vec<String> = statements
        .iter()
        .filter(|(_, names, ..)| !names.is_empty())
        .map(|(verb, names, to, end)| format!("{verb}{} {on} {to} {who}{end}", names.join(", ")))
        .collect();
    (!statements.is_empty()).then(|| statements.join("; "))
}

/// Privileges, and whether each may be passed on.
type Privileges<'a> = BTreeMap<&'a str, bool>;

/// Nothing where one was given twice, by different roles: it could not be taken from both.
fn read(list: Option<&str>) -> Option<Privileges<'_>> {
    const KNOWN: [&str; 10] = [
        "SELECT",
        "INSERT",
        "UPDATE",
        "DELETE",
        "TRUNCATE",
        "REFERENCES",
        "TRIGGER",
        "USAGE",
        "EXECUTE",
        "CREATE",
    ];
    let mut found = BTreeMap::new();
    for word in list.into_iter().flat_map(|it| it.split(", ")) {
        let name = word.strip_suffix('*').unwrap_or(word);
        if !KNOWN.contains(&name) || found.insert(name, name != word).is_some() {
            return None;
        }
    }
    Some(found)
}

fn target(scene: &Scene<'_>) -> Option<String> {
    Some(match scene.kind {
        Kind::Schema => format!("ON SCHEMA {}", scene.identifier()),
        Kind::Sequence => format!("ON SEQUENCE {}", scene.qualified()),
        Kind::Type | Kind::Enum => format!("ON TYPE {}", scene.qualified()),
        Kind::Domain => format!("ON DOMAIN {}", scene.qualified()),
        Kind::Function => format!("ON {}", signature(scene)?),
        Kind::Column => format!("ON TABLE {}", scene.relation()),
        kind => word(kind).map(|_| format!("ON TABLE {}", scene.qualified()))?,
    })
}

fn is_of_other_owner(scene: &Scene<'_>) -> bool {
    let owner = |schema: &Schema| {
        let kinds = Kind::ALL.into_iter().filter(|it| it.has_members());
        let name = scene.relation_name();
        let mut relations = kinds.filter_map(|kind| schema.find(kind, &name));
        match scene.kind {
            Kind::Column => relations.next(),
            kind => schema.find(kind, scene.name),
        }
        .map(|it| it.value(Key::Owner).map(str::to_owned))
    };
    // What is missing is made with the sealed owner.
    owner(scene.found).is_some_and(|live| Some(live) != owner(scene.expected))
}

/// The schema `public` as a server made it tells of no privileges, though everybody has some.
fn is_uncertain(scene: &Scene<'_>, key: Key) -> bool {
    const GRANTS: [Key; 4] =
        [Key::GrantPublic, Key::GrantOwner, Key::GrantMigrator, Key::GrantRuntime];
    let is_told = |value: &dyn Fn(Key) -> bool| GRANTS.into_iter().any(value);
    scene.kind == Kind::Schema
        && scene.name.text() == "public"
        && key == Key::GrantPublic
        && !(is_told(&|it| scene.sealed(it).is_some()) && is_told(&|it| scene.live(it).is_some()))
}

/// Whether what is taken from a role on a table would go from columns that it is sealed for.
fn reaches_columns(scene: &Scene<'_>, key: Key, is_taken: &dyn Fn(&str) -> bool) -> bool {
    word(scene.kind).is_some()
        && scene.expected.objects().iter().any(|it| {
            it.kind() == Kind::Column
                && it.name().outer(2) == scene.name.text()
                && it.value(key).is_some_and(|list| {
                    read(Some(list)).is_none_or(|it| it.keys().any(|name| is_taken(name)))
                })
        })
}
