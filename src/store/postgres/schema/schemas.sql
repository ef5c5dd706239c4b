SELECT 'schema', ARRAY[n.nspname::pg_catalog.text], ARRAY[
    -- What initdb made belongs to another role in each major; only a change of it counts.
    'owner', CASE WHEN n.nspname <> 'public' OR (o.word <> 'role pg_database_owner' AND n.nspowner <> 10) THEN o.word END,
    'comment', d.description],
  CASE WHEN i.initprivs IS NULL OR n.nspacl IS DISTINCT FROM i.initprivs THEN ARRAY(
    SELECT g.word || ' ' || a.privilege_type || CASE WHEN a.is_grantable THEN '*' ELSE '' END
      FROM pg_catalog.aclexplode(n.nspacl) AS a JOIN roles AS g ON g.oid = a.grantee WHERE a.grantee <> n.nspowner) END
  FROM schemas AS n JOIN roles AS o ON o.oid = n.nspowner
  LEFT JOIN pg_catalog.pg_init_privs AS i ON i.objoid = n.oid AND i.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
  LEFT JOIN pg_catalog.pg_description AS d
    ON d.objoid = n.oid AND d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.objsubid = 0
UNION ALL
SELECT 'extension', ARRAY[e.extname::pg_catalog.text], ARRAY[
    'in-schema', n.nspname::pg_catalog.text, 'version', e.extversion], NULL
  FROM pg_catalog.pg_extension AS e JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
UNION ALL
SELECT 'event-trigger', ARRAY[e.evtname::pg_catalog.text], ARRAY[
    'event', e.evtevent::pg_catalog.text,
    'tags', pg_catalog.array_to_string(ARRAY(SELECT t FROM pg_catalog.unnest(e.evttags) AS t ORDER BY t COLLATE "C"), ', '),
    'function', e.evtfoid::pg_catalog.regprocedure::pg_catalog.text,
    'enabled', CASE e.evtenabled WHEN 'O' THEN NULL WHEN 'D' THEN 'never' WHEN 'R' THEN 'on a replica' WHEN 'A' THEN 'always' END,
    'owner', o.word], NULL
  FROM pg_catalog.pg_event_trigger AS e JOIN roles AS o ON o.oid = e.evtowner
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.deptype = 'e'
                      AND d.classid = 'pg_catalog.pg_event_trigger'::pg_catalog.regclass AND d.objid = e.oid)
UNION ALL
SELECT 'default-privileges', ARRAY[o.word, COALESCE(n.nspname::pg_catalog.text, ''),
    CASE p.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions'
      WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE p.defaclobjtype::pg_catalog.text END], NULL,
  ARRAY(SELECT g.word || ' ' || a.privilege_type || CASE WHEN a.is_grantable THEN '*' ELSE '' END
          FROM pg_catalog.aclexplode(p.defaclacl) AS a JOIN roles AS g ON g.oid = a.grantee)
  FROM pg_catalog.pg_default_acl AS p JOIN roles AS o ON o.oid = p.defaclrole
  LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = p.defaclnamespace
