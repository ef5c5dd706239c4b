//! Owns the list of rules and what each has to say of itself. Must never look at SQL: how a
//! rule is checked stands in the file of its name under `rules/`.

use super::profile::{Level, Profile};
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
    /// The section of the design, or the chapter of the PostgreSQL manual, that it comes from.
    pub(super) source: &'static str,
    /// What a breach means in each profile.
    pub(super) standing: Standing,
    /// A file that stands before the examples in the set; most need none.
    pub(super) before: &'static str,
    /// A file that breaks the rule.
    pub(super) bad: &'static str,
    /// What to write instead.
    pub(super) good: &'static str,
}

/// What a breach means in each profile, and whether a waiver may set it aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Refused in both, and never waived: the transaction, the history and the lock rest on it.
    Always,
    /// Refused in both; a waiver hands the judgement over to the server.
    AlwaysUnlessWaived,
    /// Refused in `strict`, whose meaning it is; in `standard` a warning, which can be waived.
    Strict,
    /// Refused in `strict` unless it is waived; in `standard` a warning, which can be waived.
    StrictUnlessWaived,
    /// A warning in both, which can be waived.
    Advice,
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
    /// SQL that could not be read.
    Unreadable,
    /// A `-- dreichor:` line that says nothing this program can follow.
    BadWaiver,
    /// A file without a statement.
    NoStatement,
    /// Reading what tables hold.
    ReadsData,
    /// Changing what tables hold.
    ChangesData,
    /// Conditions, dynamic commands, calls.
    RunsCode,
    /// Harm to a protected table, or to what it stands on.
    ProtectedTable,
    /// Materialized views.
    DerivedState,
    /// A setting that outlives the file.
    SessionSetting,
    /// Taking something away.
    Drop,
    /// Another type for what is there.
    TypeChange,
    /// A constraint that looks at every row under a lock.
    ConstraintValidates,
    /// A constraint validated in the file that added it.
    ValidatedAtOnce,
    /// A key whose index is built while nobody can read.
    KeyBuildsIndex,
    /// An index that is built while writes wait.
    IndexBlocksWrites,
    /// A column whose value must be computed for every row.
    VolatileDefault,
    /// A column that no existing row can have.
    RequiredColumn,
    /// `SET NOT NULL` that looks at every row under a lock.
    SetNotNull,
    /// A table that is written anew.
    TableRewrite,
    /// A foreign key whose columns no index leads with.
    ForeignKeyWithoutIndex,
    /// Another name for what a running release uses.
    Rename,
    /// Privileges for everybody.
    GrantToPublic,
    /// A function with its owner's rights and its caller's search path.
    SecurityDefiner,
    /// A name that the server cuts.
    NameTooLong,
    /// A name without its schema.
    UnqualifiedName,
    /// A statement that may do nothing.
    ConditionalStatement,
    /// What somebody else may have made before.
    MissingIdempotence,
    /// `char(n)`.
    CharType,
    /// `timestamp` without a time zone.
    TimestampWithoutZone,
    /// A waiver with nothing to waive.
    UnusedWaiver,
}

