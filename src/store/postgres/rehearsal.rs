//! Owns what a rehearsal asks of a database: what a twin needs of its original, rows of the
//! history that are carried over as they are, and a transaction whose statements run one by one
//! and are looked at after each. Must never write into the environment's own database: what is
//! asked of it is asked in a `READ ONLY` transaction.

use super::connect::Connection;
use super::read::column;
use super::session::PostgresSession;
use super::tables::{HISTORY_TABLE, LOG_TABLE};
use crate::core::rehearsal::lock::Mode;
use crate::core::schema::model::Schema;
use crate::store::RoleNames;
use crate::store::fault::StoreFault;
use futures_util::{SinkExt as _, TryStreamExt as _};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::pin::pin;
use std::time::{Duration, Instant};
use tokio_postgres::SimpleQueryMessage;

/// What a twin needs besides the structure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Original {
    /// The server's version as it tells it.
    pub version: String,
    /// Its major version.
    pub major: u32,
    /// The roles that rights on the structure may name.
    pub roles: Vec<String>,
    /// Whether everybody may create in the schema public, as before PostgreSQL 15: a `pg_dump` of
    /// a newer major does not tell that it was taken back.
    pub public_creates: bool,
    /// The rows of the history table, as `COPY` writes them in its binary format; none without the table.
    history: Option<Vec<u8>>,
    /// The rows of the log.
    log: Option<Vec<u8>>,
}

/// A relation that was there when a transaction began.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relation {
    /// Its qualified name.
    pub name: String,
    /// What it is.
    pub kind: &'static str,
}

/// What one statement did.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// From the first byte sent to its answer.
    pub duration: Duration,
    /// Locks that it was the first to take, on relations that were there before.
    pub locks: Vec<(Relation, Mode)>,
    /// Relations whose rows stand in another file now.
    pub rewrote: Vec<Relation>,
    /// Relations that were read through.
    pub scanned: Vec<Relation>,
    /// The schema that it left.
    pub schema: Schema,
}

/// A transaction whose statements are looked at. Dropped, its connection ends with the session.
pub struct Measuring<'s> {
    session: &'s mut PostgresSession,
    roles: &'s RoleNames,
    /// What was there when it began.
    known: BTreeMap<u32, Seen>,
    held: BTreeSet<(u32, Mode)>,
    last: BTreeMap<u32, Seen>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    relation: Relation,
    file: Option<u32>,
    scans: i64,
}

struct Look {
    locks: BTreeSet<(u32, Mode)>,
    relations: BTreeMap<u32, Seen>,
}

/// What is of the server, or of a new database on it, and in no dump.
const SERVER: &str = "SELECT pg_catalog.current_setting('server_version'), \
EXISTS (SELECT FROM pg_catalog.pg_namespace AS n, \
pg_catalog.aclexplode(COALESCE(n.nspacl, pg_catalog.acldefault('n', n.nspowner))) AS a \
WHERE n.nspname = 'public' AND a.grantee = 0 AND a.privilege_type = 'CREATE'), \
rolname::pg_catalog.text FROM pg_catalog.pg_roles ORDER BY rolname";

/// Locks on relations of this database.
const LOCKS: &str = "SELECT relation, mode FROM pg_catalog.pg_locks \
WHERE pid = pg_catalog.pg_backend_pid() AND granted AND locktype = 'relation' \
AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())";

/// Relations of users, the file of each, and how often this transaction has scanned it.
const RELATIONS: &str = "SELECT c.oid, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname), \
c.relkind::pg_catalog.text, pg_catalog.pg_relation_filenode(c.oid), pg_catalog.pg_stat_get_xact_numscans(c.oid) \
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'";

/// Whatever is done to look, and the locks that it takes, is undone: the next statement finds the
/// session as the last one left it.
const LOOK: &str = "SAVEPOINT dreichor_migrate_look";
const LOOKED: &str =
    "ROLLBACK TO SAVEPOINT dreichor_migrate_look; RELEASE SAVEPOINT dreichor_migrate_look";

