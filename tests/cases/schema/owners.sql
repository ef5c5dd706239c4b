-- case other owners
-- base
CREATE SCHEMA s AUTHORIZATION {role}_owner; CREATE TYPE p AS (a int); CREATE TYPE e AS ENUM ('a'); CREATE DOMAIN d AS int;
CREATE SEQUENCE q; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW v AS SELECT 1 AS a;
CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE FOREIGN DATA WRAPPER w; CREATE SERVER x FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE ft (a int) SERVER x; CREATE TABLE t (a int, b int); CREATE STATISTICS i ON a, b FROM t;
ALTER TYPE p OWNER TO {role}_owner; ALTER TYPE e OWNER TO {role}_owner; ALTER DOMAIN d OWNER TO {role}_owner;
ALTER SEQUENCE q OWNER TO {role}_owner; ALTER FUNCTION f() OWNER TO {role}_owner; ALTER VIEW v OWNER TO {role}_owner;
ALTER MATERIALIZED VIEW m OWNER TO {role}_owner; ALTER FOREIGN TABLE ft OWNER TO {role}_owner; ALTER STATISTICS i OWNER TO {role}_owner;
-- change
ALTER SCHEMA s OWNER TO {role}_migrator; ALTER TYPE p OWNER TO {role}_migrator; ALTER TYPE e OWNER TO {role}_runtime;
ALTER DOMAIN d OWNER TO {role}_migrator; ALTER SEQUENCE q OWNER TO {role}_runtime; ALTER FUNCTION f() OWNER TO {role}_runtime;
ALTER VIEW v OWNER TO {role}_runtime; ALTER MATERIALIZED VIEW m OWNER TO {role}_runtime; ALTER FOREIGN TABLE ft OWNER TO pg_monitor;
ALTER STATISTICS i OWNER TO {role}_migrator;
-- expect
-- schema s: owner owner expected, migrator found
-- type p: owner owner expected, migrator found
-- enum e: owner owner expected, runtime found
-- domain d: owner owner expected, migrator found
-- sequence q: owner owner expected, runtime found
-- function f(): owner owner expected, runtime found
-- view v: owner owner expected, runtime found
-- materialized-view m: owner owner expected, runtime found
-- foreign-table ft: owner owner expected, role pg_monitor found
-- statistics i: owner owner expected, migrator found

-- case the schema public has another owner
-- base
-- change
ALTER SCHEMA public OWNER TO {role}_runtime;
-- expect
-- schema public: owner none expected, runtime found

-- case an event trigger has another owner
-- base
CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION f();
-- change
ALTER ROLE {role}_owner SUPERUSER; ALTER EVENT TRIGGER e OWNER TO {role}_owner; ALTER ROLE {role}_owner NOSUPERUSER;
-- expect
-- event-trigger e: owner role postgres expected, owner found

-- case everybody may do more
-- base
CREATE SCHEMA s; CREATE TYPE p AS (a int); CREATE TYPE e AS ENUM ('a'); CREATE DOMAIN d AS int; CREATE SEQUENCE q;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (a int); CREATE VIEW v AS SELECT 1 AS a;
CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE FOREIGN DATA WRAPPER w; CREATE SERVER x FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE ft (a int) SERVER x; CREATE TABLE u (a int);
REVOKE ALL ON TYPE p, e, d FROM PUBLIC; REVOKE ALL ON FUNCTION f() FROM PUBLIC;
-- change
GRANT USAGE ON SCHEMA s TO PUBLIC; GRANT USAGE ON TYPE p, e, d TO PUBLIC; GRANT USAGE ON SEQUENCE q TO PUBLIC;
GRANT EXECUTE ON FUNCTION f() TO PUBLIC; GRANT SELECT ON t, v, m, ft TO PUBLIC; GRANT REFERENCES (a) ON u TO PUBLIC;
-- expect
-- schema s: grant public none expected, USAGE found
-- type p: grant public none expected, USAGE found
-- enum e: grant public none expected, USAGE found
-- domain d: grant public none expected, USAGE found
-- sequence q: grant public none expected, USAGE found
-- function f(): grant public none expected, EXECUTE found
-- table t: grant public none expected, SELECT found
-- view v: grant public none expected, SELECT found
-- materialized-view m: grant public none expected, SELECT found
-- foreign-table ft: grant public none expected, SELECT found
-- column u.a: grant public none expected, REFERENCES found

