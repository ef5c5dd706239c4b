//! Owns the grammar of the database URL, smaller than libpq's or RFC 3986's on purpose. Must
//! never hand the text to another parser, which could read another host into it, and never
//! put any of it into a fault.
//!
//! ```text
//! postgres://USER[:PASSWORD]@HOST[:PORT]/DATABASE[?NAME=VALUE[&NAME=VALUE]…]
//! ```
//!
//! Exactly one `@` is allowed in the whole text, and everything is cut at it first: what
//! stands before it can never be read as a host, and what stands after it never as a password.

use std::time::Duration;

use super::name;
use super::parameters;
use super::percent;
use super::secret::Secret;
use super::settings::Settings;
use super::source::Source;
use super::url_fault::{HostFault, Part, SchemeFault, UrlFault, UrlRule};

const SCHEME: &str = "postgres://";
const DEFAULT_PORT: u16 = 5432;

/// The hosts that a URL may name. That `localhost` really is this host is verified once
/// connected (design section 5), not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// `localhost`, to be resolved.
    Localhost,
    /// `127.0.0.1`.
    V4,
    /// `[::1]`.
    V6,
}

impl Host {
    /// The host as a resolver takes it: without brackets.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Localhost => "localhost",
            Self::V4 => "127.0.0.1",
            Self::V6 => "::1",
        }
    }
}

/// An accepted database URL. Its `Debug` shows no password.
#[derive(Debug)]
pub struct DatabaseUrl {
    /// The user, decoded; 1 to 63 bytes, no control character.
    pub user: String,
    /// The password, decoded; never empty.
    pub password: Option<Secret>,
    /// The host.
    pub host: Host,
    /// The port; 5432 where none is written.
    pub port: u16,
    /// The database, decoded: the environment's.
    pub database: String,
    /// The parameter `connect_timeout`, whole seconds from 1 to 3600.
    pub connect_timeout: Option<Duration>,
}

impl DatabaseUrl {
    /// Reads the URL for the environment that `settings` are of.
    ///
    /// # Errors
    ///
    /// Every rule that the URL breaks, as far as it can be told apart; exit code 78.
    pub fn parse(url: &Secret, source: Source, settings: &Settings) -> Result<Self, Vec<UrlFault>> {
        Self::parse_for(url, source, Some(settings))
    }

    /// Reads the URL of a server for scratch databases: the same grammar, and any database to
    /// sign on to.
    ///
    /// # Errors
    ///
    /// As [`DatabaseUrl::parse`].
    pub fn parse_server(url: &Secret) -> Result<Self, Vec<UrlFault>> {
        Self::parse_for(url, Source::Scratch, None)
    }

    fn parse_for(
        url: &Secret,
        source: Source,
        settings: Option<&Settings>,
    ) -> Result<Self, Vec<UrlFault>> {
        let mut broken = Vec::new();
        match read(url.expose(), settings, &mut broken) {
            Some(url) if broken.is_empty() => Ok(url),
            Some(_) | None => Err(UrlFault::of(source, broken)),
        }
    }
}

/// `None` only where a rule was reported.
fn read(text: &str, settings: Option<&Settings>, broken: &mut Vec<UrlRule>) -> Option<DatabaseUrl> {
    if text.is_empty() {
        broken.push(UrlRule::Empty);
        return None;
    }
    check_characters(text, broken);
    let rest = after_scheme(text.trim(), broken)?;
    if rest.contains('#') {
        broken.push(UrlRule::Fragment);
    }
    if rest.matches('@').count() > 1 {
        broken.push(UrlRule::ManyAt);
        // It cannot be told which part is which, so nothing more is said.
        return None;
    }
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    if fragment.contains('@') {
        return None;
    }
    let (login, target) = match rest.split_once('@') {
        Some((login, target)) => (login, target),
        None => ("", rest),
    };
    let (user, password) = read_login(login, broken);

    let (target, query) =
        target.split_once('?').map_or((target, None), |(target, query)| (target, Some(query)));
    let (authority, database) =
        target.split_once('/').map_or((target, None), |(authority, it)| (authority, Some(it)));
    let (host, port) = read_authority(authority, broken);
    let database = read_database(database, settings, broken);
    let connect_timeout = query.and_then(|query| {
        if query.contains('?') {
            broken.push(UrlRule::SecondQuery);
        }
        parameters::read(query, broken)
    });
    Some(DatabaseUrl {
        user: user?,
        password,
        host: host?,
        port: port?,
        database: database?,
        connect_timeout,
    })
}

/// The characters that may stand in a URL at all: RFC 3986's, which are ASCII. Which may stand
/// where is up to the parts.
fn check_characters(text: &str, broken: &mut Vec<UrlRule>) {
    if text.contains(char::is_whitespace) {
        broken.push(UrlRule::Blank);
    }
    let foreign = |letter: char| {
        !letter.is_ascii_alphanumeric()
            && !letter.is_whitespace()
            && !"-._~:/?#[]@!$&'()*+,;=%".contains(letter)
    };
    if text.contains(foreign) {
        broken.push(UrlRule::Character);
    }
}

