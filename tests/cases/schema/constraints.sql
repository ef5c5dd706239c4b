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
-- statistics s: form d expected, f found
-- statistics s: columns a, b expected, a, c found