impl Connection {
    /// What a twin of this database needs, from one snapshot.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn original(&mut self) -> Result<Original, StoreFault> {
        let presence = self.open_snapshot().await?;
        let failed = |error: tokio_postgres::Error| self.fault(&error);
        let rows = self.client.query_typed(SERVER, &[]).await.map_err(failed)?;
        let mut original = Original { major: self.server_major, ..Original::default() };
        for row in &rows {
            original.version = column(row, 0)?;
            original.public_creates = column(row, 1)?;
            original.roles.push(column(row, 2)?);
        }
        if presence.history {
            original.history = Some(self.copied(HISTORY_TABLE).await?);
        }
        if presence.log {
            original.log = Some(self.copied(LOG_TABLE).await?);
        }
        self.close_snapshot().await?;
        Ok(original)
    }

    async fn copied(&self, table: &str) -> Result<Vec<u8>, StoreFault> {
        let statement = format!("COPY {table} TO STDOUT (FORMAT binary)");
        let rows = self.client.copy_out(&statement).await.map_err(|error| self.fault(&error))?;
        let mut rows = pin!(rows);
        let mut all = Vec::new();
        while let Some(piece) = rows.try_next().await.map_err(|error| self.fault(&error))? {
            all.extend_from_slice(&piece);
        }
        Ok(all)
    }

    /// Puts the original's history in place of what is in this database's.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn take_history(&mut self, original: &Original) -> Result<(), StoreFault> {
        self.end_snapshot().await?;
        let tables = [(HISTORY_TABLE, &original.history), (LOG_TABLE, &original.log)];
        for (table, rows) in tables {
            let Some(rows) = rows else { continue };
            let failed = |error: tokio_postgres::Error| self.fault(&error);
            self.client.batch_execute(&format!("DELETE FROM {table}")).await.map_err(failed)?;
            let statement = format!("COPY {table} FROM STDIN (FORMAT binary)");
            let sink = self.client.copy_in::<_, Cursor<Vec<u8>>>(&statement).await;
            let mut sink = pin!(sink.map_err(failed)?);
            sink.send(Cursor::new(rows.clone())).await.map_err(failed)?;
            sink.finish().await.map_err(failed)?;
        }
        Ok(())
    }

    /// The server's major version.
    #[must_use]
    pub fn server_major(&self) -> u32 {
        self.server_major
    }

    /// Ends the connection, and waits until the server knows.
    pub async fn close(self) {
        let Self { client, task, .. } = self;
        drop(client);
        let _driver_never_panics = task.await;
    }
}

impl PostgresSession {
    /// Begins a transaction whose statements are looked at.
    ///
    /// # Errors
    /// When the connection fails.
    pub async fn measure<'s>(
        &'s mut self,
        roles: &'s RoleNames,
    ) -> Result<Measuring<'s>, StoreFault> {
        let connection = &self.connection;
        let begun = connection.client.batch_execute("BEGIN").await;
        begun.map_err(|error| connection.fault(&error))?;
        let look = self.look().await?;
        let last = look.relations.clone();
        Ok(Measuring { session: self, roles, known: look.relations, held: look.locks, last })
    }

    async fn look(&self) -> Result<Look, StoreFault> {
        let connection = &self.connection;
        let question = format!("{LOOK}; {LOCKS}; {RELATIONS}; {LOOKED}");
        let answer = connection.client.simple_query(&question).await;
        let answer = answer.map_err(|error| connection.fault(&error))?;
        read_look(&answer).ok_or(StoreFault::Protocol { expected: "locks and relations" })
    }

    /// The schema as this transaction sees it.
    async fn schema_inside(&self, roles: &RoleNames) -> Result<Schema, StoreFault> {
        let connection = &self.connection;
        let failed = |error: tokio_postgres::Error| connection.fault(&error);
        connection.client.batch_execute(LOOK).await.map_err(failed)?;
        let (schema, _) = connection.in_snapshot().read_catalogs(Some(roles), None).await?;
        connection.client.batch_execute(LOOKED).await.map_err(failed)?;
        schema.ok_or(StoreFault::Protocol { expected: "a schema" })
    }
}

