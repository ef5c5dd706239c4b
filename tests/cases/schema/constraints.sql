-- case a check is gone
-- base
CREATE TABLE t (a int CONSTRAINT c CHECK (a > 0));
-- change
ALTER TABLE t DROP CONSTRAINT c;
-- expect
-- constraint t.c: missing

-- case a check asks something else
-- base
CREATE TABLE t (a int CONSTRAINT c CHECK (a > 0));
-- change
ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (a >= 0);
-- expect
-- constraint t.c: expression (a > 0) expected, (a >= 0) found

-- case a check is not validated
-- base
CREATE TABLE t (a int CONSTRAINT c CHECK (a > 0));
-- change
ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (a > 0) NOT VALID;
-- expect
-- constraint t.c: not validated found, not expected

-- case a check is not inherited
-- base
CREATE TABLE t (a int CONSTRAINT c CHECK (a > 0));
-- change
ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (a > 0) NO INHERIT;
-- expect
-- constraint t.c: no inherit found, not expected

-- case a check is not enforced since 18
-- base
CREATE TABLE t (a int CONSTRAINT c CHECK (a > 0));
-- change
ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (a > 0) NOT ENFORCED;
-- expect
-- constraint t.c: not enforced found, not expected

-- case a primary key is gone
-- base
CREATE TABLE t (a int NOT NULL CONSTRAINT t_pkey PRIMARY KEY);
-- change
ALTER TABLE t DROP CONSTRAINT t_pkey, ALTER a SET NOT NULL;
-- expect
-- constraint t.t_pkey: missing

-- case a primary key has another order
-- base
CREATE TABLE t (a int, b int, PRIMARY KEY (a, b));
-- change
ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (b, a);
-- expect
-- constraint t.t_pkey: columns a, b expected, b, a found

-- case a unique constraint became an index
-- base
CREATE TABLE t (a int CONSTRAINT u UNIQUE);
-- change
ALTER TABLE t DROP CONSTRAINT u; CREATE UNIQUE INDEX u ON t (a);
-- expect
-- constraint t.u: missing

-- case nulls are not distinct since 15
-- base
CREATE TABLE t (a int); CREATE UNIQUE INDEX i ON t (a);
-- change
DROP INDEX i; CREATE UNIQUE INDEX i ON t (a) NULLS NOT DISTINCT;
-- expect
-- index t.i: nulls not distinct found, not expected

-- case a foreign key does something else
-- base
CREATE TABLE t (a int PRIMARY KEY, b int CONSTRAINT f REFERENCES t);
-- change
ALTER TABLE t DROP CONSTRAINT f, ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES t ON DELETE CASCADE ON UPDATE SET NULL;
-- expect
-- constraint t.f: on update none expected, set null found
-- constraint t.f: on delete none expected, cascade found

-- case a foreign key clears some columns alone since 15
-- base
CREATE TABLE t (a int, b int, c int, d int, PRIMARY KEY (a, b), CONSTRAINT f FOREIGN KEY (c, d) REFERENCES t ON DELETE SET NULL);
-- change
ALTER TABLE t DROP CONSTRAINT f, ADD CONSTRAINT f FOREIGN KEY (c, d) REFERENCES t ON DELETE SET NULL (d);
-- expect
-- constraint t.f: on delete columns none expected, d found

-- case a foreign key leads elsewhere
-- base
CREATE TABLE t (a int PRIMARY KEY, b int UNIQUE); CREATE TABLE u (a int PRIMARY KEY); CREATE TABLE w (a int CONSTRAINT f REFERENCES t);
-- change
ALTER TABLE w DROP CONSTRAINT f, ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u;
-- expect
-- constraint w.f: references public.t expected, public.u found

-- case a foreign key refers to another column
-- base
CREATE TABLE t (a int PRIMARY KEY, b int UNIQUE); CREATE TABLE w (a int CONSTRAINT f REFERENCES t (a));
-- change
ALTER TABLE w DROP CONSTRAINT f, ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES t (b) MATCH FULL NOT VALID;
-- expect
-- constraint w.f: referenced columns a expected, b found
-- constraint w.f: match none expected, full found
-- constraint w.f: not validated found, not expected

