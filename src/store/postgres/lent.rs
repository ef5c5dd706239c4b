//! Owns reading over a connection that belongs to somebody else: one read-only transaction, whose
//! settings end with it. Must never leave anything behind, nor end a transaction that is not ours.

use super::error::fault;
use super::read::SNAPSHOT;
use super::snapshot::Snapshot;
use super::tables::{IDENTITY, Identity};
use crate::store::fault::StoreFault;
use crate::store::{Facts, Inquiry};
use tokio_postgres::{Client, SimpleQueryMessage};

/// Outside a transaction a statement begins its own.
const BEGINS: &str = "SELECT pg_catalog.transaction_timestamp() = pg_catalog.statement_timestamp(), \
pg_catalog.current_setting('server_version_num')";

/// What our own questions depend on; nobody is waited for longer than this.
const PINS: &str = "SET LOCAL lock_timeout = '5s'; SET LOCAL standard_conforming_strings = on; \
SET LOCAL search_path = pg_catalog, pg_temp";

/// Why there are no facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LentFault {
    /// A transaction is open.
    InTransaction,
    /// The database.
    Store(Box<StoreFault>),
}

/// All that a verdict is made of, from one snapshot. What is asked may depend on the database.
///
/// # Errors
/// [`LentFault::InTransaction`], and whatever the store may answer.
pub async fn facts(
    client: &mut Client,
    inquiry: impl FnOnce(&str) -> Inquiry,
) -> Result<Facts, LentFault> {
    let server_major = begins(client).await?;
    let facts = read(client, server_major, inquiry).await;
    if facts.is_err() {
        // What failed has said why; the transaction is over, whatever becomes of this.
        let _ended = client.batch_execute("ROLLBACK").await;
    }
    Ok(facts?)
}

async fn read(
    client: &Client,
    server_major: u32,
    inquiry: impl FnOnce(&str) -> Inquiry,
) -> Result<Facts, StoreFault> {
    let question = format!("{SNAPSHOT}; {PINS}; {IDENTITY}");
    let answer = client.simple_query(&question).await.map_err(|error| fault(&error))?;
    let identity = Identity::read(&answer)?;
    let database = identity.database.as_str();
    let snapshot = Snapshot { client, server_major, database, ending: None };
    let readable = identity.readable()?;
    let presence = if identity.hollow { snapshot.read_shapes().await? } else { readable };
    snapshot.read_facts(presence, Some(&inquiry(database))).await
}

/// The server's major version, where no transaction is open.
async fn begins(client: &Client) -> Result<u32, LentFault> {
    let answer = client.simple_query(BEGINS).await.map_err(|error| match fault(&error) {
        // A transaction that has failed takes nothing but its end.
        StoreFault::Server(error) if error.sqlstate == "25P02" => LentFault::InTransaction,
        other => other.into(),
    })?;
    let row = answer.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some((row.get(0)?, row.get(1)?)),
        _ => None,
    });
    let unexpected = StoreFault::Protocol { expected: "the server's version" };
    let (begins, version) = row.ok_or_else(|| LentFault::from(unexpected.clone()))?;
    if begins != "t" {
        return Err(LentFault::InTransaction);
    }
    let version: u32 = version.parse().map_err(|_form| LentFault::from(unexpected))?;
    Ok(version / 10_000)
}

impl From<StoreFault> for LentFault {
    fn from(fault: StoreFault) -> Self {
        Self::Store(Box::new(fault))
    }
}