-- case the owner may do more with what others own
-- base
CREATE SCHEMA s; CREATE TYPE p AS (a int); CREATE TYPE e AS ENUM ('a'); CREATE DOMAIN d AS int; CREATE SEQUENCE q;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (a int); CREATE VIEW v AS SELECT 1 AS a;
CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE FOREIGN DATA WRAPPER w; CREATE SERVER x FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE ft (a int) SERVER x; CREATE TABLE u (a int);
-- change
GRANT CREATE ON SCHEMA s TO {role}_owner; GRANT USAGE ON TYPE p, e, d TO {role}_owner; GRANT SELECT, UPDATE ON SEQUENCE q TO {role}_owner;
GRANT EXECUTE ON FUNCTION f() TO {role}_owner; GRANT TRUNCATE ON t, v, m, ft TO {role}_owner; GRANT INSERT (a) ON u TO {role}_owner;
-- expect
-- schema s: grant owner none expected, CREATE found
-- type p: grant owner none expected, USAGE found
-- enum e: grant owner none expected, USAGE found
-- domain d: grant owner none expected, USAGE found
-- sequence q: grant owner none expected, SELECT, UPDATE found
-- function f(): grant owner none expected, EXECUTE found
-- table t: grant owner none expected, TRUNCATE found
-- view v: grant owner none expected, TRUNCATE found
-- materialized-view m: grant owner none expected, TRUNCATE found
-- foreign-table ft: grant owner none expected, TRUNCATE found
-- column u.a: grant owner none expected, INSERT found

-- case the migrator may do more
-- base
CREATE SCHEMA s; CREATE TYPE p AS (a int); CREATE TYPE e AS ENUM ('a'); CREATE DOMAIN d AS int; CREATE SEQUENCE q;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (a int); CREATE VIEW v AS SELECT 1 AS a;
CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE FOREIGN DATA WRAPPER w; CREATE SERVER x FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE ft (a int) SERVER x; CREATE TABLE u (a int);
-- change
GRANT USAGE ON SCHEMA s TO {role}_migrator WITH GRANT OPTION; GRANT USAGE ON TYPE p, e, d TO {role}_migrator;
GRANT USAGE ON SEQUENCE q TO {role}_migrator; GRANT EXECUTE ON FUNCTION f() TO {role}_migrator;
GRANT TRIGGER, DELETE ON t, v, m, ft TO {role}_migrator; GRANT SELECT (a), UPDATE (a) ON u TO {role}_migrator;
-- expect
-- schema s: grant migrator none expected, USAGE* found
-- type p: grant migrator none expected, USAGE found
-- enum e: grant migrator none expected, USAGE found
-- domain d: grant migrator none expected, USAGE found
-- sequence q: grant migrator none expected, USAGE found
-- function f(): grant migrator none expected, EXECUTE found
-- table t: grant migrator none expected, DELETE, TRIGGER found
-- view v: grant migrator none expected, DELETE, TRIGGER found
-- materialized-view m: grant migrator none expected, DELETE, TRIGGER found
-- foreign-table ft: grant migrator none expected, DELETE, TRIGGER found
-- column u.a: grant migrator none expected, SELECT, UPDATE found

-- case the runtime may do more
-- base
CREATE SCHEMA s; CREATE TYPE p AS (a int); CREATE TYPE e AS ENUM ('a'); CREATE DOMAIN d AS int; CREATE SEQUENCE q;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (a int); CREATE VIEW v AS SELECT 1 AS a;
CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE FOREIGN DATA WRAPPER w; CREATE SERVER x FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE ft (a int) SERVER x; CREATE TABLE u (a int);
-- change
GRANT USAGE, CREATE ON SCHEMA s TO {role}_runtime; GRANT USAGE ON TYPE p, e, d TO {role}_runtime;
GRANT UPDATE ON SEQUENCE q TO {role}_runtime; GRANT EXECUTE ON FUNCTION f() TO {role}_runtime;
GRANT INSERT ON t, v, m, ft TO {role}_runtime; GRANT INSERT (a) ON u TO {role}_runtime WITH GRANT OPTION;
-- expect
-- schema s: grant runtime none expected, CREATE, USAGE found
-- type p: grant runtime none expected, USAGE found
-- enum e: grant runtime none expected, USAGE found
-- domain d: grant runtime none expected, USAGE found
-- sequence q: grant runtime none expected, UPDATE found
-- function f(): grant runtime none expected, EXECUTE found
-- table t: grant runtime none expected, INSERT found
-- view v: grant runtime none expected, INSERT found
-- materialized-view m: grant runtime none expected, INSERT found
-- foreign-table ft: grant runtime none expected, INSERT found
-- column u.a: grant runtime none expected, INSERT* found

-- case everybody may make things in the schema public
-- base
-- change
GRANT CREATE ON SCHEMA public TO PUBLIC;
-- expect
-- schema public: grant public USAGE expected, CREATE, USAGE found

-- case a privilege may be passed on
-- base
CREATE TABLE t (a int); GRANT SELECT ON t TO {role}_runtime;
-- change
GRANT SELECT ON t TO {role}_runtime WITH GRANT OPTION;
-- expect
-- table t: grant runtime SELECT expected, SELECT* found

-- case a role without a function here owns it
-- base
CREATE TABLE t (a int);
-- change
ALTER TABLE t OWNER TO pg_monitor;
-- expect
-- table t: owner role postgres expected, role pg_monitor found
