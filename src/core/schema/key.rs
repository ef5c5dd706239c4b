//! Owns the attributes that objects have: their names, their order in the canonical text, and
//! which of them are compared. Must never rename one, and never hold a value.
//!
//! An attribute that has PostgreSQL's default is not there at all. So a server that does not
//! know an attribute yet and one that does, but does not use it, tell the same.

/// An attribute. The order is that of the canonical text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Ordinal among the columns that there are.
    Position,
    /// Type with its modifiers, or the type that another one is made of.
    Type,
    /// Attribute `collation`.
    Collation,
    /// Attribute `not-null`.
    NotNull,
    /// Default, as an expression.
    Default,
    /// Attribute `identity`.
    Identity,
    /// Attribute `generated`.
    Generated,
    /// Attribute `expression`.
    Expression,
    /// Attribute `storage`.
    Storage,
    /// Attribute `compression`.
    Compression,
    /// Attribute `inherited`.
    Inherited,
    /// Attribute `options`.
    Options,
    /// Attribute `foreign-options`.
    ForeignOptions,
    /// Which form of its kind it is.
    Form,
    /// Attribute `columns`.
    Columns,
    /// Attribute `include`.
    Include,
    /// Attribute `expressions`.
    Expressions,
    /// Attribute `predicate`.
    Predicate,
    /// Attribute `operators`.
    Operators,
    /// Attribute `references`.
    References,
    /// Attribute `referenced-columns`.
    ReferencedColumns,
    /// Attribute `match`.
    Match,
    /// Attribute `on-update`.
    OnUpdate,
    /// Attribute `on-delete`.
    OnDelete,
    /// Attribute `on-delete-columns`.
    OnDeleteColumns,
    /// Attribute `deferrable`.
    Deferrable,
    /// Attribute `validated`.
    Validated,
    /// Attribute `no-inherit`.
    NoInherit,
    /// Attribute `enforced`.
    Enforced,
    /// Attribute `period`.
    Period,
    /// Attribute `access-method`.
    AccessMethod,
    /// Attribute `unique`.
    Unique,
    /// Attribute `nulls-not-distinct`.
    NullsNotDistinct,
    /// Attribute `valid`.
    Valid,
    /// Attribute `ready`.
    Ready,
    /// Attribute `persistence`.
    Persistence,
    /// Attribute `of-type`.
    OfType,
    /// Attribute `partition-by`.
    PartitionBy,
    /// Attribute `partition-columns`.
    PartitionColumns,
    /// Attribute `partition-expressions`.
    PartitionExpressions,
    /// Attribute `partition-of`.
    PartitionOf,
    /// Attribute `partition-bound`.
    PartitionBound,
    /// Attribute `inherits`.
    Inherits,
    /// Attribute `row-security`.
    RowSecurity,
    /// Attribute `replica-identity`.
    ReplicaIdentity,
    /// Attribute `server`.
    Server,
    /// SQL text, as the room `definition` leaves it.
    Definition,
    /// Attribute `populated`.
    Populated,
    /// Attribute `start`.
    Start,
    /// Attribute `increment`.
    Increment,
    /// Attribute `minimum`.
    Minimum,
    /// Attribute `maximum`.
    Maximum,
    /// Attribute `cache`.
    Cache,
    /// Attribute `cycle`.
    Cycle,
    /// Attribute `owned-by`.
    OwnedBy,
    /// In which manner a sequence is owned.
    Belongs,
    /// Attribute `arguments`.
    Arguments,
    /// Attribute `result`.
    Result,
    /// Attribute `language`.
    Language,
    /// Attribute `volatility`.
    Volatility,
    /// Attribute `strict`.
    Strict,
    /// Attribute `security`.
    Security,
    /// Attribute `leakproof`.
    Leakproof,
    /// Attribute `parallel`.
    Parallel,
    /// Attribute `support`: the function that the planner asks about this one.
    Support,
    /// Attribute `settings`.
    Settings,
    /// Digest of the body.
    Body,
    /// Attribute `library`.
    Library,
    /// Attribute `aggregate`.
    Aggregate,
    /// Labels of an enumeration, in order.
    Labels,
    /// Attribute `range`.
    Range,
    /// Attribute `base`.
    Base,
    /// Attribute `timing`.
    Timing,
    /// Attribute `events`.
    Events,
    /// Attribute `level`.
    Level,
    /// Attribute `function`.
    Function,
    /// Attribute `old-rows`.
    OldRows,
    /// Attribute `new-rows`.
    NewRows,
    /// Attribute `enabled`.
    Enabled,
    /// Attribute `command`.
    Command,
    /// Attribute `permissive`.
    Permissive,
    /// Attribute `roles`.
    Roles,
    /// Attribute `using`.
    Using,
    /// Attribute `check`.
    Check,
    /// Attribute `of`.
    Of,
    /// Attribute `event`.
    Event,
    /// Attribute `tags`.
    Tags,
    /// Attribute `in-schema`.
    InSchema,
    /// Owner, by its function where it is a role of the environment.
    Owner,
    /// What everybody may do.
    GrantPublic,
    /// What the owner role may do with what another role owns.
    GrantOwner,
    /// What the migrator role may do.
    GrantMigrator,
    /// What the runtime role may do.
    GrantRuntime,
    /// Version of an extension.
    Version,
    /// Attribute `clustered`.
    Clustered,
    /// Where it is stored.
    Tablespace,
    /// Attribute `cost`.
    Cost,
    /// Attribute `rows`.
    Rows,
    /// What roles of no function here may do.
    GrantOther,
    /// Who may maintain; only PostgreSQL 17 and later can say.
    GrantMaintain,
    /// Comment.
    Comment,
}

