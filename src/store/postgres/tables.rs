//! Owns the two history tables: their definition and the question what stands in their
//! place. Must never create anything by being asked.

use crate::store::fault::StoreFault;
use tokio_postgres::types::Type;
use tokio_postgres::{SimpleQueryMessage, SimpleQueryRow};

/// The contract's table: other programs read it.
pub const HISTORY_TABLE: &str = "public.dreichor_schema_migrations";

/// The evidence beside it.
pub const LOG_TABLE: &str = "public.dreichor_schema_migration_log";

pub(super) const CREATE_HISTORY: &str = "\
CREATE TABLE public.dreichor_schema_migrations (
  version text PRIMARY KEY,
  applied_at timestamptz NOT NULL
)";

pub(super) const CREATE_LOG: &str = "\
CREATE TABLE public.dreichor_schema_migration_log (
  sequence bigint PRIMARY KEY,
  run_id text NOT NULL,
  version text NOT NULL,
  event text NOT NULL,
  sha256 text NOT NULL,
  plan_digest text,
  started_at timestamptz NOT NULL,
  finished_at timestamptz NOT NULL,
  duration_us bigint NOT NULL,
  sqlstate text,
  message text,
  os_user text NOT NULL,
  sudo_user text,
  unit text,
  database_role text NOT NULL,
  host text NOT NULL,
  tool_version text NOT NULL,
  approval text,
  previous_hash text,
  row_hash text NOT NULL
)";

/// Takes back every right but reading that default privileges gave to other roles on the two
/// tables: nobody but the owner writes history.
pub(super) const CREATED_GRANTS: &str = "\
SELECT DISTINCT pg_catalog.format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON %s FROM %s',
       c.oid::pg_catalog.regclass,
       CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END)
  FROM pg_catalog.pg_class AS c, pg_catalog.aclexplode(c.relacl) AS a
 WHERE c.oid IN ('public.dreichor_schema_migrations'::pg_catalog.regclass,
                 'public.dreichor_schema_migration_log'::pg_catalog.regclass)
   AND a.grantee <> c.relowner AND a.privilege_type <> 'SELECT'";

/// Which database this is, whether the two tables exist, whether their rows may be hidden from
/// this role, whether they have rows of their own at all, and who the server sees at the other
/// end, in one row. Functions on the system caches only: a query on the catalogs themselves
/// would take the server longer than all that a check needs besides.
pub(super) const IDENTITY: &str = "\
SELECT pg_catalog.current_database(), session_user, pg_catalog.pg_is_in_recovery(), \
pg_catalog.pg_backend_pid(), pg_catalog.current_setting('default_transaction_read_only'), \
pg_catalog.to_regclass('public.dreichor_schema_migrations') IS NOT NULL, \
pg_catalog.to_regclass('public.dreichor_schema_migration_log') IS NOT NULL, \
pg_catalog.row_security_active(pg_catalog.to_regclass('public.dreichor_schema_migrations')::oid), \
pg_catalog.row_security_active(pg_catalog.to_regclass('public.dreichor_schema_migration_log')::oid), \
pg_catalog.pg_relation_filenode(pg_catalog.to_regclass('public.dreichor_schema_migrations')) IS NOT NULL, \
pg_catalog.pg_relation_filenode(pg_catalog.to_regclass('public.dreichor_schema_migration_log')) IS NOT NULL, \
pg_catalog.inet_client_port(), pg_catalog.current_setting('dreichor_migrate.run', true)";

/// The shape of what has a history table's name: kind, row-level security, columns.
pub(super) const SHAPES: &str = "\
SELECT c.relname::pg_catalog.text, c.relkind::pg_catalog.text || CASE WHEN c.relrowsecurity THEN ' row-level-security' ELSE '' END || ':' || \
COALESCE((SELECT pg_catalog.string_agg(' ' || a.attname || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod), ',' ORDER BY a.attnum) \
FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '') AS found \
FROM pg_catalog.pg_class AS c WHERE c.relnamespace = 'public'::pg_catalog.regnamespace \
AND c.relname IN ('dreichor_schema_migrations', 'dreichor_schema_migration_log')";

