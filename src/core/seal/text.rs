//! Owns the form of `seal.toml`: entries are appended, each with its changes as they are
//! reviewed. Must never read what it would write otherwise.

use super::changes::Changes;
use super::{Seal, SealFault, Sealed};
use crate::core::digest::Digest;
use crate::core::place::Place;
use crate::core::version::Version;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const HEADER: &str = "\
# The seal of these migrations: the bytes of each, and the schema that they make.
# Written by 'dreichor-migrate seal', committed and shipped, never edited by hand: each new
# migration adds an entry at the end, and what stands above it stays as it is.
form = 1
";

/// Before lines that stand as they are.
const LITERAL: &str = "'''\n";

/// The text of a seal.
#[must_use]
pub fn render(seal: &Seal) -> String {
    let mut text = HEADER.to_owned();
    for entry in seal.entries() {
        text.push_str(&format!(
            "\n[[migration]]\nversion = \"{}\"\nfile = \"{}\"\nschema = \"{}\"\nchanges = ",
            entry.version, entry.file, entry.schema
        ));
        write_changes(&mut text, entry.changes.text());
        text.push('\n');
    }
    text
}

/// Lines as they are, but where they hold what ends such a text.
fn write_changes(out: &mut String, changes: &str) {
    if changes.contains("'''") {
        let escaped = changes.replace('\\', "\\\\").replace('"', "\\\"");
        out.push_str(&format!("\"\"\"\n{escaped}\"\"\""));
    } else {
        out.push_str(&format!("{LITERAL}{changes}'''"));
    }
}

/// Reads the text of a seal.
///
/// # Errors
/// [`SealFault::Text`] or [`SealFault::Empty`] with its place, or [`SealFault::Order`].
pub fn parse(text: String) -> Result<Seal, SealFault> {
    let whole = Arc::new(text);
    let text = whole.as_str();
    let table = DeTable::parse(text).map_err(|error| SealFault::Text {
        place: Place::of_byte(text, error.span().unwrap_or_default().start),
        what: error.message().to_owned(),
    })?;
    let table = Table { text, table: table.get_ref(), at: 0 };
    table.only(&["form", "migration"])?;
    let (form, at) = table.value("form")?;
    if form.as_integer().is_none_or(|form| form.as_str() != "1") {
        return Err(table.fault(at, "another form than this program knows"));
    }
    let Some(list) = table.table.get("migration") else {
        return Err(SealFault::Empty { place: Place::of_byte(text, at) });
    };
    let at = list.span().start;
    let list = list.get_ref().as_array();
    let list = list.ok_or_else(|| table.fault(at, "no list of migrations"))?;
    if list.is_empty() {
        return Err(SealFault::Empty { place: Place::of_byte(text, at) });
    }
    Seal::of(list.iter().map(|item| entry(&whole, item)).collect::<Result<_, _>>()?)
}

fn entry(whole: &Arc<String>, item: &Spanned<DeValue<'_>>) -> Result<Sealed, SealFault> {
    let text = whole.as_str();
    let at = item.span().start;
    let fault =
        |what: &str| SealFault::Text { place: Place::of_byte(text, at), what: what.to_owned() };
    let table = item.get_ref().as_table().ok_or_else(|| fault("no migration"))?;
    let table = Table { text, table, at };
    table.only(&["version", "file", "schema", "changes"])?;
    let (version, at) = table.string("version")?;
    let version = Version::parse(version).ok_or_else(|| table.fault(at, "no migration's name"))?;
    let digest = |key| {
        let (value, at) = table.string(key)?;
        Digest::parse(value).ok_or_else(|| table.fault(at, "no digest"))
    };
    let (file, schema) = (digest("file")?, digest("schema")?);
    let (changes, at) = table.string("changes")?;
    // As it stands in the file, where nothing in it is escaped.
    let start = at + LITERAL.len();
    let range = start..start + changes.len();
    let changes = match text.get(range.clone()) {
        Some(found) if found == changes => Changes::within(whole, range),
        _ => Changes::written(changes.to_owned()),
    };
    Ok(Sealed { version, file, schema, changes })
}

/// A table of the file and where it stands.
struct Table<'t, 'd> {
    text: &'t str,
    table: &'d DeTable<'d>,
    at: usize,
}

impl<'d> Table<'_, 'd> {
    fn fault(&self, at: usize, what: &str) -> SealFault {
        SealFault::Text { place: Place::of_byte(self.text, at), what: what.to_owned() }
    }

    fn only(&self, known: &[&str]) -> Result<(), SealFault> {
        match self.table.keys().find(|key| !known.contains(&key.get_ref().as_ref())) {
            Some(key) => Err(self.fault(key.span().start, "a key that no seal has")),
            None => Ok(()),
        }
    }

    fn value(&self, key: &str) -> Result<(&'d DeValue<'d>, usize), SealFault> {
        let value = self.table.get(key);
        let value = value.ok_or_else(|| self.fault(self.at, &format!("no '{key}'")))?;
        Ok((value.get_ref(), value.span().start))
    }

    fn string(&self, key: &str) -> Result<(&'d str, usize), SealFault> {
        let (value, at) = self.value(key)?;
        let text = value.as_str().ok_or_else(|| self.fault(at, &format!("no text as '{key}'")))?;
        Ok((text, at))
    }
}
