//! Owns the proof of statements that mend: carried out, whatever had one is gone, and nothing
//! else came. Must never take a statement for tried that no server has carried out.

use super::case::{Case, read_all};
use super::cases::CLEAR;
use super::reader::{Reader, StandingReader, major};
use crate::support::World;
use dreichor_migrate::core::schema::canonical::{fingerprint, render};
use dreichor_migrate::core::schema::difference::{Difference, compare};
use dreichor_migrate::core::schema::mend::statement;
use dreichor_migrate::core::schema::model::Schema;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::thread;

/// How many differences there were, how many had a statement, and how many schemas were mended
/// from end to end.
#[derive(Debug, Default)]
struct Tally {
    all: usize,
    mended: usize,
    whole: usize,
}

struct Bench {
    world: World,
    reader: StandingReader,
    tally: Tally,
}

impl Bench {
    fn new() -> Self {
        let world = World::empty();
        // Nothing here has to outlive the server.
        world.sql(&format!("ALTER DATABASE {} SET synchronous_commit = off", world.database));
        Self { reader: Reader::runtime(&world).stay(), world, tally: Tally::default() }
    }

    fn roles(&self, text: &str) -> String {
        text.replace("{role}", &self.world.database)
    }

    /// As an operator does: psql ends each statement by itself. With nothing on the path, every
    /// name has to be qualified.
    fn carry_out(&self, statement: &str) {
        self.world.sql(&format!("SET search_path = pg_catalog;\n{statement};"));
    }

    /// What differs, each with its statement.
    fn compare(&self, expected: &Schema, live: &Schema) -> Vec<(Difference, Option<String>)> {
        let all = compare(expected, live).into_iter();
        let roles = &self.reader.roles;
        all.map(|it| (it.clone(), statement(&it, expected, live, roles))).collect()
    }

    /// Carries out each statement alone. `make` makes the live schema again.
    fn mend_one_by_one(&mut self, name: &str, expected: &Schema, live: &Schema, make: &str) {
        let all = self.compare(expected, live);
        let texts: BTreeSet<&String> = all.iter().filter_map(|(_, text)| text.as_ref()).collect();
        // A single one is all of them.
        for text in texts.iter().filter(|_| texts.len() > 1) {
            self.carry_out(text);
            let left = compare(expected, &self.reader.read());
            for (difference, _) in all.iter().filter(|(_, it)| it.as_ref() == Some(text)) {
                assert!(!left.contains(difference), "{name}: {text}: {left:?}");
            }
            self.world.sql(make);
        }
    }

    /// Carries out all statements one after the other. The schema that it is now, and whether
    /// every difference had a statement.
    fn mend(&mut self, name: &str, expected: &Schema, live: &Schema) -> (Schema, bool) {
        let all = self.compare(expected, live);
        let texts: Vec<&str> = all.iter().filter_map(|(_, text)| text.as_deref()).collect();
        self.carry_out(&texts.join(";\n"));
        let live = self.reader.read();
        // Only what had no statement is left.
        for it in compare(expected, &live) {
            assert!(all.contains(&(it.clone(), None)), "{name}: {it:?} came with {all:?}");
        }
        let is_whole = texts.len() == all.len();
        if is_whole {
            let (one, other) = (render(expected), render(&live));
            assert_eq!(fingerprint(expected), fingerprint(&live), "{name}:\n{one}\n{other}");
        }
        self.tally.all += all.len();
        self.tally.mended += texts.len();
        self.tally.whole += usize::from(is_whole && !all.is_empty());
        (live, is_whole)
    }

    /// The case, and the case the other way round.
    fn run(&mut self, case: &Case) {
        let base = format!("{CLEAR}{}", self.roles(&case.base));
        let change = format!("{base}{}", self.roles(&case.change));
        self.world.sql(&base);
        let before = self.reader.read();
        self.world.sql(&change);
        let after = self.reader.read();
        self.mend_one_by_one(&case.name, &before, &after, &change);
        let (_, is_whole) = self.mend(&case.name, &before, &after);
        if !is_whole {
            self.world.sql(&base);
        }
        let reverse = format!("not: {}", case.name);
        self.mend_one_by_one(&reverse, &after, &before, &base);
        self.mend(&reverse, &after, &before);
    }
}

