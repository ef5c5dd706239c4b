//! PostgreSQL behind the store's traits. One room for each thing: `connect` reaches the
//! server and makes sure that it is the right one, `pin` says what every session is set to,
//! `tables` knows the two history tables, `read` reads them, `catalogs` reads the schema and the
//! runtime role's rights, `lock` takes the run lock, `session` writes under it, `cancel`
//! stops a statement, `extent` tells what a backup must hold, `provision` prints SQL for psql, and `scratch` that of scratch databases.
//! All statements of our own are schema-qualified and carry values as parameters, but those on
//! the catalogs, whose only values are numbers of objects.

mod cancel;
mod catalogs;
mod connect;
mod driver;
mod error;
mod extent;
pub mod lent;
mod lock;
mod pin;
pub mod provision;
mod read;
pub mod rehearsal;
pub mod scratch;
mod session;
mod snapshot;
mod tables;

pub use connect::{Connection, ConnectionSpec, Host, NoticeObserver, ServerNotice, connect};
pub use lock::LOCK_KEY;
pub use session::{PostgresSession, PostgresTransaction};
pub use tables::{HISTORY_TABLE, LOG_TABLE};
