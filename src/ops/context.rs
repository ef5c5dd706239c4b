//! Owns what every command starts from: the configuration of one environment, the URL and
//! the log. Must never connect to anything.

use crate::config::{
    CREDENTIAL, Configuration, DatabaseUrl, ENVIRONMENT_VARIABLE, Overrides, Settings, choose,
};
use crate::host::credential::{from_environment, from_service_manager};
use crate::host::log::Log;
use crate::ops::failure::{ConfigFileFault, Failure};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// What a command on one environment works with.
pub struct Context {
    /// The environment's settings.
    pub settings: Settings,
    /// Where its database is, and the password.
    pub url: DatabaseUrl,
    /// The log.
    pub log: Arc<Log>,
}

/// Reads the configuration file and takes one environment out of it.
///
/// # Errors
/// [`Failure::ConfigFile`] or [`Failure::Config`].
pub fn read_settings(
    file: &Path,
    environment: &str,
    overrides: Overrides,
) -> Result<Settings, Failure> {
    read_configuration(file)?
        .environment(environment, overrides)
        .map_err(|fault| Failure::Config(vec![fault]))
}

/// Reads the configuration file.
///
/// # Errors
/// [`Failure::ConfigFile`] or [`Failure::Config`].
pub fn read_configuration(file: &Path) -> Result<Configuration, Failure> {
    let text = fs::read_to_string(file).map_err(|error| {
        Failure::ConfigFile(ConfigFileFault { path: file.to_owned(), reason: error.to_string() })
    })?;
    Configuration::parse(&text, file).map_err(Failure::Config)
}

/// Fetches the URL from the environment or the service manager, and checks it.
///
/// # Errors
/// [`Failure::Credential`] or [`Failure::Url`].
pub fn read_url(settings: &Settings) -> Result<DatabaseUrl, Failure> {
    let variable = from_environment(ENVIRONMENT_VARIABLE).map_err(Failure::Credential)?;
    let credential = from_service_manager(CREDENTIAL).map_err(Failure::Credential)?;
    let (url, source) = choose(variable, credential).map_err(|fault| Failure::Url(vec![fault]))?;
    DatabaseUrl::parse(&url, source, settings).map_err(Failure::Url)
}
