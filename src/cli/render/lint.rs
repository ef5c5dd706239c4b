//! Owns the text about a judgement of migrations, for people: each finding with its line and a
//! caret. Must never decide what is refused.

use super::paint::Paint;
use super::run::excerpt;
use crate::core::finding::Explain;
use crate::core::policy::lint::LintReport;
use crate::core::policy::{FileOffence, Level};
use crate::ops::lint::Linted;

pub(super) fn write_lint(out: &mut String, linted: &Linted, paint: Paint) {
    for offence in &linted.offences {
        write_offence(out, offence, paint);
    }
    for waiver in &linted.report.waivers {
        out.push_str(&format!(
            "{}:{}: {} {}: {}\n",
            waiver.file,
            waiver.line,
            paint.faint("waived:"),
            waiver.rule,
            waiver.reason
        ));
    }
    let refused = linted.report.count(Level::Refused) > 0;
    let counted = counted(linted);
    let told = if refused { paint.bad(&counted) } else { paint.good(&counted) };
    out.push_str(&format!("{told}\n"));
}

fn write_offence(out: &mut String, it: &FileOffence, paint: Paint) {
    let offence = &it.offence;
    let (line, column) = (offence.place.line, offence.place.column);
    let word = format!("{}:", offence.level.word());
    let word = match offence.level {
        Level::Refused => paint.bad(&word),
        Level::Warning => paint.open(&word),
    };
    out.push_str(&format!("{}:{line}:{column}: {word} {}\n", it.file, offence.rule));
    if !offence.line.is_empty() {
        let (shown, before) = excerpt(&offence.line, column);
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        out.push_str(&format!("  {number} | {shown}\n"));
        out.push_str(&format!("  {margin} | {}{}\n", " ".repeat(before), paint.bad("^")));
    }
    out.push_str(&format!("  {}\n", it.fault()));
    out.push_str(&format!("  {}  {}\n", paint.faint("why:"), offence.rule.reason()));
    out.push_str(&format!("  {} {}\n", paint.faint("next:"), it.remedy()));
}

/// How many of what, in one line.
pub(super) fn counted(linted: &Linted) -> String {
    let report = &linted.report;
    let files = match linted.judged {
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    };
    let warnings = match report.count(Level::Warning) {
        1 => "1 warning".to_owned(),
        count => format!("{count} warnings"),
    };
    format!(
        "{files} judged by '{}': {} refused, {warnings}, {} waived",
        report.profile,
        report.count(Level::Refused),
        report.waivers.len()
    )
}

/// What a plan is warned of, and what it waives.
pub(super) fn write_remarks(out: &mut String, report: &LintReport, paint: Paint) {
    for finding in &report.findings {
        out.push_str(&format!(
            "  {} {}:{}:{}: {}: {}\n",
            paint.open("warning"),
            finding.file,
            finding.line,
            finding.column,
            finding.rule,
            finding.message
        ));
    }
    for waiver in &report.waivers {
        out.push_str(&format!(
            "  {}  {}:{}: {}: {}\n",
            paint.open("waived"),
            waiver.file,
            waiver.line,
            waiver.rule,
            waiver.reason
        ));
    }
}