/// Each attribute and its stable name, in order.
const NAMES: [(Key, &str); 101] = [
    (Key::Position, "position"),
    (Key::Type, "type"),
    (Key::Collation, "collation"),
    (Key::NotNull, "not-null"),
    (Key::Default, "default"),
    (Key::Identity, "identity"),
    (Key::Generated, "generated"),
    (Key::Expression, "expression"),
    (Key::Storage, "storage"),
    (Key::Compression, "compression"),
    (Key::Inherited, "inherited"),
    (Key::Options, "options"),
    (Key::ForeignOptions, "foreign-options"),
    (Key::Form, "form"),
    (Key::Columns, "columns"),
    (Key::Include, "include"),
    (Key::Expressions, "expressions"),
    (Key::Predicate, "predicate"),
    (Key::Operators, "operators"),
    (Key::References, "references"),
    (Key::ReferencedColumns, "referenced-columns"),
    (Key::Match, "match"),
    (Key::OnUpdate, "on-update"),
    (Key::OnDelete, "on-delete"),
    (Key::OnDeleteColumns, "on-delete-columns"),
    (Key::Deferrable, "deferrable"),
    (Key::Validated, "validated"),
    (Key::NoInherit, "no-inherit"),
    (Key::Enforced, "enforced"),
    (Key::Period, "period"),
    (Key::AccessMethod, "access-method"),
    (Key::Unique, "unique"),
    (Key::NullsNotDistinct, "nulls-not-distinct"),
    (Key::Valid, "valid"),
    (Key::Ready, "ready"),
    (Key::Persistence, "persistence"),
    (Key::OfType, "of-type"),
    (Key::PartitionBy, "partition-by"),
    (Key::PartitionColumns, "partition-columns"),
    (Key::PartitionExpressions, "partition-expressions"),
    (Key::PartitionOf, "partition-of"),
    (Key::PartitionBound, "partition-bound"),
    (Key::Inherits, "inherits"),
    (Key::RowSecurity, "row-security"),
    (Key::ReplicaIdentity, "replica-identity"),
    (Key::Server, "server"),
    (Key::Definition, "definition"),
    (Key::Populated, "populated"),
    (Key::Start, "start"),
    (Key::Increment, "increment"),
    (Key::Minimum, "minimum"),
    (Key::Maximum, "maximum"),
    (Key::Cache, "cache"),
    (Key::Cycle, "cycle"),
    (Key::OwnedBy, "owned-by"),
    (Key::Belongs, "belongs"),
    (Key::Arguments, "arguments"),
    (Key::Result, "result"),
    (Key::Language, "language"),
    (Key::Volatility, "volatility"),
    (Key::Strict, "strict"),
    (Key::Security, "security"),
    (Key::Leakproof, "leakproof"),
    (Key::Parallel, "parallel"),
    (Key::Support, "support"),
    (Key::Settings, "settings"),
    (Key::Body, "body"),
    (Key::Library, "library"),
    (Key::Aggregate, "aggregate"),
    (Key::Labels, "labels"),
    (Key::Range, "range"),
    (Key::Base, "base"),
    (Key::Timing, "timing"),
    (Key::Events, "events"),
    (Key::Level, "level"),
    (Key::Function, "function"),
    (Key::OldRows, "old-rows"),
    (Key::NewRows, "new-rows"),
    (Key::Enabled, "enabled"),
    (Key::Command, "command"),
    (Key::Permissive, "permissive"),
    (Key::Roles, "roles"),
    (Key::Using, "using"),
    (Key::Check, "check"),
    (Key::Of, "of"),
    (Key::Event, "event"),
    (Key::Tags, "tags"),
    (Key::InSchema, "in-schema"),
    (Key::Owner, "owner"),
    (Key::GrantPublic, "grant-public"),
    (Key::GrantOwner, "grant-owner"),
    (Key::GrantMigrator, "grant-migrator"),
    (Key::GrantRuntime, "grant-runtime"),
    (Key::Version, "version"),
    (Key::Clustered, "clustered"),
    (Key::Tablespace, "tablespace"),
    (Key::Cost, "cost"),
    (Key::Rows, "rows"),
    (Key::GrantOther, "grant-other"),
    (Key::GrantMaintain, "grant-maintain"),
    (Key::Comment, "comment"),
];

