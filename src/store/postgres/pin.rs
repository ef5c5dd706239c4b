//! Owns what every session is set to (design section 5), as SQL. Must never leave to a
//! server, database or role default what our own statements depend on.

use super::connect::ConnectionSpec;
use crate::core::spelling::{literal, quoted};
use std::time::Duration;

/// What comes before [`put_back`]: a tiny `statement_timeout` of the file is armed until the
/// next statement starts, and the whole of a message is read in the encoding that is set when
/// it arrives. So it stands first, and in a message of its own where the rest is not ASCII,
/// which every encoding of a client reads alike.
pub(super) const PUT_BACK_FIRST: &str = "SET statement_timeout = 0; SET client_encoding = 'UTF8'";

/// Statements that put a session back as a fresh one of ours: what a file set, opened,
/// prepared or left behind is gone.
///
/// Deferred constraints are checked while the file can still be blamed. Where the next file
/// shares the transaction, what is initially deferred must be so for it too; PostgreSQL cannot
/// say *as declared* again, so that a constraint which is deferrable but initially immediate is
/// checked at the end of such a file and not of its statement. `DISCARD ALL` would do
/// most of it but also gives back advisory locks, and cannot run in a transaction.
pub(super) fn put_back(pins: &str) -> String {
    format!(
        "SET CONSTRAINTS ALL IMMEDIATE; \
         SET CONSTRAINTS ALL DEFERRED; \
         RESET SESSION AUTHORIZATION; \
         RESET ROLE; \
         RESET ALL; \
         {pins}; \
         CLOSE ALL; \
         UNLISTEN *; \
         DEALLOCATE ALL; \
         DISCARD SEQUENCES; \
         DISCARD TEMP"
    )
}

/// Statements that pin the settings of a session that writes, and mark it as this run's.
pub(super) fn session_pins(spec: &ConnectionSpec, server_major: u32, run_id: &str) -> String {
    let mut settings = settings(spec, server_major);
    settings.push((RUN_MARK, literal(run_id)));
    statements("SET", &settings)
}

/// Statements that pin the same settings for one transaction: a reader leaves nothing behind,
/// not even in a server session that a pooler hands to somebody else next.
pub(super) fn reader_pins(spec: &ConnectionSpec, server_major: u32) -> String {
    statements("SET LOCAL", &settings(spec, server_major))
}

fn statements(verb: &str, settings: &[(&str, String)]) -> String {
    let statements: Vec<String> =
        settings.iter().map(|(name, value)| format!("{verb} {name} = {value}")).collect();
    statements.join("; ")
}

/// `server_major` decides on settings that older servers do not have.
fn settings(spec: &ConnectionSpec, server_major: u32) -> Vec<(&'static str, String)> {
    let path: Vec<String> = spec.search_path.iter().map(|name| quoted(name)).collect();
    let mut settings = vec![
        ("application_name", literal(&spec.application_name)),
        ("search_path", path.join(", ")),
        ("TimeZone", "'UTC'".to_owned()),
        ("lock_timeout", milliseconds(spec.lock_timeout)),
        ("statement_timeout", milliseconds(spec.statement_timeout)),
        ("idle_in_transaction_session_timeout", milliseconds(spec.idle_in_transaction_timeout)),
        ("client_min_messages", "notice".to_owned()),
        ("default_transaction_isolation", "'read committed'".to_owned()),
        ("standard_conforming_strings", "on".to_owned()),
    ];
    if server_major >= 14 {
        settings.push(("client_connection_check_interval", "1000".to_owned()));
        settings.push(("idle_session_timeout", "0".to_owned()));
    }
    if server_major >= 17 {
        settings.push(("transaction_timeout", "0".to_owned()));
    }
    settings
}

/// A setting of our own that names the run which holds the lock in this server session: found
/// by another run, it shows that a pooler hands one session to several clients.
pub(super) const RUN_MARK: &str = "dreichor_migrate.run";

fn milliseconds(duration: Option<Duration>) -> String {
    duration.map_or(0, |duration| duration.as_millis()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_pinned_only_where_the_server_has_it() {
        let spec = ConnectionSpec {
            host: crate::store::postgres::Host::V4,
            port: 5432,
            user: "u".to_owned(),
            password: None,
            database: "d".to_owned(),
            application_name: "a".to_owned(),
            search_path: vec!["public".to_owned()],
            lock_timeout: None,
            statement_timeout: None,
            idle_in_transaction_timeout: None,
            connect_timeout: Duration::from_secs(1),
        };
        for (setting, since) in [
            ("SET statement_timeout = 0", 13),
            ("SET client_connection_check_interval = 1000", 14),
            ("SET idle_session_timeout = 0", 14),
            ("SET transaction_timeout = 0", 17),
        ] {
            for major in [13, 14, 15, 16, 17, 18] {
                let pinned = session_pins(&spec, major, "r").contains(setting);
                assert_eq!(pinned, major >= since, "{setting} on {major}");
            }
        }
    }
}
