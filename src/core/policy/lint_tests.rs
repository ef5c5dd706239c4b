//! Holds every rule to its own examples, and runs the tables of cases in `tests/cases/lint` (its
//! README says how they are written). Must never hold a case itself, but for what a table cannot
//! say.

use super::{Inspection, Judge, Level, New, Profile, Reading, Rule, Standing, Terms};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// What the last of some files breaks.
fn judged(files: &[&str], terms: &Terms) -> Inspection {
    let mut judge = Judge::new(terms.clone());
    let mut last = Inspection::default();
    for file in files {
        last = judge.judge(&Reading::of((*file).to_owned()));
    }
    last
}

fn rules(inspection: &Inspection) -> Vec<Rule> {
    inspection.offences.iter().map(|it| it.rule).collect()
}

#[test]
fn every_rule_is_broken_by_its_bad_example_and_kept_by_its_good_one() {
    let mut faults = String::new();
    for rule in Rule::ALL {
        let (before, bad, good) = rule.examples();
        for profile in [Profile::Strict, Profile::Standard] {
            let terms = Terms { profile, ..Terms::default() };
            let with = |text| {
                let files = if before.is_empty() { vec![text] } else { vec![before, text] };
                judged(&files, &terms)
            };
            let found = with(bad);
            let hit = found.offences.iter().find(|it| it.rule == rule);
            match hit {
                None => writeln!(faults, "{rule} ({profile}): bad gives {:?}", rules(&found)),
                Some(hit) => {
                    assert_eq!(hit.level, rule.level_in(profile), "{rule}");
                    Ok(())
                }
            }
            .unwrap();
            let found = with(good);
            if !found.offences.is_empty() {
                writeln!(faults, "{rule} ({profile}): good gives {:?}", found.offences).unwrap();
            }
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}