impl Rule {
    /// All rules, in the order in which they are listed to people.
    pub const ALL: [Self; 37] = [
        Self::NulByte,
        Self::PsqlMetaCommand,
        Self::TransactionControl,
        Self::CopyStdin,
        Self::NotInTransaction,
        Self::HistoryTable,
        Self::RunLock,
        Self::Unreadable,
        Self::BadWaiver,
        Self::NoStatement,
        Self::ReadsData,
        Self::ChangesData,
        Self::RunsCode,
        Self::ProtectedTable,
        Self::DerivedState,
        Self::SessionSetting,
        Self::Drop,
        Self::TypeChange,
        Self::ConstraintValidates,
        Self::ValidatedAtOnce,
        Self::KeyBuildsIndex,
        Self::IndexBlocksWrites,
        Self::VolatileDefault,
        Self::RequiredColumn,
        Self::SetNotNull,
        Self::TableRewrite,
        Self::ForeignKeyWithoutIndex,
        Self::Rename,
        Self::GrantToPublic,
        Self::SecurityDefiner,
        Self::NameTooLong,
        Self::UnqualifiedName,
        Self::ConditionalStatement,
        Self::MissingIdempotence,
        Self::CharType,
        Self::TimestampWithoutZone,
        Self::UnusedWaiver,
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
            Self::Unreadable => &rules::unreadable::FACTS,
            Self::BadWaiver => &rules::bad_waiver::FACTS,
            Self::NoStatement => &rules::no_statement::FACTS,
            Self::ReadsData => &rules::reads_data::FACTS,
            Self::ChangesData => &rules::changes_data::FACTS,
            Self::RunsCode => &rules::runs_code::FACTS,
            Self::ProtectedTable => &rules::protected_table::FACTS,
            Self::DerivedState => &rules::derived_state::FACTS,
            Self::SessionSetting => &rules::session_setting::FACTS,
            Self::Drop => &rules::drop::FACTS,
            Self::TypeChange => &rules::type_change::FACTS,
            Self::ConstraintValidates => &rules::constraint_validates::FACTS,
            Self::ValidatedAtOnce => &rules::validated_at_once::FACTS,
            Self::KeyBuildsIndex => &rules::key_builds_index::FACTS,
            Self::IndexBlocksWrites => &rules::index_blocks_writes::FACTS,
            Self::VolatileDefault => &rules::volatile_default::FACTS,
            Self::RequiredColumn => &rules::required_column::FACTS,
            Self::SetNotNull => &rules::set_not_null::FACTS,
            Self::TableRewrite => &rules::table_rewrite::FACTS,
            Self::ForeignKeyWithoutIndex => &rules::foreign_key_without_index::FACTS,
            Self::Rename => &rules::rename::FACTS,
            Self::GrantToPublic => &rules::grant_to_public::FACTS,
            Self::SecurityDefiner => &rules::security_definer::FACTS,
            Self::NameTooLong => &rules::name_too_long::FACTS,
            Self::UnqualifiedName => &rules::unqualified_name::FACTS,
            Self::ConditionalStatement => &rules::conditional_statement::FACTS,
            Self::MissingIdempotence => &rules::missing_idempotence::FACTS,
            Self::CharType => &rules::char_type::FACTS,
            Self::TimestampWithoutZone => &rules::timestamp_without_zone::FACTS,
            Self::UnusedWaiver => &rules::unused_waiver::FACTS,
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

    /// Where the rule comes from.
    #[must_use]
    pub fn source(self) -> &'static str {
        self.facts().source
    }

    /// What a breach means in each profile.
    #[must_use]
    pub fn standing(self) -> Standing {
        self.facts().standing
    }

    /// A set that breaks the rule with its last file, and one that does not: the file before,
    /// which may be empty, the bad one and the good one.
    #[must_use]
    pub fn examples(self) -> (&'static str, &'static str, &'static str) {
        let facts = self.facts();
        (facts.before, facts.bad, facts.good)
    }

    /// Whether a waiver may set it aside for one statement, under a profile.
    #[must_use]
    pub fn can_be_waived_in(self, profile: Profile) -> bool {
        match self.standing() {
            Standing::Always => false,
            Standing::Strict => profile == Profile::Standard,
            Standing::AlwaysUnlessWaived | Standing::StrictUnlessWaived | Standing::Advice => true,
        }
    }

    /// What a breach means under a profile.
    #[must_use]
    pub fn level_in(self, profile: Profile) -> Level {
        match (self.standing(), profile) {
            (Standing::Always | Standing::AlwaysUnlessWaived, _) => Level::Refused,
            (Standing::Strict | Standing::StrictUnlessWaived, Profile::Strict) => Level::Refused,
            (Standing::Strict | Standing::StrictUnlessWaived, Profile::Standard) => Level::Warning,
            (Standing::Advice, _) => Level::Warning,
        }
    }

    /// Whether a profile refuses what breaks the rule, and not only warns.
    #[must_use]
    pub fn is_refused_in(self, profile: Profile) -> bool {
        self.level_in(profile) == Level::Refused
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
