//! Owns the text of a verdict, and of what it was judged by. Must never decide what it is.

use super::paint::Paint;
use crate::core::code::Code;
use crate::core::requirement::Range;
use crate::core::verdict::Structure;
use crate::ops::check::Checked;
use crate::ops::requirement::Origin;

/// The part of the log's sentence that names a requirement other than the installed set.
pub(super) fn judged_by(checked: &Checked) -> String {
    match (&checked.origin, &checked.range) {
        (Origin::Installed, _) | (_, None) => String::new(),
        (origin, Some(range)) => format!("; {} ({})", required(range), told(origin)),
    }
}

fn required(range: &Range) -> String {
    let (requires, up_to) = (range.requires(), range.supports_up_to());
    if requires == up_to {
        format!("requires {requires}, exactly")
    } else {
        format!("requires {requires}, supports up to {up_to}")
    }
}

fn told(origin: &Origin) -> String {
    match origin {
        Origin::Installed => "the installed migration set".to_owned(),
        Origin::CommandLine => "the command line".to_owned(),
        Origin::File(path) => format!("'{}'", path.display()),
        Origin::Configuration(path) => format!("'{}', as configured", path.display()),
    }
}

pub(super) fn write_verdict(out: &mut String, checked: &Checked, environment: &str, paint: Paint) {
    let verdict = &checked.verdict;
    let name = verdict.name();
    let word = if verdict.exit_code() == Code::Ok { paint.good(name) } else { paint.bad(name) };
    out.push_str(&format!("{environment}: {word}\n"));
    if let Some(range) = &checked.range {
        let by = format!("{}\n  ({})", required(range), told(&checked.origin));
        out.push_str(&paint.faint(&by));
        out.push('\n');
    }
    match verdict.structure() {
        Structure::NotExamined => {
            out.push_str(
                &paint
                    .faint("versions and checksums were compared; the structure was not examined"),
            );
            out.push('\n');
        }
    }
}
