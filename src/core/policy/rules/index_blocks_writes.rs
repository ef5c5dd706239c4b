//! Owns the rule `index-blocks-writes`: no index is built while writes wait. Must never
//! refuse it for a table without rows.
//!
//! Source: PostgreSQL manual, "CREATE INDEX: Building Indexes Concurrently"

use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::Scene;

pub(in super::super) const FACTS: Facts = Facts {
    name: "index-blocks-writes",
    fault: "'{}' makes every write to the table wait until the index is built",
    reason: "building an index locks out writes, and CONCURRENTLY cannot run inside a \
             migration's transaction",
    remedy: "build it by hand with CREATE INDEX CONCURRENTLY before the release that needs it, \
             or take a maintenance window and say so: '-- dreichor: allow(index-blocks-writes) \
             REASON' on the line above",
    source: "PostgreSQL manual, \"CREATE INDEX\"",
    standing: Standing::StrictUnlessWaived,
    before: "CREATE TABLE public.t (id bigint NOT NULL, a bigint);\nCREATE INDEX t_a ON \
             public.t (a);",
    bad: "CREATE INDEX t_id ON public.t (id);",
    good: "-- dreichor: allow(index-blocks-writes) the service is stopped for this \
           release\nCREATE INDEX t_id ON public.t (id);",
};

pub(super) fn check(scene: &Scene<'_>, found: &mut Found) {
    for hint in scene.hints(Rule::IndexBlocksWrites).filter(|_| !scene.on_empty_table) {
        found.add(Rule::IndexBlocksWrites, hint.offset, &hint.what);
    }
}
