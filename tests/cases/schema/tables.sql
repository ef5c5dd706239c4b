-- case a table is stored by another method
-- base
CREATE ACCESS METHOD other TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE t (a int); CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;
-- change
DROP TABLE t; CREATE TABLE t (a int) USING other; DROP MATERIALIZED VIEW m; CREATE MATERIALIZED VIEW m USING other AS SELECT 1 AS a;
-- expect
-- table t: access method none expected, other found
-- materialized-view m: access method none expected, other found

-- case a table is of a type
-- base
CREATE TYPE p AS (a int, b text); CREATE TABLE t (a int, b text);
-- change
ALTER TABLE t OF p;
-- expect
-- table t: of type none expected, public.p found

-- case partitioned in another way by the same column
-- base
CREATE TABLE p (a int) PARTITION BY RANGE (a);
-- change
DROP TABLE p; CREATE TABLE p (a int) PARTITION BY HASH (a);
-- expect
-- table p: partition by range expected, hash found

-- case partitioned by another column
-- base
CREATE TABLE p (a int, b int) PARTITION BY RANGE (a);
-- change
DROP TABLE p; CREATE TABLE p (a int, b int) PARTITION BY RANGE (b);
-- expect
-- table p: partition columns a expected, b found

-- case partitioned by another expression
-- base
CREATE TABLE p (a text) PARTITION BY LIST (lower(a));
-- change
DROP TABLE p; CREATE TABLE p (a text) PARTITION BY LIST (upper(a));
-- expect
-- table p: partition expressions lower(a) expected, upper(a) found

-- case a table is not partitioned any more
-- base
CREATE TABLE p (a int) PARTITION BY RANGE (a);
-- change
DROP TABLE p; CREATE TABLE p (a int);
-- expect
-- table p: partition by range expected, none found

-- case a partition was taken off with its index, keys and constraints
-- base
CREATE TABLE r (a int PRIMARY KEY);
CREATE TABLE p (a int PRIMARY KEY CONSTRAINT c CHECK (a > 0) REFERENCES r, b text) PARTITION BY RANGE (a); CREATE INDEX i ON p (b);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
-- change
ALTER TABLE p DETACH PARTITION p1;
-- expect
-- table p1: partition of public.p expected, none found

