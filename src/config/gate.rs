//! Owns what the table `[gate]` means: how much of the schema a check compares, and what a host
//! may have besides. Must never let a rule pass that has no reason.

use super::fault::Problem;
use super::name::NameFault;
use super::written::{Field, Misplaced, Placed, WrittenGate, WrittenIgnore};
use crate::core::place::Place;
use crate::core::schema::ignore::IgnoreRule;
use crate::core::schema::kind::{COMPARED, Kind};
use crate::core::structure::Depth;

/// How much of the schema a check compares, for all environments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gate {
    /// Key `structure`: `"full"`, `"fingerprint"` or `"off"`. Where it is not given, the
    /// fingerprint is compared if the migration set has a seal; where it is, a missing seal is
    /// a finding.
    pub depth: Option<Depth>,
    /// Tables `ignore`, in the order of the file.
    pub rules: Vec<IgnoreRule>,
}

const DEPTHS: &[&str] = &["full", "fingerprint", "off"];

/// Judges the table.
pub(super) fn judge(written: WrittenGate, problems: &mut Vec<Misplaced>) -> Gate {
    let depth = match written.structure {
        Field::Given(Placed { value, place }) => match value.as_str() {
            "full" => Some(Depth::Full),
            "fingerprint" => Some(Depth::Fingerprint),
            "off" => Some(Depth::Off),
            _ => {
                let key = "gate.structure".to_owned();
                problems.push(Placed { value: Problem::Choice { key, allowed: DEPTHS }, place });
                None
            }
        },
        Field::Absent | Field::Unreadable => None,
    };
    let rules = match written.ignore {
        Field::Given(rules) => (1_usize..)
            .zip(rules.value)
            .filter_map(|(position, written)| rule(position, written, problems))
            .collect(),
        Field::Absent | Field::Unreadable => Vec::new(),
    };
    Gate { depth, rules }
}

fn rule(
    position: usize,
    written: Placed<WrittenIgnore>,
    problems: &mut Vec<Misplaced>,
) -> Option<IgnoreRule> {
    let Placed { value: WrittenIgnore { kind, name, reason }, place } = written;
    let mut text =
        |key: &str, field| text(format!("gate.ignore[{position}].{key}"), field, place, problems);
    let (kind, name, reason) = (text("kind", kind), text("name", name), text("reason", reason));
    let kind = kind.and_then(|Placed { value, place }| {
        let found = Kind::parse(&value).filter(|kind| kind.is_compared());
        if found.is_none() {
            let key = format!("gate.ignore[{position}].kind");
            problems.push(Placed { value: Problem::Choice { key, allowed: &COMPARED }, place });
        }
        found
    });
    Some(IgnoreRule { kind: kind?, pattern: name?.value, reason: reason?.value })
}

/// A text that must be given and must say something.
fn text(
    key: String,
    field: Field<String>,
    at: Place,
    problems: &mut Vec<Misplaced>,
) -> Option<Placed<String>> {
    let mut report = |problem, place| problems.push(Placed { value: problem, place });
    match field {
        Field::Unreadable => None,
        Field::Absent => {
            report(Problem::MissingKey { key, instead: "" }, at);
            None
        }
        Field::Given(text) => {
            let fault = if text.value.trim().is_empty() {
                NameFault::Empty
            } else if text.value.contains(char::is_control) {
                NameFault::Control
            } else if text.value.contains("://") {
                NameFault::Url
            } else {
                return Some(text);
            };
            report(Problem::Name { key, fault }, text.place);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Configuration, Overrides};
    use crate::core::finding::Explain as _;
    use crate::core::schema::kind::Kind;
    use crate::core::structure::Depth;
    use std::path::Path;

    fn parse(gate: &str) -> Result<super::Gate, Vec<String>> {
        let text = format!("migrations = 'm'\n[environments.dev]\ndatabase = 'd'\n{gate}");
        Configuration::parse(&text, Path::new("f"))
            .map(|it| it.environment("dev", Overrides::default()).expect("dev").gate)
            .map_err(|faults| faults.iter().map(|fault| fault.message()).collect())
    }

    #[test]
    fn what_is_written_is_what_is_meant() {
        assert_eq!(parse(""), Ok(super::Gate::default()));
        for (word, depth) in
            [("full", Depth::Full), ("fingerprint", Depth::Fingerprint), ("off", Depth::Off)]
        {
            let gate = parse(&format!("[gate]\nstructure = '{word}'")).expect("a gate");
            assert_eq!(gate.depth, Some(depth));
        }
        let gate = parse("[[gate.ignore]]\nkind = 'index'\nname = 't.*'\nreason = 'r'\n[[gate.ignore]]\nkind = 'materialized-view'\nname = '*'\nreason = 's'").expect("rules");
        let rules: Vec<_> =
            gate.rules.iter().map(|it| (it.kind, &*it.pattern, &*it.reason)).collect();
        assert_eq!(rules, [(Kind::Index, "t.*", "r"), (Kind::MaterializedView, "*", "s")]);
    }

    #[test]
    fn every_offender_is_named_with_its_place() {
        let faults = parse(
            "[gate]\nstructure = 'some'\nother = 1\n[[gate.ignore]]\nkind = 'tables'\nname = ''\n[[gate.ignore]]\nkind = 'table'\nname = 1\nreason = ' '\nwhy = 'x'\n",
        );
        let expected = [
            "f:5:13: the value of 'gate.structure' is none of 'full', 'fingerprint', 'off'",
            "f:6:1: unknown key 'gate.other'",
            "f:7:1: required key 'gate.ignore[1].reason' is missing",
            "f:8:8: the value of 'gate.ignore[1].kind' is none of",
            "f:9:8: 'gate.ignore[1].name' is not usable as a name: it is empty",
            "f:12:8: 'gate.ignore[2].name' must be a string, not an integer",
            "f:13:10: 'gate.ignore[2].reason' is not usable as a name: it is empty",
            "f:14:1: unknown key 'gate.ignore[2].why'",
        ];
        let faults = faults.expect_err("it is wrong");
        assert_eq!(faults.len(), expected.len(), "{faults:#?}");
        for (fault, expected) in faults.iter().zip(expected) {
            assert!(fault.starts_with(expected), "{fault}");
        }
        assert_eq!(parse("gate = 1").expect_err("it is wrong").len(), 1);
    }
}
