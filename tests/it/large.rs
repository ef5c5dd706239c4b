//! A schema as large as the benchmark's, 5,000 tables with 50,000 columns: sealed, applied,
//! compared, and one column that was changed by hand is found among all of them.

use crate::support::World;

const MIGRATIONS: usize = 10;
/// A transaction can lock only so many tables.
const TABLES: usize = 500;

/// Tables of these numbers, as one statement: reading thousands takes a program that is not
/// optimized longer than anything else here. No type needs a table beside this one.
fn tables(first: usize, last: usize) -> String {
    format!(
        "DO $tables$ BEGIN FOR number IN {first}..{last} LOOP EXECUTE format('
    CREATE TABLE public.part_%s (id bigint NOT NULL, parent_id bigint, amount bigint NOT NULL,
        quantity integer DEFAULT 0, state smallint, is_open boolean, made_on date,
        made_at timestamptz, mark uuid, share double precision)', number);
END LOOP; END $tables$;\n"
    )
}

#[test]
fn one_column_is_found_among_fifty_thousand() {
    let world = World::empty();
    for migration in 0..MIGRATIONS {
        let text = tables(migration * TABLES + 1, (migration + 1) * TABLES);
        world.write(&format!("{:03}_tables.sql", migration + 1), text);
    }
    let sealed = world.run(&["seal", "--format", "json"]).expect(0).json();
    assert_eq!(sealed["added"].as_array().map(Vec::len), Some(MIGRATIONS));
    world.run(&["apply"]).expect(0);
    let columns = "SELECT count(*) FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = attrelid
        WHERE relkind = 'r' AND relname LIKE 'part%' AND attnum > 0 AND NOT attisdropped";
    assert_eq!(world.sql(columns), "50000");

    let check = || world.run_as_runtime(&["check", "--format", "json"]);
    let answer = check().expect(0).json();
    assert_eq!(answer["structure"], "compared");
    assert_eq!(answer["schema"]["expected"], answer["schema"]["found"]);

    world.sql("ALTER TABLE public.part_2718 ALTER COLUMN quantity TYPE bigint");
    let answer = check().expect(13).json();
    assert_ne!(answer["schema"]["expected"], answer["schema"]["found"]);
    let findings = answer["findings"].as_array().expect("findings");
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0]["subject"], "column part_2718.quantity");
    assert_eq!(findings[0]["message"], "column part_2718.quantity: integer expected, bigint found");
}