impl Key {
    /// All attributes, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.into_iter().map(|(key, _)| key)
    }

    /// Its stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(key, _)| *key == self).map_or("", |(_, name)| name)
    }

    /// The attribute of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, it)| *it == name).map(|(key, _)| *key)
    }

    /// Whether a difference in it is one of the schema. The others are noted for whoever looks:
    /// they differ between hosts and majors, or change nothing that a program can see.
    #[must_use]
    pub fn is_compared(self) -> bool {
        !matches!(
            self,
            Self::Version
                | Self::Populated
                | Self::Clustered
                | Self::Tablespace
                | Self::Cost
                | Self::Rows
                | Self::GrantOther
                | Self::GrantMaintain
                | Self::Comment
        )
    }

    /// Whether its value is SQL text of expressions.
    #[must_use]
    pub fn is_expression(self) -> bool {
        matches!(
            self,
            Self::Default
                | Self::Expression
                | Self::Expressions
                | Self::Predicate
                | Self::PartitionExpressions
                | Self::PartitionBound
                | Self::Using
                | Self::Check
        )
    }

    /// Whether its value is SQL text of whole statements.
    #[must_use]
    pub fn is_statement(self) -> bool {
        self == Self::Definition
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attribute_is_listed_once_in_order_and_found_by_its_name() {
        assert!(NAMES.is_sorted_by(|one, next| one.0 < next.0));
        // The last one of the type ends the list: none is forgotten.
        assert_eq!(NAMES.len(), Key::Comment as usize + 1);
        for key in Key::all() {
            assert_eq!(Key::parse(key.name()), Some(key));
            assert!(key.name().bytes().all(|it| it.is_ascii_lowercase() || it == b'-'));
        }
    }
}
