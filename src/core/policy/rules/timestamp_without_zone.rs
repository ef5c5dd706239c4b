//! Owns the rule `timestamp-without-zone`: an instant is kept as an instant. Must never
//! refuse dates and times of day.
//!
//! Source: PostgreSQL manual, "Date/Time Types"

use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::Scene;

pub(in super::super) const FACTS: Facts = Facts {
    name: "timestamp-without-zone",
    fault: "'{}' keeps a clock's reading without saying which clock",
    reason: "what was meant depends on the zone of the session that wrote it",
    remedy: "use timestamptz, which is an instant; where time is logical, use bigint",
    source: "PostgreSQL manual, \"Date/Time Types\"",
    standing: Standing::Advice,
    before: "",
    bad: "CREATE TABLE public.t (seen timestamp);",
    good: "CREATE TABLE public.t (seen timestamptz);",
};

pub(super) fn check(scene: &Scene<'_>, found: &mut Found) {
    for hint in scene.hints(Rule::TimestampWithoutZone).filter(|_| true) {
        found.add(Rule::TimestampWithoutZone, hint.offset, &hint.what);
    }
}