fn run_all(cases: &[Case]) -> Tally {
    let mut bench = Bench::new();
    let major = major();
    for case in cases.iter().filter(|it| it.since <= major) {
        bench.run(case);
    }
    bench.world.sql(CLEAR);
    bench.tally
}

#[test]
fn what_has_a_statement_is_mended_by_it_in_every_case_and_its_reverse() {
    let files = read_all();
    let tallies: Vec<Tally> = thread::scope(|scope| {
        let runs: Vec<_> = files.iter().map(|(_, cases)| scope.spawn(|| run_all(cases))).collect();
        runs.into_iter()
            .map(|it| it.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let sum = |of: fn(&Tally) -> usize| -> usize { tallies.iter().map(of).sum() };
    let (mended, whole) = (sum(|it| it.mended), sum(|it| it.whole));
    assert!(mended >= 390, "only {mended} differences of {} were mended", sum(|it| it.all));
    assert!(whole >= 190, "only {whole} schemas were mended from end to end");
}

/// Changes to the schema of everything that are mended whole.
const CHANGES: &[&str] = &[
    "DROP INDEX account_lower",
    "DROP INDEX account_tags",
    "ALTER INDEX account_tags RESET (fastupdate); ALTER INDEX account_pkey SET (fillfactor = 50)",
    "DROP INDEX stored_name",
    "CREATE UNIQUE INDEX \"More.1\" ON account (id DESC) WHERE id > 5",
    "CREATE INDEX more ON measure_old (value)",
    "ALTER TABLE account DROP CONSTRAINT name_check",
    "ALTER TABLE account DROP CONSTRAINT mood_check, ADD CONSTRAINT mood_check CHECK (id > 0)",
    "ALTER TABLE account DROP CONSTRAINT name_key",
    "ALTER TABLE account ADD CONSTRAINT \"Key 1\" UNIQUE (number), ADD CONSTRAINT \"Check\" CHECK (id > 0)",
    "ALTER TABLE booking DROP CONSTRAINT booking_account_fkey",
    "ALTER TABLE booking ALTER CONSTRAINT booking_account_fkey DEFERRABLE",
    "ALTER TABLE booking DROP CONSTRAINT booking_pkey",
    "ALTER TABLE booking DROP CONSTRAINT later",
    "ALTER TABLE insensitive DROP CONSTRAINT insensitive_b_check, DROP CONSTRAINT insensitive_pkey",
    "DROP TRIGGER touched ON account",
    "DROP TRIGGER counted ON account; DROP TRIGGER proved ON account",
    "DROP TRIGGER parts ON measure",
    "ALTER TABLE measure_old DISABLE TRIGGER parts",
    "ALTER TABLE account DISABLE TRIGGER touched, ENABLE REPLICA TRIGGER counted",
    "DROP TRIGGER touched ON account; CREATE TRIGGER touched AFTER INSERT ON account EXECUTE FUNCTION touch()",
    "CREATE TRIGGER \"More\" AFTER INSERT ON account EXECUTE FUNCTION touch()",
    "ALTER TABLE scratch DISABLE RULE kept",
    "CREATE RULE \"More\" AS ON INSERT TO scratch DO ALSO NOTHING",
    "DROP POLICY mine ON account",
    "ALTER POLICY mine ON account TO pg_monitor USING (true) WITH CHECK (false)",
    "ALTER TABLE account NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY; ALTER TABLE booking NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE booking REPLICA IDENTITY NOTHING; ALTER TABLE account REPLICA IDENTITY USING INDEX account_pkey",
    "DROP STATISTICS together; CREATE STATISTICS more (mcv) ON id, (lower(name)) FROM account",
    "ALTER DOMAIN amount DROP CONSTRAINT small; ALTER DOMAIN amount DROP DEFAULT; ALTER DOMAIN amount DROP NOT NULL",
    "ALTER DOMAIN amount ADD CONSTRAINT more CHECK (VALUE <> 7)",
    "ALTER SEQUENCE counter AS bigint INCREMENT 1 MINVALUE -9 MAXVALUE 99999 START -3 CACHE 1 NO CYCLE",
    "ALTER SEQUENCE account_number_seq OWNED BY NONE",
    "ALTER SEQUENCE account_id_seq START 7 MINVALUE 3",
    "ALTER FUNCTION total(bigint, int[]) VOLATILE CALLED ON NULL INPUT SECURITY INVOKER RESET search_path",
    "ALTER FUNCTION rows(int) STABLE PARALLEL RESTRICTED LEAKPROOF SET search_path = '', \"Odd Schema.1\" SET work_mem = '1MB' SET DateStyle = 'ISO, DMY'",
    "ALTER PROCEDURE act(int, text) SECURITY DEFINER SET work_mem = '1MB'",
    "ALTER AGGREGATE most(int) OWNER TO pg_monitor; ALTER PROCEDURE act(int, text) OWNER TO pg_monitor",
    "GRANT EXECUTE ON PROCEDURE act(int, text) TO PUBLIC; REVOKE EXECUTE ON FUNCTION most(int) FROM PUBLIC",
    "REVOKE SELECT ON account FROM PUBLIC; REVOKE UPDATE (name) ON account FROM PUBLIC",
    "ALTER SCHEMA \"Odd Schema.1\" OWNER TO pg_monitor; ALTER TYPE \"Odd Schema.1\".\"Mood\" OWNER TO pg_monitor",
    "ALTER TYPE pair OWNER TO pg_monitor; ALTER DOMAIN amount OWNER TO pg_monitor; ALTER TYPE span OWNER TO pg_monitor",
    "ALTER TABLE account OWNER TO pg_monitor; ALTER STATISTICS together OWNER TO pg_monitor",
    "ALTER VIEW one OWNER TO pg_monitor; ALTER MATERIALIZED VIEW stored OWNER TO pg_monitor; ALTER SEQUENCE counter OWNER TO pg_monitor",
    "ALTER TABLE account ALTER long DROP DEFAULT, ALTER bytes SET DEFAULT '', ALTER tags DROP DEFAULT, ALTER next DROP DEFAULT, ALTER mood DROP DEFAULT",
    "ALTER TABLE account ALTER id SET GENERATED ALWAYS, ALTER name SET STORAGE PLAIN, ALTER name SET (n_distinct = 5)",
    "ALTER TABLE measure ALTER value SET DEFAULT 1; ALTER TABLE parent ALTER a SET DEFAULT 5",
    "ALTER TABLE booking RESET (fillfactor), SET (parallel_workers = 2)",
    "ALTER VIEW one ALTER id SET DEFAULT 5",
    "CREATE OR REPLACE VIEW joined AS SELECT a.id, b.line, c.line AS other FROM account a JOIN booking b ON b.account = a.id LEFT JOIN booking c USING (line)",
    "CREATE OR REPLACE VIEW several AS SELECT id FROM account",
    "CREATE OR REPLACE VIEW listed (a, b) AS VALUES (1, 'x'), (2, 'z')",
    "CREATE OR REPLACE VIEW sided AS SELECT p.a, p.a + 2 AS g FROM parent p",
    "CREATE OR REPLACE VIEW within AS SELECT 1 AS n, 1::bigint AS m",
    "CREATE OR REPLACE VIEW narrowed AS SELECT a FROM parent",
    "CREATE OR REPLACE VIEW cased AS SELECT 'y'::text AS c, 'n'::varchar(3) AS d, x AS whole, 1 AS a, 2 AS \"array\" FROM parent x",
];

#[test]
fn a_schema_of_everything_is_mended() {
    let mut bench = Bench::new();
    let base = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/schema/everything/all_majors.sql"),
    )
    .expect("text");
    bench.world.sql(&base);
    let sealed = bench.reader.read();
    let mut reversed = 0;
    for change in CHANGES {
        bench.world.sql(change);
        let changed = bench.reader.read();
        let (live, is_whole) = bench.mend(change, &sealed, &changed);
        assert!(is_whole, "{change}: {:?}", bench.compare(&sealed, &changed));
        let (live, is_reversed) = bench.mend(change, &changed, &live);
        let (_, is_whole) = bench.mend(change, &sealed, &live);
        assert!(is_whole, "{change}, there and back");
        reversed += usize::from(is_reversed);
    }
    // A rule that is missing has no statement.
    assert_eq!(reversed, CHANGES.len() - 1);
}
