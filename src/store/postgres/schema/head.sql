-- What every question about the schema begins with: roles under the names that they have in each
-- environment, the schemas that are looked at, and what is left out. Must never name a thing
-- outside pg_catalog, or take a lock.
WITH roles AS (
  SELECT 0::pg_catalog.oid AS oid, 'PUBLIC'::pg_catalog.text AS word
  UNION ALL
  SELECT r.oid, CASE r.rolname::pg_catalog.text WHEN $1 THEN 'owner' WHEN $2 THEN 'migrator' WHEN $3 THEN 'runtime'
                ELSE 'role ' || r.rolname END
    FROM pg_catalog.pg_roles AS r
), schemas AS (
  SELECT n.* FROM pg_catalog.pg_namespace AS n
   WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
     AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.deptype = 'e'
                        AND d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.objid = n.oid)
), relations AS (
  SELECT c.*, n.nspname FROM pg_catalog.pg_class AS c JOIN schemas AS n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c') AND c.relpersistence <> 't'
     AND NOT (n.nspname = 'public' AND c.relkind = 'r'
              AND c.relname IN ('dreichor_schema_migrations', 'dreichor_schema_migration_log'))
     AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.deptype = 'e'
                        AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid)
)
