//! Owns the statements for constraints. Must never take rows for proved that nobody looked at:
//! what is added to a table in use is validated by a statement of its own.

use super::index;
use super::scene::Scene;
use super::spelling::names;
use crate::core::schema::key::Key;
use crate::core::schema::kind::Kind;

/// `ALTER TABLE`, or `ALTER DOMAIN`, with its name. What a table inherits, or hands down, is
/// changed with a whole family of tables.
fn alter(scene: &Scene<'_>) -> Option<String> {
    match scene.container()?.kind() {
        Kind::Domain => Some(format!("ALTER DOMAIN {}", scene.relation())),
        Kind::Table if !scene.is_of_family() => Some(format!("ALTER TABLE {}", scene.relation())),
        _ => None,
    }
}

/// Makes what is missing.
pub(super) fn create(scene: &Scene<'_>) -> Option<String> {
    // What is made is enforced as PostgreSQL does by itself.
    if scene.sealed(Key::Enabled).is_some() {
        return None;
    }
    let alter = alter(scene)?;
    match scene.sealed(Key::Form)? {
        "check" | "foreign key" => {
            Some(format!("{alter} ADD {}{}", definition(scene)?, proof(scene, &alter)))
        }
        form @ ("unique" | "primary key") => by_index(scene, &alter, form),
        _ => None,
    }
}

/// Its text, of a form that may be added before the rows are looked at.
fn definition(scene: &Scene<'_>) -> Option<String> {
    let name = scene.identifier();
    let mut text = match scene.sealed(Key::Form)? {
        "check" => format!("CONSTRAINT {name} CHECK ({})", scene.sealed(Key::Expression)?),
        "foreign key" => format!("CONSTRAINT {name} {}", foreign_key(scene)?),
        _ => return None,
    };
    if scene.sealed(Key::NoInherit).is_some() {
        text.push_str(" NO INHERIT");
    }
    text.push_str(&timing(scene)?);
    let is_enforced = scene.sealed(Key::Enforced).is_none();
    text.push_str(if is_enforced { " NOT VALID" } else { " NOT ENFORCED" });
    Some(text)
}

fn foreign_key(scene: &Scene<'_>) -> Option<String> {
    let (columns, table) = (scene.sealed(Key::Columns)?, scene.sealed(Key::References)?);
    let referenced = scene.sealed(Key::ReferencedColumns)?;
    if scene.sealed(Key::Period).is_some() || !is_unique(scene, table, referenced) {
        return None;
    }
    let mut text = format!("FOREIGN KEY ({columns}) REFERENCES {table} ({referenced})");
    match scene.sealed(Key::Match) {
        None => {}
        Some("full") => text.push_str(" MATCH FULL"),
        Some(_) => return None,
    }
    for (key, word) in [(Key::OnUpdate, "ON UPDATE"), (Key::OnDelete, "ON DELETE")] {
        if let Some(action) = scene.sealed(key) {
            text.push_str(&format!(" {word} {}", action.to_uppercase()));
        }
    }
    if let Some(columns) = scene.sealed(Key::OnDeleteColumns) {
        text.push_str(&format!(" ({columns})"));
    }
    Some(text)
}

/// Whether a live index lets a foreign key lead to these columns.
fn is_unique(scene: &Scene<'_>, table: &str, columns: &str) -> bool {
    let names = names(table);
    let Some(table) = names.first() else { return false };
    scene.found.objects().iter().filter(|it| it.kind() == Kind::Index).any(|it| {
        let has = |key| it.value(key).is_some();
        it.name().outer(2) == table.text()
            && has(Key::Unique)
            && ![Key::Predicate, Key::Expressions, Key::Valid, Key::Deferrable].into_iter().any(has)
            && it.value(Key::Columns).is_some_and(|it| index::same_columns(it, columns))
    })
}

fn timing(scene: &Scene<'_>) -> Option<String> {
    match scene.sealed(Key::Deferrable) {
        None => Some(String::new()),
        Some(timing @ ("initially deferred" | "initially immediate")) => {
            Some(format!(" DEFERRABLE {}", timing.to_uppercase()))
        }
        Some(_) => None,
    }
}

