//! Owns what the cases of the schema must show: each attribute that is told of a kind, differing
//! alone. Must never take a combination for shown that no case of the run has shown.

use dreichor_migrate::core::schema::difference::{Difference, Fault};
use dreichor_migrate::core::schema::key::Key;
use dreichor_migrate::core::schema::kind::Kind;
use dreichor_migrate::core::schema::model::Schema;
use std::collections::{BTreeMap, BTreeSet};

/// What a case was.
pub(super) struct Seen {
    pub(super) differences: Vec<Difference>,
    pub(super) before: Schema,
    pub(super) after: Schema,
}

const OWNER: &[Key] = &[Key::Owner];
const GRANTS: &[Key] = &[Key::GrantPublic, Key::GrantOwner, Key::GrantMigrator, Key::GrantRuntime];

/// What is told of a kind and compared. That nothing else is told, each schema that a case reads
/// proves.
fn told(kind: Kind) -> Vec<Key> {
    use Key::*;
    let own: &[&[Key]] = match kind {
        Kind::Schema => &[OWNER, GRANTS],
        Kind::Extension => &[&[InSchema]],
        Kind::Type => &[&[Form, Type, Range, Base, Collation], OWNER, GRANTS],
        Kind::Enum => &[&[Labels], OWNER, GRANTS],
        Kind::Domain => &[&[Type, Collation, NotNull, Default], OWNER, GRANTS],
        Kind::Sequence => &[
            &[Persistence, Type, Start, Increment, Minimum, Maximum, Cache, Cycle],
            &[OwnedBy, Belongs],
            OWNER,
            GRANTS,
        ],
        Kind::Function => &[
            &[Form, Arguments, Result, Language, Volatility, Strict, Security, Leakproof],
            &[Parallel, Support, Settings, Body, Library, Definition, Aggregate],
            OWNER,
            GRANTS,
        ],
        Kind::Table => &[
            &[Persistence, AccessMethod, OfType, PartitionBy, PartitionColumns],
            &[PartitionExpressions, PartitionOf, PartitionBound, Inherits, RowSecurity],
            &[ReplicaIdentity, Options],
            OWNER,
            GRANTS,
        ],
        Kind::View => &[&[Options, Definition], OWNER, GRANTS],
        Kind::MaterializedView => &[&[AccessMethod, Options, Definition], OWNER, GRANTS],
        Kind::ForeignTable => {
            &[&[PartitionOf, PartitionBound, Inherits, Server, ForeignOptions], OWNER, GRANTS]
        }
        Kind::Column => &[
            &[Position, Type, Collation, NotNull, Default, Identity, Generated, Expression],
            &[Storage, Compression, Inherited, Options, ForeignOptions],
            GRANTS,
        ],
        Kind::Constraint => &[
            &[Form, Columns, Expression, Operators, References, ReferencedColumns, Match],
            &[OnUpdate, OnDelete, OnDeleteColumns, Deferrable, Validated, NoInherit],
            &[Inherited, Enforced, Period, Enabled],
        ],
        Kind::Index => &[
            &[AccessMethod, Columns, Include, Expressions, Predicate, Unique],
            &[NullsNotDistinct, Valid, Ready, Deferrable, PartitionOf, Options],
        ],
        Kind::Trigger => &[
            &[Timing, Events, Level, Columns, Function, Arguments, OldRows, NewRows],
            &[Deferrable, Form, References, Definition, PartitionOf, Enabled],
        ],
        Kind::Rule => &[&[Definition, Enabled]],
        Kind::Policy => &[&[Command, Permissive, Roles, Using, Check]],
        Kind::Statistics => &[&[Of, Form, Columns, Expressions], OWNER],
        Kind::EventTrigger => &[&[Event, Tags, Function, Enabled], OWNER],
        Kind::DefaultPrivileges => &[],
    };
    own.concat()
}

/// What is never told alone, and why.
const FOLLOWS: &[(Kind, Key, &str)] = &[
    (Kind::Column, Key::Position, "told as the order of the relation's columns"),
    (Kind::Sequence, Key::Belongs, "its column's identity differs, and is told"),
    (Kind::Trigger, Key::PartitionOf, "told of a clone for what it fires on otherwise"),
    (Kind::Index, Key::Deferrable, "only a constraint's index is deferrable, and that is told"),
];

/// The first major on which it can be there, where that is not 14.
const SINCE: &[(Kind, Key, u32)] = &[
    (Kind::Sequence, Key::Persistence, 15),
    (Kind::Index, Key::NullsNotDistinct, 15),
    (Kind::Constraint, Key::OnDeleteColumns, 15),
    (Kind::Constraint, Key::Enforced, 18),
    (Kind::Constraint, Key::Period, 18),
];