-- case a foreign key is deferred
-- base
CREATE TABLE t (a int PRIMARY KEY, b int CONSTRAINT f REFERENCES t);
-- change
ALTER TABLE t ALTER CONSTRAINT f DEFERRABLE INITIALLY DEFERRED;
-- expect
-- constraint t.f: deferrable none expected, initially deferred found

-- case an exclusion asks with another operator
-- base
CREATE TABLE t (a int4range, CONSTRAINT e EXCLUDE USING gist (a WITH &&));
-- change
ALTER TABLE t DROP CONSTRAINT e, ADD CONSTRAINT e EXCLUDE USING gist (a WITH =);
-- expect
-- constraint t.e: operators &&(anyrange,anyrange) expected, =(anyrange,anyrange) found

-- case an index is gone
-- base
CREATE TABLE t (a int); CREATE INDEX i ON t (a);
-- change
DROP INDEX i;
-- expect
-- index t.i: missing

-- case an index is unique
-- base
CREATE TABLE t (a int); CREATE INDEX i ON t (a);
-- change
DROP INDEX i; CREATE UNIQUE INDEX i ON t (a);
-- expect
-- index t.i: unique found, not expected

-- case an index has another order
-- base
CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a, b); CREATE INDEX j ON t (a);
-- change
DROP INDEX i, j; CREATE INDEX i ON t (b, a); CREATE INDEX j ON t (a DESC);
-- expect
-- index t.i: columns a, b expected, b, a found
-- index t.j: columns a expected, a descending found

-- case an index places nulls otherwise
-- base
CREATE TABLE t (a int); CREATE INDEX i ON t (a); CREATE INDEX j ON t (a DESC);
-- change
DROP INDEX i, j; CREATE INDEX i ON t (a NULLS FIRST); CREATE INDEX j ON t (a DESC NULLS LAST);
-- expect
-- index t.i: columns a expected, a nulls first found
-- index t.j: columns a descending expected, a descending nulls last found

-- case an index has another condition
-- base
CREATE TABLE t (a int, b bool); CREATE INDEX i ON t (a) WHERE b;
-- change
DROP INDEX i; CREATE INDEX i ON t (a) WHERE NOT b;
-- expect
-- index t.i: predicate b expected, (NOT b) found

-- case an index lost its condition
-- base
CREATE TABLE t (a int, b bool); CREATE INDEX i ON t (a) WHERE b;
-- change
DROP INDEX i; CREATE INDEX i ON t (a);
-- expect
-- index t.i: predicate b expected, none found

-- case an index computes something else
-- base
CREATE TABLE t (a text, b text); CREATE INDEX i ON t (lower(a), b);
-- change
DROP INDEX i; CREATE INDEX i ON t (upper(a), b);
-- expect
-- index t.i: expressions lower(a) expected, upper(a) found

-- case an index includes a column
-- base
CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a);
-- change
DROP INDEX i; CREATE INDEX i ON t (a) INCLUDE (b);
-- expect
-- index t.i: include none expected, b found

-- case an index has another operator class or collation
-- base
CREATE TABLE t (a text, b text); CREATE INDEX i ON t (a); CREATE INDEX j ON t (b);
-- change
DROP INDEX i, j; CREATE INDEX i ON t (a text_pattern_ops); CREATE INDEX j ON t (b COLLATE "POSIX");
-- expect
-- index t.i: columns a expected, a class pg_catalog.text_pattern_ops found
-- index t.j: columns b expected, b collation "POSIX" found

-- case an index has another method
-- base
CREATE TABLE t (a int); CREATE INDEX i ON t (a);
-- change
DROP INDEX i; CREATE INDEX i ON t USING hash (a) WITH (fillfactor = 60);
-- expect
-- index t.i: options none expected, fillfactor=60 found
-- index t.i: access method none expected, hash found

-- case an index is not valid
-- base
CREATE TABLE t (a int); CREATE INDEX i ON t (a);
-- change
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass;
-- expect
-- index t.i: not valid found, not expected

-- case an index stands on another table
-- base
CREATE TABLE t (a int); CREATE TABLE u (a int); CREATE INDEX i ON t (a);
-- change
DROP INDEX i; CREATE INDEX i ON u (a);
-- expect
-- index t.i: missing
-- index u.i: not expected

