//! Owns `migrate.toml` and the requirement file as they are written: which keys there are, of
//! which type, and where each stands. Must never judge what a value means, and never skip a key that it does not know.
//!
//! The file is read as a table with positions, not through derived deserializers: those stop
//! at the first offender, and every offender is to be named at once (design section 2, rule 4).

mod environment;
mod gate;

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::Problem;
use crate::core::place::Place;

pub use environment::ENVIRONMENT_KEYS;
pub(super) use environment::WrittenEnvironment;
pub use gate::{GATE_KEYS, IGNORE_KEYS};
pub(super) use gate::{WrittenGate, WrittenIgnore};

/// The keys of the file itself.
pub const FILE_KEYS: &[&str] = &["migrations", "state", "allowed_signers", "gate", "environments"];

/// The keys of a requirement file.
pub const REQUIREMENT_KEYS: &[&str] = &["requires", "supports_up_to", "schema"];

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) place: Place,
}

/// A key that may be given.
#[derive(Debug, Default)]
pub(super) enum Field<T> {
    /// It is not in the file: its default holds.
    #[default]
    Absent,
    /// It is there with a value of another type, which is already reported.
    Unreadable,
    /// It is there.
    Given(Placed<T>),
}

/// The whole file.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) migrations: Field<String>,
    pub(super) state: Field<String>,
    pub(super) allowed_signers: Field<String>,
    pub(super) gate: WrittenGate,
    /// In the order of the file.
    pub(super) environments: Field<Vec<WrittenEnvironment>>,
}

/// The whole requirement file.
#[derive(Debug, Default)]
pub(super) struct WrittenRequirement {
    pub(super) requires: Field<String>,
    pub(super) supports_up_to: Field<String>,
    pub(super) schema: Field<String>,
}

/// A problem and where it stands.
pub(super) type Misplaced = Placed<Problem>;

/// Reads the file. What can be read is returned together with everything that cannot; a file
/// that is not TOML is read no further, for its tables would be guesses.
pub(super) fn read(text: &str) -> (Written, Vec<Misplaced>) {
    let (written, problems) = read_with(text, Reader::file);
    let unread = || Written {
        migrations: Field::Unreadable,
        state: Field::Unreadable,
        allowed_signers: Field::Unreadable,
        gate: WrittenGate::default(),
        environments: Field::Unreadable,
    };
    (written.unwrap_or_else(unread), problems)
}

/// Reads a requirement file in the same way.
pub(super) fn read_requirement(text: &str) -> (WrittenRequirement, Vec<Misplaced>) {
    let (written, problems) = read_with(text, Reader::requirement);
    let unread = || WrittenRequirement {
        requires: Field::Unreadable,
        supports_up_to: Field::Unreadable,
        schema: Field::Unreadable,
    };
    (written.unwrap_or_else(unread), problems)
}

fn read_with<'t, T>(
    text: &'t str,
    take: impl FnOnce(&mut Reader<'t>, &DeTable<'_>) -> T,
) -> (Option<T>, Vec<Misplaced>) {
    let mut reader = Reader { text, problems: Vec::new() };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let place = reader.place(error.span().unwrap_or_default());
        reader.report(place, Problem::Syntax { reason: error.message().to_owned() });
    }
    let written = reader.problems.is_empty().then(|| take(&mut reader, table.get_ref()));
    (written, reader.problems)
}

struct Reader<'t> {
    text: &'t str,
    problems: Vec<Misplaced>,
}

