//! Owns the one table of the kinds of events: fixed identity, stable name, priority, meaning,
//! fields. Must never change an identity or a name: queries and the catalog hold them.

use super::ending::identify;
use super::field::Field;
use crate::core::code::{self, Code};

/// Priority as syslog means it (`syslog(3)`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// 3: an act failed; somebody must look.
    Error,
    /// 4: something is not as it should be; the act goes on.
    Warning,
    /// 5: normal and significant.
    Notice,
    /// 6: progress.
    Info,
    /// 7: for those who look for a cause.
    Debug,
}

impl Priority {
    /// Its number.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Error => 3,
            Self::Warning => 4,
            Self::Notice => 5,
            Self::Info => 6,
            Self::Debug => 7,
        }
    }

    /// Its name, as `journalctl -p` takes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "err",
            Self::Warning => "warning",
            Self::Notice => "notice",
            Self::Info => "info",
            Self::Debug => "debug",
        }
    }
}

/// A kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// [`super::Event::BackupMade`].
    BackupMade,
    /// [`super::Event::RunStarted`].
    RunStarted,
    /// [`super::Event::PlanApproved`].
    PlanApproved,
    /// [`super::Event::WaiverInForce`].
    WaiverInForce,
    /// [`super::Event::MigrationStarted`].
    MigrationStarted,
    /// [`super::Event::MigrationApplied`].
    MigrationApplied,
    /// [`super::Event::MigrationFailed`] by an error.
    MigrationFailed,
    /// [`super::Event::MigrationFailed`] by a timeout.
    MigrationTimedOut,
    /// [`super::Event::MigrationInterrupted`].
    MigrationInterrupted,
    /// [`super::Event::ServerNotice`].
    ServerNotice,
    /// [`super::Event::WaitingForLock`].
    WaitingForLock,
    /// [`super::Event::ConnectionRetried`].
    ConnectionRetried,
    /// [`super::Event::Trouble`].
    Trouble,
    /// [`super::Event::Finding`].
    Finding,
    /// [`super::Event::AnswerLost`].
    AnswerLost,
    /// [`super::Event::Ended`] with this code.
    Ended(Code),
}

/// What is fixed of a kind of event.
#[derive(Debug, Clone, Copy)]
pub struct KindRow {
    /// The kind.
    pub kind: Kind,
    /// Fixed 128-bit identity (`journalctl MESSAGE_ID=…`).
    pub message_id: &'static str,
    /// Stable short name.
    pub name: &'static str,
    /// The priority; none where it is the server's own.
    pub priority: Option<Priority>,
    /// One line for people.
    pub meaning: &'static str,
    /// The fields that it always has, beside those of every event.
    pub always: &'static [Field],
    /// The fields that it has where they are known.
    pub sometimes: &'static [Field],
}

