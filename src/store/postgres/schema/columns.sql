SELECT 'column', ARRAY[c.nspname::pg_catalog.text, c.relname::pg_catalog.text, a.attname::pg_catalog.text], ARRAY[
    'position', pg_catalog.row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum)::pg_catalog.text,
    'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
    'collation', CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::pg_catalog.regcollation::pg_catalog.text END,
    'not-null', CASE WHEN a.attnotnull THEN CASE WHEN v.conrelid IS NULL THEN 'yes' ELSE 'not valid' END END,
    -- A default holds no column, so that no relation has to be opened for it.
    'default', CASE WHEN a.atthasdef AND a.attgenerated = '' THEN pg_catalog.pg_get_expr(f.adbin, 0) END,
    'identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END,
    'generated', CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END,
    'expression', CASE WHEN a.attgenerated <> '' THEN pg_catalog.pg_get_expr(f.adbin, a.attrelid) END,
    'storage', CASE WHEN a.attstorage <> t.typstorage AND c.relkind IN ('r', 'p', 'm', 'f') THEN CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external'
      WHEN 'm' THEN 'main' WHEN 'x' THEN 'extended' END END,
    'compression', CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
    'inherited', CASE WHEN NOT a.attislocal THEN 'yes' END,
    -- pg_attver is a note of the server itself, since its minor releases of November 2026.
    'options', (SELECT pg_catalog.string_agg(w, ', ' ORDER BY w COLLATE "C") FROM pg_catalog.unnest(a.attoptions) AS w
      WHERE NOT pg_catalog.starts_with(w, 'pg_attver=')),
    'foreign-options', (SELECT pg_catalog.string_agg(w, ', ' ORDER BY w COLLATE "C") FROM pg_catalog.unnest(a.attfdwoptions) AS w),
    'comment', d.description],
  CASE WHEN a.attacl IS NOT NULL THEN ARRAY(
    SELECT g.word || ' ' || x.privilege_type || CASE WHEN x.is_grantable THEN '*' ELSE '' END
      FROM pg_catalog.aclexplode(a.attacl) AS x JOIN roles AS g ON g.oid = x.grantee WHERE x.grantee <> c.relowner) END
  FROM relations AS c JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid
  JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_attrdef AS f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
  -- PostgreSQL 18 knows NOT NULL that was not checked yet; the others have no such constraint.
  LEFT JOIN pg_catalog.pg_constraint AS v
    ON v.conrelid = a.attrelid AND v.contype = 'n' AND NOT v.convalidated AND v.conkey[1] = a.attnum
  LEFT JOIN pg_catalog.pg_description AS d
    ON d.objoid = a.attrelid AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objsubid = a.attnum
 WHERE c.relkind <> 'S' AND a.attnum > 0 AND NOT a.attisdropped
