//! What is published and what the program's own definitions say: man pages, completions, the
//! packaged configuration, the tables of exit codes, events, fields and rules, and the catalog are
//! held together here.
//!
//! `DREICHOR_WRITE_DOCUMENTS=1 cargo test --test it documents` writes what can be rendered;
//! without the variable every difference is a failure.

mod configuration;
mod exit_codes;
mod journal;
mod manual;
mod rules;
mod units;

use clap::CommandFactory as _;
use clap_complete::{Shell, generate};
use dreichor_migrate::cli::args::Arguments;
use std::env;
use std::fs;
use std::path::PathBuf;

const COMMAND: &str = "dreichor-migrate";

/// A file of the repository.
fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("'{name}': {error}"))
}

/// A document with the rows below a table's head replaced by the rendered ones.
fn with_table(text: &str, head: &str, rows: &str) -> String {
    let (before, rest) = text.split_once(head).expect("the table's head");
    // The head's own line end is the first of the two where the table has no row yet.
    let end = if rest.starts_with('\n') { Some(0) } else { rest.find("\n\n").map(|at| at + 1) };
    let after = end.map(|end| &rest[end..]).expect("a blank line ends the table");
    assert!(!after.contains(head), "two tables");
    format!("{before}{head}{rows}{after}")
}

/// Asserts that a committed file is what the definitions render, or writes it when told to.
#[track_caller]
fn hold(name: &str, rendered: &str) {
    if env::var_os("DREICHOR_WRITE_DOCUMENTS").is_some() {
        fs::write(path(name), rendered).expect("the document is written");
        return;
    }
    assert!(
        fs::read_to_string(path(name)).is_ok_and(|committed| committed == rendered),
        "'{name}' is not what the program's definitions say; write it again with\n\
         DREICHOR_WRITE_DOCUMENTS=1 cargo test --test it documents"
    );
}

#[test]
fn completions_are_those_of_the_arguments() {
    for (shell, name) in [
        (Shell::Bash, "packaging/completions/dreichor-migrate.bash"),
        (Shell::Zsh, "packaging/completions/_dreichor-migrate"),
        (Shell::Fish, "packaging/completions/dreichor-migrate.fish"),
    ] {
        let mut script = Vec::new();
        generate(shell, &mut Arguments::command(), COMMAND, &mut script);
        let script = String::from_utf8(script).expect("a script is text");
        for word in ["baseline", "connect-deadline", "supports-up-to", "requirement"] {
            assert!(script.contains(word), "{name} does not complete '{word}'");
        }
        hold(name, &script);
    }
}
