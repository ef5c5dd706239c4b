//! The manual page of the program: hand-written prose in `dreichor-migrate.8.in`, with the
//! options and the exit codes put in from their definitions.

use super::{COMMAND, hold, read};
use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use dreichor_migrate::cli::args::Arguments;
use dreichor_migrate::core::code::TABLE;

/// The options of a command as roff, without the section's heading.
fn options(command: &Command, global: bool) -> String {
    let arguments = command
        .get_arguments()
        .filter(|it| it.is_global_set() == global && !it.is_hide_set())
        .map(|it| it.clone().help_heading(None));
    let alone = Command::new(COMMAND)
        .disable_help_flag(!global)
        .disable_version_flag(!global)
        .version(env!("CARGO_PKG_VERSION"))
        .args(arguments);
    let mut page = Vec::new();
    Man::new(alone).render_options_section(&mut page).expect("written to memory");
    let page = String::from_utf8(page).expect("a page is text");
    let body = page.lines().skip_while(|line| *line != ".SH OPTIONS").skip(1);
    body.map(|line| format!("{line}\n")).collect()
}

/// The commands that can be typed, with the names of those above them.
fn commands(above: &Command, prefix: &str) -> Vec<(String, Command)> {
    let mut found = Vec::new();
    for command in above.get_subcommands() {
        let name = format!("{prefix}{}", command.get_name());
        if command.has_subcommands() {
            found.extend(commands(command, &format!("{name} ")));
        } else {
            found.push((name, command.clone()));
        }
    }
    found
}

fn section_of_commands() -> String {
    let mut out = String::new();
    for (name, command) in commands(&Arguments::command(), "") {
        let about = command.get_about().expect("every command says what it does");
        out.push_str(&format!(".SS {name}\n{}.\n", escaped(&about.to_string())));
        out.push_str(&options(&command, false));
    }
    out
}

fn exit_status() -> String {
    let mut out = String::new();
    for row in &TABLE {
        let (number, name) = (row.number, escaped(row.name));
        out.push_str(&format!(".TP\n.B {number} {name}\n{}.\n", escaped(row.meaning)));
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq")
}

#[test]
fn the_page_has_every_command_option_and_exit_code() {
    let mut page = read("packaging/man/dreichor-migrate.8.in");
    let parts = [
        ("@COMMANDS@\n", section_of_commands()),
        ("@GLOBAL_OPTIONS@\n", options(&Arguments::command(), true)),
        ("@EXIT_STATUS@\n", exit_status()),
        ("@VERSION@", env!("CARGO_PKG_VERSION").to_owned()),
    ];
    for (place, part) in parts {
        assert_eq!(page.matches(place).count(), 1, "{place}");
        page = page.replace(place, &part);
    }
    let arguments = Arguments::command();
    let commands = commands(&arguments, "");
    let all = commands.iter().flat_map(|(_, command)| command.get_arguments());
    for argument in arguments.get_arguments().chain(all) {
        if let Some(long) = argument.get_long() {
            let option = format!("\\-\\-{}", long.replace('-', "\\-"));
            assert!(page.contains(&option), "no {option}");
        }
    }
    hold("packaging/man/dreichor-migrate.8", &page);
}