impl Reader<'_> {
    fn place(&self, span: Range<usize>) -> Place {
        Place::of_byte(self.text, span.start)
    }

    fn report(&mut self, place: Place, problem: Problem) {
        self.problems.push(Placed { value: problem, place });
    }

    fn file(&mut self, table: &DeTable<'_>) -> Written {
        let mut written = Written::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "migrations" => written.migrations = self.string("migrations", value),
                "state" => written.state = self.string("state", value),
                "allowed_signers" => {
                    written.allowed_signers = self.string("allowed_signers", value);
                }
                "gate" => written.gate = self.gate(value),
                "environments" => written.environments = self.environments(value),
                other => self.unknown(other.to_owned(), key.span(), FILE_KEYS),
            }
        }
        written
    }

    fn requirement(&mut self, table: &DeTable<'_>) -> WrittenRequirement {
        let mut written = WrittenRequirement::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "requires" => written.requires = self.string("requires", value),
                "supports_up_to" => written.supports_up_to = self.string("supports_up_to", value),
                "schema" => written.schema = self.string("schema", value),
                other => self.unknown(other.to_owned(), key.span(), REQUIREMENT_KEYS),
            }
        }
        written
    }

    fn environments(&mut self, value: &Spanned<DeValue<'_>>) -> Field<Vec<WrittenEnvironment>> {
        let place = self.place(value.span());
        let DeValue::Table(table) = value.get_ref() else {
            return self.wrong_type("environments", "tables '[environments.NAME]'", value);
        };
        let mut environments = Vec::new();
        for (name, value) in table {
            let name = Placed { value: name.get_ref().to_string(), place: self.place(name.span()) };
            if let Some(environment) = self.environment(name, value) {
                environments.push(environment);
            }
        }
        if environments.is_empty() && !table.is_empty() {
            return Field::Unreadable;
        }
        // The parser sorts tables by name; "first" and "second" are to mean what a reader sees.
        environments.sort_by_key(|environment| environment.name.place);
        Field::Given(Placed { value: environments, place })
    }

    fn string(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Field<String> {
        self.string_as(key, "a string", value)
    }

    fn duration(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Field<String> {
        self.string_as(key, "a duration in quotes, such as '5s'", value)
    }

    fn boolean(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Field<bool> {
        match value.get_ref() {
            DeValue::Boolean(given) => {
                Field::Given(Placed { value: *given, place: self.place(value.span()) })
            }
            _ => self.wrong_type(key, "true or false, without quotes", value),
        }
    }

    fn integer(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Field<i64> {
        const EXPECTED: &str = "a whole number, without quotes";
        let DeValue::Integer(written) = value.get_ref() else {
            return self.wrong_type(key, EXPECTED, value);
        };
        match i64::from_str_radix(written.as_str(), written.radix()) {
            Ok(number) => Field::Given(Placed { value: number, place: self.place(value.span()) }),
            Err(_) => self.wrong_type(key, EXPECTED, value),
        }
    }

    fn string_as(
        &mut self,
        key: &str,
        expected: &'static str,
        value: &Spanned<DeValue<'_>>,
    ) -> Field<String> {
        match value.get_ref().as_str() {
            Some(text) => {
                Field::Given(Placed { value: text.to_owned(), place: self.place(value.span()) })
            }
            None => self.wrong_type(key, expected, value),
        }
    }

    fn strings(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Field<Vec<Placed<String>>> {
        let DeValue::Array(array) = value.get_ref() else {
            return self.wrong_type(key, "a list of strings", value);
        };
        let place = self.place(value.span());
        let mut names = Vec::new();
        let mut readable = true;
        for (position, element) in (1_usize..).zip(array) {
            match self.string(&format!("{key}[{position}]"), element) {
                Field::Given(name) => names.push(name),
                Field::Absent | Field::Unreadable => readable = false,
            }
        }
        if readable { Field::Given(Placed { value: names, place }) } else { Field::Unreadable }
    }

    fn wrong_type<T>(
        &mut self,
        key: &str,
        expected: &'static str,
        value: &Spanned<DeValue<'_>>,
    ) -> Field<T> {
        let found = match value.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a float",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let place = self.place(value.span());
        self.report(place, Problem::WrongType { key: key.to_owned(), expected, found });
        Field::Unreadable
    }

    fn unknown(&mut self, key: String, span: Range<usize>, known: &'static [&'static str]) {
        let place = self.place(span);
        self.report(place, Problem::UnknownKey { key, known });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_key_is_read_and_stands_where_it_stands() {
        let mut text = "migrations = 'm'\n[environments.dev]\n".to_owned();
        for key in ENVIRONMENT_KEYS {
            let value = match *key {
                "search_path" | "protected_tables" => "['a']",
                "distinct_approver" => "true",
                "backup_keep" => "3",
                _ => "'x'",
            };
            text.push_str(&format!("{key} = {value}\n"));
        }
        let (written, problems) = read(&text);
        assert_eq!(problems, []);
        let Field::Given(migrations) = written.migrations else { panic!("migrations") };
        assert_eq!(migrations.place, Place { line: 1, column: 14 });
        let Field::Given(environments) = written.environments else { panic!("environments") };
        assert_eq!(environments.value[0].name.place, Place { line: 2, column: 15 });
        let Field::Given(role) = &environments.value[0].runtime_role else { panic!("role") };
        assert_eq!(role.value, "x");
        assert_eq!(role.place, Place { line: 14, column: 16 });
    }

    #[test]
    fn a_file_that_is_not_toml_is_read_no_further() {
        let (written, problems) = read("unknown = 1\nmigrations = \n");
        assert!(matches!(written.migrations, Field::Unreadable));
        assert!(matches!(written.environments, Field::Unreadable));
        assert_eq!(problems.len(), 1);
        assert!(matches!(problems[0].value, Problem::Syntax { .. }));
    }
}
