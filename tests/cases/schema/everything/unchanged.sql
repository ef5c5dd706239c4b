-- What may happen to a schema and leaves it what it was. tests/it/schema/unchanged.rs does each
-- act on Dreichor's own set together with all_majors.sql, and nothing is told after any.

-- act ten thousand rows come
INSERT INTO account (name, mood, held, tags) SELECT 'n' || n, 'so so', n, ARRAY[n::text] FROM generate_series(1, 10000) AS n;
INSERT INTO booking SELECT id, -number, tstzrange(at, NULL), '{"a": 1}' FROM account;
INSERT INTO measure SELECT '2019-12-31'::date + n % 3, 'p' || n, n FROM generate_series(1, 10000) AS n;
INSERT INTO insensitive SELECT 'a' || n FROM generate_series(1, 10000) AS n;
INSERT INTO audit_events (id, type, version, logical_time, body)
  SELECT md5(n::text)::uuid, 'LEDGER_UPDATED', 1, n, '{"a": 1.50}' FROM generate_series(1, 10000) AS n;

-- act the planner's statistics are taken
ANALYZE;

-- act ten thousand rows change
UPDATE account SET name = 'm' || id, held = held + 1, tags = tags || 'more'::text;
UPDATE measure SET at = at + 1, value = value * 2;

-- act tables are swept
VACUUM (FREEZE, ANALYZE);

-- act tables are written anew
VACUUM FULL;

-- act indexes are built anew
REINDEX DATABASE {database};

-- act indexes are built anew beside the traffic
REINDEX SCHEMA CONCURRENTLY public;

-- act indexes of the catalogs are built anew
REINDEX SYSTEM {database};

-- act a table is put in order, and again
CLUSTER account USING account_pkey; CLUSTER; CLUSTER booking USING booking_pkey;

-- act a materialized view is refreshed
REFRESH MATERIALIZED VIEW stored; REFRESH MATERIALIZED VIEW CONCURRENTLY stored;

-- act a materialized view is emptied and filled
REFRESH MATERIALIZED VIEW stored WITH NO DATA;
REFRESH MATERIALIZED VIEW stored;

-- act sequences count
SELECT nextval('counter'), nextval('account_number_seq'), setval('account_id_seq', 500000), nextval('audit_events_ordinal_seq');
ALTER SEQUENCE counter RESTART; ALTER SEQUENCE account_id_seq RESTART WITH 700;

-- act ten thousand rows go
DELETE FROM booking WHERE line < -5000; DELETE FROM account; DELETE FROM measure WHERE value > 10;

-- act tables are emptied
TRUNCATE account, measure, insensitive RESTART IDENTITY CASCADE;

-- act the server writes to its files
CHECKPOINT; SELECT pg_switch_wal();

-- act names change and change back
ALTER TABLE account RENAME TO account_old; ALTER TABLE account_old RENAME TO account;
ALTER TABLE account RENAME COLUMN held TO holds; ALTER TABLE account RENAME COLUMN holds TO held;
ALTER INDEX account_lower RENAME TO x; ALTER INDEX x RENAME TO account_lower;
ALTER TABLE account RENAME CONSTRAINT name_check TO x; ALTER TABLE account RENAME CONSTRAINT x TO name_check;
ALTER TABLE account RENAME CONSTRAINT account_pkey TO x; ALTER TABLE account RENAME CONSTRAINT x TO account_pkey;
ALTER FUNCTION touch() RENAME TO x; ALTER FUNCTION x() RENAME TO touch;
ALTER TYPE pair RENAME TO x; ALTER TYPE x RENAME TO pair; ALTER TYPE pair RENAME ATTRIBUTE a TO x; ALTER TYPE pair RENAME ATTRIBUTE x TO a;
ALTER TYPE span RENAME TO x; ALTER TYPE x RENAME TO span; ALTER DOMAIN amount RENAME TO x; ALTER DOMAIN x RENAME TO amount;
ALTER TYPE "Odd Schema.1"."Mood" RENAME VALUE 'ok' TO 'x'; ALTER TYPE "Odd Schema.1"."Mood" RENAME VALUE 'x' TO 'ok';
ALTER SCHEMA "Odd Schema.1" RENAME TO x; ALTER SCHEMA x RENAME TO "Odd Schema.1";
ALTER SEQUENCE counter RENAME TO x; ALTER SEQUENCE x RENAME TO counter; ALTER VIEW joined RENAME TO x; ALTER VIEW x RENAME TO joined;
ALTER VIEW one RENAME COLUMN title TO x; ALTER VIEW one RENAME COLUMN x TO title;
ALTER MATERIALIZED VIEW stored RENAME TO x; ALTER MATERIALIZED VIEW x RENAME TO stored;
ALTER TRIGGER touched ON account RENAME TO x; ALTER TRIGGER x ON account RENAME TO touched;
ALTER RULE kept ON scratch RENAME TO x; ALTER RULE x ON scratch RENAME TO kept; ALTER POLICY mine ON account RENAME TO x; ALTER POLICY x ON account RENAME TO mine;
ALTER STATISTICS together RENAME TO x; ALTER STATISTICS x RENAME TO together;
ALTER TABLE measure RENAME COLUMN value TO x; ALTER TABLE measure RENAME COLUMN x TO value;

