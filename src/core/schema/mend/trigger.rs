//! Owns the statements for triggers, and for what enables rules. Must never leave a moment in
//! which a trigger that is sealed does not fire.

use super::scene::Scene;
use super::spelling::quote_identifier;
use crate::core::schema::cloned::original_of;
use crate::core::schema::key::Key;
use crate::core::schema::kind::Kind;
use crate::core::spelling::literal;

/// Makes what is missing.
pub(super) fn create(scene: &Scene<'_>) -> Option<String> {
    if is_clone(scene) || has_clones(scene) {
        return None;
    }
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
        // A clone is made of its original, and what is replaced makes new ones.
        _ if is_clone(scene) || has_clones(scene) => None,
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

/// Takes away what was not expected. A clone goes with its original alone.
pub(super) fn drop(scene: &Scene<'_>) -> Option<String> {
    let word = scene.kind.name().to_uppercase();
    let statement = format!("DROP {word} {} ON {}", scene.identifier(), scene.relation());
    (!is_clone(scene)).then_some(statement)
}

/// Whether it is what PostgreSQL made of a trigger for a partition.
fn is_clone(scene: &Scene<'_>) -> bool {
    scene.kind == Kind::Trigger
        && scene.sealed(Key::PartitionOf).or(scene.live(Key::PartitionOf)).is_some()
}

/// Whether clones of it are sealed as firing otherwise.
fn has_clones(scene: &Scene<'_>) -> bool {
    scene.expected.objects().iter().filter_map(original_of).any(|it| it == *scene.name)
}

/// When it is sealed to fire: a clone that is not told, as its original does.
fn sealed_enabled<'a>(scene: &Scene<'a>) -> Option<&'a str> {
    if scene.expected.find(scene.kind, scene.name).is_some() {
        return scene.sealed(Key::Enabled);
    }
    let original = original_of(scene.found.find(scene.kind, scene.name)?)?;
    scene.expected.value(Kind::Trigger, &original, Key::Enabled)
}

fn enable(scene: &Scene<'_>) -> Option<String> {
    let verb = match sealed_enabled(scene) {
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
            // What is said of a partitioned table is said of its partitions as well.
            let only = match (is_clone(scene), has_clones(scene)) {
                (true, _) => "ONLY ",
                (false, true) => return None,
                (false, false) => "",
            };
            Some(format!("ALTER TABLE {only}{} {verb} {word} {name}", scene.relation()))
        }
    }
}

/// What makes it. Where it has a condition, PostgreSQL told the whole statement.
fn definition(scene: &Scene<'_>, verb: &str) -> Option<String> {
    let is_constraint = scene.sealed(Key::Form).is_some();
    let word = if is_constraint { "CONSTRAINT TRIGGER" } else { "TRIGGER" };
    if let Some(definition) = scene.sealed(Key::Definition) {
        // Of a constraint's, a row's names may be lost.
        let rest = definition.strip_prefix(&format!("CREATE {word} "))?;
        return (!is_constraint).then(|| format!("{verb} {word} {rest}"));
    }
    let timing = scene.sealed(Key::Timing)?.to_uppercase();
    let mut statement = format!("{verb} {word} {} {timing} {}", scene.identifier(), events(scene)?);
    statement.push_str(&format!(" ON {}", scene.relation()));
    if let Some(table) = scene.sealed(Key::References) {
        statement.push_str(&format!(" FROM {table}"));
    }
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
    let literals = arguments.into_iter().map(literal).collect::<Vec<_>>();
    is_plain.then(|| literals.join(", "))
}
