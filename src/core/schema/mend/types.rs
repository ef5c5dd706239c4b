//! Owns the statements for enumerations and domains. Must never take a label away, or put one
//! where values that are stored would sort otherwise.

use super::scene::Scene;
use super::spelling::items;
use crate::core::schema::key::Key;
use crate::core::schema::kind::Kind;

/// The statement for one attribute.
pub(super) fn change(scene: &Scene<'_>, key: Key) -> Option<String> {
    let action = match (scene.kind, key) {
        (Kind::Enum, Key::Labels) => return labels(scene),
        (Kind::Domain, Key::NotNull) => {
            if scene.sealed(key).is_some() { "SET NOT NULL" } else { "DROP NOT NULL" }.to_owned()
        }
        (Kind::Domain, Key::Default) if scene.is_same(Key::Type) => match scene.sealed(key) {
            Some(expression) => format!("SET DEFAULT {expression}"),
            None => "DROP DEFAULT".to_owned(),
        },
        _ => return None,
    };
    Some(format!("ALTER DOMAIN {} {action}", scene.qualified()))
}

/// Adds labels, each in its place, where nothing else differs.
fn labels(scene: &Scene<'_>) -> Option<String> {
    let read = |list: Option<&'_ str>| {
        list.map_or(Some(Vec::new()), |it| {
            items(it).map(|it| it.into_iter().map(str::to_owned).collect())
        })
    };
    let (sealed, live) = (read(scene.sealed(Key::Labels))?, read(scene.live(Key::Labels))?);
    let kept: Vec<&String> = sealed.iter().filter(|it| live.contains(it)).collect();
    if !kept.iter().copied().eq(live.iter()) {
        return None;
    }
    let mut statements = Vec::new();
    let mut before: Option<&String> = None;
    for label in &sealed {
        if !live.contains(label) {
            let place = match (before, live.first()) {
                (Some(before), _) => format!(" AFTER {before}"),
                (None, Some(first)) => format!(" BEFORE {first}"),
                (None, None) => String::new(),
            };
            statements.push(format!("ALTER TYPE {} ADD VALUE {label}{place}", scene.qualified()));
        }
        before = Some(label);
    }
    Some(statements.join("; "))
}
