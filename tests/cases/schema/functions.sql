-- case a function became a window function
-- base
CREATE FUNCTION f() RETURNS bigint LANGUAGE internal AS 'window_row_number';
-- change
DROP FUNCTION f; CREATE FUNCTION f() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number';
-- expect
-- function f(): form none expected, window found

-- case a function became a procedure
-- base
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- change
DROP FUNCTION f; CREATE PROCEDURE f() LANGUAGE sql AS 'SELECT 1';
-- expect
-- function f(): form none expected, procedure found

-- case another language of the same words
-- base
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- change
SET check_function_bodies = off; CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'SELECT 1';
-- expect
-- function f(): language sql expected, plpgsql found

-- case a function is stable
-- base
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION g() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
-- change
ALTER FUNCTION f() STABLE; ALTER FUNCTION g() VOLATILE;
-- expect
-- function f(): volatility none expected, stable found
-- function g(): volatility immutable expected, none found

-- case a function is strict
-- base
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
-- change
ALTER FUNCTION f(int) STRICT;
-- expect
-- function f(integer): strict found, not expected

-- case a function runs with its owner's rights
-- base
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- change
ALTER FUNCTION f() SECURITY DEFINER;
-- expect
-- function f(): security none expected, definer found

-- case a function is leakproof
-- base
CREATE FUNCTION f() RETURNS int LANGUAGE sql LEAKPROOF AS 'SELECT 1';
-- change
ALTER FUNCTION f() NOT LEAKPROOF;
-- expect
-- function f(): leakproof expected

-- case a function may run in parallel
-- base
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- change
ALTER FUNCTION f() PARALLEL RESTRICTED;
-- expect
-- function f(): parallel none expected, restricted found

-- case a function has other settings
-- base
CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = public AS 'SELECT 1';
-- change
ALTER FUNCTION f() SET search_path = pg_catalog, public;
-- expect
-- function f(): settings search_path=public expected, search_path=pg_catalog, public found

-- case a function of a library elsewhere
-- base
CREATE FUNCTION f(text, text) RETURNS int LANGUAGE c AS '$libdir/citext', 'citext_cmp';
-- change
CREATE OR REPLACE FUNCTION f(text, text) RETURNS int LANGUAGE c AS 'citext', 'citext_cmp';
-- expect
-- function f(text,text): library $libdir/citext expected, citext found

-- case a function of another name in its library
-- base
CREATE FUNCTION f(text, text) RETURNS int LANGUAGE c AS '$libdir/citext', 'citext_cmp';
-- change
CREATE OR REPLACE FUNCTION f(text, text) RETURNS int LANGUAGE c AS '$libdir/citext', 'citext_pattern_cmp';
-- expect
-- function f(text,text): another body than expected

-- case an argument has another name
-- base
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
-- change
DROP FUNCTION f; CREATE FUNCTION f(b int) RETURNS int LANGUAGE sql AS 'SELECT 1';
-- expect
-- function f(integer): arguments a integer expected, b integer found

-- case a function is one of two of a name
-- base
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'SELECT 1';
-- change
CREATE OR REPLACE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'SELECT 2';
-- expect
-- function f(text): another body than expected

-- case white space of a body counts
-- base
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- change
CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT  1';
-- expect
-- function f(): another body than expected

-- case an event trigger fires at another event
-- base
CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION f();
-- change
DROP EVENT TRIGGER e; CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f();
-- expect
-- event-trigger e: event ddl_command_start expected, ddl_command_end found

-- case an event trigger fires for some commands alone
-- base
CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f();
-- change
DROP EVENT TRIGGER e; CREATE EVENT TRIGGER e ON ddl_command_end WHEN TAG IN ('DROP TABLE', 'CREATE TABLE') EXECUTE FUNCTION f();
-- expect
-- event-trigger e: tags none expected, CREATE TABLE, DROP TABLE found

-- case an event trigger calls another function
-- base
CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE FUNCTION g() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f();
-- change
DROP EVENT TRIGGER e; CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION g();
-- expect
-- event-trigger e: function public.f() expected, public.g() found

-- case an event trigger is disabled
-- base
CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f();
-- change
ALTER EVENT TRIGGER e DISABLE;
-- expect
-- event-trigger e: enabled none expected, never found

-- case a function has a support function
-- base
CREATE FUNCTION f(int, int) RETURNS int LANGUAGE sql AS 'SELECT 1';
-- change
ALTER FUNCTION f(int, int) SUPPORT generate_series_int4_support;
-- expect
-- function f(integer,integer): support none expected, generate_series_int4_support found
