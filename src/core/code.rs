//! Owns the one table of exit codes (design section 6): name, number, meaning. Must never
//! end the process; `main` alone returns a number to the system.

/// How a command ended. Each row of the table in `dreichor-migrate(8)` is a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// Done, or nothing to do, or compatible.
    Ok,
    /// A bug in this program, or its output could not be written.
    Internal,
    /// The command line is wrong.
    Usage,
    /// A required migration is not applied, or the database was never migrated.
    Behind,
    /// The database has migrations that this release does not know or support.
    Ahead,
    /// History and files contradict each other.
    Diverged,
    /// The live schema differs from the sealed one, or none is sealed for its version.
    Drifted,
    /// The runtime role can do what it must not.
    Overprivileged,
    /// The migration set breaks a rule of design section 4 or 8.
    SetInvalid,
    /// Approval missing, expired, or given for another plan.
    NotApproved,
    /// Another run holds the lock.
    Busy,
    /// This environment's policy forbids the act.
    NotPermitted,
    /// No connection within the deadline.
    Unreachable,
    /// Authentication or privileges.
    Denied,
    /// Connected, but not to this environment's database, or not on this host.
    WrongDatabase,
    /// A migration failed and left nothing.
    Failed,
    /// A lock or statement timeout; it left nothing.
    TimedOut,
    /// A signal ended the run; the statement was cancelled and left nothing.
    Interrupted,
    /// What was committed could not be learnt: the connection was lost at commit and the
    /// outcome could not be read back, or a file replaced the transaction it ran in.
    Unknown,
    /// The backup before the run failed; nothing was applied.
    BackupFailed,
    /// Configuration or `DATABASE_URL` missing or invalid.
    Config,
}

/// One row of the table: the code, its number, its name, its meaning.
#[derive(Debug, Clone, Copy)]
pub struct CodeRow {
    /// The variant.
    pub code: Code,
    /// The exit status of the process.
    pub number: u8,
    /// The stable name used in JSON, journal and man page.
    pub name: &'static str,
    /// One line for people.
    pub meaning: &'static str,
}

const fn row(code: Code, number: u8, name: &'static str, meaning: &'static str) -> CodeRow {
    CodeRow { code, number, name, meaning }
}

/// Design section 6, in its order.
pub const TABLE: [CodeRow; 21] = [
    row(Code::Ok, 0, "ok", "done, or nothing to do, or compatible"),
    row(Code::Internal, 1, "internal", "a bug in this program, or its output could not be written"),
    row(Code::Usage, 2, "usage", "the command line is wrong"),
    row(
        Code::Behind,
        10,
        "behind",
        "a required migration is not applied, or the database was never migrated",
    ),
    row(
        Code::Ahead,
        11,
        "ahead",
        "the database has migrations this release does not know or support",
    ),
    row(
        Code::Diverged,
        12,
        "diverged",
        "history and files contradict: edited, missing, inserted before the newest, duplicated, or no checksum recorded",
    ),
    row(
        Code::Drifted,
        13,
        "drifted",
        "the live schema differs from the sealed one, or none is sealed for it",
    ),
    row(Code::Overprivileged, 14, "overprivileged", "the runtime role can do what it must not"),
    row(
        Code::SetInvalid,
        20,
        "set-invalid",
        "the migration set breaks a rule; nothing was touched",
    ),
    row(
        Code::NotApproved,
        21,
        "not-approved",
        "approval missing, expired, or given for another plan; nothing was touched",
    ),
    row(
        Code::Busy,
        22,
        "busy",
        "another run holds the lock, or sessions are active that must not be; nothing was touched",
    ),
    row(
        Code::NotPermitted,
        23,
        "not-permitted",
        "this environment's policy forbids the act; nothing was touched",
    ),
    row(Code::Unreachable, 30, "unreachable", "no connection within the deadline"),
    row(Code::Denied, 31, "denied", "authentication or privileges"),
    row(
        Code::WrongDatabase,
        32,
        "wrong-database",
        "connected, but not to this environment's database, or not on this host",
    ),
    row(Code::Failed, 40, "failed", "a migration failed and left nothing"),
    row(
        Code::TimedOut,
        41,
        "timed-out",
        "a lock or statement timeout; it left nothing; who blocked is named",
    ),
    row(
        Code::Interrupted,
        42,
        "interrupted",
        "a signal ended the run; the statement was cancelled on the server; it left nothing",
    ),
    row(
        Code::Unknown,
        43,
        "unknown",
        "what was committed is not known: the connection was lost at commit and the outcome could not be read back, or a file replaced its transaction",
    ),
    row(
        Code::BackupFailed,
        44,
        "backup-failed",
        "the backup before the run failed; nothing was applied",
    ),
    row(
        Code::Config,
        78,
        "config",
        "configuration, requirement or DATABASE_URL missing or invalid",
    ),
];

impl Code {
    fn row(self) -> Option<&'static CodeRow> {
        TABLE.iter().find(|row| row.code == self)
    }

    /// The exit status of the process.
    #[must_use]
    pub fn number(self) -> u8 {
        self.row().map_or(1, |row| row.number)
    }

    /// The stable name, for example `behind`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().map_or("internal", |row| row.name)
    }

    /// One line for people.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        self.row().map_or("a bug in this program", |row| row.meaning)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_one_row_and_each_number_and_name_is_used_once() {
        for row in &TABLE {
            assert_eq!(TABLE.iter().filter(|other| other.number == row.number).count(), 1);
            assert_eq!(TABLE.iter().filter(|other| other.name == row.name).count(), 1);
            assert_eq!(row.code.number(), row.number);
            assert_eq!(row.code.name(), row.name);
        }
        // The last variant is the only one whose discriminant equals the table's length.
        assert_eq!(Code::Config as usize + 1, TABLE.len());
    }

    #[test]
    fn no_code_is_in_the_service_managers_range() {
        for row in &TABLE {
            assert!(row.number < 200, "{} is reserved for systemd", row.number);
        }
    }
}
