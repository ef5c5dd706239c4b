//! Owns the fields of an event: their names in the journal, what they mean, and the values that
//! one event carries. Must never hold a secret.

use crate::core::backup::Backup;
use crate::core::code::Code;
use crate::core::digest::Digest;
use std::time::Duration;

/// A journal field that this program writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The kind of the event.
    Event,
    /// The command.
    Command,
    /// The environment.
    Environment,
    /// The run.
    RunId,
    /// The migration that the event speaks of.
    Migration,
    /// The failing statement.
    Statement,
    /// The place in the migration's file.
    Place,
    /// The exit code by name.
    Code,
    /// The exit code by number.
    ExitCode,
    /// The short name of a finding.
    Finding,
    /// SQLSTATE.
    Sqlstate,
    /// The plan's digest.
    Plan,
    /// How long it took.
    DurationMs,
    /// The next safe act.
    Remedy,
    /// The file of a backup.
    Backup,
    /// Its size.
    BackupBytes,
    /// Its digest.
    BackupDigest,
}

/// One row of the table of fields.
#[derive(Debug, Clone, Copy)]
pub struct FieldRow {
    /// The variant.
    pub field: Field,
    /// Its name in the journal; `--log json` has it in lower case, without `DREICHOR_`.
    pub name: &'static str,
    /// The unit or form of its value.
    pub unit: &'static str,
    /// One line for people.
    pub meaning: &'static str,
}

const fn row(
    field: Field,
    name: &'static str,
    unit: &'static str,
    meaning: &'static str,
) -> FieldRow {
    FieldRow { field, name, unit, meaning }
}

/// Every field, in the order of the variants.
pub const FIELDS: [FieldRow; 17] = [
    row(Field::Event, "DREICHOR_EVENT", "a name of the tables above", "the kind of the event"),
    row(Field::Command, "DREICHOR_COMMAND", "`apply`, `check`, …", "the command that was given"),
    row(
        Field::Environment,
        "DREICHOR_ENVIRONMENT",
        "a name, or `-`",
        "the environment; `-` where none was named: for `new`, or without `--env`",
    ),
    row(
        Field::RunId,
        "DREICHOR_RUN_ID",
        "32 hexadecimal digits",
        "this one start of the program; the unit's invocation id where systemd started it",
    ),
    row(
        Field::Migration,
        "DREICHOR_MIGRATION",
        "a file name",
        "the migration that the event speaks of",
    ),
    row(
        Field::Statement,
        "DREICHOR_STATEMENT",
        "a number from 1",
        "the failing statement, counted in its file",
    ),
    row(
        Field::Place,
        "DREICHOR_PLACE",
        "FILE:LINE:COLUMN, from 1",
        "where the failing statement, or the server's position in it, or a waiver stands",
    ),
    row(
        Field::Code,
        "DREICHOR_CODE",
        "a name of the exit codes",
        "the exit code of the command: the verdict, or the way it failed",
    ),
    row(Field::ExitCode, "DREICHOR_EXIT_CODE", "0 to 78", "the number of that exit code"),
    row(
        Field::Finding,
        "DREICHOR_FINDING",
        "a short name",
        "what was found, for example `edited`, or the rule that is waived",
    ),
    row(Field::Sqlstate, "DREICHOR_SQLSTATE", "five characters", "what PostgreSQL calls it"),
    row(
        Field::Plan,
        "DREICHOR_PLAN",
        "`sha256:` and 64 digits",
        "the digest of the plan, as `plan` shows it",
    ),
    row(
        Field::DurationMs,
        "DREICHOR_DURATION_MS",
        "milliseconds",
        "of a migration from the first byte sent to the end of the commit; of a backup until it is on the disk",
    ),
    row(Field::Remedy, "DREICHOR_REMEDY", "a sentence", "the next safe act"),
    row(Field::Backup, "DREICHOR_BACKUP", "a path", "the file of the backup"),
    row(Field::BackupBytes, "DREICHOR_BACKUP_BYTES", "bytes", "its size"),
    row(
        Field::BackupDigest,
        "DREICHOR_BACKUP_DIGEST",
        "`sha256:` and 64 digits",
        "its digest; the digits are those of sha256sum(1)",
    ),
];

/// The fields that every event has.
pub const COMMON: [Field; 4] = [Field::Event, Field::Command, Field::Environment, Field::RunId];

impl Field {
    /// Its name in the journal.
    #[must_use]
    pub fn name(self) -> &'static str {
        FIELDS.iter().find(|row| row.field == self).map_or("", |row| row.name)
    }
}

/// The facts that one event carries beside the [`COMMON`] ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// [`Field::Migration`].
    pub migration: Option<String>,
    /// [`Field::Statement`].
    pub statement: Option<usize>,
    /// [`Field::Place`].
    pub place: Option<String>,
    /// [`Field::Code`] and [`Field::ExitCode`].
    pub code: Option<Code>,
    /// [`Field::Finding`].
    pub finding: Option<&'static str>,
    /// [`Field::Sqlstate`].
    pub sqlstate: Option<String>,
    /// [`Field::Plan`].
    pub plan: Option<Digest>,
    /// [`Field::DurationMs`].
    pub duration: Option<Duration>,
    /// [`Field::Remedy`].
    pub remedy: Option<String>,
    /// [`Field::Backup`], [`Field::BackupBytes`] and [`Field::BackupDigest`].
    pub backup: Option<Box<Backup>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_one_row_with_a_name_that_the_journal_takes() {
        for (at, row) in FIELDS.iter().enumerate() {
            assert_eq!(row.field as usize, at);
            assert_eq!(row.field.name(), row.name);
            assert_eq!(FIELDS.iter().filter(|other| other.name == row.name).count(), 1);
            // journald takes at most 64 characters; the catalog replaces names of these alone.
            let plain = row.name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
            assert!(plain && row.name.starts_with("DREICHOR_") && row.name.len() <= 64);
        }
        // The last variant is the only one whose discriminant equals the table's length.
        assert_eq!(Field::BackupDigest as usize + 1, FIELDS.len());
    }
}