-- case statistics ask something else
-- base
CREATE TABLE t (a int, b int, c int); CREATE STATISTICS s (ndistinct) ON a, b FROM t;
-- change
DROP STATISTICS s; CREATE STATISTICS s (dependencies) ON a, c FROM t;
-- expect
-- statistics s: form ndistinct expected, dependencies found
-- statistics s: columns a, b expected, a, c found

-- case a unique constraint became the primary key
-- base
CREATE TABLE t (a int NOT NULL CONSTRAINT k UNIQUE);
-- change
ALTER TABLE t DROP CONSTRAINT k, ADD CONSTRAINT k PRIMARY KEY (a);
-- expect
-- constraint t.k: form unique expected, primary key found

-- case a foreign key is of another column
-- base
CREATE TABLE t (a int PRIMARY KEY, b int CONSTRAINT f REFERENCES t, c int);
-- change
ALTER TABLE t DROP CONSTRAINT f, ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES t;
-- expect
-- constraint t.f: columns b expected, c found

-- case a foreign key refers to another column alone
-- base
CREATE TABLE t (a int PRIMARY KEY, b int UNIQUE, c int CONSTRAINT f REFERENCES t (a));
-- change
ALTER TABLE t DROP CONSTRAINT f, ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES t (b);
-- expect
-- constraint t.f: referenced columns a expected, b found

-- case a foreign key matches otherwise
-- base
CREATE TABLE t (a int, b int, c int, d int, PRIMARY KEY (a, b), CONSTRAINT f FOREIGN KEY (c, d) REFERENCES t);
-- change
ALTER TABLE t DROP CONSTRAINT f, ADD CONSTRAINT f FOREIGN KEY (c, d) REFERENCES t MATCH FULL;
-- expect
-- constraint t.f: match none expected, full found

-- case a foreign key does something else when a row is changed
-- base
CREATE TABLE t (a int PRIMARY KEY, b int CONSTRAINT f REFERENCES t ON UPDATE CASCADE);
-- change
ALTER TABLE t DROP CONSTRAINT f, ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES t ON UPDATE RESTRICT;
-- expect
-- constraint t.f: on update cascade expected, restrict found

-- case a foreign key does something else when a row is deleted
-- base
CREATE TABLE t (a int PRIMARY KEY, b int CONSTRAINT f REFERENCES t ON DELETE SET NULL);
-- change
ALTER TABLE t DROP CONSTRAINT f, ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES t ON DELETE SET DEFAULT;
-- expect
-- constraint t.f: on delete set null expected, set default found

-- case a foreign key is not validated
-- base
CREATE TABLE t (a int PRIMARY KEY, b int CONSTRAINT f REFERENCES t);
-- change
ALTER TABLE t DROP CONSTRAINT f, ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES t NOT VALID;
-- expect
-- constraint t.f: not validated found, not expected

-- case a foreign key is not enforced since 18
-- base
CREATE TABLE t (a int PRIMARY KEY, b int CONSTRAINT f REFERENCES t);
-- change
ALTER TABLE t ALTER CONSTRAINT f NOT ENFORCED;
-- expect
-- constraint t.f: not enforced found, not expected

-- case a unique constraint is deferrable with its index
-- base
CREATE TABLE t (a int CONSTRAINT k UNIQUE);
-- change
ALTER TABLE t DROP CONSTRAINT k, ADD CONSTRAINT k UNIQUE (a) DEFERRABLE;
-- expect
-- constraint t.k: deferrable none expected, initially immediate found

-- case a unique constraint takes nulls for the same since 15
-- base
CREATE TABLE t (a int CONSTRAINT k UNIQUE);
-- change
ALTER TABLE t DROP CONSTRAINT k, ADD CONSTRAINT k UNIQUE NULLS NOT DISTINCT (a);
-- expect
-- index t.k: nulls not distinct found, not expected

-- case a unique constraint holds for a period since 18
-- base
CREATE TABLE t (a int4range, b tsrange, CONSTRAINT k UNIQUE (a, b));
-- change
ALTER TABLE t DROP CONSTRAINT k, ADD CONSTRAINT k UNIQUE (a, b WITHOUT OVERLAPS);
-- expect
-- constraint t.k: period found, not expected

