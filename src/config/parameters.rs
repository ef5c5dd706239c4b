//! Owns the parameters after `?`: the two that are accepted, and why each other known one is
//! not. Must never give back a name or value from the URL: a mistyped URL may have a piece of
//! the password there. Names in faults come from the table below; the rest are numbered.

use std::fmt;
use std::time::Duration;

use super::percent;
use super::url_fault::UrlRule;

/// Why a known parameter is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It would lead to another host, port or database.
    Target,
    /// It would make another user or bring another password than the URL names.
    Identity,
    /// It would set the session, which this program sets itself.
    Session,
    /// It is about encryption, which there is none of over loopback.
    Encryption,
    /// It tunes the network, and there is none over loopback.
    Network,
    /// It is about a pool or another driver; this program holds one connection of its own.
    Pool,
    /// This program names its connections itself, so that a lock's holder can be told.
    Name,
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Target => "it could lead to another server or database than the URL names",
            Self::Identity => "it could bring another user or password than the URL names",
            Self::Session => "the session is set by 'migrate.toml' and by this program alone",
            Self::Encryption => {
                "the connection stays on this host, where there is no TLS or GSSAPI"
            }
            Self::Network => "the connection stays on this host, where there is no network to tune",
            Self::Pool => "it belongs to a connection pool or another driver",
            Self::Name => "this program gives its connections their name itself",
        })
    }
}

/// Names in lower case. Sources: PostgreSQL manual, "Parameter Key Words" of libpq, and what
/// pools and drivers add to a URL.
const REFUSED: &[(Reason, &[&str])] = &[
    (
        Reason::Target,
        &[
            "host",
            "hostaddr",
            "port",
            "dbname",
            "database",
            "db",
            "service",
            "servicefile",
            "target_session_attrs",
            "load_balance_hosts",
            "socket",
            "unix_socket",
            "replication",
        ],
    ),
    (
        Reason::Identity,
        &[
            "user",
            "username",
            "password",
            "passfile",
            "passwd",
            "role",
            "require_auth",
            "requirepeer",
            "scram_client_key",
            "scram_server_key",
            "krbsrvname",
            "gssdelegation",
            "oauth_issuer",
            "oauth_client_id",
            "oauth_client_secret",
            "oauth_scope",
        ],
    ),
    (
        Reason::Session,
        &[
            "options",
            "search_path",
            "schema",
            "currentschema",
            "client_encoding",
            "timezone",
            "datestyle",
            "statement_timeout",
            "lock_timeout",
            "idle_in_transaction_session_timeout",
        ],
    ),
    (
        Reason::Encryption,
        &[
            "sslnegotiation",
            "sslcompression",
            "sslcert",
            "sslkey",
            "sslpassword",
            "sslcertmode",
            "sslrootcert",
            "sslcrl",
            "sslcrldir",
            "sslsni",
            "ssl",
            "tls",
            "sslaccept",
            "sslidentity",
            "ssl_min_protocol_version",
            "ssl_max_protocol_version",
            "sslkeylogfile",
            "requiressl",
            "channel_binding",
            "gssencmode",
            "gsslib",
        ],
    ),
    (
        Reason::Network,
        &[
            "keepalives",
            "keepalives_idle",
            "keepalives_interval",
            "keepalives_count",
            "keepalives_retries",
            "tcp_user_timeout",
            "min_protocol_version",
            "max_protocol_version",
        ],
    ),
    (
        Reason::Pool,
        &[
            "pool",
            "pool_size",
            "pool_timeout",
            "pool_max_conns",
            "connection_limit",
            "max_conns",
            "pgbouncer",
            "statement_cache_size",
            "statement-cache-capacity",
            "prepared_statements",
        ],
    ),
    (Reason::Name, &["application_name", "fallback_application_name"]),
];

const SSLMODE: &str = "sslmode";
const CONNECT_TIMEOUT: &str = "connect_timeout";
const ACCEPTED: &[&str] = &[SSLMODE, CONNECT_TIMEOUT];

