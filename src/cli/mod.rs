//! The doors: what was typed goes down to one story, its answer comes back as a document, is
//! rendered once, and becomes an exit code. No decision about the database is made here.

pub mod args;
mod commands;
mod document;
mod render;
mod session;

use crate::core::code::Code;
use args::Arguments;
use clap::{CommandFactory as _, Parser as _};
use render::Form;
use std::ffi::OsString;

/// Runs the program on these arguments and says how it ended.
pub async fn main(arguments: impl IntoIterator<Item = OsString>) -> Code {
    let words: Vec<OsString> = arguments.into_iter().collect();
    match Arguments::try_parse_from(&words) {
        Ok(arguments) => session::answer(&arguments).await,
        Err(error) => render::usage(&error, form(&words)),
    }
}

/// Tells the operator of a bug, without the words of the panic, which may hold data.
pub fn report_bug(place: &str) {
    render::bug(place);
}

/// The form that was asked for on a command line that could not be understood.
fn form(words: &[OsString]) -> Form {
    let is_json =
        |pair: &[OsString]| matches!(pair, [flag, value] if flag == "--format" && value == "json");
    let lenient = Arguments::command().ignore_errors(true).try_get_matches_from(words).ok();
    let is_probe = match lenient.as_ref().and_then(|typed| typed.subcommand_name()) {
        Some(name) => name == "probe",
        // What is wrong stands before the command: whoever may have asked for a line gets one.
        None => words.iter().any(|word| word == "probe"),
    };
    if is_probe {
        Form::Line
    } else if words.windows(2).any(is_json) || words.iter().any(|word| word == "--format=json") {
        Form::Json
    } else {
        Form::Human
    }
}
