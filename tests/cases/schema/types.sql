-- case a type became a mere name
-- base
CREATE TYPE p AS ();
-- change
DROP TYPE p; CREATE TYPE p;
-- expect
-- type p: form composite expected, shell found

-- case a range has another subtype alone
-- base
CREATE TYPE r AS RANGE (subtype = int4);
-- change
DROP TYPE r; CREATE TYPE r AS RANGE (subtype = int8);
-- expect
-- type r: integer expected, bigint found

-- case a range measures otherwise
-- base
CREATE TYPE r AS RANGE (subtype = float8);
-- change
DROP TYPE r; CREATE TYPE r AS RANGE (subtype = float8, subtype_diff = float8mi);
-- expect
-- type r: another range than expected

-- case a range has another collation
-- base
CREATE TYPE r AS RANGE (subtype = text, collation = "C");
-- change
DROP TYPE r; CREATE TYPE r AS RANGE (subtype = text, collation = "POSIX");
-- expect
-- type r: collation "C" expected, "POSIX" found

-- case a base type is stored otherwise
-- base
SET client_min_messages = error; CREATE TYPE b;
CREATE FUNCTION b_in(cstring) RETURNS b LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION b_out(b) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE b (INPUT = b_in, OUTPUT = b_out, LIKE = text, STORAGE = plain);
-- change
ALTER TYPE b SET (STORAGE = extended);
-- expect
-- type b: another base than expected

-- case the attributes of a composite type stand in another order
-- base
CREATE TYPE p AS (a int, b text, c int);
-- change
ALTER TYPE p DROP ATTRIBUTE b, ADD ATTRIBUTE b text;
-- expect
-- type p: columns in the order a, b, c expected, a, c, b found

-- case an attribute of a composite type is gone
-- base
CREATE TYPE p AS (a int, b text);
-- change
ALTER TYPE p DROP ATTRIBUTE a;
-- expect
-- column p.a: missing

-- case an enumeration has its labels in another order
-- base
CREATE TYPE e AS ENUM ('a', 'b', 'it''s');
-- change
DROP TYPE e; CREATE TYPE e AS ENUM ('a', 'it''s', 'b');
-- expect
-- enum e: labels 'a', 'b', 'it''s' expected, 'a', 'it''s', 'b' found

-- case a domain has another type
-- base
CREATE DOMAIN d AS varchar(10);
-- change
DROP DOMAIN d; CREATE DOMAIN d AS varchar(20);
-- expect
-- domain d: character varying(10) expected, character varying(20) found

-- case a domain has another collation
-- base
CREATE DOMAIN d AS text;
-- change
DROP DOMAIN d; CREATE DOMAIN d AS text COLLATE "C";
-- expect
-- domain d: collation none expected, "C" found

-- case a domain takes no null
-- base
CREATE DOMAIN d AS text;
-- change
ALTER DOMAIN d SET NOT NULL;
-- expect
-- domain d: not null found, not expected

-- case a domain has another default
-- base
CREATE DOMAIN d AS int DEFAULT 1;
-- change
ALTER DOMAIN d SET DEFAULT 2;
-- expect
-- domain d: default 1 expected, 2 found

-- case a domain asks something else
-- base
CREATE DOMAIN d AS int CONSTRAINT c CHECK (VALUE > 0);
-- change
ALTER DOMAIN d DROP CONSTRAINT c; ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE > 1);
-- expect
-- constraint d.c: expression (VALUE > 0) expected, (VALUE > 1) found

-- case a domain's constraint is not validated
-- base
CREATE DOMAIN d AS int CONSTRAINT c CHECK (VALUE > 0);
-- change
ALTER DOMAIN d DROP CONSTRAINT c; ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE > 0) NOT VALID;
-- expect
-- constraint d.c: not validated found, not expected

-- case a type of an extension's type
-- base
CREATE EXTENSION citext; CREATE TABLE t (a citext);
-- change
ALTER TABLE t ALTER a TYPE text;
-- expect
-- column t.a: public.citext expected, text found

-- case an enumeration stands where a domain stood
-- base
CREATE DOMAIN d AS int;
-- change
DROP DOMAIN d; CREATE TYPE d AS ENUM ('a');
-- expect
-- enum d: not expected
-- domain d: missing