const HISTORY_SHAPE: &str = "r: version text, applied_at timestamp with time zone";

const LOG_SHAPE: &str = "r: sequence bigint, run_id text, version text, event text, sha256 text, \
plan_digest text, started_at timestamp with time zone, finished_at timestamp with time zone, \
duration_us bigint, sqlstate text, message text, os_user text, sudo_user text, unit text, \
database_role text, host text, tool_version text, approval text, previous_hash text, row_hash text";

/// What was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) database: String,
    pub(super) role: String,
    pub(super) standby: bool,
    pub(super) backend: i32,
    pub(super) read_only: bool,
    pub(super) presence: Presence,
    /// The table whose rows row-level security may hide from this role.
    pub(super) hidden: Option<&'static str>,
    /// Whether something without rows of its own, such as a view, has a table's name.
    pub(super) hollow: bool,
    /// The TCP port from which the server sees its client come.
    pub(super) client_port: Option<u16>,
    /// Whether the server session carries the mark of a run.
    pub(super) marked: bool,
}

/// Which of the two tables exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Presence {
    pub(super) history: bool,
    pub(super) log: bool,
}

impl Identity {
    /// Reads the answer: the last row of a batch of statements.
    pub(super) fn read(answer: &[SimpleQueryMessage]) -> Result<Self, StoreFault> {
        let unexpected =
            StoreFault::Protocol { expected: "the row that tells which database it is" };
        let row = last_row(answer).filter(|row| row.len() == 13).ok_or(unexpected.clone())?;
        let text = |at: usize| row.get(at).map(str::to_owned).ok_or(unexpected.clone());
        let is_true = |at: usize| row.get(at) == Some("t");
        Ok(Self {
            database: text(0)?,
            role: text(1)?,
            standby: is_true(2),
            backend: text(3)?.parse().map_err(|_not_a_number| unexpected.clone())?,
            read_only: row.get(4) == Some("on"),
            presence: Presence { history: is_true(5), log: is_true(6) },
            hidden: match (is_true(7), is_true(8)) {
                (true, _) => Some(HISTORY_TABLE),
                (false, true) => Some(LOG_TABLE),
                (false, false) => None,
            },
            hollow: is_true(5) != is_true(9) || is_true(6) != is_true(10),
            client_port: row.get(11).and_then(|port| port.parse().ok()),
            marked: row.get(12).is_some_and(|mark| !mark.is_empty()),
        })
    }

    /// Which tables can be read as they are.
    ///
    /// # Errors
    /// [`StoreFault::HistoryShape`] when rows may be hidden: an answer from some rows would
    /// be taken for one from all.
    pub(super) fn readable(&self) -> Result<Presence, StoreFault> {
        match self.hidden {
            None => Ok(self.presence),
            Some(table) => Err(StoreFault::HistoryShape {
                table,
                found: "a table with row-level security, which may hide rows from this role"
                    .to_owned(),
            }),
        }
    }
}

/// Whether these are the columns of the history table, as a row of it tells them.
pub(super) fn are_history_columns<'a>(columns: impl Iterator<Item = (&'a str, &'a Type)>) -> bool {
    columns.eq([("version", &Type::TEXT), ("applied_at", &Type::TIMESTAMPTZ)])
}

/// Whether these are the names of the log's columns.
pub(super) fn are_log_columns<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let columns = LOG_SHAPE.strip_prefix("r: ").unwrap_or(LOG_SHAPE).split(", ");
    names.eq(columns.map(|column| column.split(' ').next().unwrap_or(column)))
}

/// Judges the rows of [`SHAPES`].
///
/// # Errors
/// [`StoreFault::HistoryShape`] for the first table that is not what it must be.
pub(super) fn judge_shapes(rows: &[(String, String)]) -> Result<Presence, StoreFault> {
    let check = |table: &'static str, expected: &str| {
        let name = table.strip_prefix("public.").unwrap_or(table);
        match rows.iter().find(|(found, _)| found == name) {
            None => Ok(false),
            Some((_, shape)) if shape == expected => Ok(true),
            Some((_, shape)) => Err(StoreFault::HistoryShape { table, found: describe(shape) }),
        }
    };
    Ok(Presence {
        history: check(HISTORY_TABLE, HISTORY_SHAPE)?,
        log: check(LOG_TABLE, LOG_SHAPE)?,
    })
}