-- act a table moves to another schema and back
ALTER TABLE parent SET SCHEMA "Odd Schema.1"; ALTER TABLE "Odd Schema.1".parent SET SCHEMA public;
ALTER FUNCTION touch() SET SCHEMA "Odd Schema.1"; ALTER FUNCTION "Odd Schema.1".touch() SET SCHEMA public;

-- act columns come and go
ALTER TABLE account ADD x int NOT NULL DEFAULT 5, ADD y text; ALTER TABLE account DROP x, DROP y;
ALTER TABLE measure ADD x int; ALTER TABLE measure DROP x; ALTER TABLE parent ADD x int; ALTER TABLE parent DROP x;
ALTER TYPE pair ADD ATTRIBUTE x int; ALTER TYPE pair DROP ATTRIBUTE x;

-- act defaults, NOT NULL, types, identity and options change and change back
ALTER TABLE account ALTER at DROP DEFAULT, ALTER mood DROP DEFAULT; ALTER TABLE account ALTER at SET DEFAULT now(), ALTER mood SET DEFAULT 'it''s';
ALTER TABLE account ALTER at SET NOT NULL; ALTER TABLE account ALTER at DROP NOT NULL;
ALTER TABLE account ALTER name DROP NOT NULL; ALTER TABLE account ALTER name SET NOT NULL;
ALTER TABLE account ALTER number TYPE bigint; ALTER TABLE account ALTER number TYPE int;
ALTER TABLE account ALTER id SET GENERATED ALWAYS; ALTER TABLE account ALTER id SET GENERATED BY DEFAULT;
ALTER TABLE account ALTER name SET STORAGE MAIN; ALTER TABLE account ALTER name SET STORAGE EXTENDED;
ALTER TABLE account ALTER name SET COMPRESSION pglz; ALTER TABLE account ALTER name SET COMPRESSION default;
ALTER TABLE account SET (fillfactor = 50); ALTER TABLE account RESET (fillfactor);
ALTER TABLE account ALTER name SET (n_distinct = 5); ALTER TABLE account ALTER name RESET (n_distinct);
ALTER FUNCTION touch() STRICT STABLE SET work_mem = '1MB'; ALTER FUNCTION touch() CALLED ON NULL INPUT VOLATILE RESET work_mem;
ALTER SEQUENCE counter CACHE 9 NO CYCLE; ALTER SEQUENCE counter CACHE 3 CYCLE;
ALTER DOMAIN amount DROP NOT NULL; ALTER DOMAIN amount SET NOT NULL; ALTER DOMAIN amount DROP DEFAULT; ALTER DOMAIN amount SET DEFAULT 0.00;
ALTER TABLE account REPLICA IDENTITY FULL; ALTER TABLE account REPLICA IDENTITY DEFAULT;

-- act a table is not logged, and logged again
ALTER TABLE parent SET UNLOGGED;
ALTER TABLE parent SET LOGGED;
ALTER TABLE scratch SET LOGGED;
ALTER TABLE scratch SET UNLOGGED;

-- act triggers, rules and row security are off and on again
ALTER TABLE account DISABLE TRIGGER touched; ALTER TABLE account ENABLE ALWAYS TRIGGER touched;
ALTER TABLE scratch DISABLE RULE kept; ALTER TABLE scratch ENABLE RULE kept;
ALTER TABLE account DISABLE ROW LEVEL SECURITY; ALTER TABLE account ENABLE ROW LEVEL SECURITY;
ALTER TABLE snapshots DISABLE TRIGGER snapshots_append_only; ALTER TABLE snapshots ENABLE ALWAYS TRIGGER snapshots_append_only;

