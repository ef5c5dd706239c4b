//! Owns the rule `name-too-long`: no name is cut without anybody noticing. Must never measure
//! a name in characters: the server counts bytes.
//!
//! Source: PostgreSQL manual, "Identifiers and Key Words"

use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};
use super::Scene;

pub(in super::super) const FACTS: Facts = Facts {
    name: "name-too-long",
    fault: "the name '{}' is longer than 63 bytes, and the server cuts it",
    reason: "two long names can become one, and what the file says is not what the schema has",
    remedy: "choose a shorter name",
    source: "PostgreSQL manual, \"Lexical Structure\"",
    standing: Standing::StrictUnlessWaived,
    before: "",
    bad: "CREATE TABLE \
          public.a_name_that_is_so_long_that_the_server_will_cut_it_and_keep_sixty_three_bytes \
          (id bigint);",
    good: "CREATE TABLE public.a_shorter_name (id bigint);",
};

pub(super) fn check(scene: &Scene<'_>, found: &mut Found) {
    for hint in scene.hints(Rule::NameTooLong).filter(|_| true) {
        found.add(Rule::NameTooLong, hint.offset, &hint.what);
    }
}
