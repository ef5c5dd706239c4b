//! The page of the rules is made of what the rules say of themselves: names, levels, reasons,
//! sources, examples.

use super::{hold, read};
use dreichor_migrate::core::policy::{Rule, Standing};

const PAGE: &str = "docs/rules.md";
const MARK: &str = "<!-- From here on made of the rules' own definitions. -->\n";

/// The sections of the page, by what a breach means.
const GROUPS: [(Standing, &str, &str); 5] = [
    (
        Standing::Always,
        "Refused in both profiles",
        "The transaction, the history and the run lock rest on these. No waiver sets them aside.",
    ),
    (
        Standing::AlwaysUnlessWaived,
        "Refused in both profiles, unless waived",
        "A waiver hands the judgement over to the server.",
    ),
    (
        Standing::Strict,
        "Refused in `strict`, warned of in `standard`",
        "This is what `strict` means, so no waiver sets it aside there; in `standard` one silences the warning.",
    ),
    (
        Standing::StrictUnlessWaived,
        "Refused in `strict` unless waived, warned of in `standard`",
        "Sometimes it must be: then the line above the statement says why.",
    ),
    (Standing::Advice, "Warned of in both profiles", "A waiver silences the warning."),
];

fn example(out: &mut String, title: &str, text: &str) {
    if !text.is_empty() {
        let text = text.replace('\0', "␀");
        out.push_str(&format!("{title}:\n\n```sql\n{text}\n```\n\n"));
    }
}

fn sections() -> String {
    let mut out = String::new();
    for (standing, title, meaning) in GROUPS {
        out.push_str(&format!("\n## {title}\n\n{meaning}\n\n| rule | why |\n|---|---|\n"));
        let rules: Vec<Rule> =
            Rule::ALL.into_iter().filter(|it| it.standing() == standing).collect();
        assert!(!rules.is_empty(), "{title}");
        for rule in &rules {
            let reason = rule.reason().replace('|', "\\|");
            out.push_str(&format!("| [`{rule}`](#{rule}) | {reason} |\n"));
        }
        for rule in rules {
            let (before, bad, good) = rule.examples();
            out.push_str(&format!("\n### {rule}\n\n{}.\n\n", sentence(rule.reason())));
            out.push_str(&format!("What to do: {}.\n\n", rule.remedy()));
            out.push_str(&format!("Source: {}.\n\n", rule.source()));
            example(&mut out, "In an earlier file", before);
            example(&mut out, "Breaks it", bad);
            example(&mut out, "Keeps it", good);
            out.truncate(out.trim_end().len());
            out.push('\n');
        }
    }
    out
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[test]
fn the_page_of_rules_is_what_the_rules_say() {
    let page = read(PAGE);
    let (written, _) = page.split_once(MARK).expect("the mark");
    hold(PAGE, &format!("{written}{MARK}{}", sections()));
}
