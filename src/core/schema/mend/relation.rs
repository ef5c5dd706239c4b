//! Owns the statements for attributes of tables and views, and for options of whatever has them.
//! Must never make one that is not there, or touch its rows.

use super::scene::Scene;
use super::spelling::{options, quote_identifier};
use crate::core::policy::lexer::{Kind as Token, Lexer};
use crate::core::schema::key::Key;
use crate::core::schema::kind::Kind;
use crate::core::spelling::literal;

/// The statement for one attribute.
pub(super) fn change(scene: &Scene<'_>, key: Key) -> Option<String> {
    if key == Key::Definition {
        return view(scene);
    }
    let action = match key {
        Key::Options => set_options(scene, ""),
        Key::RowSecurity => row_security(scene),
        Key::ReplicaIdentity => replica_identity(scene),
        _ => None,
    }?;
    Some(format!("ALTER {} {} {action}", word(scene.kind)?, scene.qualified()))
}

/// How a relation of this kind is called in SQL.
pub(super) fn word(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Table => Some("TABLE"),
        Kind::View => Some("VIEW"),
        Kind::MaterializedView => Some("MATERIALIZED VIEW"),
        Kind::ForeignTable => Some("FOREIGN TABLE"),
        _ => None,
    }
}

/// Sets and resets what differs; `before` stands before each action.
pub(super) fn set_options(scene: &Scene<'_>, before: &str) -> Option<String> {
    let (sealed, live) = (options(scene.sealed(Key::Options))?, options(scene.live(Key::Options))?);
    let set: Vec<String> = sealed
        .iter()
        .filter(|it| !live.contains(it))
        .map(|(name, value)| format!("{name} = {}", literal(value)))
        .collect();
    let reset: Vec<&str> = live
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !sealed.iter().any(|(it, _)| it == name))
        .collect();
    let action =
        |verb: &str, list: String| (!list.is_empty()).then(|| format!("{before}{verb} ({list})"));
    let actions = [action("SET", set.join(", ")), action("RESET", reset.join(", "))];
    let actions: Vec<String> = actions.into_iter().flatten().collect();
    (!actions.is_empty()).then(|| actions.join(", "))
}

fn row_security(scene: &Scene<'_>) -> Option<String> {
    let read = |value: Option<&str>| match value {
        None => Some((false, false)),
        Some("enabled") => Some((true, false)),
        Some("forced") => Some((true, true)),
        Some("forced but not enabled") => Some((false, true)),
        Some(_) => None,
    };
    let (enabled, forced) = read(scene.sealed(Key::RowSecurity))?;
    let (was_enabled, was_forced) = read(scene.live(Key::RowSecurity))?;
    let mut actions = Vec::new();
    if enabled != was_enabled {
        actions.push(if enabled {
            "ENABLE ROW LEVEL SECURITY"
        } else {
            "DISABLE ROW LEVEL SECURITY"
        });
    }
    if forced != was_forced {
        actions.push(if forced {
            "FORCE ROW LEVEL SECURITY"
        } else {
            "NO FORCE ROW LEVEL SECURITY"
        });
    }
    Some(actions.join(", "))
}

fn replica_identity(scene: &Scene<'_>) -> Option<String> {
    let identity = match scene.sealed(Key::ReplicaIdentity) {
        None => "DEFAULT".to_owned(),
        Some("full") => "FULL".to_owned(),
        Some("nothing") => "NOTHING".to_owned(),
        Some(other) => {
            let index = other.strip_prefix("index ")?;
            let is_there = scene.live_members(Kind::Index).any(|it| it.name().last() == index);
            is_there.then(|| format!("USING INDEX {}", quote_identifier(index)))?
        }
    };
    Some(format!("REPLICA IDENTITY {identity}"))
}

/// Another query under the same columns. The sealed text leaves out qualifiers, so that a word
/// which could be a column of the output as well is no longer certain: where rows are ordered,
/// or those that are alike left out, there is no statement.
fn view(scene: &Scene<'_>) -> Option<String> {
    if scene.kind != Kind::View {
        return None;
    }
    let definition = scene.sealed(Key::Definition)?;
    let is_uncertain = Lexer::new(definition).any(|token| {
        let word = definition.get(token.start..token.end).unwrap_or_default();
        token.kind == Token::Word && matches!(word, "ORDER" | "DISTINCT")
    });
    let columns = |members: Vec<_>| -> Vec<(String, Option<String>)> {
        let column = |it: &crate::core::schema::object::Object| {
            let of = |key| it.value(key).unwrap_or_default();
            let kind = format!("{} {} {}", of(Key::Position), of(Key::Type), of(Key::Collation));
            (it.name().last(), Some(kind))
        };
        members.into_iter().map(column).collect()
    };
    let sealed = columns(scene.sealed_members(Kind::Column).collect());
    let live = columns(scene.live_members(Kind::Column).collect());
    if is_uncertain || sealed != live {
        return None;
    }
    // Replacing one takes its options away.
    let kept: Vec<String> = options(scene.sealed(Key::Options))?
        .iter()
        .map(|(name, value)| format!("{name} = {}", literal(value)))
        .collect();
    let with = if kept.is_empty() { String::new() } else { format!(" WITH ({})", kept.join(", ")) };
    Some(format!("CREATE OR REPLACE VIEW {}{with} AS {definition}", scene.qualified()))
}
