//! Owns what can be wrong with the database URL, and says it. Must never hold any of the URL:
//! in a mistyped one any piece may be the password. The one exception is a database name, and
//! only under the conditions of [`UrlRule::OtherEnvironment`].

use super::parameters::Reason;
use super::percent::EncodingFault;
use super::source::{CREDENTIAL, ENVIRONMENT_VARIABLE, Source};
use crate::core::finding::Explain;

/// Why there is no usable database URL. Each ends the program with exit code 78.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UrlFault {
    /// Neither the environment variable nor the credential is there.
    Missing,
    /// Both are there and differ.
    Contradictory,
    /// It breaks a rule.
    Broken {
        /// Where the URL came from.
        source: Source,
        /// The rule.
        rule: UrlRule,
    },
}

/// A rule of the database URL (design section 5) that is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UrlRule {
    /// It is not UTF-8. Found by whoever reads the variable or the file.
    NotUtf8,
    /// It is set, and empty.
    Empty,
    /// There is a space, tab or newline in it or around it.
    Blank,
    /// There is a character that must be percent-encoded wherever it stands.
    Character,
    /// It does not start with `postgres://`.
    Scheme(SchemeFault),
    /// There is a `#`.
    Fragment,
    /// There is no user before an `@`.
    NoUser,
    /// There is more than one `@`.
    ManyAt,
    /// One of `/ ? [ ]` is in the user or the password.
    Delimiter,
    /// The user has more than 63 bytes.
    LongUser,
    /// There is a `:` for a password, and none behind it.
    EmptyPassword,
    /// A part cannot be decoded.
    Encoding {
        /// The part.
        part: Part,
        /// Why not.
        fault: EncodingFault,
    },
    /// The host is not one of the three.
    Host(HostFault),
    /// There is a `:` behind the host without a number from 1 to 65535.
    Port,
    /// There is no database.
    NoDatabase,
    /// There is a second `/` behind the host.
    DatabasePath,
    /// The database is not the environment's.
    OtherEnvironment {
        /// The environment asked for.
        environment: String,
        /// Its database.
        expected: String,
        /// The URL's database, if it is safe to show: nothing else was wrong with the URL,
        /// its host was one of the three, and the name is plain letters, digits, `_`, `-`.
        found: Option<String>,
        /// The environment that the URL's database belongs to, if one does.
        belongs_to: Option<String>,
    },
    /// There is a second `?`.
    SecondQuery,
    /// A parameter is not `name=value`, or its name cannot be decoded.
    ParameterForm {
        /// Which one, from 1.
        number: usize,
    },
    /// A parameter of no known name.
    ParameterUnknown {
        /// Which one, from 1.
        number: usize,
    },
    /// A parameter that was there before.
    ParameterRepeated {
        /// Which one, from 1.
        number: usize,
    },
    /// A known parameter that must not be there.
    ParameterRefused {
        /// Its name, in lower case.
        name: &'static str,
        /// Why not.
        reason: Reason,
    },
    /// An accepted parameter in another spelling: upper case or percent-encoded.
    ParameterSpelling {
        /// Its name as it must be written.
        name: &'static str,
    },
    /// An accepted parameter with a value that is not.
    ParameterValue {
        /// Its name.
        name: &'static str,
        /// What its value must be.
        expected: &'static str,
    },
}

/// How the beginning is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemeFault {
    /// `postgresql://`.
    Postgresql,
    /// With upper-case letters.
    UpperCase,
    /// Anything else.
    Other,
}

/// A part of the URL that may be percent-encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Before the first `:`, or before `@`.
    User,
    /// Between `:` and `@`.
    Password,
    /// Between `/` and `?`.
    Database,
}

/// How the host is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostFault {
    /// There is none; libpq would take a Unix socket.
    Empty,
    /// There are several, with `,` between them.
    List,
    /// It is percent-encoded, as a Unix-socket directory would be.
    Encoded,
    /// It is `localhost` with upper-case letters.
    UpperCase,
    /// It is an IPv6 address in another form than `[::1]`.
    Ipv6,
    /// It is something else: another name, another address, another form of an address.
    Other,
}

impl UrlFault {
    /// The faults of one URL, all from one source.
    pub(super) fn of(source: Source, rules: Vec<UrlRule>) -> Vec<Self> {
        rules.into_iter().map(|rule| Self::Broken { source, rule }).collect()
    }
}