-- act a partition is taken off and put back
ALTER TABLE measure DETACH PARTITION measure_old;
ALTER TABLE measure ATTACH PARTITION measure_old FOR VALUES FROM (MINVALUE) TO ('2020-01-01');

-- act targets of statistics change
ALTER TABLE account ALTER name SET STATISTICS 500; ALTER STATISTICS together SET STATISTICS 50; ALTER INDEX account_lower ALTER COLUMN 1 SET STATISTICS 70;

-- act comments come, change and go
COMMENT ON TABLE account IS 'other'; COMMENT ON COLUMN account.name IS 'more'; COMMENT ON FUNCTION touch() IS 'more'; COMMENT ON SCHEMA public IS 'more';
COMMENT ON INDEX account_lower IS 'more'; COMMENT ON CONSTRAINT name_check ON account IS 'more'; COMMENT ON TRIGGER touched ON account IS 'more';
COMMENT ON TYPE pair IS 'more'; COMMENT ON DOMAIN amount IS 'more'; COMMENT ON VIEW one IS 'more'; COMMENT ON MATERIALIZED VIEW stored IS 'more';
COMMENT ON SEQUENCE counter IS 'more'; COMMENT ON POLICY mine ON account IS 'more'; COMMENT ON RULE kept ON scratch IS 'more';
COMMENT ON STATISTICS together IS 'more'; COMMENT ON EXTENSION citext IS 'more'; COMMENT ON DATABASE {database} IS 'more'; COMMENT ON TABLE account IS NULL;

-- act privileges are given and taken back
GRANT SELECT ON audit_events, booking, one, stored TO {database}_runtime; REVOKE SELECT ON audit_events, booking, one, stored FROM {database}_runtime;
GRANT UPDATE (name) ON account TO {database}_runtime WITH GRANT OPTION; REVOKE UPDATE (name) ON account FROM {database}_runtime;
REVOKE SELECT ON account FROM PUBLIC; GRANT SELECT ON account TO PUBLIC;
GRANT USAGE ON SEQUENCE counter TO PUBLIC; REVOKE USAGE ON SEQUENCE counter FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION touch() FROM PUBLIC; GRANT EXECUTE ON FUNCTION touch() TO PUBLIC;
REVOKE USAGE ON TYPE pair, span, amount FROM PUBLIC; GRANT USAGE ON TYPE pair, span, amount TO PUBLIC;
GRANT CREATE ON SCHEMA public TO {database}_runtime; REVOKE CREATE ON SCHEMA public FROM {database}_runtime;
GRANT USAGE ON SCHEMA "Odd Schema.1" TO PUBLIC; REVOKE USAGE ON SCHEMA "Odd Schema.1" FROM PUBLIC;
GRANT ALL ON ALL TABLES IN SCHEMA public TO pg_monitor;
ALTER DEFAULT PRIVILEGES FOR ROLE {database}_owner GRANT SELECT ON TABLES TO PUBLIC;

-- act owners change and change back
ALTER TABLE account OWNER TO {database}_owner; ALTER TABLE account OWNER TO postgres;
ALTER TABLE measure OWNER TO {database}_runtime; ALTER TABLE measure OWNER TO postgres;
ALTER FUNCTION touch() OWNER TO {database}_owner; ALTER FUNCTION touch() OWNER TO postgres;
ALTER TYPE pair OWNER TO {database}_owner; ALTER TYPE pair OWNER TO postgres; ALTER VIEW one OWNER TO {database}_owner; ALTER VIEW one OWNER TO postgres;
ALTER SEQUENCE counter OWNER TO {database}_owner; ALTER SEQUENCE counter OWNER TO postgres;
ALTER SCHEMA "Odd Schema.1" OWNER TO {database}_owner; ALTER SCHEMA "Odd Schema.1" OWNER TO postgres;
ALTER STATISTICS together OWNER TO {database}_owner; ALTER STATISTICS together OWNER TO postgres;

-- act an index is made beside the traffic and dropped
CREATE INDEX CONCURRENTLY x ON account (number); DROP INDEX CONCURRENTLY x;