/// Every kind but the ends of commands, whose rows are made from the exit codes.
const TABLE: [KindRow; 15] = [
    KindRow {
        kind: Kind::BackupMade,
        message_id: "c0a1a86d91bf4291b568bdc53cc91b5f",
        name: "backup-made",
        priority: Some(Priority::Info),
        meaning: "a backup was made before the run, read back as a whole, and is on the disk",
        always: &[
            Field::Plan,
            Field::DurationMs,
            Field::Backup,
            Field::BackupBytes,
            Field::BackupDigest,
        ],
        sometimes: &[],
    },
    KindRow {
        kind: Kind::RunStarted,
        message_id: "6e2ab728e09f473ba9aecfd3afa62b39",
        name: "run-started",
        priority: Some(Priority::Info),
        meaning: "the run lock is held and the first migration is about to be sent",
        always: &[Field::Plan],
        sometimes: &[],
    },
    KindRow {
        kind: Kind::PlanApproved,
        message_id: "5cd034bcd0214c93be631ebb65a699dc",
        name: "plan-approved",
        priority: Some(Priority::Info),
        meaning: "the approval that the environment demands was found and checked",
        always: &[Field::Plan],
        sometimes: &[],
    },
    KindRow {
        kind: Kind::WaiverInForce,
        message_id: "a6a9d094f63f41c7ba1226653f766301",
        name: "waiver-in-force",
        priority: Some(Priority::Notice),
        meaning: "a migration sets a rule of the policy aside for one statement, and says why",
        always: &[Field::Migration, Field::Place, Field::Finding],
        sometimes: &[],
    },
    KindRow {
        kind: Kind::MigrationStarted,
        message_id: "ba9f597bc61645a595b02af019a273bd",
        name: "migration-started",
        priority: Some(Priority::Info),
        meaning: "a migration is about to be sent",
        always: &[Field::Migration],
        sometimes: &[],
    },
    KindRow {
        kind: Kind::MigrationApplied,
        message_id: "6f0f2e6a87a24f8ea3b96c45d3628311",
        name: "migration-applied",
        priority: Some(Priority::Info),
        meaning: "a migration and its history rows are committed",
        always: &[Field::Migration, Field::DurationMs],
        sometimes: &[],
    },
    KindRow {
        kind: Kind::MigrationFailed,
        message_id: "0130ed2535ab44988ef7e2c350ac722e",
        name: "migration-failed",
        priority: Some(Priority::Error),
        meaning: "a statement failed; the migration was rolled back and left nothing",
        always: &[Field::Migration, Field::Code, Field::ExitCode, Field::Sqlstate],
        sometimes: &[Field::Statement, Field::Place],
    },
    KindRow {
        kind: Kind::MigrationTimedOut,
        message_id: "8c67e2c4046d43048c57da01c230be7a",
        name: "migration-timed-out",
        priority: Some(Priority::Error),
        meaning: "a lock or statement timeout; the migration was rolled back and left nothing",
        always: &[Field::Migration, Field::Code, Field::ExitCode, Field::Sqlstate],
        sometimes: &[Field::Statement, Field::Place],
    },
    KindRow {
        kind: Kind::MigrationInterrupted,
        message_id: "488150fabc36405bb1956a30f5256f9a",
        name: "migration-interrupted",
        priority: Some(Priority::Error),
        meaning: "a signal ended the migration, which was rolled back and left nothing",
        always: &[Field::Migration, Field::Code, Field::ExitCode],
        sometimes: &[],
    },
    KindRow {
        kind: Kind::ServerNotice,
        message_id: "24cd2aef9d0e436e93d4b011a5e7d873",
        name: "server-notice",
        priority: None,
        meaning: "PostgreSQL said something beside its answers",
        always: &[Field::Sqlstate],
        sometimes: &[Field::Migration],
    },
    KindRow {
        kind: Kind::WaitingForLock,
        message_id: "676c55cd9f2d4784820d49a742ba6a3b",
        name: "waiting-for-lock",
        priority: Some(Priority::Notice),
        meaning: "another run holds the run lock, and this one waits for it",
        always: &[],
        sometimes: &[],
    },
    KindRow {
        kind: Kind::ConnectionRetried,
        message_id: "c23bcc72403e496ea3f3e5667aeb1977",
        name: "connection-retried",
        priority: Some(Priority::Warning),
        meaning: "no connection yet; the gate tries again until its deadline",
        always: &[],
        sometimes: &[],
    },
    KindRow {
        kind: Kind::Trouble,
        message_id: "dbf45b09555e4353b544e94f3ee3a321",
        name: "trouble",
        priority: Some(Priority::Warning),
        meaning: "something failed beside the run itself, for example writing the row of a failure",
        always: &[],
        sometimes: &[Field::Migration],
    },
    KindRow {
        kind: Kind::Finding,
        message_id: "baa58f3a2c554b8c871cadbe6ccd1b8e",
        name: "finding",
        priority: Some(Priority::Error),
        meaning: "one thing that is wrong, with the next safe act",
        always: &[Field::Code, Field::ExitCode, Field::Finding, Field::Remedy],
        sometimes: &[Field::Migration],
    },
    KindRow {
        kind: Kind::AnswerLost,
        message_id: "34b8fbd19bb1434e9f64e313d5819ad0",
        name: "answer-lost",
        priority: Some(Priority::Error),
        meaning: "the answer could not be written to standard output",
        always: &[Field::Code, Field::ExitCode, Field::Remedy],
        sometimes: &[],
    },
];

impl Kind {
    /// Every kind: the table, then the end with each exit code, in their order.
    pub fn all() -> impl Iterator<Item = Self> {
        let ends = code::TABLE.iter().map(|row| Self::Ended(row.code));
        TABLE.iter().map(|row| row.kind).chain(ends)
    }

    /// What is fixed of it.
    #[must_use]
    pub fn row(self) -> KindRow {
        match self {
            Self::Ended(code) => end(code),
            _ => TABLE.into_iter().find(|row| row.kind == self).unwrap_or(end(Code::Internal)),
        }
    }
}

/// The end of a command: progress when all that was asked is so, an error otherwise.
fn end(code: Code) -> KindRow {
    let (message_id, name) = identify(code);
    let (priority, always): (_, &'static [Field]) = match code {
        Code::Ok => (Priority::Info, &[Field::Code, Field::ExitCode]),
        _ => (Priority::Error, &[Field::Code, Field::ExitCode, Field::Remedy]),
    };
    KindRow {
        kind: Kind::Ended(code),
        message_id,
        name,
        priority: Some(priority),
        meaning: code.meaning(),
        always,
        sometimes: &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_row() {
        for row in &TABLE {
            assert_eq!(row.kind.row().message_id, row.message_id);
        }
        let missing = |kind: Kind| !TABLE.iter().any(|row| row.kind == kind);
        for kind in Kind::all() {
            assert!(matches!(kind, Kind::Ended(_)) || !missing(kind), "{kind:?}");
            assert_eq!(kind.row().kind, kind);
        }
    }

    #[test]
    fn identities_are_128_bits_and_no_two_kinds_share_one_or_a_name() {
        let rows: Vec<KindRow> = Kind::all().map(Kind::row).collect();
        for row in &rows {
            let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            assert!(row.message_id.len() == 32 && row.message_id.bytes().all(hexadecimal));
            let same_id = rows.iter().filter(|other| other.message_id == row.message_id);
            let same_name = rows.iter().filter(|other| other.name == row.name);
            assert_eq!((same_id.count(), same_name.count()), (1, 1), "{}", row.name);
        }
    }

    #[test]
    fn every_end_but_the_good_one_is_an_error() {
        for row in &code::TABLE {
            let expected = if row.number == 0 { Priority::Info } else { Priority::Error };
            assert_eq!(Kind::Ended(row.code).row().priority, Some(expected), "{}", row.name);
        }
    }

    #[test]
    fn priorities_are_those_of_syslog() {
        let numbers =
            [Priority::Error, Priority::Warning, Priority::Notice, Priority::Info, Priority::Debug]
                .map(Priority::number);
        assert_eq!(numbers, [3, 4, 5, 6, 7]);
    }
}