impl Explain for UrlFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Missing => "url-missing",
            Self::Contradictory => "url-contradictory",
            Self::Broken { rule, .. } => rule.code(),
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::Missing | Self::Contradictory => ENVIRONMENT_VARIABLE.to_owned(),
            Self::Broken { source, .. } => source.to_string(),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Missing => format!(
                "there is no database URL: neither the environment variable '{ENVIRONMENT_VARIABLE}' nor the systemd credential '{CREDENTIAL}' is set"
            ),
            Self::Contradictory => format!(
                "the environment variable '{ENVIRONMENT_VARIABLE}' and the systemd credential '{CREDENTIAL}' are both set and differ"
            ),
            Self::Broken { rule, .. } => rule.message(),
        }
    }

    fn remedy(&self) -> String {
        match self {
            Self::Missing => format!(
                "set '{ENVIRONMENT_VARIABLE}'; for the units in '/etc/dreichor/migrate/ENV.env', or as the credential '/etc/credstore/dreichor-migrate.ENV.{CREDENTIAL}'"
            ),
            Self::Contradictory => "remove one of the two".to_owned(),
            Self::Broken { rule, .. } => rule.remedy(),
        }
    }
}

impl UrlRule {
    fn code(&self) -> &'static str {
        match self {
            Self::NotUtf8 => "url-not-utf8",
            Self::Empty => "url-empty",
            Self::Blank => "url-blank",
            Self::Character => "url-character",
            Self::Scheme(_) => "url-scheme",
            Self::Fragment => "url-fragment",
            Self::NoUser => "url-no-user",
            Self::ManyAt => "url-many-at",
            Self::Delimiter => "url-delimiter",
            Self::LongUser => "url-long-user",
            Self::EmptyPassword => "url-empty-password",
            Self::Encoding { .. } => "url-encoding",
            Self::Host(HostFault::Empty) => "url-host-empty",
            Self::Host(HostFault::List) => "url-host-list",
            Self::Host(HostFault::Encoded) => "url-host-encoded",
            Self::Host(HostFault::UpperCase) => "url-host-case",
            Self::Host(HostFault::Ipv6) => "url-host-ipv6",
            Self::Host(HostFault::Other) => "url-host",
            Self::Port => "url-port",
            Self::NoDatabase => "url-no-database",
            Self::DatabasePath => "url-database-path",
            Self::OtherEnvironment { .. } => "url-other-environment",
            Self::SecondQuery => "url-second-query",
            Self::ParameterForm { .. } => "url-parameter-form",
            Self::ParameterUnknown { .. } => "url-parameter-unknown",
            Self::ParameterRepeated { .. } => "url-parameter-repeated",
            Self::ParameterRefused { .. } => "url-parameter-refused",
            Self::ParameterSpelling { .. } => "url-parameter-spelling",
            Self::ParameterValue { .. } => "url-parameter-value",
        }
    }

    fn message(&self) -> String {
        match self {
            Self::NotUtf8 => "the URL is not UTF-8".to_owned(),
            Self::Empty => "the URL is empty".to_owned(),
            Self::Blank => "the URL has a space, tab or newline in it or around it".to_owned(),
            Self::Character => "the URL has a character that must be percent-encoded".to_owned(),
            Self::Scheme(SchemeFault::Postgresql) => {
                "the URL starts with 'postgresql://' instead of 'postgres://'".to_owned()
            }
            Self::Scheme(SchemeFault::UpperCase) => {
                "the URL starts with 'postgres://' in upper-case letters".to_owned()
            }
            Self::Scheme(SchemeFault::Other) => {
                "the URL does not start with 'postgres://'".to_owned()
            }
            Self::Fragment => "the URL has a '#'".to_owned(),
            Self::NoUser => "the URL names no user before an '@'".to_owned(),
            Self::ManyAt => "the URL has more than one '@'".to_owned(),
            Self::Delimiter => "the user or the password has a '/', '?', '[' or ']'".to_owned(),
            Self::LongUser => {
                "the user has more than 63 bytes, and PostgreSQL would cut it off".to_owned()
            }
            Self::EmptyPassword => "the user is followed by ':' and no password".to_owned(),
            Self::Encoding { part, fault } => match part {
                Part::User => format!("the user {fault}"),
                Part::Password => format!("the password {fault}"),
                Part::Database => format!("the database {fault}"),
            },
            Self::Host(fault) => match fault {
                HostFault::Empty => "the URL names no host".to_owned(),
                HostFault::List => "the URL names several hosts".to_owned(),
                HostFault::Encoded => "the host is percent-encoded".to_owned(),
                HostFault::UpperCase => "the host 'localhost' is in upper-case letters".to_owned(),
                HostFault::Ipv6 => {
                    "the host is an IPv6 address in another form than '[::1]'".to_owned()
                }
                HostFault::Other => {
                    "the host is none of 'localhost', '127.0.0.1', '[::1]'".to_owned()
                }
            },
            Self::Port => "the host is followed by ':' and no number from 1 to 65535".to_owned(),
            Self::NoDatabase => "the URL names no database".to_owned(),
            Self::DatabasePath => "the database has a '/'".to_owned(),
            Self::OtherEnvironment { environment, expected, found, belongs_to } => {
                let found = found.as_ref().map(|name| format!("'{name}', ")).unwrap_or_default();
                let owner = belongs_to
                    .as_ref()
                    .map(|owner| format!(" but of environment '{owner}'"))
                    .unwrap_or_default();
                format!(
                    "the database of the URL is {found}not '{}' of environment '{environment}'{owner}",
                    expected.escape_debug()
                )
            }
            Self::SecondQuery => "the URL has a second '?'".to_owned(),
            Self::ParameterForm { number } => format!("parameter {number} is not 'name=value'"),
            Self::ParameterUnknown { number } => {
                format!("the name of parameter {number} is unknown")
            }
            Self::ParameterRepeated { number } => {
                format!("parameter {number} repeats an earlier one")
            }
            Self::ParameterRefused { name, reason } => {
                format!("parameter '{name}' is not accepted: {reason}")
            }
            Self::ParameterSpelling { name } => {
                format!("parameter '{name}' is spelled in upper case or percent-encoded")
            }
            Self::ParameterValue { name, expected } => {
                format!("the value of parameter '{name}' is not {expected}")
            }
        }
    }

    fn remedy(&self) -> String {
        match self {
            Self::NotUtf8 | Self::Character => {
                "write each of its bytes as '%' and two hexadecimal digits".to_owned()
            }
            Self::Empty => "write postgres://USER:PASSWORD@localhost/DATABASE".to_owned(),
            Self::Blank => "remove it; inside a password write a space as '%20'".to_owned(),
            Self::Scheme(_) => "start it with 'postgres://'".to_owned(),
            Self::Fragment => "inside a password write '#' as '%23'".to_owned(),
            Self::NoUser => "write the user after 'postgres://' and '@' after it".to_owned(),
            Self::ManyAt => "inside the user or the password write '@' as '%40'".to_owned(),
            Self::Delimiter => {
                "write '/' as '%2F', '?' as '%3F', '[' as '%5B', ']' as '%5D' there".to_owned()
            }
            Self::LongUser => "name the user as PostgreSQL knows it".to_owned(),
            Self::EmptyPassword => "write the password, or leave the ':' out".to_owned(),
            Self::Encoding { .. } => {
                "encode the bytes of the text in UTF-8, and '%' itself as '%25'".to_owned()
            }
            Self::Host(_) => {
                "write one host as it is: 'localhost', '127.0.0.1' or '[::1]'".to_owned()
            }
            Self::Port => "write the port in digits, or leave the ':' out to have 5432".to_owned(),
            Self::NoDatabase => {
                "write '/' and the environment's database after the host".to_owned()
            }
            Self::DatabasePath => "write one name; inside it '/' is '%2F'".to_owned(),
            Self::OtherEnvironment { .. } => {
                "check --env and the URL; nothing was connected to".to_owned()
            }
            Self::SecondQuery => "write one '?', and '&' between parameters".to_owned(),
            Self::ParameterForm { .. } | Self::ParameterUnknown { .. } => {
                "remove it; accepted are 'sslmode' and 'connect_timeout'".to_owned()
            }
            Self::ParameterRepeated { .. } | Self::ParameterRefused { .. } => {
                "remove it".to_owned()
            }
            Self::ParameterSpelling { name } => format!("write '{name}'"),
            Self::ParameterValue { .. } => "correct the value, or remove the parameter".to_owned(),
        }
    }
}
