-- case a table has another owner
-- base
CREATE TABLE t (a int); ALTER TABLE t OWNER TO {role}_owner;
-- change
ALTER TABLE t OWNER TO {role}_runtime;
-- expect
-- table t: owner owner expected, runtime found

-- case the runtime may write
-- base
CREATE TABLE t (a int); GRANT SELECT ON t TO {role}_runtime;
-- change
GRANT INSERT, UPDATE ON t TO {role}_runtime WITH GRANT OPTION;
-- expect
-- table t: grant runtime SELECT expected, INSERT*, SELECT, UPDATE* found

-- case everybody may read
-- base
CREATE TABLE t (a int);
-- change
GRANT SELECT ON t TO PUBLIC;
-- expect
-- table t: grant public none expected, SELECT found

-- case a privilege is gone
-- base
CREATE TABLE t (a int); GRANT SELECT, INSERT ON t TO {role}_runtime;
-- change
REVOKE ALL ON t FROM {role}_runtime;
-- expect
-- table t: grant runtime INSERT, SELECT expected, none found

-- case a privilege on a column
-- base
CREATE TABLE t (a int);
-- change
GRANT UPDATE (a) ON t TO {role}_runtime;
-- expect
-- column t.a: grant runtime none expected, UPDATE found

-- case everybody may not execute any more
-- base
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- change
REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC;
-- expect
-- function f(): grant public EXECUTE expected, none found

-- case a schema, a sequence and a type
-- base
CREATE SCHEMA s; CREATE SEQUENCE q; CREATE TYPE e AS ENUM ('a');
-- change
GRANT USAGE, CREATE ON SCHEMA s TO {role}_runtime; GRANT USAGE ON SEQUENCE q TO {role}_runtime; REVOKE USAGE ON TYPE e FROM PUBLIC;
-- expect
-- schema s: grant runtime none expected, CREATE, USAGE found
-- enum e: grant public USAGE expected, none found
-- sequence q: grant runtime none expected, USAGE found

-- case other roles are noted
-- base
CREATE TABLE t (a int);
-- change
GRANT SELECT ON t TO pg_monitor;
-- expect

-- case to maintain is noted since 17
-- base
CREATE TABLE t (a int);
-- change
GRANT MAINTAIN ON t TO {role}_runtime;
-- expect

-- case a policy is otherwise
-- base
CREATE TABLE t (a int); CREATE POLICY p ON t FOR SELECT TO {role}_runtime USING (a > 0);
-- change
DROP POLICY p ON t; CREATE POLICY p ON t AS RESTRICTIVE FOR ALL TO {role}_migrator USING (a > 1) WITH CHECK (a > 2);
-- expect
-- policy t.p: command select expected, none found
-- policy t.p: not permissive found, not expected
-- policy t.p: roles runtime expected, migrator found
-- policy t.p: using (a > 0) expected, (a > 1) found
-- policy t.p: check none expected, (a > 2) found

-- case a policy is gone
-- base
CREATE TABLE t (a int); CREATE POLICY p ON t;
-- change
DROP POLICY p ON t;
-- expect
-- policy t.p: missing

-- case an extension came and what belongs to it is not told
-- base
CREATE TABLE t (a int);
-- change
CREATE EXTENSION citext SCHEMA public;
-- expect
-- extension citext: not expected
