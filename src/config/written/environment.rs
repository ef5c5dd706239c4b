//! Owns a table `[environments.NAME]` as it is written. Must never judge what a value means.

use toml::Spanned;
use toml::de::DeValue;

use super::{Field, Placed, Reader};

/// The keys of one environment.
pub const ENVIRONMENT_KEYS: &[&str] = &[
    "database",
    "requirement",
    "policy",
    "atomic",
    "search_path",
    "lock_timeout",
    "statement_timeout",
    "idle_in_transaction_timeout",
    "connect_timeout",
    "owner_role",
    "migrator_role",
    "runtime_role",
    "protected_tables",
    "approval",
    "distinct_approver",
    "backup",
    "backup_keep",
];

/// One `[environments.NAME]` table.
#[derive(Debug)]
pub(in crate::config) struct WrittenEnvironment {
    pub(in crate::config) name: Placed<String>,
    pub(in crate::config) database: Field<String>,
    pub(in crate::config) requirement: Field<String>,
    pub(in crate::config) policy: Field<String>,
    pub(in crate::config) atomic: Field<String>,
    pub(in crate::config) search_path: Field<Vec<Placed<String>>>,
    pub(in crate::config) lock_timeout: Field<String>,
    pub(in crate::config) statement_timeout: Field<String>,
    pub(in crate::config) idle_in_transaction_timeout: Field<String>,
    pub(in crate::config) connect_timeout: Field<String>,
    pub(in crate::config) owner_role: Field<String>,
    pub(in crate::config) migrator_role: Field<String>,
    pub(in crate::config) runtime_role: Field<String>,
    pub(in crate::config) protected_tables: Field<Vec<Placed<String>>>,
    pub(in crate::config) approval: Field<String>,
    pub(in crate::config) distinct_approver: Field<bool>,
    pub(in crate::config) backup: Field<String>,
    pub(in crate::config) backup_keep: Field<i64>,
}

impl Reader<'_> {
    pub(in crate::config) fn environment(
        &mut self,
        name: Placed<String>,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<WrittenEnvironment> {
        let prefix = format!("environments.{}", name.value);
        let DeValue::Table(table) = value.get_ref() else {
            let _: Field<()> = self.wrong_type(&prefix, "a table", value);
            return None;
        };
        let mut read = WrittenEnvironment::named(name);
        for (key, value) in table {
            let dotted = format!("{prefix}.{}", key.get_ref());
            match key.get_ref().as_ref() {
                "database" => read.database = self.string(&dotted, value),
                "requirement" => read.requirement = self.string(&dotted, value),
                "policy" => read.policy = self.string(&dotted, value),
                "atomic" => read.atomic = self.string(&dotted, value),
                "search_path" => read.search_path = self.strings(&dotted, value),
                "lock_timeout" => read.lock_timeout = self.duration(&dotted, value),
                "statement_timeout" => read.statement_timeout = self.duration(&dotted, value),
                "idle_in_transaction_timeout" => {
                    read.idle_in_transaction_timeout = self.duration(&dotted, value);
                }
                "connect_timeout" => read.connect_timeout = self.duration(&dotted, value),
                "owner_role" => read.owner_role = self.string(&dotted, value),
                "migrator_role" => read.migrator_role = self.string(&dotted, value),
                "runtime_role" => read.runtime_role = self.string(&dotted, value),
                "protected_tables" => read.protected_tables = self.strings(&dotted, value),
                "approval" => read.approval = self.string(&dotted, value),
                "distinct_approver" => read.distinct_approver = self.boolean(&dotted, value),
                "backup" => read.backup = self.string(&dotted, value),
                "backup_keep" => read.backup_keep = self.integer(&dotted, value),
                _ => self.unknown(dotted, key.span(), ENVIRONMENT_KEYS),
            }
        }
        Some(read)
    }
}

impl WrittenEnvironment {
    fn named(name: Placed<String>) -> Self {
        Self {
            name,
            database: Field::Absent,
            requirement: Field::Absent,
            policy: Field::Absent,
            atomic: Field::Absent,
            search_path: Field::Absent,
            lock_timeout: Field::Absent,
            statement_timeout: Field::Absent,
            idle_in_transaction_timeout: Field::Absent,
            connect_timeout: Field::Absent,
            owner_role: Field::Absent,
            migrator_role: Field::Absent,
            runtime_role: Field::Absent,
            protected_tables: Field::Absent,
            approval: Field::Absent,
            distinct_approver: Field::Absent,
            backup: Field::Absent,
            backup_keep: Field::Absent,
        }
    }
}
