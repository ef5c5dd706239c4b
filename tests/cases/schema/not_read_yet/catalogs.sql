-- Differences that the reading of the catalogs does not tell yet. No test runs this file: each
-- case moves to its place as soon as it is told.

-- case the triggers that enforce a foreign key are disabled
-- base
CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE u (a int CONSTRAINT f REFERENCES t);
-- change
ALTER TABLE u DISABLE TRIGGER ALL;
-- expect
-- constraint u.f: not enforced found, not expected

-- case a trigger is disabled on one partition alone
-- base
CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON p FOR EACH ROW EXECUTE FUNCTION f();
-- change
ALTER TABLE p1 DISABLE TRIGGER g;
-- expect
-- trigger p1.g: enabled none expected, never found

-- case a constraint trigger names another table
-- base
CREATE TABLE t (a int); CREATE TABLE u (a int); CREATE TABLE w (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t FROM u FOR EACH ROW EXECUTE FUNCTION f();
-- change
DROP TRIGGER g ON t; CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t FROM w FOR EACH ROW EXECUTE FUNCTION f();
-- expect
-- trigger t.g: references public.u expected, public.w found

-- case a function has a support function
-- base
CREATE FUNCTION f(int, int) RETURNS int LANGUAGE sql AS 'SELECT 1';
-- change
ALTER FUNCTION f(int, int) SUPPORT generate_series_int4_support;
-- expect
-- function f(integer,integer): support none expected, generate_series_int4_support found
