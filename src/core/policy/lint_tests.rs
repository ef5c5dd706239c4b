//! Holds every rule to its own examples, and runs the tables of cases in `tests/cases/lint` (its
//! README says how they are written). Must never hold a case itself, but for what a table cannot
//! say.

use super::{Inspection, Judge, Level, New, Profile, Reading, Rule, Terms};
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

/// One case of a table.
#[derive(Default)]
struct Case {
    title: String,
    strict: String,
    standard: Option<String>,
    waived: String,
    terms: Terms,
    files: Vec<String>,
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/lint")
}

fn cases(table: &str) -> Vec<Case> {
    let mut sections = table.split("\n== ");
    let first = sections.next().unwrap().strip_prefix("== ").unwrap();
    std::iter::once(first).chain(sections).map(case).collect()
}

fn case(section: &str) -> Case {
    let mut parts = section.split("\n---\n");
    let mut lines = parts.next().unwrap().lines();
    let mut case = Case { title: lines.next().unwrap().to_owned(), ..Case::default() };
    for line in lines {
        match line.split_once(": ").unwrap() {
            ("strict", value) => case.strict = value.to_owned(),
            ("standard", value) => case.standard = Some(value.to_owned()),
            ("waived", value) => case.waived = value.to_owned(),
            ("new", "in plan") => case.terms.new = New::InPlan,
            ("protected", value) => {
                case.terms.protected_tables = value.split(", ").map(str::to_owned).collect();
            }
            ("search path", value) => {
                case.terms.search_path = value.split(", ").map(str::to_owned).collect();
            }
            (key, _) => panic!("unknown key '{key}' in '{}'", case.title),
        }
    }
    case.files = parts.map(str::to_owned).collect();
    assert!(!case.files.is_empty() && !case.strict.is_empty(), "{}", case.title);
    case
}

/// What is found, in the order of the text; a question mark behind what is only warned of.
fn summary(inspection: &Inspection) -> String {
    let mut found = Vec::new();
    for it in &inspection.offences {
        let mark = if it.level == Level::Warning { "?" } else { "" };
        found.push(format!("{}@{}:{}{mark}", it.rule, it.place.line, it.place.column));
    }
    if found.is_empty() { "none".to_owned() } else { found.join(", ") }
}

/// What `standard` says where a case does not say otherwise: the same, by its own levels.
fn in_standard(strict: &str) -> String {
    let mut found = Vec::new();
    for one in strict.split(", ").filter(|one| *one != "none") {
        let one = one.trim_end_matches('?');
        let rule = Rule::of_name(one.split('@').next().unwrap()).unwrap();
        let mark = if rule.is_refused_in(Profile::Standard) { "" } else { "?" };
        found.push(format!("{one}{mark}"));
    }
    if found.is_empty() { "none".to_owned() } else { found.join(", ") }
}

#[test]
fn every_case_of_the_tables_holds_in_both_profiles() {
    let (mut faults, mut count) = (String::new(), 0);
    let mut entries: Vec<_> =
        fs::read_dir(folder()).unwrap().map(|it| it.unwrap().path()).collect();
    entries.sort();
    for path in entries.iter().filter(|it| it.extension().is_some_and(|it| it == "txt")) {
        for case in cases(fs::read_to_string(path).unwrap().trim_end_matches('\n')) {
            count += 1;
            let files: Vec<&str> = case.files.iter().map(String::as_str).collect();
            let standard = case.standard.clone().unwrap_or_else(|| in_standard(&case.strict));
            for (profile, wanted) in
                [(Profile::Strict, &case.strict), (Profile::Standard, &standard)]
            {
                let found = judged(&files, &Terms { profile, ..case.terms.clone() });
                let what: Vec<&str> = found.offences.iter().map(|it| it.what.as_str()).collect();
                let waived: Vec<&str> = found.waivers.iter().map(|it| it.rule.name()).collect();
                let waived = waived.join(", ");
                let told = summary(&found);
                let is_waived = profile == Profile::Standard || waived == case.waived;
                if told != *wanted || !is_waived {
                    writeln!(
                        faults,
                        "{}: {} ({profile})\n  found  {told} [{waived}]\n  wanted {wanted} [{}]\n  {what:?}",
                        path.file_name().unwrap().display(),
                        case.title,
                        case.waived
                    )
                    .unwrap();
                }
            }
        }
    }
    assert!(count >= 150, "only {count} cases were found");
    assert!(faults.is_empty(), "\n{faults}");
}