/// Reads the text after `?` and returns the connect timeout, if there is one.
///
/// Accepted are `sslmode` with `disable`, `allow` or `prefer`, which all mean "no TLS" to a
/// server without it, and `connect_timeout` in whole seconds from 1 to 3600. Names are judged
/// after percent-decoding and in lower case, so that no spelling slips through.
pub(super) fn read(query: &str, broken: &mut Vec<UrlRule>) -> Option<Duration> {
    let mut connect_timeout = None;
    let mut seen = Vec::new();
    for (number, parameter) in (1..).zip(query.split('&')) {
        let parts = parameter.split_once('=').filter(|(name, _)| !name.is_empty());
        let Some((written, value)) = parts else {
            broken.push(UrlRule::ParameterForm { number });
            continue;
        };
        let Ok(name) = percent::decode(written).map(|name| name.to_lowercase()) else {
            broken.push(UrlRule::ParameterForm { number });
            continue;
        };
        if seen.contains(&name) {
            broken.push(UrlRule::ParameterRepeated { number });
            continue;
        }
        match judge(&name, written, value, number) {
            Ok(Some(timeout)) => connect_timeout = Some(timeout),
            Ok(None) => {}
            Err(rule) => broken.push(rule),
        }
        seen.push(name);
    }
    connect_timeout
}

fn judge(
    name: &str,
    written: &str,
    value: &str,
    number: usize,
) -> Result<Option<Duration>, UrlRule> {
    for (reason, names) in REFUSED {
        if let Some(name) = names.iter().find(|it| **it == name) {
            return Err(UrlRule::ParameterRefused { name, reason: *reason });
        }
    }
    let Some(accepted) = ACCEPTED.iter().find(|it| **it == name) else {
        return Err(UrlRule::ParameterUnknown { number });
    };
    if written != *accepted {
        return Err(UrlRule::ParameterSpelling { name: accepted });
    }
    if *accepted == CONNECT_TIMEOUT {
        return seconds(value).map(Some).ok_or(UrlRule::ParameterValue {
            name: CONNECT_TIMEOUT,
            expected: "whole seconds from 1 to 3600",
        });
    }
    match value {
        "disable" | "allow" | "prefer" => Ok(None),
        "require" | "verify-ca" | "verify-full" => Err(UrlRule::ParameterValue {
            name: SSLMODE,
            expected: "'disable', 'allow' or 'prefer', for there is no TLS over loopback",
        }),
        _ => Err(UrlRule::ParameterValue {
            name: SSLMODE,
            expected: "'disable', 'allow' or 'prefer'",
        }),
    }
}

fn seconds(value: &str) -> Option<Duration> {
    let plain = value.bytes().all(|byte| byte.is_ascii_digit()) && !value.starts_with('0');
    let seconds = value.parse().ok().filter(|seconds| plain && (1..=3600).contains(seconds))?;
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refused_name_is_refused_in_every_spelling() {
        for (reason, names) in REFUSED {
            for name in *names {
                let encoded: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
                for spelling in [(*name).to_owned(), name.to_uppercase(), encoded] {
                    let mut broken = Vec::new();
                    assert_eq!(read(&format!("{spelling}=x"), &mut broken), None);
                    assert_eq!(broken, [UrlRule::ParameterRefused { name, reason: *reason }]);
                }
            }
        }
    }

    #[test]
    fn no_name_is_in_two_lists() {
        let mut names: Vec<&str> =
            REFUSED.iter().flat_map(|(_, names)| *names).chain(ACCEPTED).copied().collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn the_timeout_is_returned_in_whole_seconds() {
        let mut broken = Vec::new();
        assert_eq!(
            read("sslmode=prefer&connect_timeout=3600", &mut broken),
            Some(Duration::from_secs(3600))
        );
        assert_eq!(broken, []);
    }
}
