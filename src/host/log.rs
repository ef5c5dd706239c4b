//! Owns where the log goes: the journal, or lines of text or JSON on standard error, and the
//! line that says where a long run stands. Must never write to standard output.

use crate::core::event::{Event, Priority, Record};
use crate::host::{journal::Journal, notify};
use serde_json::{Map, Value};
use std::env;
use std::io::{self, IsTerminal, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, Mutex};

/// Where the log goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogTarget {
    /// The journal where standard error is connected to it; otherwise lines of text, of what
    /// the command's own report does not say.
    Auto,
    /// The journal; standard error where there is none.
    Journal,
    /// Lines of text on standard error.
    Text,
    /// One JSON object a line on standard error.
    Json,
}

/// What every record of one command has in common.
#[derive(Debug, Clone, Default)]
pub struct LogContext {
    /// The command's name.
    pub command: &'static str,
    /// The environment, once it is known.
    pub environment: Option<String>,
    /// This start of the program; of a command that writes, the run in the history log.
    pub run_id: String,
}

enum Sink {
    Journal(Journal),
    Text { prefix: bool, only_unreported: bool },
    Json,
}

/// The log of one command.
pub struct Log {
    sink: Arc<Sink>,
    threshold: Priority,
    context: LogContext,
    /// Whether it is a rehearsal that writes.
    rehearsal: bool,
    /// Whether a progress line stands on the terminal.
    progress: Mutex<Progress>,
}

struct Progress {
    wanted: bool,
    shown: bool,
}

impl Log {
    /// Opens the log. `verbosity` is the number of `-v` less that of `-q`.
    #[must_use]
    pub fn open(target: LogTarget, verbosity: i8, context: LogContext) -> Self {
        let to_journal = is_journal(io::stderr().as_fd());
        let wants_journal =
            target == LogTarget::Journal || (target == LogTarget::Auto && to_journal);
        let journal = if wants_journal { Journal::open(context.clone()) } else { None };
        let sink = match (journal, target) {
            (Some(journal), _) => Sink::Journal(journal),
            (None, LogTarget::Json) => Sink::Json,
            (None, LogTarget::Auto) if !to_journal => {
                Sink::Text { prefix: false, only_unreported: true }
            }
            // A journal that reads standard error takes the priority from a prefix (sd-daemon(3)).
            (None, _) => Sink::Text { prefix: to_journal, only_unreported: false },
        };
        let usual = match sink {
            Sink::Text { only_unreported: true, .. } => Priority::Notice,
            _ => Priority::Info,
        };
        let threshold = match verbosity {
            i8::MIN..=-1 => Priority::Error,
            0 => usual,
            1 => Priority::Info,
            2.. => Priority::Debug,
        };
        let wanted = verbosity >= 0 && io::stderr().is_terminal();
        let progress = Mutex::new(Progress { wanted, shown: false });
        Self { sink: Arc::new(sink), threshold, context, rehearsal: false, progress }
    }

    /// The log of what is rehearsed: whoever looks in it for what was applied, or failed, must
    /// not find what only a twin has seen. So it takes the server's notices alone, and says of
    /// where it stands that it rehearses.
    #[must_use]
    pub fn rehearsing(&self) -> Self {
        let wanted = self.progress.lock().is_ok_and(|progress| progress.wanted);
        Self {
            sink: Arc::clone(&self.sink),
            threshold: self.threshold,
            context: self.context.clone(),
            rehearsal: true,
            progress: Mutex::new(Progress { wanted, shown: false }),
        }
    }

    /// Writes an event.
    pub fn write(&self, event: &Event) {
        let is_heard = !self.rehearsal || matches!(event, Event::ServerNotice { .. });
        if event.priority() > self.threshold || !is_heard {
            return;
        }
        let record = event.record();
        match &*self.sink {
            Sink::Journal(journal) => {
                if let Err(unsent) = journal.write(record) {
                    self.line(&text_line(&unsent, true));
                }
            }
            Sink::Text { only_unreported: true, .. } if event.is_reported() => {}
            Sink::Text { prefix, .. } => self.line(&text_line(&record, *prefix)),
            Sink::Json => self.line(&json_line(&record, &self.context)),
        }
    }

