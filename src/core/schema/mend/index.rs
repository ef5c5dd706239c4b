//! Owns the statements for indexes, all of which let others go on writing meanwhile. Must never
//! touch an index that a constraint or a partitioned table owns.

use super::relation::set_options;
use super::scene::Scene;
use super::spelling::{expressions, items, leading_name, names, options, quote_identifier};
use crate::core::schema::key::Key;
use crate::core::schema::kind::Kind;
use crate::core::schema::object::Object;
use crate::core::spelling::literal;

/// What an index stands for whose column is computed.
const EXPRESSION: &str = "(expression)";

/// Makes what is missing.
pub(super) fn create(scene: &Scene<'_>) -> Option<String> {
    let index = scene.expected.find(scene.kind, scene.name)?;
    if scene.expected.find(Kind::Constraint, scene.name).is_some() {
        return None;
    }
    definition(scene, index)
}

/// The statement that makes this index of the scene's relation, under the scene's name.
pub(super) fn definition(scene: &Scene<'_>, index: &Object) -> Option<String> {
    let is_partitioned = scene.container()?.value(Key::PartitionBy).is_some();
    let is_special = [Key::PartitionOf, Key::Valid, Key::Ready]
        .into_iter()
        .any(|key| index.value(key).is_some());
    if is_partitioned || is_special || scene.is_taken() {
        return None;
    }
    let unique = if index.value(Key::Unique).is_some() { "UNIQUE " } else { "" };
    let (name, table) = (scene.identifier(), scene.relation());
    let mut statement = format!("CREATE {unique}INDEX CONCURRENTLY {name} ON {table}");
    if let Some(method) = index.value(Key::AccessMethod) {
        statement.push_str(&format!(" USING {}", quote_identifier(method)));
    }
    statement.push_str(&format!(" ({})", columns(scene, index)?));
    if let Some(include) = index.value(Key::Include) {
        statement.push_str(&format!(" INCLUDE ({include})"));
    }
    if index.value(Key::NullsNotDistinct).is_some() {
        statement.push_str(" NULLS NOT DISTINCT");
    }
    let options: Vec<String> = options(index.value(Key::Options))?
        .iter()
        .map(|(name, value)| format!("{name} = {}", literal(value)))
        .collect();
    if !options.is_empty() {
        statement.push_str(&format!(" WITH ({})", options.join(", ")));
    }
    if let Some(predicate) = index.value(Key::Predicate) {
        statement.push_str(&format!(" WHERE {predicate}"));
    }
    Some(statement)
}

/// Its columns, with the expressions in their places.
fn columns(scene: &Scene<'_>, index: &Object) -> Option<String> {
    let mut computed = expressions(index.value(Key::Expressions))?.into_iter();
    let mut columns = Vec::new();
    for item in items(index.value(Key::Columns)?)? {
        let (what, mut rest) = match item.strip_prefix(EXPRESSION) {
            Some(rest) => (computed.next()?, rest.trim_start()),
            None => leading_name(item).map(|(name, rest)| (name.to_owned(), rest.trim_start()))?,
        };
        let mut column = what;
        match rest.strip_prefix("collation ") {
            Some(after) => {
                let (collation, after) = leading_name(after)?;
                column.push_str(&format!(" COLLATE {collation}"));
                rest = after.trim_start();
            }
            // Its collation is that of its type, and maybe not that of the column in it.
            None if item.starts_with(EXPRESSION) && has_collation(scene, &column) => return None,
            None => {}
        }
        if let Some(after) = rest.strip_prefix("class ") {
            let (class, after) = leading_name(after)?;
            column.push_str(&format!(" {class}"));
            rest = after.trim_start();
        }
        column.push_str(match rest {
            "" => "",
            "descending" => " DESC",
            "descending nulls last" => " DESC NULLS LAST",
            "nulls first" => " NULLS FIRST",
            // Parameters of an operator class.
            _ => return None,
        });
        columns.push(column);
    }
    computed.next().is_none().then(|| columns.join(", "))
}

/// Whether an expression may name a column that has a collation of its own.
fn has_collation(scene: &Scene<'_>, expression: &str) -> bool {
    scene
        .sealed_members(Kind::Column)
        .any(|it| it.value(Key::Collation).is_some() && expression.contains(&it.name().last()))
}

/// Takes away what was not expected and no constraint owns or needs.
pub(super) fn drop(scene: &Scene<'_>) -> Option<String> {
    let index = scene.found.find(scene.kind, scene.name)?;
    let table = scene.container()?;
    let is_owned = scene.found.find(Kind::Constraint, scene.name).is_some()
        || index.value(Key::PartitionOf).or(table.value(Key::PartitionBy)).is_some();
    let is_free = !is_owned && !is_needed(scene, index.value(Key::Columns));
    is_free.then(|| format!("DROP INDEX CONCURRENTLY {}", scene.beside()))
}

/// Whether a live foreign key leads to these columns of the relation, or it is identified to
/// replicas by the index of this name.
pub(super) fn is_needed(scene: &Scene<'_>, columns: Option<&str>) -> bool {
    let (table, index) = (scene.relation_name(), format!("index {}", scene.name.last()));
    let identity = scene.container().and_then(|it| it.value(Key::ReplicaIdentity));
    identity == Some(index.as_str())
        || scene.found.objects().iter().any(|it| {
            it.kind() == Kind::Constraint
                && it.value(Key::References).is_some_and(|it| names(it).contains(&table))
                && columns
                    .zip(it.value(Key::ReferencedColumns))
                    .is_none_or(|(one, other)| same_columns(one, other))
        })
}

/// Whether two lists of columns hold the same; also where it is not certain.
pub(super) fn same_columns(one: &str, other: &str) -> bool {
    let sorted = |list| {
        let mut columns = items(list)?;
        columns.sort_unstable();
        Some(columns)
    };
    sorted(one).zip(sorted(other)).is_none_or(|(one, other)| one == other)
}

/// The statement for one attribute.
pub(super) fn change(scene: &Scene<'_>, key: Key) -> Option<String> {
    match key {
        Key::Options => Some(format!("ALTER INDEX {} {}", scene.beside(), set_options(scene, "")?)),
        Key::Valid | Key::Ready if scene.sealed(key).is_none() => rebuild(scene),
        _ => None,
    }
}

/// Builds an index anew that was never finished. An exclusion cannot be built beside writers,
/// and one of a partitioned table becomes valid with its parts.
fn rebuild(scene: &Scene<'_>) -> Option<String> {
    let form = scene.found.value(Kind::Constraint, scene.name, Key::Form);
    let is_whole = scene.container()?.value(Key::PartitionBy).is_none();
    (form != Some("exclusion") && is_whole)
        .then(|| format!("REINDEX INDEX CONCURRENTLY {}", scene.beside()))
}
