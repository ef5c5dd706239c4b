-- case a trigger fires at another time
-- base
CREATE TABLE t (a int, b int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();
-- change
DROP TRIGGER g ON t; CREATE TRIGGER g AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();
-- expect
-- trigger t.g: timing before expected, after found

-- case a trigger fires on another event
-- base
CREATE TABLE t (a int, b int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();
-- change
DROP TRIGGER g ON t; CREATE TRIGGER g BEFORE UPDATE OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION f();
-- expect
-- trigger t.g: events update expected, delete, update found

-- case a trigger fires once for each statement
-- base
CREATE TABLE t (a int, b int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();
-- change
DROP TRIGGER g ON t; CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH STATEMENT EXECUTE FUNCTION f();
-- expect
-- trigger t.g: level row expected, statement found

-- case a trigger fires for other columns
-- base
CREATE TABLE t (a int, b int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE OF a ON t FOR EACH ROW EXECUTE FUNCTION f();
-- change
DROP TRIGGER g ON t; CREATE TRIGGER g BEFORE UPDATE OF b ON t FOR EACH ROW EXECUTE FUNCTION f();
-- expect
-- trigger t.g: columns a expected, b found

-- case a trigger calls another function
-- base
CREATE TABLE t (a int, b int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION h() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();
-- change
DROP TRIGGER g ON t; CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION h();
-- expect
-- trigger t.g: function public.f() expected, public.h() found

-- case a trigger gives other arguments
-- base
CREATE TABLE t (a int, b int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f('x', 'it''s');
-- change
DROP TRIGGER g ON t; CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f('x', '');
-- expect
-- trigger t.g: arguments 'x', 'it''s' expected, 'x', '' found

-- case a trigger knows the rows by other names
-- base
CREATE TABLE t (a int, b int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g AFTER UPDATE ON t REFERENCING OLD TABLE AS o EXECUTE FUNCTION f();
CREATE TRIGGER h AFTER UPDATE ON t REFERENCING NEW TABLE AS n EXECUTE FUNCTION f();
-- change
DROP TRIGGER g ON t; CREATE TRIGGER g AFTER UPDATE ON t REFERENCING OLD TABLE AS p EXECUTE FUNCTION f();
DROP TRIGGER h ON t; CREATE TRIGGER h AFTER UPDATE ON t EXECUTE FUNCTION f();
-- expect
-- trigger t.g: old rows o expected, p found
-- trigger t.h: new rows n expected, none found

-- case a trigger is put off
-- base
CREATE TABLE t (a int, b int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE CONSTRAINT TRIGGER g AFTER UPDATE ON t DEFERRABLE FOR EACH ROW EXECUTE FUNCTION f();
-- change
DROP TRIGGER g ON t; CREATE CONSTRAINT TRIGGER g AFTER UPDATE ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f();
-- expect
-- trigger t.g: deferrable initially immediate expected, initially deferred found

-- case a trigger became a constraint
-- base
CREATE TABLE t (a int, b int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();
-- change
DROP TRIGGER g ON t; CREATE CONSTRAINT TRIGGER g AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();
-- expect
-- trigger t.g: form none expected, constraint found

-- case a trigger with a condition fires on another event, and its condition is the same
-- base
CREATE TABLE t (a int, b int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.a > 1) EXECUTE FUNCTION f();
-- change
DROP TRIGGER g ON t; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.a > 1) EXECUTE FUNCTION f();
-- expect
-- trigger t.g: events update expected, insert found

-- case a trigger fires on another event and under another condition
-- base
CREATE TABLE t (a int, b int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.a > 1) EXECUTE FUNCTION f();
-- change
DROP TRIGGER g ON t; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.a > 2) EXECUTE FUNCTION f();
-- expect
-- trigger t.g: another definition than expected
-- trigger t.g: events update expected, insert found

-- case a trigger lost its condition
-- base
CREATE TABLE t (a int, b int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.a > 1) EXECUTE FUNCTION f();
-- change
DROP TRIGGER g ON t; CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();
-- expect
-- trigger t.g: another definition than expected

-- case all triggers of a table are disabled
-- base
CREATE TABLE t (a int PRIMARY KEY, b int REFERENCES t); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();
-- change
ALTER TABLE t DISABLE TRIGGER USER;
-- expect
-- trigger t.g: enabled none expected, never found

-- case a rule does something else
-- base
CREATE TABLE t (a int); CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;
-- change
CREATE OR REPLACE RULE r AS ON DELETE TO t WHERE OLD.a > 1 DO INSTEAD NOTHING;
-- expect
-- rule t.r: another definition than expected

-- case a rule is disabled
-- base
CREATE TABLE t (a int); CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;
-- change
ALTER TABLE t DISABLE RULE r;
-- expect
-- rule t.r: enabled none expected, never found

-- case a policy is for another command
-- base
CREATE TABLE t (a int); CREATE POLICY p ON t FOR SELECT USING (a > 0);
-- change
DROP POLICY p ON t; CREATE POLICY p ON t FOR DELETE USING (a > 0);
-- expect
-- policy t.p: command select expected, delete found

-- case a policy restricts
-- base
CREATE TABLE t (a int); CREATE POLICY p ON t USING (a > 0);
-- change
DROP POLICY p ON t; CREATE POLICY p ON t AS RESTRICTIVE USING (a > 0);
-- expect
-- policy t.p: not permissive found, not expected

-- case a policy is for other roles
-- base
CREATE TABLE t (a int); CREATE POLICY p ON t USING (a > 0);
-- change
ALTER POLICY p ON t TO {role}_runtime, pg_monitor;
-- expect
-- policy t.p: roles none expected, role pg_monitor, runtime found

-- case a policy shows other rows
-- base
CREATE TABLE t (a int); CREATE POLICY p ON t USING (a > 0) WITH CHECK (a > 0);
-- change
ALTER POLICY p ON t USING (a > 1);
-- expect
-- policy t.p: using (a > 0) expected, (a > 1) found

-- case a policy takes other rows
-- base
CREATE TABLE t (a int); CREATE POLICY p ON t USING (a > 0) WITH CHECK (a > 0);
-- change
ALTER POLICY p ON t WITH CHECK (a > 1);
-- expect
-- policy t.p: check (a > 0) expected, (a > 1) found

-- case a trigger is disabled on one partition alone
-- base
CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON p FOR EACH ROW EXECUTE FUNCTION f();
-- change
ALTER TABLE p1 DISABLE TRIGGER g;
-- expect
-- trigger p1.g: enabled none expected, never found

-- case triggers always fire, or on a replica, on one partition alone
-- base
CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON p FOR EACH ROW EXECUTE FUNCTION f();
ALTER TABLE p ENABLE ALWAYS TRIGGER g;
-- change
ALTER TABLE p1 ENABLE TRIGGER g; ALTER TABLE p2 ENABLE REPLICA TRIGGER g;
-- expect
-- trigger p1.g: enabled always expected, none found
-- trigger p2.g: enabled always expected, on a replica found

-- case a trigger is disabled on another partition than expected
-- base
CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE CONSTRAINT TRIGGER g AFTER UPDATE ON p FOR EACH ROW WHEN (NEW.a > 1) EXECUTE FUNCTION f();
ALTER TABLE p1 DISABLE TRIGGER g;
-- change
ALTER TABLE p1 ENABLE REPLICA TRIGGER g; ALTER TABLE p2 DISABLE TRIGGER g;
-- expect
-- trigger p1.g: enabled never expected, on a replica found
-- trigger p2.g: enabled none expected, never found

-- case a trigger is disabled on a partitioned table with its partitions
-- base
CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON p FOR EACH ROW EXECUTE FUNCTION f();
-- change
ALTER TABLE p DISABLE TRIGGER g;
-- expect
-- trigger p.g: enabled none expected, never found

-- case a trigger is disabled on a partitioned table without its partitions
-- base
CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON p FOR EACH ROW EXECUTE FUNCTION f();
-- change
ALTER TABLE ONLY p DISABLE TRIGGER g;
-- expect
-- trigger p.g: enabled none expected, never found

-- case a trigger is disabled on a partition that is partitioned itself
-- base
CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1) PARTITION BY LIST (a);
CREATE TABLE p11 PARTITION OF p1 DEFAULT; CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON p FOR EACH ROW EXECUTE FUNCTION f();
-- change
ALTER TABLE p1 DISABLE TRIGGER g;
-- expect
-- trigger p1.g: enabled none expected, never found
-- trigger p11.g: enabled none expected, never found

-- case a trigger that is disabled on one partition is gone with it, and with its table
-- base
CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON p FOR EACH ROW EXECUTE FUNCTION f();
CREATE TRIGGER h BEFORE UPDATE ON p FOR EACH ROW EXECUTE FUNCTION f();
ALTER TABLE p1 DISABLE TRIGGER g; ALTER TABLE p2 DISABLE TRIGGER h;
-- change
DROP TABLE p1; DROP TRIGGER h ON p;
-- expect
-- table p1: missing
-- trigger p.h: missing

-- case a partition on which a trigger is disabled is no partition any more
-- base
CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON p FOR EACH ROW EXECUTE FUNCTION f();
ALTER TABLE p1 DISABLE TRIGGER g;
-- change
ALTER TABLE p DETACH PARTITION p1;
-- expect
-- table p1: partition of public.p expected, none found

-- case a trigger that is disabled on one partition fires at another time
-- base
CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON p FOR EACH ROW EXECUTE FUNCTION f();
ALTER TABLE p1 DISABLE TRIGGER g;
-- change
DROP TRIGGER g ON p; CREATE TRIGGER g AFTER UPDATE ON p FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE p1 DISABLE TRIGGER g;
-- expect
-- trigger p.g: timing before expected, after found

-- case a constraint trigger names another table
-- base
CREATE TABLE t (a int); CREATE TABLE u (a int); CREATE TABLE w (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t FROM u FOR EACH ROW EXECUTE FUNCTION f();
-- change
DROP TRIGGER g ON t; CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t FROM w FOR EACH ROW EXECUTE FUNCTION f();
-- expect
-- trigger t.g: references public.u expected, public.w found

-- case a constraint trigger with a condition names no table any more
-- base
CREATE TABLE t (a int); CREATE TABLE "U" (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t FROM "U" FOR EACH ROW WHEN (NEW.a > 1) EXECUTE FUNCTION f();
-- change
DROP TRIGGER g ON t; CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t FOR EACH ROW WHEN (NEW.a > 1) EXECUTE FUNCTION f();
-- expect
-- trigger t.g: references public."U" expected, none found

-- case a constraint trigger that names another table is missing
-- base
CREATE TABLE t (a int); CREATE TABLE u (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t FROM u DEFERRABLE FOR EACH ROW EXECUTE FUNCTION f();
CREATE CONSTRAINT TRIGGER h AFTER INSERT ON t FROM pg_class FOR EACH ROW EXECUTE FUNCTION f();
-- change
DROP TRIGGER g ON t; DROP TRIGGER h ON t;
-- expect
-- trigger t.g: missing
-- trigger t.h: missing

-- case a constraint trigger goes with the table that it names
-- base
CREATE TABLE t (a int); CREATE TABLE u (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t FROM u FOR EACH ROW EXECUTE FUNCTION f();
-- change
DROP TABLE u;
-- expect
-- table u: missing