    /// Says where a long run stands: to the service manager, and on a terminal in a line that
    /// the next output replaces.
    pub fn status(&self, text: &str) {
        let said = if self.rehearsal { format!("rehearsal: {text}") } else { text.to_owned() };
        let text = said.as_str();
        notify::status(text);
        if let Ok(mut progress) = self.progress.lock()
            && progress.wanted
        {
            progress.shown = true;
            let short: String = text.chars().take(78).collect();
            // Progress is a courtesy; a closed terminal is no reason to stop.
            let _courtesy = write!(io::stderr().lock(), "\r\x1b[K{short}");
        }
    }

    /// Says to the service manager how a command ended: `systemctl status` shows it afterwards.
    pub fn conclude(&self, text: &str) {
        notify::status(text);
    }

    /// Takes the progress line away.
    pub fn clear_status(&self) {
        if let Ok(mut progress) = self.progress.lock()
            && std::mem::take(&mut progress.shown)
        {
            let _courtesy = write!(io::stderr().lock(), "\r\x1b[K");
        }
    }

    /// Whether the journal is written natively: then nothing is said a second time on a
    /// stream that leads there as well.
    #[must_use]
    pub fn is_native(&self) -> bool {
        matches!(*self.sink, Sink::Journal(_))
    }

    /// Waits, for a bounded time, until everything is written.
    pub fn close(&self) {
        self.clear_status();
        if let Sink::Journal(journal) = &*self.sink
            && !journal.close()
        {
            let _last_resort = writeln!(
                io::stderr().lock(),
                "<4>the journal did not take all records of this command in time"
            );
        }
    }

    fn line(&self, text: &str) {
        self.clear_status();
        // A log that cannot be written must not change what the program does.
        let _nowhere_left_to_say_it = writeln!(io::stderr().lock(), "{text}");
    }
}

/// Whether a stream is connected to the journal (systemd.exec(5), `$JOURNAL_STREAM`).
#[must_use]
pub fn is_journal(stream: BorrowedFd<'_>) -> bool {
    let Ok(expected) = env::var("JOURNAL_STREAM") else { return false };
    nix::sys::stat::fstat(stream)
        .is_ok_and(|status| expected == format!("{}:{}", status.st_dev, status.st_ino))
}

fn text_line(record: &Record, prefix: bool) -> String {
    let message = record.message.replace('\n', "\n  ");
    let migration = match &record.fields.migration {
        Some(migration) if !message.contains(migration.as_str()) => format!("{migration}: "),
        _ => String::new(),
    };
    if prefix {
        // Each line of standard error is an entry of its own.
        let mark = format!("<{}>", record.priority.number());
        return format!("{mark}{migration}{}", message.replace('\n', &format!("\n{mark}")));
    }
    let word = match record.priority {
        Priority::Error => "error",
        Priority::Warning => "warning",
        Priority::Notice => "notice",
        Priority::Info => "info",
        Priority::Debug => "debug",
    };
    format!("{word}: {migration}{message}")
}

fn json_line(record: &Record, context: &LogContext) -> String {
    let fields = &record.fields;
    let text = |value: &Option<String>| value.clone().map(Value::from);
    let backup = fields.backup.as_deref();
    let pairs: [(&str, Option<Value>); 20] = [
        ("priority", Some(Value::from(record.priority.number()))),
        ("event", Some(Value::from(record.name))),
        ("message_id", Some(Value::from(record.message_id))),
        ("message", Some(Value::from(record.message.as_str()))),
        ("command", Some(Value::from(context.command))),
        ("environment", text(&context.environment)),
        ("run_id", Some(Value::from(context.run_id.as_str()))),
        ("migration", text(&fields.migration)),
        ("statement", fields.statement.map(Value::from)),
        ("place", text(&fields.place)),
        ("code", fields.code.map(|code| Value::from(code.name()))),
        ("exit_code", fields.code.map(|code| Value::from(code.number()))),
        ("finding", fields.finding.map(Value::from)),
        ("sqlstate", text(&fields.sqlstate)),
        ("plan", fields.plan.map(|plan| Value::from(plan.to_string()))),
        (
            "duration_ms",
            fields.duration.map(|d| Value::from(u64::try_from(d.as_millis()).unwrap_or(u64::MAX))),
        ),
        ("remedy", text(&fields.remedy)),
        ("backup", backup.map(|it| Value::from(it.path.display().to_string()))),
        ("backup_bytes", backup.map(|it| Value::from(it.bytes))),
        ("backup_digest", backup.map(|it| Value::from(it.digest.to_string()))),
    ];
    let object: Map<String, Value> = pairs
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name.to_owned(), value)))
        .collect();
    Value::Object(object).to_string()
}
