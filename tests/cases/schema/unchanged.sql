-- case the server puts its files in order
-- base
CREATE TABLE t (a int PRIMARY KEY, b text); CREATE INDEX i ON t (b); INSERT INTO t SELECT n, n FROM generate_series(1, 100) n;
CREATE MATERIALIZED VIEW m AS SELECT a FROM t;
-- change
VACUUM FULL t; REINDEX TABLE t; CLUSTER t USING i; ANALYZE t; REFRESH MATERIALIZED VIEW m; TRUNCATE t;
-- expect

-- case renamed and renamed back
-- base
CREATE TABLE t (a int PRIMARY KEY, b int); CREATE VIEW v AS SELECT a, b FROM t; CREATE FUNCTION f(t) RETURNS int BEGIN ATOMIC SELECT ($1).a; END;
-- change
ALTER TABLE t RENAME TO u; ALTER TABLE u RENAME a TO c; ALTER TABLE u RENAME c TO a; ALTER TABLE u RENAME TO t;
-- expect

-- case dropped and made again
-- base
CREATE TABLE t (a int, b int, CONSTRAINT c CHECK (a > b)); CREATE INDEX i ON t (b) WHERE a > 0; CREATE VIEW v AS SELECT a FROM t;
-- change
DROP INDEX i; CREATE INDEX i ON t (b) WHERE a > 0; ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (a > b);
DROP VIEW v; CREATE VIEW v AS SELECT a FROM t; ALTER TABLE t ADD x int; ALTER TABLE t DROP x;
-- expect

-- case comments are noted
-- base
CREATE TABLE t (a int); COMMENT ON TABLE t IS 'one';
-- change
COMMENT ON TABLE t IS 'other'; COMMENT ON COLUMN t.a IS 'more';
-- expect

-- case a sequence counts
-- base
CREATE TABLE t (a bigint GENERATED ALWAYS AS IDENTITY, b int);
-- change
INSERT INTO t (b) SELECT 1 FROM generate_series(1, 1000); SELECT setval('t_a_seq', 5000);
-- expect

-- case targets of statistics
-- base
CREATE TABLE t (a int);
-- change
ALTER TABLE t ALTER a SET STATISTICS 500;
-- expect

-- case default privileges are noted
-- base
CREATE TABLE t (a int);
-- change
ALTER DEFAULT PRIVILEGES FOR ROLE {role}_owner GRANT SELECT ON TABLES TO PUBLIC;
-- expect

-- case what is temporary
-- base
CREATE TABLE t (a int);
-- change
CREATE TEMPORARY TABLE x (a int); CREATE TEMPORARY VIEW y AS SELECT a FROM x;
-- expect

-- case the server's own note of a column's version
-- base
CREATE TABLE public.t (a int, b text);
CREATE INDEX t_b ON public.t (b text_pattern_ops);
-- change
SET allow_system_table_mods = on;
-- Servers that know it write it themselves, and want it to be true.
UPDATE pg_attribute SET attoptions = '{pg_attver=7}' WHERE attrelid IN ('public.t'::regclass, 'public.t_b'::regclass) AND attnum > 0 AND attoptions IS NULL;
-- expect

-- case another version of an extension is noted
-- base
CREATE EXTENSION citext VERSION '1.5';
-- change
ALTER EXTENSION citext UPDATE TO '1.6';
-- expect

-- case that a materialized view is empty is noted
-- base
CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;
-- change
REFRESH MATERIALIZED VIEW m WITH NO DATA;
-- expect

-- case by which index a table was put in order is noted
-- base
CREATE TABLE t (a int); CREATE INDEX i ON t (a);
-- change
ALTER TABLE t CLUSTER ON i;
-- expect

-- case where a table and its index are stored is noted
-- base
CREATE TABLE t (a int); CREATE INDEX i ON t (a);
-- change
SET allow_in_place_tablespaces = on;
CREATE TABLESPACE {role}_space LOCATION '';
ALTER TABLE t SET TABLESPACE {role}_space; ALTER INDEX i SET TABLESPACE {role}_space;
-- expect

-- case rights that are written out and rights by default are the same
-- base
CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE e AS ENUM ('a');
-- change
GRANT ALL ON t TO postgres; GRANT EXECUTE ON FUNCTION f() TO PUBLIC; GRANT USAGE ON TYPE e TO PUBLIC;
-- expect

-- case names of NOT NULL are not told since 18
-- base
CREATE TABLE t (a int CONSTRAINT one NOT NULL);
-- change
ALTER TABLE t RENAME CONSTRAINT one TO other;
-- expect

-- case what is in the schemas of the server itself
-- base
CREATE TABLE t (a int);
-- change
CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE pg_temp.e AS ENUM ('a');
-- expect
