-- What the runtime role $1 can do and must not, a row for each grant that causes it: the kind, the
-- object, the privileges, whom they are granted to, and the statement that would mend it. $2 are
-- the roles that it must not be a member of, $3 the databases of the other environments, $4 the
-- owner. Catalogs
-- alone are read, and no relation is opened, so that no lock is waited for.
WITH runtime AS MATERIALIZED (
    SELECT oid, rolname, rolsuper, rolbypassrls FROM pg_catalog.pg_roles WHERE rolname = $1
), held AS MATERIALIZED ( -- itself, and the roles whose rights it has or can take
    SELECT r.oid, r.rolname, r.rolname = ANY ($2) OR r.rolsuper AS forbidden
    FROM runtime AS me
    JOIN pg_catalog.pg_roles AS r ON pg_catalog.pg_has_role(me.oid, r.oid, 'MEMBER')
    WHERE NOT me.rolsuper
), grantee AS ( -- one cause, one finding: what comes by a forbidden membership is told as that
    SELECT oid, rolname FROM held WHERE NOT forbidden
    UNION ALL
    SELECT 0, 'PUBLIC' FROM runtime WHERE NOT rolsuper
), object AS (
    SELECT 'runtime-writes-history' AS kind, pg_catalog.format('table %I.%I', n.nspname, c.relname) AS name,
           c.relowner AS owner, a.grantee, a.privilege_type, NULL AS columns
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = 'public',
    LATERAL pg_catalog.aclexplode(COALESCE(c.relacl, pg_catalog.acldefault('r', c.relowner))) AS a
    WHERE c.relname IN ('dreichor_schema_migrations', 'dreichor_schema_migration_log')
      AND a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER')
    UNION ALL
    SELECT 'runtime-writes-history', pg_catalog.format('table %I.%I', n.nspname, c.relname),
           c.relowner, a.grantee, a.privilege_type, pg_catalog.format(' (%I)', t.attname)
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = 'public'
    JOIN pg_catalog.pg_attribute AS t ON t.attrelid = c.oid AND t.attacl IS NOT NULL,
    LATERAL pg_catalog.aclexplode(t.attacl) AS a
    WHERE c.relname IN ('dreichor_schema_migrations', 'dreichor_schema_migration_log')
      AND a.privilege_type IN ('INSERT', 'UPDATE')
    UNION ALL
    SELECT 'runtime-creates', pg_catalog.format('schema %I', n.nspname), n.nspowner, a.grantee, a.privilege_type, NULL
    FROM pg_catalog.pg_namespace AS n,
    LATERAL pg_catalog.aclexplode(COALESCE(n.nspacl, pg_catalog.acldefault('n', n.nspowner))) AS a
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND a.privilege_type = 'CREATE'
    UNION ALL
    SELECT CASE a.privilege_type WHEN 'CREATE' THEN 'runtime-creates' ELSE 'runtime-connects' END,
           pg_catalog.format('database %I', d.datname), d.datdba, a.grantee, a.privilege_type, NULL
    FROM pg_catalog.pg_database AS d,
    LATERAL pg_catalog.aclexplode(COALESCE(d.datacl, pg_catalog.acldefault('d', d.datdba))) AS a
    WHERE (d.datname = pg_catalog.current_database() AND a.privilege_type = 'CREATE')
       OR (d.datname = ANY ($3) AND d.datallowconn AND a.privilege_type = 'CONNECT')
)
SELECT 'runtime-superuser', '', '', rolname, pg_catalog.format('ALTER ROLE %I NOSUPERUSER', rolname)
FROM runtime WHERE rolsuper
UNION ALL
SELECT 'runtime-bypassrls', '', '', rolname, pg_catalog.format('ALTER ROLE %I NOBYPASSRLS', rolname)
FROM runtime WHERE rolbypassrls AND NOT rolsuper
UNION ALL
SELECT DISTINCT 'runtime-member', forbidden.rolname, '', granted.rolname,
       pg_catalog.format('REVOKE %I FROM %I', granted.rolname, me.rolname)
FROM runtime AS me
JOIN held AS forbidden ON forbidden.forbidden AND forbidden.oid <> me.oid
JOIN pg_catalog.pg_auth_members AS m ON m.member = me.oid
JOIN pg_catalog.pg_roles AS granted ON granted.oid = m.roleid
WHERE pg_catalog.pg_has_role(granted.oid, forbidden.oid, 'MEMBER')
UNION ALL
SELECT DISTINCT 'runtime-owner', object.name, '', held.rolname,
       pg_catalog.format('ALTER %s OWNER TO %I', object.name, $4::text)
FROM object JOIN held ON held.oid = object.owner AND NOT held.forbidden
UNION ALL
SELECT kind, name, pg_catalog.string_agg(DISTINCT privilege_type || COALESCE(columns, ''), ', '), rolname,
       pg_catalog.format('REVOKE %s ON %s FROM %s',
           pg_catalog.string_agg(DISTINCT privilege_type || COALESCE(columns, ''), ', '), name,
           CASE rolname WHEN 'PUBLIC' THEN rolname ELSE pg_catalog.quote_ident(rolname) END)
FROM object JOIN grantee ON grantee.oid = object.grantee
WHERE NOT EXISTS (SELECT FROM held WHERE held.oid = object.owner AND NOT held.forbidden)
GROUP BY kind, name, rolname
ORDER BY 1, 2, 4