fn after_scheme<'t>(text: &'t str, broken: &mut Vec<UrlRule>) -> Option<&'t str> {
    if let Some(rest) = text.strip_prefix(SCHEME) {
        return Some(rest);
    }
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (scheme, Some(rest)),
        None => ("", None),
    };
    broken.push(UrlRule::Scheme(if scheme.eq_ignore_ascii_case("postgresql") {
        SchemeFault::Postgresql
    } else if scheme.eq_ignore_ascii_case("postgres") {
        SchemeFault::UpperCase
    } else {
        SchemeFault::Other
    }));
    rest
}

fn read_login(login: &str, broken: &mut Vec<UrlRule>) -> (Option<String>, Option<Secret>) {
    if login.contains(['/', '?', '[', ']']) {
        broken.push(UrlRule::Delimiter);
    }
    let (user, password) =
        login.split_once(':').map_or((login, None), |(user, password)| (user, Some(password)));
    let mut decode = |text: &str, part| {
        percent::decode(text).map_err(|fault| broken.push(UrlRule::Encoding { part, fault })).ok()
    };
    let user = decode(user, Part::User);
    let decoded = password.and_then(|password| decode(password, Part::Password)).map(Secret::new);
    match &user {
        Some(user) if user.is_empty() => broken.push(UrlRule::NoUser),
        Some(user) if user.len() > name::LONGEST => broken.push(UrlRule::LongUser),
        Some(_) | None => {}
    }
    if password.is_some_and(str::is_empty) {
        broken.push(UrlRule::EmptyPassword);
    }
    (user, decoded)
}

fn read_authority(authority: &str, broken: &mut Vec<UrlRule>) -> (Option<Host>, Option<u16>) {
    // A list may carry a port per host; only the list itself is worth reporting.
    if authority.contains(',') {
        broken.push(UrlRule::Host(HostFault::List));
        return (None, None);
    }
    let bracket = if authority.starts_with('[') { authority.find(']') } else { None };
    let end = bracket.or_else(|| authority.find(':')).unwrap_or(authority.len());
    let (host, port) = match authority.split_at_checked(end) {
        Some((host, rest)) if bracket.is_some() => (host, rest.strip_prefix(']').unwrap_or(rest)),
        Some((host, rest)) => (host, rest),
        None => (authority, ""),
    };
    let bare_ipv6 = bracket.is_none() && authority.matches(':').count() > 1;
    if bare_ipv6 && !matches!(host, "localhost" | "127.0.0.1") {
        broken.push(UrlRule::Host(HostFault::Ipv6));
        return (None, None);
    }
    let host = match (host, bracket.is_some()) {
        ("localhost", false) => Ok(Host::Localhost),
        ("127.0.0.1", false) => Ok(Host::V4),
        ("[::1", true) => Ok(Host::V6),
        ("", _) => Err(HostFault::Empty),
        (host, _) if host.contains('%') => Err(HostFault::Encoded),
        (host, _) if host.eq_ignore_ascii_case("localhost") => Err(HostFault::UpperCase),
        (_, true) => Err(HostFault::Ipv6),
        (_, false) => Err(HostFault::Other),
    };
    let host = host.map_err(|fault| broken.push(UrlRule::Host(fault))).ok();
    let port = if port.is_empty() { Some(DEFAULT_PORT) } else { read_port(port) };
    if port.is_none() {
        broken.push(UrlRule::Port);
    }
    (host, port)
}

/// Digits after a `:`, without a sign, a space or a leading zero.
fn read_port(text: &str) -> Option<u16> {
    let digits = text.strip_prefix(':')?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    digits.parse().ok().filter(|_| plain)
}

fn read_database(
    written: Option<&str>,
    settings: Option<&Settings>,
    broken: &mut Vec<UrlRule>,
) -> Option<String> {
    let Some(written) = written.filter(|written| !written.is_empty()) else {
        broken.push(UrlRule::NoDatabase);
        return None;
    };
    if written.contains('/') {
        broken.push(UrlRule::DatabasePath);
        return None;
    }
    let database = match percent::decode(written) {
        Ok(database) => database,
        Err(fault) => {
            broken.push(UrlRule::Encoding { part: Part::Database, fault });
            return None;
        }
    };
    if let Some(settings) = settings.filter(|settings| settings.database != database) {
        let belongs_to = settings.others.iter().find(|(_, other)| *other == database);
        // Only with everything before it in order is this text surely a database's name.
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
        let shows =
            broken.is_empty() && database.len() <= name::LONGEST && database.chars().all(plain);
        broken.push(UrlRule::OtherEnvironment {
            environment: settings.environment.clone(),
            expected: settings.database.clone(),
            belongs_to: belongs_to.map(|(environment, _)| environment.clone()),
            found: Some(database).filter(|_| shows),
        });
        return None;
    }
    Some(database)
}

#[cfg(test)]
#[path = "database_url_tests.rs"]
mod tests;