/// The statement that looks at the rows, where they are sealed as looked at.
fn proof(scene: &Scene<'_>, alter: &str) -> String {
    let is_proved = scene.sealed(Key::Validated).or(scene.sealed(Key::Enforced)).is_none();
    if is_proved {
        format!("; {alter} VALIDATE CONSTRAINT {}", scene.identifier())
    } else {
        String::new()
    }
}

/// A key over an index, which is made first beside whoever writes, or was left where the
/// constraint stood.
fn by_index(scene: &Scene<'_>, alter: &str, form: &str) -> Option<String> {
    let sealed = scene.expected.find(Kind::Index, scene.name)?;
    // Only an index of plain columns can become a key.
    let is_plain = sealed.value(Key::Columns) == scene.sealed(Key::Columns)
        && [Key::AccessMethod, Key::Predicate, Key::Expressions, Key::PartitionOf]
            .into_iter()
            .all(|key| sealed.value(key).is_none());
    // A table has one primary key.
    let is_second = form == "primary key"
        && scene.live_members(Kind::Constraint).any(|it| it.value(Key::Form) == Some(form));
    if !is_plain || is_second || scene.sealed(Key::Period).is_some() {
        return None;
    }
    let (name, timing) = (scene.identifier(), timing(scene)?);
    let add =
        format!("{alter} ADD CONSTRAINT {name} {} USING INDEX {name}{timing}", form.to_uppercase());
    let compared = [Key::Unique, Key::Deferrable];
    let Some(live) = scene.found.find(Kind::Index, scene.name) else {
        return Some(format!("{}; {add}", index::definition(scene, sealed)?));
    };
    let is_same = live.value(Key::Unique).is_some()
        && Key::all()
            .filter(|key| key.is_compared() && !compared.contains(key))
            .all(|key| live.value(key) == sealed.value(key));
    is_same.then_some(add)
}

/// Takes away what was not expected and nothing leads to.
pub(super) fn drop(scene: &Scene<'_>) -> Option<String> {
    let live = scene.found.find(scene.kind, scene.name)?;
    let is_key = matches!(live.value(Key::Form), Some("unique" | "primary key"));
    // With a key goes its index; a sealed one of that name would have to be built again.
    let is_free = live.value(Key::Inherited).is_none()
        && scene.expected.find(Kind::Index, scene.name).is_none()
        && !(is_key && index::is_needed(scene, live.value(Key::Columns)));
    let alter = alter(scene)?;
    is_free.then(|| format!("{alter} DROP CONSTRAINT {}", scene.identifier()))
}

/// The statement for one attribute.
pub(super) fn change(scene: &Scene<'_>, key: Key) -> Option<String> {
    let alter = alter(scene)?;
    let name = scene.identifier();
    let form = scene.sealed(Key::Form)?;
    let differing = scene.differing();
    let is_alterable =
        |key: &Key| *key == Key::Validated || (*key == Key::Deferrable && form == "foreign key");
    if !differing.iter().all(is_alterable) {
        return replace(scene, &alter, &differing);
    }
    match key {
        Key::Validated if scene.sealed(key).is_none() => {
            Some(format!("{alter} VALIDATE CONSTRAINT {name}"))
        }
        Key::Deferrable => {
            let timing = match timing(scene)?.as_str() {
                "" => " NOT DEFERRABLE".to_owned(),
                timing => timing.to_owned(),
            };
            Some(format!("{alter} ALTER CONSTRAINT {name}{timing}"))
        }
        _ => None,
    }
}

/// Another check or foreign key under the same name, in one statement, so that there is always
/// one of them. PostgreSQL can do so with tables alone.
fn replace(scene: &Scene<'_>, alter: &str, differing: &[Key]) -> Option<String> {
    let is_handed_down = differing.contains(&Key::Inherited);
    let is_of_table = scene.container()?.kind() == Kind::Table;
    let is_enforced_otherwise = scene.sealed(Key::Enabled).is_some();
    if differing.contains(&Key::Form) || is_handed_down || !is_of_table || is_enforced_otherwise {
        return None;
    }
    let (name, definition) = (scene.identifier(), definition(scene)?);
    let proof = proof(scene, alter);
    Some(format!("{alter} DROP CONSTRAINT {name}, ADD {definition}{proof}"))
}
