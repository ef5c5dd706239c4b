//! The tables of exit codes in the README and in the design are the one in `core/code.rs`.

use super::{hold, read, with_table};
use dreichor_migrate::core::code::TABLE;

const HEAD: &str = "| code | name | meaning |\n|---|---|---|\n";

/// Families by the number before the last digit, as design section 6 calls them.
const FAMILIES: &[(u8, &str)] = &[
    (1, "the database says no"),
    (2, "refused, nothing was touched"),
    (3, "the surroundings"),
    (4, "a run ended early"),
];

fn table() -> String {
    let mut out = String::new();
    let mut told = 0;
    for row in &TABLE {
        let family = row.number / 10;
        if let Some((_, title)) =
            FAMILIES.iter().find(|(number, _)| *number == family && family != told)
        {
            out.push_str(&format!("| **{family}x** | | **{title}** |\n"));
        }
        told = family;
        out.push_str(&format!("| {} | {} | {} |\n", row.number, row.name, row.meaning));
    }
    out
}

#[test]
fn every_table_of_exit_codes_is_the_programs() {
    for name in ["docs/design.md", "README.md"] {
        hold(name, &with_table(&read(name), HEAD, &table()));
    }
}

/// The page of the deploy agent says what to do for each code that a question can end with.
#[test]
fn the_deploy_agents_page_knows_every_code_of_an_answer() {
    let page = read("docs/deploy-agent.md");
    let (_, table) = page.split_once("## What each answer means").expect("the section");
    let (table, _) = table.split_once("\n## ").expect("its end");
    // Only a run that changes something ends with these.
    let of_runs = [21, 22, 23, 40, 43, 44];
    for row in &TABLE {
        let told = format!("{} `{}`", row.number, row.name);
        let stands = table.lines().any(|line| {
            let cell = line.strip_prefix("| ").and_then(|line| line.split(" | ").next());
            cell.is_some_and(|cell| cell.split(", ").any(|code| code == told))
        });
        assert_eq!(stands, !of_runs.contains(&row.number), "{told}");
    }
}
