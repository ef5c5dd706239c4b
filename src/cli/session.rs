//! Owns the way of one command from arguments to exit code: log, command, rendering, log's
//! end. Must never know what a command does.

use super::args::{Arguments, Global, LogForm};
use super::commands;
use super::document::{Body, Document};
use super::render::{self, Form};
use crate::core::code::Code;
use crate::core::event::{Event, LOST_ANSWER};
use crate::core::finding::Finding;
use crate::host::identity;
use crate::host::log::{Log, LogContext, LogTarget};
use std::sync::Arc;

/// Carries out one command.
pub(super) async fn answer(arguments: &Arguments) -> Code {
    let global = &arguments.global;
    let run_id = identity::run_id();
    let log = Arc::new(open_log(global, arguments.command.name(), run_id.clone()));
    let answer = commands::carry_out(arguments, &log, &run_id).await;
    let answer = answer.unwrap_or_else(commands::Refused::answer);
    let document = Document {
        command: arguments.command.name(),
        environment: global.environment.clone(),
        code: answer.code,
        findings: answer.findings.into_iter().map(|it| named(it, global)).collect(),
        body: answer.body,
    };
    log.clear_status();
    let code = finish(arguments, &log, &document);
    log.close();
    code
}

/// Renders the document, and tells the log how the command ended: last, because an answer that
/// nobody got is not "ok".
fn finish(arguments: &Arguments, log: &Log, document: &Document) -> Code {
    for finding in document.findings.iter().filter(|finding| !is_told(document, finding)) {
        log.write(&Event::Finding { code: document.code, finding: finding.clone() });
    }
    let written = match Form::of(arguments) {
        Form::Human => render::human(document, arguments.global.color, log.is_native()),
        Form::Json => render::json(document),
        Form::Line => render::line(document),
    };
    let (code, remedy, summary) = match written {
        Ok(()) => {
            let gravest = document.findings.first().map(|finding| finding.remedy.clone());
            let summary = match document.findings.first() {
                Some(finding) if is_told(document, finding) => {
                    format!("{}; {}", render::summary(document), finding.remedy)
                }
                _ => render::summary(document),
            };
            (document.code, gravest, summary)
        }
        Err(error) => {
            // A refusal says more than that nobody read it.
            let code = if document.code == Code::Ok { Code::Internal } else { document.code };
            log.write(&Event::AnswerLost { code, reason: error.to_string() });
            let summary = format!("{}; the answer was lost", render::summary(document));
            (code, Some(LOST_ANSWER.to_owned()), summary)
        }
    };
    log.conclude(&format!("{}: {summary}", document.command));
    log.write(&Event::Ended { command: document.command, code, summary, remedy });
    code
}

/// Whether the run told this finding itself, by an event of its own, when it happened: an
/// entry of the finding would say the same twice.
fn is_told(document: &Document, finding: &Finding) -> bool {
    matches!(document.body, Body::Apply(_))
        && ["failed", "timed-out", "interrupted"].contains(&finding.code)
}

fn open_log(global: &Global, command: &'static str, run_id: String) -> Log {
    let target = match global.log {
        LogForm::Auto => LogTarget::Auto,
        LogForm::Journal => LogTarget::Journal,
        LogForm::Text => LogTarget::Text,
        LogForm::Json => LogTarget::Json,
    };
    let verbosity = if global.quiet { -1 } else { i8::try_from(global.verbose).unwrap_or(i8::MAX) };
    let context = LogContext { command, environment: global.environment.clone(), run_id };
    Log::open(target, verbosity, context)
}

/// Where the program's own words leave a place for the environment. Nothing shorter: a remedy may
/// also hold a statement with names of the database, which must stay as they are.
const PLACES: [&str; 3] =
    ["dreichor-migrate@ENV", "/etc/dreichor/migrate/ENV.env", "dreichor-migrate.ENV."];

/// Names the environment in the next safe act, so that it can be typed as it stands.
fn named(mut finding: Finding, global: &Global) -> Finding {
    if let Some(environment) = &global.environment {
        for place in PLACES {
            let filled = place.replace("ENV", environment);
            finding.remedy = finding.remedy.replace(place, &filled);
        }
    }
    finding
}
