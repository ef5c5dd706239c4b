//! Owns the kinds of objects that a schema has, their names and their order. Must never rename
//! one: canonical texts that were kept would no longer be read.

/// What an object is. The order is that of the canonical text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A schema.
    Schema,
    /// An extension; what belongs to it is not told.
    Extension,
    /// A composite, range or base type.
    Type,
    /// An enumeration.
    Enum,
    /// A domain.
    Domain,
    /// A sequence, also one that belongs to a column.
    Sequence,
    /// A function, procedure or aggregate, with its argument types.
    Function,
    /// A table, partitioned or not.
    Table,
    /// A view.
    View,
    /// A materialized view.
    MaterializedView,
    /// A foreign table.
    ForeignTable,
    /// A column of a relation.
    Column,
    /// A constraint of a table or a domain.
    Constraint,
    /// An index of a table or a materialized view.
    Index,
    /// A trigger of a relation.
    Trigger,
    /// A rewrite rule of a relation.
    Rule,
    /// A row-level security policy.
    Policy,
    /// Extended statistics.
    Statistics,
    /// An event trigger.
    EventTrigger,
    /// Privileges that objects to come are given.
    DefaultPrivileges,
}

/// The names of the kinds that are compared, in order.
pub const COMPARED: [&str; 19] = [
    "schema",
    "extension",
    "type",
    "enum",
    "domain",
    "sequence",
    "function",
    "table",
    "view",
    "materialized-view",
    "foreign-table",
    "column",
    "constraint",
    "index",
    "trigger",
    "rule",
    "policy",
    "statistics",
    "event-trigger",
];

impl Kind {
    /// All kinds, in order.
    pub const ALL: [Self; 20] = [
        Self::Schema,
        Self::Extension,
        Self::Type,
        Self::Enum,
        Self::Domain,
        Self::Sequence,
        Self::Function,
        Self::Table,
        Self::View,
        Self::MaterializedView,
        Self::ForeignTable,
        Self::Column,
        Self::Constraint,
        Self::Index,
        Self::Trigger,
        Self::Rule,
        Self::Policy,
        Self::Statistics,
        Self::EventTrigger,
        Self::DefaultPrivileges,
    ];

    /// Its stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Extension => "extension",
            Self::Type => "type",
            Self::Enum => "enum",
            Self::Domain => "domain",
            Self::Sequence => "sequence",
            Self::Function => "function",
            Self::Table => "table",
            Self::View => "view",
            Self::MaterializedView => "materialized-view",
            Self::ForeignTable => "foreign-table",
            Self::Column => "column",
            Self::Constraint => "constraint",
            Self::Index => "index",
            Self::Trigger => "trigger",
            Self::Rule => "rule",
            Self::Policy => "policy",
            Self::Statistics => "statistics",
            Self::EventTrigger => "event-trigger",
            Self::DefaultPrivileges => "default-privileges",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it is part of what is compared. Default privileges say what objects to come will
    /// be, not what the schema is, and differ between hosts for reasons of their own.
    #[must_use]
    pub fn is_compared(self) -> bool {
        self != Self::DefaultPrivileges
    }

    /// How many parts the name of its kind has at least: one outside schemas, two in a schema,
    /// three in a relation or domain.
    #[must_use]
    pub fn depth(self) -> usize {
        match self {
            Self::Schema | Self::Extension | Self::EventTrigger => 1,
            Self::Column
            | Self::Constraint
            | Self::Index
            | Self::Trigger
            | Self::Rule
            | Self::Policy
            | Self::DefaultPrivileges => 3,
            _ => 2,
        }
    }

    /// Whether objects of three parts can belong to it.
    #[must_use]
    pub fn has_members(self) -> bool {
        matches!(
            self,
            Self::Table
                | Self::View
                | Self::MaterializedView
                | Self::ForeignTable
                | Self::Type
                | Self::Domain
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_listed_once_in_order_and_found_by_its_name() {
        assert!(Kind::ALL.is_sorted_by(|one, next| one < next));
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.name()), Some(kind));
        }
        assert_eq!(Kind::parse("Table"), None);
        let compared = Kind::ALL.into_iter().filter(|kind| kind.is_compared()).map(Kind::name);
        assert!(compared.eq(COMPARED));
    }
}
