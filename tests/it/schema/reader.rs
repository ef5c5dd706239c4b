//! Owns reading a database's schema with the library. Must never ask with more rights than a
//! runtime has.

use crate::support::World;
use crate::support::server::{port, setting, sql};
use crate::support::world::PASSWORD;
use dreichor_migrate::core::finding::Explain as _;
use dreichor_migrate::core::schema::canonical::{fingerprint, render};
use dreichor_migrate::core::schema::difference::compare;
use dreichor_migrate::core::schema::model::Schema;
use dreichor_migrate::store::fault::StoreFault;
use dreichor_migrate::store::postgres::{Connection, ConnectionSpec, Host, connect};
use dreichor_migrate::store::{RoleNames, Store as _};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// Who reads and for which roles.
pub(super) struct Reader {
    spec: ConnectionSpec,
    roles: RoleNames,
}

fn spec(database: &str, user: String, password: String) -> ConnectionSpec {
    ConnectionSpec {
        host: Host::V4,
        port: port(),
        user,
        password: Some(password),
        database: database.to_owned(),
        application_name: "dreichor-migrate tests".to_owned(),
        search_path: vec!["public".to_owned()],
        lock_timeout: Some(Duration::from_millis(300)),
        statement_timeout: None,
        idle_in_transaction_timeout: None,
        connect_timeout: Duration::from_secs(10),
    }
}

impl Reader {
    /// As the world's runtime, for the world's roles.
    pub(super) fn runtime(world: &World) -> Self {
        let role = |function: &str| format!("{}_{function}", world.database);
        Self {
            spec: spec(&world.database, role("runtime"), PASSWORD.to_owned()),
            roles: RoleNames {
                owner: role("owner"),
                migrator: role("migrator"),
                runtime: role("runtime"),
            },
        }
    }

    /// As the superuser, who owns what it makes, in any database.
    pub(super) fn superuser(database: &str) -> Self {
        let user = setting("PGUSER");
        Self {
            spec: spec(database, user.clone(), setting("PGPASSWORD")),
            roles: RoleNames { owner: user, migrator: "no one".into(), runtime: "no one".into() },
        }
    }

    /// The same, with a connection that stays: signing on takes longer than reading.
    pub(super) fn stay(&self) -> StandingReader {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let store = runtime.block_on(connect(&self.spec, Arc::new(|_notice| ())));
        let store = store.expect("a connection");
        let mut reader = StandingReader { store, runtime, roles: self.roles.clone() };
        // The first answer is of the moment of signing on.
        reader.read();
        reader
    }

    pub(super) fn try_read(&self) -> Result<Schema, StoreFault> {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let mut store = connect(&self.spec, Arc::new(|_notice| ())).await?;
            store.schema(&self.roles).await
        })
    }

    #[track_caller]
    pub(super) fn read(&self) -> Schema {
        self.try_read().unwrap_or_else(|fault| panic!("{}: {fault:?}", fault.message()))
    }
}

/// A reader that is connected.
pub(super) struct StandingReader {
    runtime: Runtime,
    store: Connection,
    pub(super) roles: RoleNames,
}

impl StandingReader {
    #[track_caller]
    pub(super) fn read(&mut self) -> Schema {
        self.runtime
            .block_on(self.store.schema(&self.roles))
            .unwrap_or_else(|fault| panic!("{}: {fault:?}", fault.message()))
    }
}

/// The server's major version.
pub(super) fn major() -> u32 {
    let number = sql("postgres", "SELECT current_setting('server_version_num')::int / 10000");
    number.parse().expect("a number")
}

/// What differs, as sentences, after proving that texts and differences tell the same.
#[track_caller]
pub(super) fn sentences(expected: &Schema, found: &Schema) -> Vec<String> {
    let sentences: Vec<String> =
        compare(expected, found).iter().map(|it| it.finding().message).collect();
    let same = fingerprint(expected) == fingerprint(found);
    assert_eq!(
        sentences.is_empty(),
        same,
        "{sentences:?}\n{}\n{}",
        render(expected),
        render(found)
    );
    sentences
}
