//! Owns reaching the server: address, sign-on, and the proof that it is this environment's
//! database on this host (design section 5). Must never write, and never say a password.

use super::driver::{Ending, drive};
use super::error::{fault, reason, server_error};
use super::pin::reader_pins;
use super::read::SNAPSHOT;
use super::tables::{IDENTITY, Identity};
use crate::store::fault::StoreFault;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::{Client, Config, NoTls};

/// The host of a connection, as `DATABASE_URL` may name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// `localhost`, resolved when the connection is made.
    Localhost,
    /// `127.0.0.1`.
    V4,
    /// `[::1]`.
    V6,
}

impl fmt::Display for Host {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Localhost => "localhost",
            Self::V4 => "127.0.0.1",
            Self::V6 => "[::1]",
        })
    }
}

/// What a connection is made of. It has no `Debug`, because it has the password.
#[derive(Clone)]
pub struct ConnectionSpec {
    /// Where.
    pub host: Host,
    /// TCP port.
    pub port: u16,
    /// The role that signs on.
    pub user: String,
    /// Its password.
    pub password: Option<String>,
    /// The environment's database.
    pub database: String,
    /// `application_name`: this program, its version and the environment.
    pub application_name: String,
    /// Schemas of `search_path`, unquoted.
    pub search_path: Vec<String>,
    /// `lock_timeout`; none for no limit.
    pub lock_timeout: Option<Duration>,
    /// `statement_timeout`; none for no limit.
    pub statement_timeout: Option<Duration>,
    /// `idle_in_transaction_session_timeout`; none for no limit.
    pub idle_in_transaction_timeout: Option<Duration>,
    /// Longest time until signed on and identified.
    pub connect_timeout: Duration,
}

/// Something that the server said beside its answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerNotice {
    /// `NOTICE`, `WARNING`, `INFO`, `LOG` or `DEBUG`.
    pub severity: String,
    /// SQLSTATE.
    pub sqlstate: String,
    /// The message.
    pub message: String,
    /// DETAIL.
    pub detail: Option<String>,
    /// HINT.
    pub hint: Option<String>,
    /// CONTEXT.
    pub context: Option<String>,
}

/// Who is told of the server's notices, in their order.
pub type NoticeObserver = Arc<dyn Fn(ServerNotice) + Send + Sync>;

/// A connection to the environment's database. It is a [`crate::store::Store`].
pub struct Connection {
    pub(super) client: Client,
    pub(super) spec: ConnectionSpec,
    pub(super) peer: SocketAddr,
    /// Whether something stands between this program and the server: the server's client is
    /// another socket than ours.
    pub(super) relayed: bool,
    pub(super) server_major: u32,
    pub(super) identity: Identity,
    /// Whether the snapshot in which the identity was asked is still open.
    pub(super) snapshot: bool,
    pub(super) ending: Ending,
    pub(super) task: JoinHandle<()>,
}

/// Connects, pins the session, and proves that it is the environment's database on this host.
///
/// # Errors
/// [`StoreFault::Unreachable`], [`StoreFault::Denied`], [`StoreFault::NotThisHost`] or
/// [`StoreFault::OtherDatabase`].
pub async fn connect(
    spec: &ConnectionSpec,
    observe: NoticeObserver,
) -> Result<Connection, StoreFault> {
    let attempt = async {
        let (stream, peer) = open(spec).await?;
        sign_on(spec, stream, peer, observe).await
    };
    timeout(spec.connect_timeout, attempt).await.unwrap_or_else(|_elapsed| {
        let waited = spec.connect_timeout.as_secs_f64();
        Err(unreachable(spec, format!("no answer within {waited} s")))
    })
}

fn unreachable(spec: &ConnectionSpec, reason: String) -> StoreFault {
    StoreFault::Unreachable { address: format!("{}:{}", spec.host, spec.port), reason }
}

