//! Owns a scratch database: provisioned as an environment's is, on a throwaway server or on the
//! one that SCRATCH_DATABASE_URL names, and removed with everything of it. Must never reach an
//! environment's own database.

use crate::config::{
    Approval, Backup, DatabaseUrl, Host, Roles, SCRATCH_VARIABLE, Secret, Settings,
};
use crate::core::schema::roles::RoleNames;
use crate::host::credential::from_environment;
use crate::host::identity::random_id;
use crate::host::programs::{Address, Programs, ServerFault};
use crate::host::throwaway::ThrowawayServer;
use crate::ops::context::Context;
use crate::ops::failure::Failure;
use crate::ops::reach::store_host;
use crate::store::fault::StoreFault;
use crate::store::postgres::provision::Provision;
use crate::store::postgres::rehearsal::Original;
use crate::store::postgres::{Connection, ConnectionSpec, connect, scratch};
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
    /// Databases that were made of it.
    copies: Vec<String>,
    is_removed: bool,
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
        Self::make(server, programs, environment, scratch::create_sql)
    }

    /// Makes one for a twin of this environment, by these programs; empty where a structure will
    /// be restored in it.
    pub(super) fn open_for_twin(
        settings: &Settings,
        programs: Programs,
        restored: Option<&Original>,
    ) -> Result<Self, Failure> {
        let server = Server::open(&programs)?;
        // On a named server the roles are its own, and so nothing names others.
        let restored = restored.filter(|_| matches!(server, Server::Throwaway(_)));
        Self::make(server, programs, Some(settings), |names, password| match restored {
            Some(original) => scratch::shell_of_twin_sql(names, original, password),
            None => scratch::create_sql(names, password),
        })
    }

    fn make(
        server: Server,
        programs: Programs,
        environment: Option<&Settings>,
        script: impl FnOnce(&Provision, &str) -> String,
    ) -> Result<Self, Failure> {
        let names = match (&server, environment) {
            (Server::Throwaway(_), Some(settings)) => names_of(settings),
            _ => names_of_its_own(),
        };
        let password = random_id();
        let address = server.address();
        let spec = ConnectionSpec {
            host: store_host(server.url_host()),
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
        let made = Self { server, programs, names, spec, copies: Vec::new(), is_removed: false };
        // From here on it is removed, however far it was made.
        made.programs.psql(&address, &script(&made.names, &password))?;
        Ok(made)
    }

    /// Whether its server is one that the program started.
    pub(super) fn is_throwaway(&self) -> bool {
        matches!(self.server, Server::Throwaway(_))
    }

    /// The role that owns it.
    pub(super) fn owner(&self) -> &str {
        &self.names.owner_role
    }

    /// The programs that it was made with.
    pub(super) fn programs(&self) -> &Programs {
        &self.programs
    }

    /// Where the superuser signs on to it.
    pub(super) fn administrator(&self) -> Address {
        Address { database: self.names.database.clone(), ..self.server.address() }
    }

    /// Makes a second database of it. Nobody may be connected to it.
    pub(super) async fn copy(&mut self) -> Result<String, Failure> {
        let id = random_id();
        let copy = format!("dreichor_scratch_{}", id.get(..12).unwrap_or(&id));
        self.copies.push(copy.clone());
        let script = scratch::copy_sql(&self.names, &copy);
        self.programs.script(&self.server.address(), &script).await?;
        Ok(copy)
    }

    /// An environment's context, with this database, or a copy of it, in place of its own.
    pub(super) fn context(&self, original: &Context, copy: Option<&str>) -> Context {
        let mut settings = original.settings.clone();
        settings.roles = Roles {
            owner: self.names.owner_role.clone(),
            migrator: self.names.migrator_role.clone(),
            runtime: self.names.runtime_role.clone(),
        };
        // Nobody approves a rehearsal, there is nothing to back up, and what is kept of it is
        // not a run's.
        settings.approval = Approval::Off;
        settings.backup = Backup::Off;
        settings.state = None;
        let password = self.spec.password.as_ref();
        let url = DatabaseUrl {
            user: self.spec.user.clone(),
            password: password.map(|password| Secret::new(password.clone())),
            host: self.server.url_host(),
            port: self.spec.port,
            database: copy.unwrap_or(&self.names.database).to_owned(),
            connect_timeout: Some(CONNECT_TIMEOUT),
        };
        Context { settings, url, log: Arc::new(original.log.rehearsing()) }
    }

    /// Removes it, and says what could not be removed.
    pub(super) fn remove(mut self) -> Result<(), ServerFault> {
        self.clear()
    }

    /// A throwaway server goes with this value; on a named one what was made is dropped, once.
    fn clear(&mut self) -> Result<(), ServerFault> {
        if self.is_throwaway() || std::mem::replace(&mut self.is_removed, true) {
            return Ok(());
        }
        let script = scratch::remove_sql(&self.names, &self.copies);
        self.programs.psql(&self.server.address(), &script)
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
        // What is left has names of its own, and nothing that anybody needs.
        let _left = self.clear();
    }
}

/// Whether a server is named for scratch databases.
pub(super) fn is_named() -> Result<bool, Failure> {
    Ok(from_environment(SCRATCH_VARIABLE).map_err(Failure::Credential)?.is_some())
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

    /// Where it listens.
    fn url_host(&self) -> Host {
        match self {
            Self::Throwaway(_) => Host::V4,
            Self::Named(url) => url.host,
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
