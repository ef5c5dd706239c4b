//! Owns the two facts that every story starts from: the migration set and a connection to
//! the environment's database, fetched at the same time. Must never retry on its own.

use crate::config::Host as UrlHost;
use crate::core::event::Event;
use crate::core::seal::{Seal, text};
use crate::core::set::{MigrationSet, SetFault};
use crate::core::version::Version;
use crate::files;
use crate::host::log::Log;
use crate::host::notify;
use crate::ops::context::Context;
use crate::ops::failure::Failure;
use crate::store::Holder;
use crate::store::fault::StoreFault;
use crate::store::postgres::{Connection, ConnectionSpec, Host, ServerNotice, connect};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::spawn_blocking;

/// Which migration the server's notices belong to at this moment.
#[derive(Clone, Default)]
pub(super) struct Current(Arc<Mutex<Option<Version>>>);

impl Current {
    pub(super) fn set(&self, version: Option<&Version>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = version.cloned();
    }

    fn get(&self) -> Option<Version> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Reads the set and connects, side by side; what is wrong with the set is said first, because
/// it can be mended without the database.
pub(super) async fn set_and_store(
    context: &Context,
    current: &Current,
) -> Result<(MigrationSet, Connection), Failure> {
    let reading = spawn_set(&context.settings.migrations);
    let connected = connect_once(context, current).await;
    let set = reading.await?;
    Ok((set, connected?))
}

/// Starts reading the set on another thread.
pub(super) fn spawn_set(
    directory: &Path,
) -> impl Future<Output = Result<MigrationSet, Failure>> + use<> {
    let directory: PathBuf = directory.to_owned();
    let task = spawn_blocking(move || read_set(&directory));
    async move { task.await.unwrap_or_else(|_| Err(Failure::System("a thread was lost".to_owned()))) }
}

/// Reads the set. An empty one is refused: a gate that asks for nothing would always open.
pub(super) fn read_set(directory: &Path) -> Result<MigrationSet, Failure> {
    let set = MigrationSet::assemble(files::list(directory)?).map_err(Failure::Set)?;
    if set.migrations().is_empty() {
        return Err(Failure::Set(vec![SetFault::Empty(directory.display().to_string())]));
    }
    Ok(set)
}

/// Starts reading the seal on another thread.
pub(super) fn spawn_seal(
    directory: &Path,
) -> impl Future<Output = Result<Option<Seal>, Failure>> + use<> {
    let directory: PathBuf = directory.to_owned();
    let task = spawn_blocking(move || read_seal(&directory));
    async move { task.await.unwrap_or_else(|_| Err(Failure::System("a thread was lost".to_owned()))) }
}

/// Reads the seal, where there is one.
pub(super) fn read_seal(directory: &Path) -> Result<Option<Seal>, Failure> {
    let Some(text) = files::seal::read(directory)? else { return Ok(None) };
    text::parse(text).map(Some).map_err(|fault| Failure::Seal(vec![fault]))
}

/// One attempt to connect.
pub(super) async fn connect_once(
    context: &Context,
    current: &Current,
) -> Result<Connection, StoreFault> {
    connect(&spec(context), observer(&context.log, current)).await
}

/// Tells who holds the run lock while this run waits for it.
pub(super) fn waiting(context: &Context, patience: Option<Duration>) -> impl Fn(&Holder) + '_ {
    move |holder| {
        context.log.write(&Event::WaitingForLock {
            holder: holder.to_string(),
            patience: patience.unwrap_or_default(),
        });
        notify::status("waiting for another run to end");
    }
}

/// Each notice becomes a log line of the migration that is running.
fn observer(log: &Arc<Log>, current: &Current) -> Arc<dyn Fn(ServerNotice) + Send + Sync> {
    let (log, current) = (Arc::clone(log), current.clone());
    Arc::new(move |notice: ServerNotice| {
        let more = [("detail", notice.detail), ("hint", notice.hint), ("context", notice.context)];
        log.write(&Event::ServerNotice {
            version: current.get(),
            severity: notice.severity,
            sqlstate: notice.sqlstate,
            message: notice.message,
            more: more.into_iter().filter_map(|(name, text)| Some((name, text?))).collect(),
        });
    })
}

fn spec(context: &Context) -> ConnectionSpec {
    let (settings, url) = (&context.settings, &context.url);
    ConnectionSpec {
        host: store_host(url.host),
        port: url.port,
        user: url.user.clone(),
        password: url.password.as_ref().map(|secret| secret.expose().to_owned()),
        database: url.database.clone(),
        application_name: format!(
            "dreichor-migrate {} {}",
            env!("CARGO_PKG_VERSION"),
            settings.environment
        ),
        search_path: settings.search_path.clone(),
        lock_timeout: settings.lock_timeout,
        statement_timeout: settings.statement_timeout,
        idle_in_transaction_timeout: settings.idle_in_transaction_timeout,
        connect_timeout: url.connect_timeout.unwrap_or(settings.connect_timeout),
    }
}

/// The host of a URL, as the store takes it.
pub(super) fn store_host(host: UrlHost) -> Host {
    match host {
        UrlHost::Localhost => Host::Localhost,
        UrlHost::V4 => Host::V4,
        UrlHost::V6 => Host::V6,
    }
}
