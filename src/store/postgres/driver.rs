//! Owns the task that moves bytes between socket and client, passes the server's notices on
//! and remembers why the connection ended. Must never decide anything.

use super::connect::{NoticeObserver, ServerNotice};
use super::error::{reason, server_error};
use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_postgres::{AsyncMessage, Connection, tls::NoTlsStream};

/// Why a connection ended, once it has.
#[derive(Debug, Clone, Default)]
pub(super) struct Ending(Arc<Mutex<Option<String>>>);

impl Ending {
    fn set(&self, why: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
    }

    /// What the server or the operating system said last, or the text that is given.
    pub(super) fn or(&self, otherwise: String) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone().unwrap_or(otherwise)
    }
}

/// Drives the connection until it ends.
pub(super) fn drive(
    mut connection: Connection<TcpStream, NoTlsStream>,
    observe: NoticeObserver,
) -> (Ending, JoinHandle<()>) {
    let ending = Ending::default();
    let seen = ending.clone();
    let task = tokio::spawn(async move {
        loop {
            match poll_fn(|context| connection.poll_message(context)).await {
                Some(Ok(AsyncMessage::Notice(notice))) => {
                    let error = server_error(&notice);
                    observe(ServerNotice {
                        severity: error.severity,
                        sqlstate: error.sqlstate,
                        message: error.message,
                        detail: error.detail,
                        hint: error.hint,
                        context: error.context,
                    });
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    seen.set(match error.as_db_error() {
                        Some(error) => {
                            let said = server_error(error);
                            format!("{} {}: {}", said.severity, said.sqlstate, said.message)
                        }
                        None => reason(&error),
                    });
                    return;
                }
                None => return,
            }
        }
    });
    (ending, task)
}
