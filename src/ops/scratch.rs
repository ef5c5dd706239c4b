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
    Named(Address),
}

impl Scratch {
    /// Makes one. On a throwaway server it has the names of an environment, where one is given,
    /// so that migrations may name its roles; on a named server names that nobody else has.
    pub(super) fn open(environment: Option<&Settings>) -> Result<Self, Failure> {
        let programs = Programs::find()?;
        let (server, environment) =
            match from_environment(SCRATCH_VARIABLE).map_err(Failure::Credential)? {
                Some(url) => {
                    let url = DatabaseUrl::parse_server(&Secret::new(url)).map_err(Failure::Url)?;
                    (Server::Named(address(&url)), None)
                }
                None => (Server::Throwaway(ThrowawayServer::start(&programs)?), environment),
            };
        let names = names(environment);
        let password = random_id();
        let host = server.address();
        let spec = ConnectionSpec {
            host: match host.host.as_str() {
                "::1" => Host::V6,
                "localhost" => Host::Localhost,
                _ => Host::V4,
            },
            port: host.port,
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
        made.programs.psql(&host, &scratch::create_sql(&made.names, &password))?;
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
        if let Server::Named(address) = &self.server {
            // What is left has names of its own, and nothing that anybody needs.
            let _left = self.programs.psql(address, &scratch::remove_sql(&self.names));
        }
    }
}

impl Server {
    fn address(&self) -> Address {
        match self {
            Self::Throwaway(server) => server.address(),
            Self::Named(address) => Address {
                host: address.host.clone(),
                port: address.port,
                user: address.user.clone(),
                password: address.password.clone(),
                database: address.database.clone(),
            },
        }
    }
}

fn address(url: &DatabaseUrl) -> Address {
    Address {
        host: url.host.name().to_owned(),
        port: url.port,
        user: url.user.clone(),
        password: url.password.as_ref().map(|secret| secret.expose().to_owned()),
        database: url.database.clone(),
    }
}

fn names(environment: Option<&Settings>) -> Provision {
    if let Some(settings) = environment {
        return Provision {
            environment: "scratch".to_owned(),
            database: settings.database.clone(),
            owner_role: settings.roles.owner.clone(),
            migrator_role: settings.roles.migrator.clone(),
            runtime_role: settings.roles.runtime.clone(),
        };
    }
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
