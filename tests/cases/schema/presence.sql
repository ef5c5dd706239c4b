-- case a schema came and went
-- base
CREATE SCHEMA s;
-- change
DROP SCHEMA s; CREATE SCHEMA t;
-- expect
-- schema s: missing
-- schema t: not expected

-- case an extension came and went
-- base
CREATE EXTENSION citext;
-- change
DROP EXTENSION citext; CREATE EXTENSION fuzzystrmatch;
-- expect
-- extension citext: missing
-- extension fuzzystrmatch: not expected

-- case a composite type came and went
-- base
CREATE TYPE p AS (a int);
-- change
DROP TYPE p; CREATE TYPE q AS (a int);
-- expect
-- type p: missing
-- type q: not expected

-- case a range came and went
-- base
CREATE TYPE p AS RANGE (subtype = int4);
-- change
DROP TYPE p; CREATE TYPE q AS RANGE (subtype = int4);
-- expect
-- type p: missing
-- type q: not expected

-- case an enumeration came and went
-- base
CREATE TYPE p AS ENUM ('a');
-- change
DROP TYPE p; CREATE TYPE q AS ENUM ('a');
-- expect
-- enum p: missing
-- enum q: not expected

-- case a domain came and went with its constraint
-- base
CREATE DOMAIN p AS int CHECK (VALUE > 0);
-- change
DROP DOMAIN p; CREATE DOMAIN q AS int CHECK (VALUE > 0);
-- expect
-- domain p: missing
-- domain q: not expected

-- case a sequence came and went
-- base
CREATE SEQUENCE p;
-- change
DROP SEQUENCE p; CREATE SEQUENCE q;
-- expect
-- sequence p: missing
-- sequence q: not expected

-- case a function, a procedure and an aggregate came and went
-- base
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE a(int) (sfunc = int4pl, stype = int);
-- change
DROP FUNCTION f; CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1'; DROP PROCEDURE p;
CREATE PROCEDURE q() LANGUAGE sql AS 'SELECT 1'; DROP AGGREGATE a(int); CREATE AGGREGATE b(int) (sfunc = int4pl, stype = int);
-- expect
-- function a(integer): missing
-- function b(integer): not expected
-- function f(): missing
-- function g(): not expected
-- function p(): missing
-- function q(): not expected

-- case a view came and went
-- base
CREATE VIEW p AS SELECT 1 AS a;
-- change
DROP VIEW p; CREATE VIEW q AS SELECT 1 AS a;
-- expect
-- view p: missing
-- view q: not expected

-- case a materialized view came and went with its index
-- base
CREATE MATERIALIZED VIEW p AS SELECT 1 AS a; CREATE INDEX i ON p (a);
-- change
DROP MATERIALIZED VIEW p; CREATE MATERIALIZED VIEW q AS SELECT 1 AS a; CREATE INDEX i ON q (a);
-- expect
-- materialized-view p: missing
-- materialized-view q: not expected

-- case a foreign table came and went
-- base
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER x FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE p (a int CHECK (a > 0)) SERVER x;
-- change
DROP FOREIGN TABLE p; CREATE FOREIGN TABLE q (a int CHECK (a > 0)) SERVER x;
-- expect
-- foreign-table p: missing
-- foreign-table q: not expected

-- case a trigger came and went
-- base
CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER p BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();
-- change
DROP TRIGGER p ON t; CREATE TRIGGER q BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();
-- expect
-- trigger t.p: missing
-- trigger t.q: not expected

-- case a rule came and went
-- base
CREATE TABLE t (a int); CREATE RULE p AS ON DELETE TO t DO INSTEAD NOTHING;
-- change
DROP RULE p ON t; CREATE RULE q AS ON DELETE TO t DO INSTEAD NOTHING;
-- expect
-- rule t.p: missing
-- rule t.q: not expected

-- case a policy came and went
-- base
CREATE TABLE t (a int); CREATE POLICY p ON t USING (true);
-- change
DROP POLICY p ON t; CREATE POLICY q ON t USING (true);
-- expect
-- policy t.p: missing
-- policy t.q: not expected

-- case statistics came and went
-- base
CREATE TABLE t (a int, b int); CREATE STATISTICS p ON a, b FROM t;
-- change
DROP STATISTICS p; CREATE STATISTICS q ON a, b FROM t;
-- expect
-- statistics p: missing
-- statistics q: not expected

-- case an event trigger came and went
-- base
CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER p ON sql_drop EXECUTE FUNCTION f();
-- change
DROP EVENT TRIGGER p; CREATE EVENT TRIGGER q ON sql_drop EXECUTE FUNCTION f();
-- expect
-- event-trigger p: missing
-- event-trigger q: not expected

-- case what follows from a column, a type or a function that is gone is told where it is a thing of its own
-- base
CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (a e, b int); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE u (a int DEFAULT f());
-- change
DROP TYPE e CASCADE; DROP FUNCTION f CASCADE;
-- expect
-- enum e: missing
-- function f(): missing
-- column t.a: missing
-- column u.a: default public.f() expected, none found

