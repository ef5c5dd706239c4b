//! Owns the way of one command from arguments to exit code: log, command, rendering, log's
//! end. Must never know what a command does.

use super::args::{Arguments, Command, Format, Global, LogForm};
use super::commands;
use super::document::Document;
use super::render;
use crate::core::code::Code;
use crate::core::event::Event;
use crate::host::identity;
use crate::host::log::{Log, LogContext, LogTarget};
use std::sync::Arc;

/// Carries out one command.
pub(super) async fn answer(arguments: &Arguments) -> Code {
    let global = &arguments.global;
    let writes = matches!(arguments.command, Command::Apply(_) | Command::Baseline(_));
    let run_id = writes.then(identity::run_id);
    let log = Arc::new(open_log(global, arguments.command.name(), run_id.clone()));
    let answer = commands::carry_out(arguments, &log, run_id.as_deref()).await;
    let answer = answer.unwrap_or_else(commands::Refused::answer);
    let document = Document {
        command: arguments.command.name(),
        environment: global.environment.clone(),
        code: answer.code,
        findings: answer.findings,
        body: answer.body,
    };
    log.clear_status();
    let code = finish(global, &log, &document);
    // Notices may still hold the log until the runtime ends; what is written is written.
    if let Ok(log) = Arc::try_unwrap(log) {
        log.close();
    }
    code
}

/// Tells the log how the command ended, and renders the document.
fn finish(global: &Global, log: &Log, document: &Document) -> Code {
    for finding in &document.findings {
        log.write(&Event::Finding { code: document.code, finding: finding.clone() });
    }
    log.write(&Event::Ended {
        command: document.command,
        code: document.code,
        summary: render::summary(document),
    });
    let written = match global.format {
        Format::Json => render::json(document),
        Format::Human => render::human(document, global.color, log.is_native()),
    };
    match written {
        Ok(()) => document.code,
        Err(error) => {
            log.write(&Event::AnswerLost { reason: error.to_string() });
            // What was done is done and logged; but an answer that nobody got is not "ok".
            if document.code == Code::Ok { Code::Internal } else { document.code }
        }
    }
}

fn open_log(global: &Global, command: &'static str, run_id: Option<String>) -> Log {
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