/// The kind of a relation in words (PostgreSQL manual, `pg_class.relkind`).
fn describe(shape: &str) -> String {
    let (kind, columns) = shape.split_once(':').unwrap_or((shape, ""));
    let (kind, security) = match kind.split_once(' ') {
        Some((kind, _)) => (kind, " with row-level security"),
        None => (kind, ""),
    };
    let kind = match kind {
        "r" => "a table",
        "v" => "a view",
        "m" => "a materialized view",
        "p" => "a partitioned table",
        "f" => "a foreign table",
        "S" => "a sequence",
        "c" => "a composite type",
        "i" | "I" => "an index",
        _ => "a relation of unknown kind",
    };
    format!("{kind}{security} with the columns{columns}")
}

/// The first row of a batch of statements.
pub(super) fn first_row(answer: &[SimpleQueryMessage]) -> Option<&SimpleQueryRow> {
    answer.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    })
}

/// The last row of a batch of statements.
pub(super) fn last_row(answer: &[SimpleQueryMessage]) -> Option<&SimpleQueryRow> {
    answer.iter().rev().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(history: Option<&str>, log: Option<&str>) -> Result<Presence, StoreFault> {
        let row = |table: &str, shape: &str| (table.to_owned(), shape.to_owned());
        let mut rows: Vec<_> =
            history.map(|it| row("dreichor_schema_migrations", it)).into_iter().collect();
        rows.extend(log.map(|it| row("dreichor_schema_migration_log", it)));
        judge_shapes(&rows)
    }

    #[test]
    fn absence_is_an_answer_and_another_shape_is_a_fault() {
        assert_eq!(judge(None, None), Ok(Presence { history: false, log: false }));
        let both = judge(Some(HISTORY_SHAPE), Some(LOG_SHAPE));
        assert_eq!(both, Ok(Presence { history: true, log: true }));
        for (shape, words) in [
            ("v: version text", "a view with the columns version text"),
            ("r row-level-security: version text", "a table with row-level security with"),
            ("r: version character varying(10)", "a table with the columns version character"),
        ] {
            match judge(Some(shape), None) {
                Err(StoreFault::HistoryShape { found, .. }) => {
                    assert!(found.starts_with(words), "{found}");
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn columns_are_compared_whole_and_in_order() {
        let columns = [("version", &Type::TEXT), ("applied_at", &Type::TIMESTAMPTZ)];
        assert!(are_history_columns(columns.into_iter()));
        assert!(!are_history_columns(columns.into_iter().take(1)));
        assert!(!are_history_columns(columns.into_iter().rev()));
        assert!(!are_history_columns(columns.into_iter().chain([("more", &Type::INT4)])));
        assert!(!are_history_columns(
            [("version", &Type::TEXT), ("applied_at", &Type::TIMESTAMP)].into_iter()
        ));
        let names = || {
            CREATE_LOG
                .lines()
                .skip(1)
                .filter_map(|line| line.trim().split(' ').next())
                .filter(|name| *name != ")")
        };
        assert!(are_log_columns(names()));
        assert!(!are_log_columns(names().skip(1)));
        assert!(!are_log_columns(names().chain(["more"])));
    }

    #[test]
    fn the_definitions_make_the_shapes() {
        for (definition, shape) in [(CREATE_HISTORY, HISTORY_SHAPE), (CREATE_LOG, LOG_SHAPE)] {
            let columns: Vec<String> = definition
                .lines()
                .filter(|line| line.starts_with("  "))
                .map(|line| {
                    line.trim()
                        .trim_end_matches(',')
                        .replace(" PRIMARY KEY", "")
                        .replace(" NOT NULL", "")
                })
                .map(|line| line.replace("timestamptz", "timestamp with time zone"))
                .collect();
            assert_eq!(format!("r: {}", columns.join(", ")), shape);
        }
    }
}
