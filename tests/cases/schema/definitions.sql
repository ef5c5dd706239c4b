-- case a function does something else
-- base
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT a';
-- change
CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT a + 1';
-- expect
-- function f(integer): another body than expected

-- case a function of a standard body does something else
-- base
CREATE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT a; END;
-- change
CREATE OR REPLACE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT a + 1; END;
-- expect
-- function f(integer): another definition than expected

-- case a function takes other arguments
-- base
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
-- change
DROP FUNCTION f; CREATE FUNCTION f(a text) RETURNS int LANGUAGE sql AS 'SELECT 1';
-- expect
-- function f(integer): missing
-- function f(text): not expected

-- case an argument has a default
-- base
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
-- change
CREATE OR REPLACE FUNCTION f(a int DEFAULT 5) RETURNS int LANGUAGE sql AS 'SELECT 1';
-- expect
-- function f(integer): arguments a integer expected, a integer DEFAULT 5 found

-- case a function returns something else
-- base
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- change
DROP FUNCTION f; CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT 1';
-- expect
-- function f(): result integer expected, bigint found

-- case a function is otherwise
-- base
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- change
ALTER FUNCTION f() STABLE STRICT SECURITY DEFINER LEAKPROOF PARALLEL SAFE SET search_path = pg_catalog;
-- expect
-- function f(): volatility none expected, stable found
-- function f(): strict found, not expected
-- function f(): security none expected, definer found
-- function f(): leakproof found, not expected
-- function f(): parallel none expected, safe found
-- function f(): settings none expected, search_path=pg_catalog found

-- case cost and rows are noted
-- base
CREATE FUNCTION f() RETURNS SETOF int LANGUAGE sql AS 'SELECT 1';
-- change
ALTER FUNCTION f() COST 5 ROWS 7;
-- expect

-- case another language
-- base
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- change
CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
-- expect
-- function f(): language sql expected, plpgsql found
-- function f(): another body than expected

-- case a procedure is new and an aggregate is another
-- base
CREATE AGGREGATE g(int) (sfunc = int4pl, stype = int, initcond = '0');
-- change
CREATE PROCEDURE p(a int) LANGUAGE sql AS 'SELECT 1'; CREATE OR REPLACE AGGREGATE g(int) (sfunc = int4pl, stype = int, initcond = '1');
-- expect
-- function g(integer): another aggregate than expected
-- function p(integer): not expected

-- case an enumeration has one more label
-- base
CREATE TYPE mood AS ENUM ('sad', 'happy');
-- change
ALTER TYPE mood ADD VALUE 'so so' BEFORE 'happy';
-- expect
-- enum mood: labels 'sad', 'happy' expected, 'sad', 'so so', 'happy' found

-- case a label is spelled otherwise
-- base
CREATE TYPE mood AS ENUM ('sad', 'happy');
-- change
ALTER TYPE mood RENAME VALUE 'sad' TO 'Sad';
-- expect
-- enum mood: labels 'sad', 'happy' expected, 'Sad', 'happy' found

-- case a composite type has another attribute
-- base
CREATE TYPE pair AS (a int, b text);
-- change
ALTER TYPE pair ALTER ATTRIBUTE b TYPE varchar(5), ADD ATTRIBUTE c int;
-- expect
-- column pair.b: text expected, character varying(5) found
-- column pair.c: not expected

-- case a domain is otherwise
-- base
CREATE DOMAIN d AS text DEFAULT 'x' CONSTRAINT c CHECK (VALUE <> '');
-- change
ALTER DOMAIN d SET NOT NULL; ALTER DOMAIN d DROP DEFAULT; ALTER DOMAIN d DROP CONSTRAINT c;
-- expect
-- domain d: not null found, not expected
-- domain d: default 'x'::text expected, none found
-- constraint d.c: missing

-- case a domain of an array is a domain
-- base
CREATE DOMAIN d AS int[];
-- change
ALTER DOMAIN d SET NOT NULL;
-- expect
-- domain d: not null found, not expected

-- case a range has another subtype
-- base
CREATE TYPE r AS RANGE (subtype = int4);
-- change
DROP TYPE r; CREATE TYPE r AS RANGE (subtype = float8, subtype_diff = float8mi);
-- expect
-- type r: integer expected, double precision found
-- type r: another range than expected

-- case a view tells something else
-- base
CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t WHERE a > 1;
-- change
CREATE OR REPLACE VIEW v AS SELECT a FROM t WHERE a > 2;
-- expect
-- view v: another definition than expected

-- case a view reads another table of the same name
-- base
CREATE SCHEMA s; CREATE TABLE t (a int); CREATE TABLE s.t (a int); CREATE VIEW v AS SELECT a FROM t;
-- change
CREATE OR REPLACE VIEW v AS SELECT a FROM s.t;
-- expect
-- view v: another definition than expected

-- case a view takes a column of the other side of a join
-- base
CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT x.a FROM t x JOIN t y ON x.a = y.b;
-- change
CREATE OR REPLACE VIEW v AS SELECT y.a FROM t x JOIN t y ON x.a = y.b;
-- expect
-- view v: another definition than expected

-- case options of a view
-- base
CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;
-- change
ALTER VIEW v SET (security_barrier = true);
-- expect
-- view v: options none expected, security_barrier=true found

-- case a materialized view is another and not populated
-- base
CREATE TABLE t (a int); CREATE MATERIALIZED VIEW m AS SELECT a FROM t;
-- change
DROP MATERIALIZED VIEW m; CREATE MATERIALIZED VIEW m AS SELECT a + 1 AS a FROM t WITH NO DATA;
-- expect
-- materialized-view m: another definition than expected

-- case a rule came
-- base
CREATE TABLE t (a int);
-- change
CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;
-- expect
-- rule t.r: not expected

-- case a trigger is disabled
-- base
CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE TRIGGER h BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE t ENABLE ALWAYS TRIGGER h;
-- change
ALTER TABLE t DISABLE TRIGGER g, ENABLE TRIGGER h;
-- expect
-- trigger t.g: enabled none expected, never found
-- trigger t.h: enabled always expected, none found

-- case a trigger fires otherwise
-- base
CREATE TABLE t (a int, b int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f('x');
-- change
DROP TRIGGER g ON t; CREATE TRIGGER g AFTER INSERT OR UPDATE OF b ON t FOR EACH STATEMENT EXECUTE FUNCTION f('y');
-- expect
-- trigger t.g: columns none expected, b found
-- trigger t.g: arguments 'x' expected, 'y' found
-- trigger t.g: timing before expected, after found
-- trigger t.g: events update expected, insert, update found
-- trigger t.g: level row expected, statement found

-- case a trigger has another condition
-- base
CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD.a <> NEW.a) EXECUTE FUNCTION f();
-- change
DROP TRIGGER g ON t; CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD.a = NEW.a) EXECUTE FUNCTION f();
-- expect
-- trigger t.g: another definition than expected

-- case an event trigger came
-- base
CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
-- change
CREATE EVENT TRIGGER e ON ddl_command_end WHEN TAG IN ('DROP TABLE', 'CREATE TABLE') EXECUTE FUNCTION f();
-- expect
-- event-trigger e: not expected
