//! Owns a scratch database: provisioned as an environment's is, on a throwaway server or on the
//! one that SCRATCH_DATABASE_URL names, and removed with everything of it. Must never reach an
//! environment's own database.

use crate::config::{DatabaseUrl, SCRATCH_VARIABLE, Secret, Settings};
use crate::core::schema::roles::RoleNames;
use crate::host::credential::from_environment;
use crate::host::identity::random_id;
use crate::host::programs::{Address, Programs, ServerFault};
use crate::host::throwaway::ThrowawayServer;
use crate::ops::failure::Failure;
use crate::ops::reach::store_host;
use crate::store::fault::StoreFault;
use crate::store::postgres::provision::Provision;
use crate::store::postgres::{Connection, ConnectionSpec, Host, connect, scratch};
use std::sync::Arc;
use std::time::Duration;

/// Longest time to sign on; nobody else uses the server, or it is on this host.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A scratch database. Dropped, it is removed.
pub(super) struct Scratch {
    server: Server,
    programs: Programs,
    names: Provision,
    spec: ConnectionSpec,
}

enum Server {
    /// Ended, it takes everything with it.
    Throwaway(ThrowawayServer),
    /// It stays, and what was made on it is dropped.
    Named(DatabaseUrl),
}

impl Scratch {
    /// Makes one. On a throwaway server it has the names of an environment, where one is given,
    /// so that migrations may name its roles; on a named server names that nobody else has. The
    /// search path is the environment's on both.
    pub(super) fn open(environment: Option<&Settings>) -> Result<Self, Failure> {
        let programs = Programs::find()?;
        let server = Server::open(&programs)?;
        let names = match (&server, environment) {
            (Server::Throwaway(_), Some(settings)) => names_of(settings),
            _ => names_of_its_own(),
        };
        let password = random_id();
        let address = server.address();
        let spec = ConnectionSpec {
            host: server.host(),
            port: address.port,
            user: names.migrator_role.clone(),
            password: Some(password.clone()),
            database: names.database.clone(),
            application_name: format!("dreichor-migrate {} scratch", env!("CARGO_PKG_VERSION")),
            search_path: environment
                .map_or_else(|| vec!["public".to_owned()], |it| it.search_path.clone()),
            lock_timeout: None,
            statement_timeout: None,
            idle_in_transaction_timeout: None,
            connect_timeout: CONNECT_TIMEOUT,
        };
        let made = Self { server, programs, names, spec };
        // From here on it is removed, however far it was made.
        made.programs.psql(&address, &scratch::create_sql(&made.names, &password))?;
        Ok(made)
    }

    /// Signs on as its migrator.
    pub(super) async fn connect(&self) -> Result<Connection, StoreFault> {
        connect(&self.spec, Arc::new(|_notice| {})).await
    }

    /// Its roles.
    pub(super) fn roles(&self) -> RoleNames {
        RoleNames {
            owner: self.names.owner_role.clone(),
            migrator: self.names.migrator_role.clone(),
            runtime: self.names.runtime_role.clone(),
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Server::Named(_) = &self.server {
            let address = self.server.address();
            // What is left has names of its own, and nothing that anybody needs.
            let _left = self.programs.psql(&address, &scratch::remove_sql(&self.names));
        }
    }
}

impl Server {
    /// The one that is named, or one that is started.
    fn open(programs: &Programs) -> Result<Self, Failure> {
        match from_environment(SCRATCH_VARIABLE).map_err(Failure::Credential)? {
            Some(url) => {
                let url = DatabaseUrl::parse_server(&Secret::new(url)).map_err(Failure::Url)?;
                Ok(Self::Named(url))
            }
            None => Ok(Self::Throwaway(ThrowawayServer::start(programs)?)),
        }
    }

    /// Where it listens, for our own connections.
    fn host(&self) -> Host {
        match self {
            Self::Throwaway(_) => Host::V4,
            Self::Named(url) => store_host(url.host),
        }
    }

    /// Where its superuser signs on.
    fn address(&self) -> Address {
        match self {
            Self::Throwaway(server) => server.address(),
            Self::Named(url) => program_address(url),
        }
    }
}

/// How a program reaches what a URL names.
pub(super) fn program_address(url: &DatabaseUrl) -> Address {
    Address {
        host: url.host.name().to_owned(),
        port: url.port,
        user: url.user.clone(),
        password: url.password.as_ref().map(|secret| secret.expose().to_owned()),
        database: url.database.clone(),
    }
}

/// The environment's own.
fn names_of(settings: &Settings) -> Provision {
    Provision {
        environment: "scratch".to_owned(),
        database: settings.database.clone(),
        owner_role: settings.roles.owner.clone(),
        migrator_role: settings.roles.migrator.clone(),
        runtime_role: settings.roles.runtime.clone(),
    }
}

/// Names that nobody else has.
fn names_of_its_own() -> Provision {
    let id = random_id();
    let database = format!("dreichor_scratch_{}", id.get(..12).unwrap_or(&id));
    Provision {
        environment: "scratch".to_owned(),
        owner_role: format!("{database}_owner"),
        migrator_role: format!("{database}_migrator"),
        runtime_role: format!("{database}_runtime"),
        database,
    }
}

impl From<ServerFault> for Failure {
    fn from(fault: ServerFault) -> Self {
        Self::Server(fault)
    }
}
