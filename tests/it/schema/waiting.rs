//! Whom the reading waits for: nobody, where no expression names a column.

use super::reader::Reader;
use crate::support::World;
use crate::support::running::Holding;
use dreichor_migrate::core::code::Code;
use dreichor_migrate::core::schema::canonical::render;

const PLAIN: &str = "
CREATE TYPE e AS ENUM ('a', 'b');
CREATE SEQUENCE s;
CREATE TABLE other (a int PRIMARY KEY);
CREATE TABLE t (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind e DEFAULT 'a', number int DEFAULT nextval('s'),
  other int REFERENCES other, at timestamptz DEFAULT now(), UNIQUE (kind, number)
);
CREATE INDEX ON t (other DESC) INCLUDE (at);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE OF kind ON t FOR EACH ROW EXECUTE FUNCTION f('x');
CREATE TABLE p (a int) PARTITION BY RANGE (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (2);
CREATE TRIGGER h BEFORE UPDATE ON p FOR EACH ROW EXECUTE FUNCTION f();
CREATE CONSTRAINT TRIGGER i AFTER UPDATE ON p FROM other FOR EACH ROW EXECUTE FUNCTION f();
ALTER TABLE p1 DISABLE TRIGGER h;
ALTER TABLE other DISABLE TRIGGER ALL;
";

const HELD: &str = "BEGIN; LOCK TABLE t, p, p1, other IN ACCESS EXCLUSIVE MODE;";

#[test]
fn what_names_no_column_is_read_beside_any_lock() {
    let world = World::empty();
    world.sql(PLAIN);
    let reader = Reader::runtime(&world);
    let before = render(&reader.read());
    let _held = Holding::open(&world.database, "ddl", HELD);
    assert_eq!(render(&reader.read()), before);
}

#[test]
fn what_names_columns_waits_as_long_as_a_lock_may_be_waited_for_and_is_no_answer() {
    let world = World::empty();
    let reader = Reader::runtime(&world);
    for more in [
        "ALTER TABLE t ADD CHECK (number > 0)",
        "ALTER TABLE t ADD g bigint GENERATED ALWAYS AS (number + 1) STORED",
        "CREATE INDEX ON t (number) WHERE number > 0",
        "CREATE INDEX ON t ((number + 1))",
        "CREATE VIEW v AS SELECT id FROM t",
        "CREATE POLICY y ON t USING (number > 0)",
        "CREATE TRIGGER h BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD.number > 0) EXECUTE FUNCTION f()",
    ] {
        world.renew(&[]);
        world.sql(&format!("{PLAIN}{more}"));
        reader.read();
        let _held = Holding::open(&world.database, "ddl", HELD);
        let fault = reader.try_read().expect_err(more);
        assert_eq!(fault.exit_code(), Code::TimedOut, "{more}: {fault:?}");
    }
}
