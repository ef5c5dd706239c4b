//! Statements that mend, carried out: whatever has one is gone after it, and nothing else came.

use super::cases::{CLEAR, Case, read};
use super::reader::Reader;
use crate::support::World;
use dreichor_migrate::core::schema::canonical::{fingerprint, render};
use dreichor_migrate::core::schema::difference::{Difference, compare};
use dreichor_migrate::core::schema::mend::statement;
use dreichor_migrate::core::schema::model::Schema;
use std::fs;
use std::path::Path;

/// How many differences there were, and how many had a statement.
#[derive(Default)]
struct Tally {
    all: usize,
    mended: usize,
    whole: usize,
}

struct Bench {
    world: World,
    reader: Reader,
    major: u32,
}

impl Bench {
    fn new() -> Self {
        let world = World::empty();
        let major = world.sql("SELECT current_setting('server_version_num')::int / 10000");
        let major = major.parse().expect("a number");
        Self { reader: Reader::runtime(&world), world, major }
    }

    fn roles(&self, text: &str) -> String {
        text.replace("{role}", &self.world.database)
    }

    /// As an operator does: psql ends each statement by itself. With nothing on the path, every
    /// name has to be qualified.
    fn carry_out(&self, statement: &str) {
        self.world.sql(&format!("SET search_path = pg_catalog;\n{statement};"));
    }

    fn statement(&self, it: &Difference, expected: &Schema, found: &Schema) -> Option<String> {
        statement(it, expected, found, &self.reader.roles)
    }

    /// Mends what `make` makes until it is as expected, or no statement is left.
    fn mend(&self, name: &str, expected: &Schema, make: &str, tally: &mut Tally) {
        self.world.sql(make);
        let found = self.reader.read();
        let all = compare(expected, &found);
        let with: Vec<(&Difference, String)> = all
            .iter()
            .filter_map(|it| self.statement(it, expected, &found).map(|text| (it, text)))
            .collect();
        tally.all += all.len();
        tally.mended += with.len();
        if with.len() > 1 {
            for (difference, text) in &with {
                self.world.sql(make);
                self.carry_out(text);
                let left = compare(expected, &self.reader.read());
                assert!(!left.contains(difference), "{name}: {text}: {left:?}");
            }
            self.world.sql(make);
        }
        for (difference, text) in &with {
            self.carry_out(text);
            let left = compare(expected, &self.reader.read());
            let is_same = |it: &&Difference| {
                it.kind == difference.kind
                    && it.name == difference.name
                    && std::mem::discriminant(&it.fault)
                        == std::mem::discriminant(&difference.fault)
                    && !all.contains(it)
            };
            assert!(!left.contains(difference), "{name}: {text}: {left:?}");
            assert_eq!(left.iter().find(is_same), None, "{name}: {text}");
        }
        let live = self.reader.read();
        let left = compare(expected, &live);
        if with.len() == all.len() {
            tally.whole += 1;
            assert_eq!(left, Vec::new(), "{name}: {with:?}");
            assert_eq!(
                fingerprint(&live),
                fingerprint(expected),
                "{name}:\n{}{}",
                render(expected),
                render(&live)
            );
        }
        // Only what had no statement is left.
        let without = all.iter().filter(|it| with.iter().all(|(mended, _)| mended != it));
        let without: Vec<&Difference> = without.collect();
        for it in &left {
            assert!(without.contains(&it), "{name}: {it:?} came with {with:?}");
        }
        if std::env::var_os("SHOW").is_some() {
            for it in &all {
                let text = self.statement(it, expected, &found);
                eprintln!("{name}: {} {:?}\n   {text:?}", it.kind.name(), it.fault);
            }
        }
    }

    /// The case, and the case the other way round.
    fn run(&self, case: &Case<'_>, tally: &mut Tally) {
        let base = format!("{CLEAR}{}", self.roles(&case.base));
        let change = format!("{base}{}", self.roles(&case.change));
        self.world.sql(&base);
        let before = self.reader.read();
        self.world.sql(&change);
        let after = self.reader.read();
        self.mend(case.name, &before, &change, tally);
        self.mend(&format!("not: {}", case.name), &after, &base, tally);
    }
}

#[test]
fn what_has_a_statement_is_mended_by_it() {
    let bench = Bench::new();
    let mut tally = Tally::default();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/schema");
    for entry in fs::read_dir(directory).expect("the cases") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|it| it == "sql") {
            for case in read(&fs::read_to_string(&path).expect("text")) {
                if case.since <= bench.major {
                    bench.run(&case, &mut tally);
                }
            }
        }
    }
    let Tally { all, mended, whole } = tally;
    assert!(all >= 2, "{all} {mended} {whole}");
    eprintln!("{all} {mended} {whole}");
}
