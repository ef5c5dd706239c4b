//! Owns the statements for triggers, and for what enables rules. Must never leave a moment in
//! which a trigger that is sealed does not fire.

use super::scene::Scene;
use super::spelling::{quote_identifier, quote_literal};
use crate::core::schema::key::Key;
use crate::core::schema::kind::Kind;

/// Makes what is missing.
pub(super) fn create(scene: &Scene<'_>) -> Option<String> {
    let statement = definition(scene, "CREATE")?;
    Some(match scene.sealed(Key::Enabled) {
        Some(_) => format!("{statement}; {}", enable(scene)?),
        None => statement,
    })
}

/// The statement for one attribute.
pub(super) fn change(scene: &Scene<'_>, key: Key) -> Option<String> {
    match (scene.kind, key) {
        (_, Key::Enabled) => enable(scene),
        // A constraint's cannot be replaced.
        (Kind::Trigger, _) if scene.is_same(Key::Form) && scene.live(Key::Form).is_none() => {
            let statement = definition(scene, "CREATE OR REPLACE")?;
            // What is replaced fires as a new one does.
            Some(match scene.sealed(Key::Enabled) {
                Some(_) => format!("{statement}; {}", enable(scene)?),
                None => statement,
            })
        }
        _ => None,
    }
}

fn enable(scene: &Scene<'_>) -> Option<String> {
    let verb = match scene.sealed(Key::Enabled) {
        None => "ENABLE",
        Some("never") => "DISABLE",
        Some("on a replica") => "ENABLE REPLICA",
        Some("always") => "ENABLE ALWAYS",
        Some(_) => return None,
    };
    let name = scene.identifier();
    match scene.kind {
        Kind::EventTrigger => Some(format!("ALTER EVENT TRIGGER {name} {verb}")),
        Kind::Rule if scene.container()?.kind() != Kind::Table => None,
        kind => {
            let word = kind.name().to_uppercase();
            Some(format!("ALTER TABLE {} {verb} {word} {name}", scene.relation()))
        }
    }
}

/// What makes it. Where it has a condition, PostgreSQL told the whole statement.
fn definition(scene: &Scene<'_>, verb: &str) -> Option<String> {
    let is_constraint = scene.sealed(Key::Form).is_some();
    let word = if is_constraint { "CONSTRAINT TRIGGER" } else { "TRIGGER" };
    if let Some(definition) = scene.sealed(Key::Definition) {
        // Which other table it is from is told there alone, and a row's names may be lost with it.
        let rest = definition.strip_prefix(&format!("CREATE {word} "))?;
        return (!is_constraint).then(|| format!("{verb} {word} {rest}"));
    }
    let timing = scene.sealed(Key::Timing)?.to_uppercase();
    let mut statement = format!("{verb} {word} {} {timing} {}", scene.identifier(), events(scene)?);
    statement.push_str(&format!(" ON {}", scene.relation()));
    match scene.sealed(Key::Deferrable) {
        None => {}
        Some(timing) => statement.push_str(&format!(" DEFERRABLE {}", timing.to_uppercase())),
    }
    let rows = [(Key::OldRows, "OLD"), (Key::NewRows, "NEW")];
    if rows.iter().any(|(key, _)| scene.sealed(*key).is_some()) {
        statement.push_str(" REFERENCING");
    }
    for (key, word) in rows {
        if let Some(name) = scene.sealed(key) {
            statement.push_str(&format!(" {word} TABLE AS {}", quote_identifier(name)));
        }
    }
    let level = scene.sealed(Key::Level)?.to_uppercase();
    let function = scene.sealed(Key::Function)?.strip_suffix("()")?;
    let arguments = arguments(scene.sealed(Key::Arguments))?;
    Some(format!("{statement} FOR EACH {level} EXECUTE FUNCTION {function}({arguments})"))
}

fn events(scene: &Scene<'_>) -> Option<String> {
    let events = scene.sealed(Key::Events)?.split(", ").map(|event| match event {
        "update" => match scene.sealed(Key::Columns) {
            Some(columns) => format!("UPDATE OF {columns}"),
            None => "UPDATE".to_owned(),
        },
        event => event.to_uppercase(),
    });
    Some(events.collect::<Vec<_>>().join(" OR "))
}

/// PostgreSQL ends each argument with a zero byte, and tells what is not ASCII by numbers.
fn arguments(list: Option<&str>) -> Option<String> {
    const END: &str = "\\000";
    let Some(list) = list else { return Some(String::new()) };
    let arguments: Vec<&str> = list.strip_suffix(END)?.split(END).collect();
    let is_plain = arguments.iter().all(|it| !it.contains('\\'));
    let literals = arguments.into_iter().map(quote_literal).collect::<Vec<_>>();
    is_plain.then(|| literals.join(", "))
}