-- case a partition of another table
-- base
CREATE TABLE p (a int) PARTITION BY RANGE (a); CREATE TABLE q (a int) PARTITION BY RANGE (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
-- change
ALTER TABLE p DETACH PARTITION p1; ALTER TABLE q ATTACH PARTITION p1 FOR VALUES FROM (0) TO (10);
-- expect
-- table p1: partition of public.p expected, public.q found

-- case a table inherits from two in another order
-- base
CREATE TABLE p (a int); CREATE TABLE q (a int); CREATE TABLE c () INHERITS (p, q);
-- change
ALTER TABLE c NO INHERIT p; ALTER TABLE c INHERIT p;
-- expect
-- table c: inherits public.p, public.q expected, public.q, public.p found

-- case row security is enforced upon the owner, but not enabled
-- base
CREATE TABLE t (a int); ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY;
-- change
ALTER TABLE t DISABLE ROW LEVEL SECURITY;
-- expect
-- table t: row security forced expected, forced but not enabled found

-- case a foreign table is otherwise
-- base
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER x FOREIGN DATA WRAPPER w; CREATE SERVER y FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE ft (a int) SERVER x; CREATE FOREIGN TABLE fu (a int) SERVER x OPTIONS (name 'one', way 'here');
-- change
DROP FOREIGN TABLE ft; CREATE FOREIGN TABLE ft (a int) SERVER y; ALTER FOREIGN TABLE fu OPTIONS (SET name 'other');
-- expect
-- foreign-table ft: server x expected, y found
-- foreign-table fu: foreign options name=one, way=here expected, name=other, way=here found

-- case a foreign table inherits, or is a partition
-- base
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER x FOREIGN DATA WRAPPER w; CREATE TABLE p (a int); CREATE TABLE r (a int) PARTITION BY LIST (a);
CREATE FOREIGN TABLE ft (a int) SERVER x; CREATE FOREIGN TABLE fu (a int) SERVER x;
CREATE FOREIGN TABLE fv PARTITION OF r FOR VALUES IN (1) SERVER x;
-- change
ALTER FOREIGN TABLE ft INHERIT p; ALTER TABLE r ATTACH PARTITION fu FOR VALUES IN (3);
ALTER TABLE r DETACH PARTITION fv; ALTER TABLE r ATTACH PARTITION fv FOR VALUES IN (2);
-- expect
-- foreign-table ft: inherits none expected, public.p found
-- foreign-table fu: partition of none expected, public.r found
-- foreign-table fv: partition bound FOR VALUES IN (1) expected, FOR VALUES IN (2) found

-- case columns of a foreign table
-- base
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER x FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE ft (a int, b int, c int) SERVER x;
-- change
ALTER FOREIGN TABLE ft ALTER a OPTIONS (column_name 'z'); ALTER FOREIGN TABLE ft DROP b; ALTER FOREIGN TABLE ft ADD b int;
-- expect
-- foreign-table ft: columns in the order a, b, c expected, a, c, b found
-- column ft.a: foreign options none expected, column_name=z found

-- case a sequence counts in another type
-- base
CREATE SEQUENCE s AS int;
-- change
ALTER SEQUENCE s AS smallint;
-- expect
-- sequence s: integer expected, smallint found

-- case a sequence starts elsewhere
-- base
CREATE SEQUENCE s;
-- change
ALTER SEQUENCE s START 3;
-- expect
-- sequence s: start none expected, 3 found

-- case a sequence takes other steps
-- base
CREATE SEQUENCE s INCREMENT 2;
-- change
ALTER SEQUENCE s INCREMENT 3;
-- expect
-- sequence s: increment 2 expected, 3 found

-- case a sequence has other ends
-- base
CREATE SEQUENCE s; CREATE SEQUENCE r;
-- change
ALTER SEQUENCE s MINVALUE -5; ALTER SEQUENCE r MAXVALUE 99;
-- expect
-- sequence r: maximum none expected, 99 found
-- sequence s: minimum none expected, -5 found

-- case a sequence keeps numbers ready
-- base
CREATE SEQUENCE s;
-- change
ALTER SEQUENCE s CACHE 20;
-- expect
-- sequence s: cache none expected, 20 found

-- case a sequence begins anew
-- base
CREATE SEQUENCE s;
-- change
ALTER SEQUENCE s CYCLE;
-- expect
-- sequence s: cycle found, not expected

-- case a sequence is not logged since 15
-- base
CREATE SEQUENCE s;
-- change
ALTER SEQUENCE s SET UNLOGGED;
-- expect
-- sequence s: persistence none expected, unlogged found

-- case the sequence of an identity column counts otherwise
-- base
CREATE TABLE t (a bigint GENERATED ALWAYS AS IDENTITY);
-- change
ALTER TABLE t ALTER a SET INCREMENT BY 10;
-- expect
-- sequence t_a_seq: increment none expected, 10 found

-- case an identity column became a plain one with a sequence
-- base
CREATE TABLE t (a int NOT NULL GENERATED BY DEFAULT AS IDENTITY);
-- change
ALTER TABLE t ALTER a DROP IDENTITY; CREATE SEQUENCE t_a_seq AS int OWNED BY t.a; ALTER TABLE t ALTER a SET DEFAULT nextval('t_a_seq');
-- expect
-- column t.a: default none expected, nextval('public.t_a_seq'::regclass) found
-- column t.a: identity by default expected, none found

-- case a view has other columns
-- base
CREATE VIEW v AS SELECT 1 AS a, 2 AS b; CREATE VIEW w AS SELECT 1 AS a, 2 AS b; CREATE VIEW x AS SELECT 1 AS a;
CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;
-- change
DROP VIEW v; CREATE VIEW v AS SELECT 1 AS a; DROP VIEW w; CREATE VIEW w AS SELECT 2 AS b, 1 AS a; DROP VIEW x; CREATE VIEW x AS SELECT 'a'::text AS a;
DROP MATERIALIZED VIEW m; CREATE MATERIALIZED VIEW m AS SELECT 1 AS b;
-- expect
-- view v: another definition than expected
-- view w: another definition than expected
-- view x: another definition than expected
-- materialized-view m: another definition than expected

-- case a view is the same, and its table's column another
-- base
CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;
-- change
DROP VIEW v; ALTER TABLE t ALTER a TYPE bigint; CREATE VIEW v AS SELECT a FROM t;
-- expect
-- column t.a: integer expected, bigint found
-- column v.a: integer expected, bigint found

-- case a column of a view has a default
-- base
CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;
-- change
ALTER VIEW v ALTER a SET DEFAULT 1;
-- expect
-- column v.a: default none expected, 1 found

-- case a view checks what is written
-- base
CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t WHERE a > 0;
-- change
CREATE OR REPLACE VIEW v AS SELECT a FROM t WHERE a > 0 WITH CASCADED CHECK OPTION;
-- expect
-- view v: options none expected, check_option=cascaded found

-- case a view asks with the rights of whoever reads since 15
-- base
CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;
-- change
ALTER VIEW v SET (security_invoker = true);
-- expect
-- view v: options none expected, security_invoker=true found

-- case options of a materialized view
-- base
CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;
-- change
ALTER MATERIALIZED VIEW m SET (fillfactor = 50);
-- expect
-- materialized-view m: options none expected, fillfactor=50 found

-- case a materialized view stands where a view stood
-- base
CREATE VIEW v AS SELECT 1 AS a;
-- change
DROP VIEW v; CREATE MATERIALIZED VIEW v AS SELECT 1 AS a;
-- expect
-- view v: missing
-- materialized-view v: not expected

-- case statistics are of another table
-- base
CREATE TABLE t (a int, b int); CREATE TABLE u (a int, b int); CREATE STATISTICS s (ndistinct) ON a, b FROM t;
-- change
DROP STATISTICS s; CREATE STATISTICS s (ndistinct) ON a, b FROM u;
-- expect
-- statistics s: of public.t expected, public.u found

-- case statistics are of another form
-- base
CREATE TABLE t (a int, b int); CREATE STATISTICS s (ndistinct) ON a, b FROM t;
-- change
DROP STATISTICS s; CREATE STATISTICS s (ndistinct, dependencies, mcv) ON a, b FROM t;
-- expect
-- statistics s: form ndistinct expected, ndistinct, dependencies, mcv found

-- case statistics are of other columns
-- base
CREATE TABLE t (a int, b int, c int); CREATE STATISTICS s (mcv) ON a, b FROM t;
-- change
DROP STATISTICS s; CREATE STATISTICS s (mcv) ON a, c FROM t;
-- expect
-- statistics s: columns a, b expected, a, c found

-- case statistics are of another expression
-- base
CREATE TABLE t (a int, b int); CREATE STATISTICS s ON (a + 1) FROM t;
-- change
DROP STATISTICS s; CREATE STATISTICS s ON (a + 2) FROM t;
-- expect
-- statistics s: expressions (a + 1) expected, (a + 2) found