/// Kinds whose columns can stand in another order while nothing else differs.
const ORDERED: &[Kind] = &[Kind::Type, Kind::Table, Kind::ForeignTable];

/// What a sentence tells of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Missing,
    Unexpected,
    Order,
    Attribute(Key),
}

impl What {
    fn of(fault: &Fault) -> Self {
        match fault {
            Fault::Missing => Self::Missing,
            Fault::Unexpected => Self::Unexpected,
            Fault::Order { .. } => Self::Order,
            Fault::Other { key, .. } => Self::Attribute(*key),
        }
    }
}

type Told = BTreeSet<(Kind, What)>;

/// What was told of an object of which nothing else was told, and all that was told.
fn shown(seen: &[Seen]) -> (Told, Told) {
    let (mut alone, mut all) = (Told::new(), Told::new());
    for case in seen {
        let mut objects: BTreeMap<_, Vec<What>> = BTreeMap::new();
        for it in &case.differences {
            objects.entry((it.kind, &it.name)).or_default().push(What::of(&it.fault));
        }
        for ((kind, _), whats) in objects {
            all.extend(whats.iter().map(|what| (kind, *what)));
            if let [what] = whats[..] {
                alone.insert((kind, what));
            }
        }
    }
    (alone, all)
}

/// What differed in a case of which nothing was told.
fn passed_over(seen: &[Seen]) -> (BTreeSet<Kind>, BTreeSet<Key>) {
    let (mut kinds, mut keys) = (BTreeSet::new(), BTreeSet::new());
    for case in seen.iter().filter(|case| case.differences.is_empty()) {
        let both = [(&case.before, &case.after), (&case.after, &case.before)];
        for (one, other) in both {
            for object in one.objects() {
                match other.find(object.kind(), object.name()) {
                    None => drop(kinds.insert(object.kind())),
                    Some(same) => {
                        let differs = |key: &Key| object.value(*key) != same.value(*key);
                        keys.extend(Key::all().filter(differs));
                    }
                }
            }
        }
    }
    (kinds, keys)
}

/// Fails with what the cases have not shown, or shown against the lists above.
pub(super) fn judge(seen: &[Seen], major: u32) {
    let (alone, all) = shown(seen);
    let (kinds, keys) = passed_over(seen);
    let mut wrong = BTreeSet::new();
    for kind in Kind::ALL {
        let name = kind.name();
        if !kind.is_compared() {
            if !kinds.contains(&kind) {
                wrong.insert(format!("no case in which {name}, only noted, came or went"));
            }
            continue;
        }
        for what in [What::Missing, What::Unexpected] {
            if !all.contains(&(kind, what)) {
                wrong.insert(format!("no case of {name} {what:?}"));
            }
        }
        if ORDERED.contains(&kind) && !alone.contains(&(kind, What::Order)) {
            wrong.insert(format!("no case of {name} with columns in another order"));
        }
        for key in told(kind) {
            let since = SINCE.iter().find(|it| (it.0, it.1) == (kind, key)).map_or(14, |it| it.2);
            let (what, of) = ((kind, What::Attribute(key)), format!("{} of {name}", key.name()));
            let reason = FOLLOWS.iter().find(|it| (it.0, it.1) == (kind, key)).map(|it| it.2);
            if let Some(reason) = reason.filter(|_| all.contains(&what)) {
                wrong.insert(format!("{of} is told, but should not be: {reason}"));
            } else if reason.is_none() && since <= major && !alone.contains(&what) {
                wrong.insert(format!("no case in which {of} differs, and nothing else of it"));
            }
        }
    }
    for key in Key::all() {
        let name = key.name();
        let is_told = Kind::ALL.into_iter().any(|kind| told(kind).contains(&key));
        if is_told != key.is_compared() {
            wrong.insert(format!("{name} stands on a list of what is told: {is_told}"));
        }
        let since = if key == Key::GrantMaintain { 17 } else { 14 };
        if !key.is_compared() && since <= major && !keys.contains(&key) {
            wrong.insert(format!("no case in which {name}, only noted, differs"));
        }
    }
    for object in seen.iter().flat_map(|it| [&it.before, &it.after]).flat_map(Schema::objects) {
        let kind = object.kind();
        for (key, _) in object.compared().filter(|(key, _)| !told(kind).contains(key)) {
            if kind.is_compared() {
                wrong.insert(format!("{} of {} is on no list", key.name(), kind.name()));
            }
        }
    }
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "on PostgreSQL {major}:\n{}", wrong.join("\n"));
}