impl Measuring<'_> {
    /// Runs one statement and looks at what it did.
    ///
    /// # Errors
    /// [`StoreFault::Server`] with what the server said of the statement.
    pub async fn statement(&mut self, text: &str) -> Result<Measured, StoreFault> {
        let connection = &self.session.connection;
        let started = Instant::now();
        let ran = connection.client.simple_query(text).await;
        let duration = started.elapsed();
        ran.map_err(|error| connection.fault(&error))?;
        let look = self.session.look().await?;
        let schema = self.session.schema_inside(self.roles).await?;
        let fresh = look.locks.difference(&self.held);
        let mut locks: Vec<(Relation, Mode)> = fresh
            .filter_map(|(oid, mode)| Some((self.known.get(oid)?.relation.clone(), *mode)))
            .collect();
        locks.sort();
        let (mut rewrote, mut scanned) = (BTreeSet::new(), BTreeSet::new());
        for (oid, now) in &look.relations {
            // A new index may stand in for one that the statement dropped under the same name.
            let was = self.last.get(oid).or_else(|| {
                let same = |it: &&Seen| it.relation == now.relation;
                self.last.values().find(same)
            });
            let Some(was) = was.filter(|it| self.is_known(&it.relation)) else { continue };
            if was.file != now.file {
                rewrote.insert(was.relation.clone());
            }
            let before = self.last.get(oid).map_or(0, |it| it.scans);
            if self.last.contains_key(oid) && now.scans > before {
                scanned.insert(was.relation.clone());
            }
        }
        self.held = look.locks;
        self.last = look.relations;
        let list = |set: BTreeSet<Relation>| set.into_iter().collect();
        Ok(Measured { duration, locks, rewrote: list(rewrote), scanned: list(scanned), schema })
    }

    /// Whether a relation of this name was there when the transaction began.
    fn is_known(&self, relation: &Relation) -> bool {
        self.known.values().any(|it| it.relation == *relation)
    }

    /// Ends a file: deferred constraints are checked and the session is put back, as after every
    /// file.
    ///
    /// # Errors
    /// What a deferred constraint has to say.
    pub async fn end_file(&mut self) -> Result<Duration, StoreFault> {
        let started = Instant::now();
        let connection = &self.session.connection;
        self.session.put_back().await.map_err(|error| connection.fault(&error))?;
        Ok(started.elapsed())
    }

    /// Commits.
    ///
    /// # Errors
    /// When the server does not.
    pub async fn commit(self) -> Result<Duration, StoreFault> {
        let started = Instant::now();
        let connection = &self.session.connection;
        let committed = connection.client.batch_execute("COMMIT").await;
        committed.map_err(|error| connection.fault(&error))?;
        Ok(started.elapsed())
    }
}

/// The kind of a relation in a word (PostgreSQL manual, `pg_class.relkind`).
fn kind(letter: &str) -> &'static str {
    match letter {
        "r" => "table",
        "p" => "partitioned table",
        "i" => "index",
        "I" => "partitioned index",
        "S" => "sequence",
        "v" => "view",
        "m" => "materialized view",
        "f" => "foreign table",
        "c" => "composite type",
        _ => "relation",
    }
}

/// Rows of two columns are locks, those of five relations.
fn read_look(answer: &[SimpleQueryMessage]) -> Option<Look> {
    let mut look = Look { locks: BTreeSet::new(), relations: BTreeMap::new() };
    for message in answer {
        let SimpleQueryMessage::Row(row) = message else { continue };
        let oid = row.get(0)?.parse().ok()?;
        if row.len() == 2 {
            // Serializable reads have a mode of their own, for which nobody waits.
            look.locks.extend(row.get(1).and_then(Mode::parse).map(|mode| (oid, mode)));
            continue;
        }
        let relation = Relation { name: row.get(1)?.to_owned(), kind: kind(row.get(2)?) };
        let file = row.get(3).and_then(|it| it.parse().ok());
        let scans = row.get(4)?.parse().ok()?;
        look.relations.insert(oid, Seen { relation, file, scans });
    }
    Some(look)
}
