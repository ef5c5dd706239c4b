//! Owns the statements for attributes of functions. Must never say what one does: a body, its
//! arguments and its result come with a migration.

use super::scene::Scene;
use super::spelling::quote_identifier;
use crate::core::schema::key::Key;
use crate::core::spelling::literal;

/// The word for its form, its name and the types that it takes.
pub(super) fn signature(scene: &Scene<'_>) -> Option<String> {
    let word = match scene.live(Key::Form) {
        None | Some("window") => "FUNCTION",
        Some("procedure") => "PROCEDURE",
        Some("aggregate") => "ROUTINE",
        Some(_) => return None,
    };
    let parts = scene.name.parts();
    let [schema, name] = parts.as_slice() else { return None };
    // Where a name holds a parenthesis, it is not certain where the types begin.
    let (name, types) = name.strip_suffix(')')?.split_once('(')?;
    let schema = quote_identifier(schema);
    let is_certain = !types.contains(['(', ')']) && !name.contains(')');
    is_certain.then(|| format!("{word} {schema}.{}({types})", quote_identifier(name)))
}

/// The statement for one attribute.
pub(super) fn change(scene: &Scene<'_>, key: Key) -> Option<String> {
    let form = scene.live(Key::Form);
    let is_plain = matches!(form, None | Some("window"));
    if scene.sealed(Key::Form) != form || !(is_plain || form == Some("procedure")) {
        return None;
    }
    let is_set = scene.sealed(key).is_some();
    let action = match key {
        Key::Security => if is_set { "SECURITY DEFINER" } else { "SECURITY INVOKER" }.to_owned(),
        Key::Settings => settings(scene)?,
        _ if !is_plain => return None,
        Key::Volatility => scene.sealed(key).unwrap_or("volatile").to_uppercase(),
        Key::Strict => if is_set { "STRICT" } else { "CALLED ON NULL INPUT" }.to_owned(),
        Key::Leakproof => if is_set { "LEAKPROOF" } else { "NOT LEAKPROOF" }.to_owned(),
        Key::Parallel => {
            format!("PARALLEL {}", scene.sealed(key).unwrap_or("unsafe").to_uppercase())
        }
        _ => return None,
    };
    Some(format!("ALTER {} {action}", signature(scene)?))
}

/// Sets and resets what differs.
fn settings(scene: &Scene<'_>) -> Option<String> {
    let (sealed, live) = (read(scene.sealed(Key::Settings))?, read(scene.live(Key::Settings))?);
    let gone = live.iter().filter(|(name, _)| !sealed.iter().any(|(it, _)| it == name));
    let mut actions: Vec<String> = gone.map(|(name, _)| format!("RESET {name}")).collect();
    for (name, value) in sealed.iter().filter(|it| !live.contains(it)) {
        actions.push(format!("SET {name} = {}", spell(name, value)?));
    }
    (!actions.is_empty()).then(|| actions.join(" "))
}

/// Settings `name=value`, as PostgreSQL listed them; a value may itself be a list.
fn read(list: Option<&str>) -> Option<Vec<(String, String)>> {
    let mut settings: Vec<(String, String)> = Vec::new();
    for piece in list.into_iter().flat_map(|it| it.split(", ")) {
        let is_name = |it: &str| {
            it.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && it.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.')
        };
        match piece.split_once('=').filter(|(name, _)| is_name(name)) {
            Some((name, value)) => settings.push((name.to_owned(), value.to_owned())),
            None => {
                let (_, value) = settings.last_mut()?;
                value.push_str(", ");
                value.push_str(piece);
            }
        }
    }
    Some(settings)
}

/// A value as `SET` takes it. PostgreSQL keeps lists of names quoted.
fn spell(name: &str, value: &str) -> Option<String> {
    match name {
        "search_path" | "temp_tablespaces" => Some(
            value
                .split(", ")
                .map(|it| if it == "\"\"" { "''" } else { it })
                .collect::<Vec<_>>()
                .join(", "),
        ),
        _ if name.ends_with("_preload_libraries") => None,
        // The server keeps the letters of a name that it does not know as they were typed.
        _ if name.contains('.') && name.bytes().any(|b| b.is_ascii_uppercase()) => None,
        _ => Some(literal(value)),
    }
}