/// Opens a socket whose other end is a loopback address.
async fn open(spec: &ConnectionSpec) -> Result<(TcpStream, SocketAddr), StoreFault> {
    let candidates: Vec<SocketAddr> = match spec.host {
        Host::V4 => vec![SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), spec.port)],
        Host::V6 => vec![SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), spec.port)],
        Host::Localhost => lookup_host(("localhost", spec.port))
            .await
            .map_err(|error| unreachable(spec, error.to_string()))?
            .collect(),
    };
    let mut last = unreachable(spec, "the name has no address".to_owned());
    for address in candidates {
        require_loopback(spec, address.ip())?;
        match TcpStream::connect(address).await {
            Ok(stream) => {
                let peer =
                    stream.peer_addr().map_err(|error| unreachable(spec, error.to_string()))?;
                require_loopback(spec, peer.ip())?;
                // A request of ours is one small packet; it must not wait for another one.
                stream.set_nodelay(true).map_err(|error| unreachable(spec, error.to_string()))?;
                return Ok((stream, peer));
            }
            Err(error) => last = unreachable(spec, error.to_string()),
        }
    }
    Err(last)
}

fn require_loopback(spec: &ConnectionSpec, address: IpAddr) -> Result<(), StoreFault> {
    if address.to_canonical().is_loopback() {
        Ok(())
    } else {
        Err(StoreFault::NotThisHost { host: spec.host.to_string(), address })
    }
}

async fn sign_on(
    spec: &ConnectionSpec,
    stream: TcpStream,
    peer: SocketAddr,
    observe: NoticeObserver,
) -> Result<Connection, StoreFault> {
    let port = stream.local_addr().map_err(|error| unreachable(spec, error.to_string()))?.port();
    let mut config = Config::new();
    config.user(&spec.user).dbname(&spec.database).application_name(&spec.application_name);
    if let Some(password) = &spec.password {
        config.password(password);
    }
    let (client, connection) =
        config.connect_raw(stream, NoTls).await.map_err(|error| refused(spec, &error))?;
    let server_major = connection
        .parameter("server_version")
        .and_then(|version| version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok())
        .unwrap_or(0);
    let (ending, task) = drive(connection, observe);
    let pins = reader_pins(spec, server_major);
    let question = format!("{SNAPSHOT}; {pins}; {IDENTITY}");
    let answer = client.simple_query(&question).await.map_err(|error| match fault(&error) {
        pooled @ StoreFault::Pooled { .. } => pooled,
        _ => refused(spec, &error),
    })?;
    let identity = Identity::read(&answer)?;
    if identity.database != spec.database {
        return Err(StoreFault::OtherDatabase {
            expected: spec.database.clone(),
            found: identity.database,
        });
    }
    let spec = spec.clone();
    let relayed = identity.client_port != Some(port);
    let snapshot = true;
    Ok(Connection { client, spec, peer, relayed, server_major, identity, snapshot, ending, task })
}

/// Why the server, or its protocol, refused to let us in.
fn refused(spec: &ConnectionSpec, error: &tokio_postgres::Error) -> StoreFault {
    let Some(error) = error.as_db_error() else {
        // The driver has no public kind for it: the server wants a password and none is set.
        return if spec.password.is_none() && !error.is_closed() && !is_input_output(error) {
            StoreFault::Denied(crate::core::failure::ServerError {
                severity: "FATAL".to_owned(),
                sqlstate: "28P01".to_owned(),
                message: format!(
                    "the server asks '{}' for a password and there is none",
                    spec.user
                ),
                ..Default::default()
            })
        } else {
            unreachable(spec, reason(error))
        };
    };
    let error = server_error(error);
    match error.sqlstate.as_str() {
        "3D000" => StoreFault::NoDatabase { expected: spec.database.clone() },
        state if state.starts_with("28") || state == "42501" => StoreFault::Denied(error),
        _ => unreachable(spec, format!("{} {}: {}", error.severity, error.sqlstate, error.message)),
    }
}

fn is_input_output(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(|cause| cause.is::<std::io::Error>())
}

impl Connection {
    /// The fault of one of our statements; a lost connection with its true reason.
    pub(super) fn fault(&self, error: &tokio_postgres::Error) -> StoreFault {
        match super::error::fault(error) {
            StoreFault::Lost { reason } => StoreFault::Lost { reason: self.ending.or(reason) },
            other => other,
        }
    }
}