-- act indexes are dropped and made again from their own text
DO $act$ DECLARE one record; BEGIN
  FOR one IN SELECT indexrelid::regclass AS name, replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') AS text FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
      WHERE relnamespace = 'public'::regnamespace AND NOT relispartition
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
  LOOP EXECUTE format('DROP INDEX %s', one.name); EXECUTE one.text; END LOOP;
END $act$;

-- act constraints are dropped and made again from their own text
DO $act$ DECLARE one record; BEGIN
  FOR one IN SELECT conrelid::regclass AS name, conname, pg_get_constraintdef(oid) AS text FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'x') AND conrelid <> 0 AND conislocal AND coninhcount = 0
  LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.name, one.conname);
    EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', one.name, one.conname, one.text); END LOOP;
  FOR one IN SELECT contypid::regtype AS name, conname, pg_get_constraintdef(oid) AS text FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace AND contype = 'c' AND contypid <> 0
  LOOP EXECUTE format('ALTER DOMAIN %s DROP CONSTRAINT %I', one.name, one.conname);
    EXECUTE format('ALTER DOMAIN %s ADD CONSTRAINT %I %s', one.name, one.conname, one.text); END LOOP;
END $act$;

-- act defaults are set again from their own text
DO $act$ DECLARE one record; BEGIN
  FOR one IN SELECT attrelid::regclass AS name, attname, pg_get_expr(adbin, adrelid) AS text FROM pg_attrdef
      JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum JOIN pg_class ON pg_class.oid = adrelid
      WHERE relnamespace = 'public'::regnamespace AND attgenerated = ''
  LOOP EXECUTE format('ALTER TABLE %s ALTER %I DROP DEFAULT', one.name, one.attname);
    EXECUTE format('ALTER TABLE %s ALTER %I SET DEFAULT %s', one.name, one.attname, one.text); END LOOP;
END $act$;

-- act views are made again from their own text
DO $act$ DECLARE one record; BEGIN
  FOR one IN SELECT oid::regclass::text AS name, pg_get_viewdef(oid) AS text FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind = 'v' AND reloptions IS NULL
  LOOP EXECUTE format('CREATE OR REPLACE VIEW %s AS %s', one.name, one.text);
    EXECUTE format('DROP VIEW %s', one.name); EXECUTE format('CREATE VIEW %s AS %s', one.name, one.text); END LOOP;
END $act$;

-- act functions, triggers, rules and statistics are made again from their own text
DO $act$ DECLARE one record; BEGIN
  FOR one IN SELECT pg_get_functiondef(p.oid) AS text FROM pg_proc AS p WHERE pronamespace = 'public'::regnamespace AND prokind <> 'a'
      AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype IN ('e', 'i'))
  LOOP EXECUTE one.text; END LOOP;
  FOR one IN SELECT tgrelid::regclass AS name, tgname, pg_get_triggerdef(oid) AS text FROM pg_trigger
      WHERE NOT tgisinternal AND tgparentid = 0 AND tgenabled = 'O'
  LOOP EXECUTE format('DROP TRIGGER %I ON %s', one.tgname, one.name); EXECUTE one.text; END LOOP;
  FOR one IN SELECT ev_class::regclass AS name, rulename, pg_get_ruledef(oid) AS text FROM pg_rewrite
      WHERE rulename <> '_RETURN' AND ev_class::regclass = 'scratch'::regclass
  LOOP EXECUTE format('DROP RULE %I ON %s', one.rulename, one.name); EXECUTE one.text; END LOOP;
  FOR one IN SELECT stxname, pg_get_statisticsobjdef(oid) AS text FROM pg_statistic_ext
  LOOP EXECUTE format('DROP STATISTICS %I', one.stxname); EXECUTE one.text; END LOOP;
END $act$;

-- act what is dropped in the same transaction, or rolled back, was never there
BEGIN; DROP TABLE booking CASCADE; CREATE TABLE x (a int); ALTER TABLE account DROP name CASCADE; ROLLBACK;
BEGIN; CREATE TABLE x (a int PRIMARY KEY); CREATE VIEW y AS SELECT a FROM x; DROP TABLE x CASCADE; COMMIT;

-- act an extension is taken to the version that it has
ALTER EXTENSION citext UPDATE;
