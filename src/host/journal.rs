//! Owns writing records to journald's native socket, on a thread of its own: a journal that
//! hangs makes that thread wait, never the one that holds a lock or a transaction. Must never
//! lose what was handed to it: the end of a command is awaited. (What journald itself refuses
//! to take is lost, for the library under it does not tell.)

use crate::core::event::{Priority, Record};
use crate::host::log::LogContext;
use std::sync::mpsc::{Receiver, SendError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use tracing::Level;
use tracing_journald::{Layer, PriorityMappings};
use tracing_subscriber::layer::SubscriberExt as _;

/// Longest wait at the end of a command for a journal that does not take what was written.
const PATIENCE: Duration = Duration::from_secs(2);

/// Stands where no environment was named, and can be no environment's name: every entry has
/// the field.
const NO_ENVIRONMENT: &str = "-";

/// The way to the thread.
pub struct Journal {
    /// Records, and at last nothing, which ends the thread: others may still hold this way.
    records: Sender<Option<Record>>,
    done: Mutex<Receiver<()>>,
}

impl Journal {
    /// Opens the journal, or says that there is none.
    #[must_use]
    pub fn open(context: LogContext) -> Option<Self> {
        let layer = Layer::new()
            .ok()?
            .with_field_prefix(None)
            .with_syslog_identifier("dreichor-migrate".to_owned())
            .with_priority_mappings(PriorityMappings {
                error: tracing_journald::Priority::Error,
                warn: tracing_journald::Priority::Warning,
                info: tracing_journald::Priority::Notice,
                debug: tracing_journald::Priority::Informational,
                trace: tracing_journald::Priority::Debug,
            });
        let (records, inbox) = channel::<Option<Record>>();
        let (finished, done) = channel();
        thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || {
                let subscriber = tracing_subscriber::registry().with(layer);
                tracing::subscriber::with_default(subscriber, || {
                    for record in inbox.into_iter().map_while(|record| record) {
                        send(&record, &context);
                    }
                });
                // Nobody waits any more when the command gave up on us.
                let _receiver_may_be_gone = finished.send(());
            })
            .ok()?;
        Some(Self { records, done: Mutex::new(done) })
    }

    /// Hands a record to the thread; gives it back when the thread is gone.
    pub fn write(&self, record: Record) -> Result<(), Box<Record>> {
        match self.records.send(Some(record)) {
            Err(SendError(Some(unsent))) => Err(Box::new(unsent)),
            Ok(()) | Err(SendError(None)) => Ok(()),
        }
    }

    /// Waits until everything is written; says whether it was. Nothing can be written after it.
    #[must_use]
    pub fn close(&self) -> bool {
        // A thread that is gone has nothing to end; whether it was done is asked below.
        let _ended_before = self.records.send(None);
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.recv_timeout(PATIENCE).is_ok()
    }
}

fn send(record: &Record, context: &LogContext) {
    let fields = &record.fields;
    let code = fields.code.map(crate::core::code::Code::name);
    let environment = context.environment.as_deref().unwrap_or(NO_ENVIRONMENT);
    let statement = fields.statement.map(|number| u64::try_from(number).unwrap_or(u64::MAX));
    let exit_code = fields.code.map(|code| u64::from(code.number()));
    let plan = fields.plan.map(|plan| plan.to_string());
    let duration = fields.duration.map(|d| u64::try_from(d.as_millis()).unwrap_or(u64::MAX));
    // The fields of an event are fixed where it stands, so there is one place for each level;
    // absent values are left out of the journal entry.
    macro_rules! at {
        ($level:expr) => {
            tracing::event!(
                $level,
                MESSAGE_ID = record.message_id,
                DREICHOR_EVENT = record.name,
                DREICHOR_COMMAND = context.command,
                DREICHOR_ENVIRONMENT = environment,
                DREICHOR_RUN_ID = context.run_id,
                DREICHOR_MIGRATION = fields.migration.as_deref(),
                DREICHOR_STATEMENT = statement,
                DREICHOR_PLACE = fields.place.as_deref(),
                DREICHOR_CODE = code,
                DREICHOR_EXIT_CODE = exit_code,
                DREICHOR_FINDING = fields.finding,
                DREICHOR_SQLSTATE = fields.sqlstate.as_deref(),
                DREICHOR_PLAN = plan.as_deref(),
                DREICHOR_DURATION_MS = duration,
                DREICHOR_REMEDY = fields.remedy.as_deref(),
                "{}",
                record.message
            )
        };
    }
    match record.priority {
        Priority::Error => at!(Level::ERROR),
        Priority::Warning => at!(Level::WARN),
        Priority::Notice => at!(Level::INFO),
        Priority::Info => at!(Level::DEBUG),
        Priority::Debug => at!(Level::TRACE),
    }
}