-- case a check is inherited alone, or declared as well
-- base
CREATE TABLE p (a int CONSTRAINT k CHECK (a > 0)); CREATE TABLE c () INHERITS (p);
-- change
DROP TABLE c; CREATE TABLE c (CONSTRAINT k CHECK (a > 0)) INHERITS (p);
-- expect
-- constraint c.k: inherited expected

-- case an exclusion has another condition
-- base
CREATE TABLE t (a int4range, b int, CONSTRAINT e EXCLUDE USING gist (a WITH &&) WHERE (b > 0));
-- change
ALTER TABLE t DROP CONSTRAINT e, ADD CONSTRAINT e EXCLUDE USING gist (a WITH &&) WHERE (b > 1);
-- expect
-- index t.e: predicate (b > 0) expected, (b > 1) found

-- case an exclusion is of an expression
-- base
CREATE TABLE t (a int, b int, CONSTRAINT e EXCLUDE USING gist (int4range(a, b) WITH &&));
-- change
ALTER TABLE t DROP CONSTRAINT e, ADD CONSTRAINT e EXCLUDE USING gist (int4range(b, a) WITH &&);
-- expect
-- index t.e: expressions int4range(a, b) expected, int4range(b, a) found

-- case an index has another method alone
-- base
CREATE TABLE t (a int); CREATE INDEX i ON t (a);
-- change
DROP INDEX i; CREATE INDEX i ON t USING hash (a);
-- expect
-- index t.i: access method none expected, hash found

-- case options of an index
-- base
CREATE TABLE t (a int); CREATE INDEX i ON t (a);
-- change
ALTER INDEX i SET (fillfactor = 70);
-- expect
-- index t.i: options none expected, fillfactor=70 found

-- case an operator class has other parameters
-- base
CREATE TABLE t (a tsvector); CREATE INDEX i ON t USING gist (a);
-- change
DROP INDEX i; CREATE INDEX i ON t USING gist (a tsvector_ops (siglen = 100));
-- expect
-- index t.i: columns a expected, a (siglen=100) found

-- case an index was never finished
-- base
CREATE TABLE t (a int); CREATE INDEX i ON t (a);
-- change
UPDATE pg_index SET indisready = false WHERE indexrelid = 'i'::regclass;
-- expect
-- index t.i: not ready found, not expected

-- case an index became part of a partitioned one
-- base
CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
CREATE INDEX i ON ONLY p (a); CREATE INDEX i1 ON p1 (a);
-- change
ALTER INDEX i ATTACH PARTITION i1;
-- expect
-- index p1.i1: partition of none expected, public.i found

-- case an index of another name
-- base
CREATE TABLE t (a int); CREATE INDEX i ON t (a);
-- change
ALTER INDEX i RENAME TO j;
-- expect
-- index t.i: missing
-- index t.j: not expected

-- case a constraint of another name
-- base
CREATE TABLE t (a int CONSTRAINT k PRIMARY KEY);
-- change
ALTER TABLE t RENAME CONSTRAINT k TO l;
-- expect
-- constraint t.k: missing
-- constraint t.l: not expected

-- case a table of another name
-- base
CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE w (a int CONSTRAINT f REFERENCES t);
-- change
ALTER TABLE t RENAME TO u;
-- expect
-- table t: missing
-- table u: not expected
-- constraint w.f: references public.t expected, public.u found

-- case the triggers that enforce a foreign key are disabled
-- base
CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE u (a int CONSTRAINT f REFERENCES t);
-- change
ALTER TABLE u DISABLE TRIGGER ALL;
-- expect
-- constraint u.f: enabled none expected, never on public.u for insert, update found

-- case the triggers that enforce a foreign key are disabled where it leads to
-- base
CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE u (a int CONSTRAINT f REFERENCES t ON DELETE CASCADE);
-- change
ALTER TABLE t DISABLE TRIGGER ALL;
-- expect
-- constraint u.f: enabled none expected, never on public.t for delete, update of the key found

