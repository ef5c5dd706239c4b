//! Owns the text of a verdict, and of what it was judged by. Must never decide what it is.

use super::paint::Paint;
use crate::core::code::Code;
use crate::core::requirement::Range;
use crate::core::structure::Structure;
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
    out.push_str(&paint.faint(&compared(verdict.structure())));
    out.push('\n');
}

/// What the verdict rests on.
pub(super) fn compared(structure: &Structure) -> String {
    let without =
        |why: &str| format!("versions and checksums were compared; the structure was not: {why}");
    match structure {
        Structure::Off => without("'gate.structure' is off"),
        Structure::NoSeal | Structure::SealMissing => without("the set has no seal"),
        Structure::NothingApplied => without("nothing is applied"),
        Structure::Contradicted => without("history and files contradict each other"),
        Structure::Unsealed(version) => {
            without(&format!("'{}' is not sealed", version.escape_debug()))
        }
        Structure::Compared(found) => {
            let ignored = match found.ignored.len() {
                0 => String::new(),
                1 => "\n  1 difference is let pass by a rule of the configuration".to_owned(),
                count => {
                    format!("\n  {count} differences are let pass by rules of the configuration")
                }
            };
            format!(
                "versions, checksums and structure were compared\n  (schema {}){ignored}",
                found.found
            )
        }
    }
}
