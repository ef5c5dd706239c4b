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
