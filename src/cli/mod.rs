//! The doors: what was typed goes down to one story, its answer comes back as a document, is
//! rendered once, and becomes an exit code. No decision about the database is made here.

pub mod args;
mod commands;
mod document;
mod render;
mod session;

use crate::core::code::Code;
use args::Arguments;
use clap::Parser as _;
use std::ffi::OsString;

/// Runs the program on these arguments and says how it ended.
pub async fn main(arguments: impl IntoIterator<Item = OsString>) -> Code {
    let words: Vec<OsString> = arguments.into_iter().collect();
    match Arguments::try_parse_from(&words) {
        Ok(arguments) => session::answer(&arguments).await,
        Err(error) => render::usage(&error, wants_json(&words)),
    }
}

/// Tells the operator of a bug, without the words of the panic, which may hold data.
pub fn report_bug(place: &str) {
    render::bug(place);
}

/// Whether JSON was asked for on a command line that could not be understood.
fn wants_json(words: &[OsString]) -> bool {
    words
        .windows(2)
        .any(|pair| matches!(pair, [flag, value] if flag == "--format" && value == "json"))
        || words.iter().any(|word| word == "--format=json")
}
