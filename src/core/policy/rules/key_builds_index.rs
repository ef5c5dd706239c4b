//! Owns the rule `key-builds-index`: no index of a key is built while the table is locked
//! whole. Must never refuse a key that uses an index which is there.
//!
//! Source: PostgreSQL manual, "ALTER TABLE", "Explicit Locking"

use super::super::acts::Act;
use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::Scene;

pub(in super::super) const FACTS: Facts = Facts {
    name: "key-builds-index",
    fault: "'{}' builds an index while nobody can read or write the table",
    reason: "a primary key, unique or exclusion constraint builds its index under the strongest \
             lock",
    remedy: "make the unique index by hand with CREATE UNIQUE INDEX CONCURRENTLY, outside of \
             the migrations, and add the constraint USING INDEX; or take a maintenance window \
             and say so: '-- dreichor: allow(key-builds-index) REASON' on the line above",
    source: "PostgreSQL manual, \"ALTER TABLE\", \"Explicit Locking\"",
    standing: Standing::StrictUnlessWaived,
    before: "CREATE TABLE public.t (id bigint NOT NULL, a bigint);\nCREATE INDEX t_a ON \
             public.t (a);",
    bad: "ALTER TABLE public.t ADD CONSTRAINT t_a_key UNIQUE (a);",
    good: "ALTER TABLE public.t ADD CONSTRAINT t_a_key UNIQUE USING INDEX t_a_unique;",
};

pub(super) fn check(scene: &Scene<'_>, found: &mut Found) {
    for hint in scene.hints(Rule::KeyBuildsIndex).filter(|_| !scene.on_empty_table) {
        found.add(Rule::KeyBuildsIndex, hint.offset, &hint.what);
    }
    for act in &scene.read.acts {
        // The linter knows of unique constraints and primary keys alone.
        if let Act::AlterTable { table, action } = act
            && let Some(element) = &action.element
            && element.builds_index
            && element.key.is_none()
            && !scene.is_empty(table)
        {
            found.add(Rule::KeyBuildsIndex, element.offset, &action.what);
        }
    }
}
