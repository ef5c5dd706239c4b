//! Owns writing records to journald's native socket, on a thread of its own: a journal that
//! hangs makes that thread wait, never the one that holds a lock or a transaction. Must never
//! lose what was handed to it: the end of a command is awaited, until journald has read it. (What
//! journald itself refuses to take is lost, for the library under it does not tell.)

use crate::core::event::{Priority, Record};
use crate::host::log::LogContext;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixDatagram;
use std::sync::mpsc::{Receiver, SendError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tracing::Level;
use tracing_journald::{Layer, PriorityMappings};
use tracing_subscriber::layer::SubscriberExt as _;

/// Longest wait at the end of a command for a journal that does not take what was written.
const PATIENCE: Duration = Duration::from_secs(2);

/// The socket of journald's native protocol.
const SOCKET: &str = "/run/systemd/journal/socket";

/// Bytes of a comment: more than a quarter of what a socket may have on its way, so that it
/// cannot be written to before they are read; less than all, so that they fit.
const COMMENT: usize = 100_000;

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
        let end = Instant::now() + PATIENCE;
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.recv_timeout(PATIENCE).is_ok()
            && await_reading(end.saturating_duration_since(Instant::now())).unwrap_or(true)
    }
}

/// Waits until journald has read all that was written before; says whether it has. For journald
/// asks who wrote an entry only when it reads it: of a process that is gone, and of a unit that
/// has ended, it learns nothing, and `journalctl -u` would not find the entry.
///
/// journald reads in order, and ignores a comment (Native Journal Protocol); a datagram counts
/// against its sender's socket until it is read.
///
/// # Errors
/// When there is nothing to wait for, because journald cannot be asked.
fn await_reading(patience: Duration) -> io::Result<bool> {
    let socket = UnixDatagram::unbound()?;
    socket.set_write_timeout(Some(patience.max(Duration::from_millis(1))))?;
    let comment = [b"#".repeat(COMMENT), b"\n".to_vec()].concat();
    match socket.send_to(&comment, SOCKET) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
        sent => sent?,
    };
    let mut sockets = [PollFd::new(socket.as_fd(), PollFlags::POLLOUT)];
    let patience = PollTimeout::try_from(patience).unwrap_or(PollTimeout::ZERO);
    Ok(poll(&mut sockets, patience)? > 0)
}

fn send(record: &Record, context: &LogContext) {
    let fields = &record.fields;
    let code = fields.code.map(crate::core::code::Code::name);
    let environment = context.environment.as_deref().unwrap_or(NO_ENVIRONMENT);
    let statement = fields.statement.map(|number| u64::try_from(number).unwrap_or(u64::MAX));
    let exit_code = fields.code.map(|code| u64::from(code.number()));
    let plan = fields.plan.map(|plan| plan.to_string());
    let backup = fields.backup.as_deref();
    let backup_path = backup.map(|it| it.path.display().to_string());
    let backup_bytes = backup.map(|it| it.bytes);
    let backup_digest = backup.map(|it| it.digest.to_string());
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
                DREICHOR_BACKUP = backup_path.as_deref(),
                DREICHOR_BACKUP_BYTES = backup_bytes,
                DREICHOR_BACKUP_DIGEST = backup_digest.as_deref(),
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
