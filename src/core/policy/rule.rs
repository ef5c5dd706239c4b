//! Owns the list of rules and what each has to say of itself. Must never look at SQL: how a
//! rule is checked stands in the file of its name under `rules/`.

use super::profile::Profile;
use super::rules;
use std::fmt;

/// What a rule says of itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    /// Stable name: in `allow(…)`, in JSON, in the manual.
    pub(super) name: &'static str,
    /// The end of the sentence "'COMMIT' …"; `{}` stands for what was found, where that is
    /// not the subject.
    pub(super) fault: &'static str,
    /// Why the rule is there, in one sentence.
    pub(super) reason: &'static str,
    /// What the author of the file can do.
    pub(super) remedy: &'static str,
    /// Whether `-- dreichor: allow(…)` may set it aside.
    pub(super) waivable: bool,
    /// Whether the profile `standard` refuses it too, and not only warns.
    pub(super) in_every_profile: bool,
}

/// A rule that a file can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A NUL byte, which cannot be sent to the server.
    NulByte,
    /// A command for psql.
    PsqlMetaCommand,
    /// Transaction control.
    TransactionControl,
    /// `COPY` from or to the client.
    CopyStdin,
    /// A command that cannot run in a transaction.
    NotInTransaction,
    /// A statement that names a history table.
    HistoryTable,
    /// A statement that could release the run lock.
    RunLock,
    /// A file without a statement.
    NoStatement,
    /// SQL that could not be read.
    Unreadable,
    /// A `-- dreichor:` line that says nothing this program can follow.
    BadWaiver,
}

impl Rule {
    /// All rules, in the order in which they are listed to people.
    pub const ALL: [Self; 10] = [
        Self::NulByte,
        Self::PsqlMetaCommand,
        Self::TransactionControl,
        Self::CopyStdin,
        Self::NotInTransaction,
        Self::HistoryTable,
        Self::RunLock,
        Self::NoStatement,
        Self::Unreadable,
        Self::BadWaiver,
    ];

    pub(super) fn facts(self) -> &'static Facts {
        match self {
            Self::NulByte => &rules::nul_byte::FACTS,
            Self::PsqlMetaCommand => &rules::psql_meta_command::FACTS,
            Self::TransactionControl => &rules::transaction_control::FACTS,
            Self::CopyStdin => &rules::copy_stdin::FACTS,
            Self::NotInTransaction => &rules::not_in_transaction::FACTS,
            Self::HistoryTable => &rules::history_table::FACTS,
            Self::RunLock => &rules::run_lock::FACTS,
            Self::NoStatement => &rules::no_statement::FACTS,
            Self::Unreadable => &rules::unreadable::FACTS,
            Self::BadWaiver => &rules::bad_waiver::FACTS,
        }
    }

    /// The rule of a stable name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == name)
    }

    /// Stable name in kebab case: in waivers, JSON, journal and manual.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// Why the rule is there, in one sentence.
    #[must_use]
    pub fn reason(self) -> &'static str {
        self.facts().reason
    }

    /// What the author of the file can do.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        self.facts().remedy
    }

    /// Whether a waiver may set it aside for one statement.
    #[must_use]
    pub fn can_be_waived(self) -> bool {
        self.facts().waivable
    }

    /// Whether a profile refuses what breaks the rule, and not only warns.
    #[must_use]
    pub fn is_refused_in(self, profile: Profile) -> bool {
        match profile {
            Profile::Strict => true,
            Profile::Standard => self.facts().in_every_profile,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