-- case the triggers that enforce a foreign key are disabled on both sides and enabled again
-- base
CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE u (a int CONSTRAINT f REFERENCES t);
-- change
ALTER TABLE t DISABLE TRIGGER ALL; ALTER TABLE u DISABLE TRIGGER ALL;
ALTER TABLE t ENABLE TRIGGER ALL; ALTER TABLE u ENABLE TRIGGER ALL;
-- expect

-- case a foreign key that leads to its own table is disabled
-- base
CREATE TABLE t (a int PRIMARY KEY, b int CONSTRAINT f REFERENCES t);
-- change
ALTER TABLE t DISABLE TRIGGER ALL;
-- expect
-- constraint t.f: enabled none expected, never on public.t for delete, insert, update, update of the key found

-- case one of the triggers that enforce a foreign key is disabled, another one always fires
-- base
CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE u (a int CONSTRAINT f REFERENCES t);
-- change
DO $$ BEGIN
  EXECUTE (SELECT format('ALTER TABLE u DISABLE TRIGGER %I', tgname) FROM pg_trigger WHERE tgfoid = '"RI_FKey_check_upd"'::regproc);
  EXECUTE (SELECT format('ALTER TABLE t ENABLE ALWAYS TRIGGER %I', tgname) FROM pg_trigger WHERE tgfoid = '"RI_FKey_noaction_del"'::regproc);
END $$;
-- expect
-- constraint u.f: enabled none expected, always on public.t for delete; never on public.u for update found

-- case a foreign key is disabled where it leads to a table that is not told
-- base
CREATE TABLE dreichor_schema_migrations (a int PRIMARY KEY); CREATE TABLE u (a int CONSTRAINT f REFERENCES dreichor_schema_migrations);
-- change
ALTER TABLE dreichor_schema_migrations DISABLE TRIGGER ALL;
-- expect
-- constraint u.f: enabled none expected, never on public.dreichor_schema_migrations for delete, update of the key found

-- case a foreign key is disabled on one partition alone
-- base
CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE u (a int CONSTRAINT f REFERENCES t) PARTITION BY LIST (a);
CREATE TABLE u1 PARTITION OF u FOR VALUES IN (1); CREATE TABLE u2 PARTITION OF u FOR VALUES IN (2);
-- change
ALTER TABLE u1 DISABLE TRIGGER ALL;
-- expect
-- constraint u.f: enabled none expected, never on public.u1 for insert, update found

-- case a foreign key is disabled on a partitioned table, which 14 does not hand down since 15
-- base
CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE u (a int CONSTRAINT f REFERENCES t) PARTITION BY LIST (a);
CREATE TABLE u1 PARTITION OF u FOR VALUES IN (1) PARTITION BY LIST (a); CREATE TABLE u11 PARTITION OF u1 DEFAULT;
CREATE TABLE u2 PARTITION OF u FOR VALUES IN (2);
-- change
ALTER TABLE u DISABLE TRIGGER ALL;
-- expect
-- constraint u.f: enabled none expected, never on public.u11 for insert, update; never on public.u2 for insert, update found

-- case a foreign key is disabled on a partition that it leads to
-- base
CREATE TABLE t (a int PRIMARY KEY) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
CREATE TABLE u (a int CONSTRAINT f REFERENCES t);
-- change
ALTER TABLE t1 DISABLE TRIGGER ALL;
-- expect
-- constraint u.f: enabled none expected, never on public.t1 for delete, update of the key found

-- case a foreign key is disabled on a partitioned table that it leads to, and not on its partitions since 15
-- base
CREATE TABLE t (a int PRIMARY KEY) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
CREATE TABLE u (a int CONSTRAINT f REFERENCES t);
-- change
ALTER TABLE ONLY t DISABLE TRIGGER ALL;
-- expect
-- constraint u.f: enabled none expected, never on public.t for delete, update of the key found

-- case the trigger that enforces a key that is put off is disabled
-- base
CREATE TABLE t (a int, CONSTRAINT k UNIQUE (a) DEFERRABLE);
-- change
ALTER TABLE t DISABLE TRIGGER ALL;
-- expect
-- constraint t.k: enabled none expected, never on public.t for insert, update found
