//! Owns the rule `nul-byte`. Must never look further than for that one byte.

use super::super::offence::Found;
use super::super::rule::{Facts, Rule, Standing};

pub(in super::super) const FACTS: Facts = Facts {
    name: "nul-byte",
    fault: "a NUL byte cannot be sent to the server",
    reason: "the protocol ends a query at the first NUL byte, and what follows would be lost",
    remedy: "remove the byte; the file may have been saved in UTF-16",
    source: "PostgreSQL manual, \"Frontend/Backend Protocol: Message Formats\"",
    standing: Standing::Always,
    before: "",
    bad: "SELECT 'a\0b';",
    good: "CREATE TABLE public.t (id bigint);",
};

/// Notes the first NUL byte of a file.
pub(in super::super) fn check(text: &str, found: &mut Found) {
    if let Some(offset) = text.find('\0') {
        found.add(Rule::NulByte, offset, "NUL");
    }
}
