//! Owns writing the answer: the only writer to standard output. What a failure has to say to
//! people goes to standard error; what a machine asked for goes to standard output always.

mod drift;
mod evidence;
mod finding;
mod human;
mod json;
mod line;
mod lint;
mod paint;
mod rehearsal;
mod review;
mod run;
mod sarif;
mod verdict;
mod width;

use super::args::{Arguments, ColorChoice, Command, Format};
use super::document::{Body, Document};
use crate::core::code::Code;
use crate::host::log::is_journal;
use clap::error::ErrorKind;
use paint::Paint;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;

pub(super) use human::summary;
pub(super) use sarif::text as sarif;

/// The form in which one run answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Text for people.
    Human,
    /// One JSON document.
    Json,
    /// One line of JSON, which `probe` always gives.
    Line,
}

impl Form {
    /// What was asked for.
    pub(super) fn of(arguments: &Arguments) -> Self {
        match (&arguments.command, arguments.global.format) {
            (Command::Probe(_), _) => Self::Line,
            (_, Format::Human) => Self::Human,
            (_, Format::Json) => Self::Json,
        }
    }
}

/// Writes the document as text for people.
///
/// `logged` says that the journal was told natively: a stream that leads there as well is
/// then left alone, so that nothing is said twice.
pub(super) fn human(document: &Document, color: ColorChoice, logged: bool) -> io::Result<()> {
    let to_stderr = matches!(document.body, Body::Failed);
    if to_stderr {
        let stream = io::stderr();
        if logged && is_journal(stream.as_fd()) {
            return Ok(());
        }
        let paint = Paint::choose(color, stream.is_terminal());
        write_whole(stream.lock(), &human::text(document, paint))
    } else {
        let stream = io::stdout();
        if logged && is_journal(stream.as_fd()) {
            return Ok(());
        }
        let paint = Paint::choose(color, stream.is_terminal());
        write_whole(stream.lock(), &human::text(document, paint))
    }
}

/// Writes the document as one JSON document.
pub(super) fn json(document: &Document) -> io::Result<()> {
    write_whole(io::stdout().lock(), &format!("{:#}\n", json::value(document)))
}

/// Writes the document as one line of JSON.
pub(super) fn line(document: &Document) -> io::Result<()> {
    write_whole(io::stdout().lock(), &format!("{}\n", line::value(document)))
}

/// Answers a command line that is wrong, or that asks for help or the version.
pub(super) fn usage(error: &clap::Error, form: Form) -> Code {
    let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let text = error.render().to_string();
    let written = if asked {
        write_whole(io::stdout().lock(), &text)
    } else {
        match form {
            Form::Human => write_whole(io::stderr().lock(), &marked(&text)),
            Form::Json => write_whole(io::stdout().lock(), &format!("{:#}\n", json::usage(&text))),
            Form::Line => write_whole(io::stdout().lock(), &format!("{}\n", line::usage(&text))),
        }
    };
    match (asked, written) {
        (true, Ok(())) => Code::Ok,
        (true, Err(_)) => Code::Internal,
        (false, _) => Code::Usage,
    }
}

/// Tells of a bug by its place in the source.
pub(super) fn bug(place: &str) {
    let text = format!(
        "dreichor-migrate {}: a bug at {place}; the database decides what was done: ask 'dreichor-migrate status'\n",
        env!("CARGO_PKG_VERSION")
    );
    // There is nobody left to tell when standard error is gone as well.
    let _last_words = write_whole(io::stderr().lock(), &marked(&text));
}

/// Marks each line as an error where the journal reads standard error (sd-daemon(3)): there is
/// no log yet, or no longer, that could give it a priority.
fn marked(text: &str) -> String {
    if !is_journal(io::stderr().as_fd()) {
        return text.to_owned();
    }
    let told = text.lines().filter(|line| !line.trim().is_empty());
    told.map(|line| format!("<3>{line}\n")).collect()
}

fn write_whole(mut stream: impl Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}