-- case a table went with views, triggers, rules, policies, statistics and sequences of it
-- base
CREATE TABLE t (a serial, b int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f(); CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;
CREATE POLICY p ON t; CREATE STATISTICS s ON a, b FROM t;
-- change
DROP TABLE t;
-- expect
-- table t: missing

-- case a partitioned table went with its partitions, which have names of their own
-- base
CREATE TABLE p (a int PRIMARY KEY) PARTITION BY RANGE (a); CREATE TABLE p1 PARTITION OF p DEFAULT;
-- change
DROP TABLE p;
-- expect
-- table p: missing
-- table p1: missing

-- case with a column go all that hold it, and nothing else
-- base
CREATE TABLE "T" (a int, "B, c" int CHECK ("B, c" > 0), d text CHECK (d <> 'B, c'), UNIQUE ("B, c", a));
CREATE INDEX i ON "T" ("B, c" DESC); CREATE INDEX j ON "T" ((a + "B, c")); CREATE INDEX k ON "T" (a) WHERE "B, c" > 0;
CREATE INDEX l ON "T" (a) INCLUDE ("B, c"); CREATE STATISTICS s ON a, "B, c" FROM "T"; CREATE TABLE u (a int, b int, FOREIGN KEY (a, b) REFERENCES "T" ("B, c", a));
-- change
ALTER TABLE "T" DROP "B, c" CASCADE;
-- expect
-- column T."B, c": missing

-- case what went beside a column of another name is told
-- base
CREATE TABLE t (a int, b int, c text, CONSTRAINT k CHECK (c <> 'b' OR c::text = lower(c))); CREATE INDEX i ON t (a); CREATE INDEX b ON t (c);
-- change
ALTER TABLE t DROP b, DROP CONSTRAINT k; DROP INDEX i, b;
-- expect
-- column t.b: missing
-- constraint t.k: missing
-- index t.b: missing
-- index t.i: missing

-- case an index and a check of one name are two things
-- base
CREATE TABLE t (a int, CONSTRAINT n CHECK (a > 0)); CREATE INDEX n ON t (a);
-- change
ALTER TABLE t DROP CONSTRAINT n; DROP INDEX n;
-- expect
-- constraint t.n: missing
-- index t.n: missing

-- case a constraint of another form is told once
-- base
CREATE TABLE t (a int UNIQUE, b int, CONSTRAINT k CHECK (b > 0));
-- change
ALTER TABLE t DROP CONSTRAINT k, ADD CONSTRAINT k FOREIGN KEY (b) REFERENCES t (a);
-- expect
-- constraint t.k: form check expected, foreign key found

-- case a foreign key of its own on a table that is no partition any more
-- base
CREATE TABLE r (a int PRIMARY KEY); CREATE TABLE p (a int REFERENCES r, b int) PARTITION BY RANGE (a); CREATE TABLE p1 PARTITION OF p DEFAULT;
-- change
ALTER TABLE p DETACH PARTITION p1; ALTER TABLE p1 ADD CONSTRAINT k FOREIGN KEY (b) REFERENCES r;
-- expect
-- table p1: partition of public.p expected, none found
-- constraint p1.k: not expected

-- case a partition came with a foreign key of the tables above it
-- base
CREATE TABLE r (a int PRIMARY KEY); CREATE TABLE p (a int REFERENCES r, b int) PARTITION BY RANGE (a); CREATE TABLE q PARTITION OF p DEFAULT PARTITION BY RANGE (b);
CREATE TABLE q1 (a int CONSTRAINT k REFERENCES r, b int);
-- change
ALTER TABLE q ATTACH PARTITION q1 DEFAULT;
-- expect
-- table q1: partition of none expected, public.q found

-- case an extension is in another schema
-- base
CREATE SCHEMA s; CREATE EXTENSION citext;
-- change
ALTER EXTENSION citext SET SCHEMA s;
-- expect
-- extension citext: in schema public expected, s found

-- case a column of another name, with all that holds it
-- base
CREATE TABLE t (a int PRIMARY KEY, b serial CHECK (b > 0), c int); CREATE INDEX i ON t (b, c) WHERE b > 1; CREATE INDEX j ON t ((b + 1));
-- change
ALTER TABLE t RENAME b TO x; ALTER TABLE t RENAME a TO y;
-- expect
-- column t.a: missing
-- column t.b: missing
-- column t.x: not expected
-- column t.y: not expected

-- case an index leads past a column that is gone
-- base
CREATE TABLE t (a int, b int, c int); CREATE INDEX i ON t (a, b);
-- change
ALTER TABLE t DROP b; CREATE INDEX i ON t (a, c);
-- expect
-- column t.b: missing
-- index t.i: columns a, b expected, a, c found

-- case what a constraint does not make of its index is told beside it
-- base
CREATE TABLE t (a int CONSTRAINT k UNIQUE);
-- change
ALTER TABLE t DROP CONSTRAINT k, ADD CONSTRAINT k UNIQUE (a) WITH (fillfactor = 50) DEFERRABLE;
-- expect
-- constraint t.k: deferrable none expected, initially immediate found
-- index t.k: options none expected, fillfactor=50 found

-- case what a column does not make of its sequence is told beside it
-- base
CREATE TABLE t (a int NOT NULL GENERATED ALWAYS AS IDENTITY, b serial);
-- change
ALTER TABLE t ALTER a TYPE bigint; ALTER TABLE t ALTER a SET INCREMENT 5; ALTER TABLE t ALTER b DROP NOT NULL; ALTER SEQUENCE t_b_seq CYCLE;
-- expect
-- sequence t_a_seq: increment none expected, 5 found
-- sequence t_b_seq: cycle found, not expected
-- column t.a: integer expected, bigint found
-- column t.b: not null expected
