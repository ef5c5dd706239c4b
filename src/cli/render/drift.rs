//! Owns the text of `verify` and `seal`: each difference with both sides of it. Must never leave
//! a difference out.

use super::paint::Paint;
use super::verdict::compared;
use crate::cli::document::Document;
use crate::core::code::Code;
use crate::core::finding::{Explain, Finding};
use crate::core::structure::Structure;
use crate::ops::seal::Sealing;
use crate::ops::verify::Verification;

pub(super) fn write_verification(
    out: &mut String,
    verification: &Verification,
    environment: &str,
    paint: Paint,
) {
    let verdict = &verification.verdict;
    let as_sealed = verdict.exit_code() == Code::Ok;
    let word = if as_sealed { paint.good("as sealed") } else { paint.bad(verdict.name()) };
    out.push_str(&format!("{environment}: {word}\n"));
    if let Structure::Compared(found) = verdict.structure() {
        let sealed = format!("sealed   {} of '{}'\n", found.expected, found.version);
        out.push_str(&paint.faint(&format!("{sealed}found    {}\n", found.found)));
        for ignored in &found.ignored {
            let message = ignored.difference.message();
            out.push_str(&paint.faint(&format!("let pass {message} ({})\n", ignored.reason)));
        }
    } else {
        out.push_str(&paint.faint(&compared(verdict.structure())));
        out.push('\n');
    }
    let mut shown: Vec<&str> = Vec::new();
    for drift in &verification.drifts {
        out.push_str(&format!("\n{}\n", paint.bad(&drift.difference.message())));
        let none = || "(none)".to_owned();
        let sides = [("expected", &drift.expected), ("found", &drift.found)];
        for (label, side) in sides {
            let side = side.clone().unwrap_or_else(none);
            out.push_str(&format!("  {} {side}\n", paint.faint(&format!("{label:<8}"))));
        }
        if let Some(statement) = drift.statement.as_deref() {
            // One statement may mend several differences of an object.
            let text = if shown.contains(&statement) { "as above" } else { statement };
            let end = if text == statement { ";" } else { "" };
            out.push_str(&format!("  {} {text}{end}\n", paint.faint("mend    ")));
            shown.push(statement);
        }
    }
    if verification.drifts.iter().any(|drift| drift.statement.is_some()) {
        out.push_str(
            &paint.faint(
                "\nreview what mends before you run it: nothing here is ever run by itself\n",
            ),
        );
    }
    if !verification.drifts.is_empty()
        && verification.verdict.objections().len() > verification.drifts.len()
    {
        out.push('\n');
    }
}

/// The findings that the differences have not told already.
pub(super) fn besides_drift(document: &Document, verification: &Verification) -> Vec<Finding> {
    let told: Vec<String> =
        verification.drifts.iter().map(|drift| drift.difference.message()).collect();
    document.findings.iter().filter(|it| !told.contains(&it.message)).cloned().collect()
}

pub(super) fn write_sealing(out: &mut String, sealing: &Sealing, paint: Paint) {
    for version in &sealing.added {
        out.push_str(&format!("  {}  {version}\n", paint.good("sealed")));
    }
    let count = sealing.seal.entries().len();
    let whole = match (sealing.added.is_empty(), sealing.replayed) {
        (false, _) => format!("written to {}", sealing.path.display()),
        (true, true) => "every file and every schema is as it was sealed".to_owned(),
        (true, false) => "every file is as it was sealed; nothing was applied".to_owned(),
    };
    out.push_str(&format!("{count} migrations, {whole}\n"));
    if let Some(newest) = sealing.seal.newest() {
        out.push_str(
            &paint.faint(&format!("schema   {} of '{}'\n", newest.schema, newest.version)),
        );
    }
}
