SELECT CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' ELSE 'type' END,
  ARRAY[n.nspname::pg_catalog.text, t.typname::pg_catalog.text], ARRAY[
    'form', CASE t.typtype WHEN 'c' THEN 'composite' WHEN 'r' THEN 'range' WHEN 'b' THEN 'base' WHEN 'p' THEN 'shell' END,
    'labels', (SELECT pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
      FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = t.oid),
    'type', CASE WHEN t.typtype = 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod)
      WHEN t.typtype = 'r' THEN pg_catalog.format_type(r.rngsubtype, NULL) END,
    'range', CASE WHEN t.typtype = 'r' THEN pg_catalog.concat_ws(', ', pg_catalog.format_type(r.rngmultitypid, NULL),
      r.rngcanonical::pg_catalog.text, r.rngsubdiff::pg_catalog.text,
      (SELECT pg_catalog.format('%I.%I', s.nspname, x.opcname) FROM pg_catalog.pg_opclass AS x
         JOIN pg_catalog.pg_namespace AS s ON s.oid = x.opcnamespace WHERE x.oid = r.rngsubopc AND NOT x.opcdefault)) END,
    'base', CASE WHEN t.typtype = 'b' THEN pg_catalog.concat_ws(', ', t.typinput::pg_catalog.text, t.typoutput::pg_catalog.text,
      t.typreceive::pg_catalog.text, t.typsend::pg_catalog.text, t.typmodin::pg_catalog.text, t.typmodout::pg_catalog.text,
      t.typlen::pg_catalog.text, t.typbyval::pg_catalog.text, t.typalign::pg_catalog.text, t.typstorage::pg_catalog.text,
      t.typcategory::pg_catalog.text, t.typdelim::pg_catalog.text) END,
    'collation', CASE WHEN t.typtype = 'd' AND t.typcollation <> b.typcollation THEN t.typcollation::pg_catalog.regcollation::pg_catalog.text
      WHEN t.typtype = 'r' AND r.rngcollation <> 0 THEN r.rngcollation::pg_catalog.regcollation::pg_catalog.text END,
    'not-null', CASE WHEN t.typnotnull THEN 'yes' END,
    'default', CASE WHEN t.typtype = 'd' THEN pg_catalog.pg_get_expr(t.typdefaultbin, 0) END,
    'owner', o.word, 'comment', d.description],
  ARRAY(SELECT g.word || ' ' || a.privilege_type || CASE WHEN a.is_grantable THEN '*' ELSE '' END
    FROM pg_catalog.aclexplode(COALESCE(t.typacl, pg_catalog.acldefault('T', t.typowner))) AS a
    JOIN roles AS g ON g.oid = a.grantee WHERE a.grantee <> t.typowner)
  FROM pg_catalog.pg_type AS t JOIN schemas AS n ON n.oid = t.typnamespace JOIN roles AS o ON o.oid = t.typowner
  LEFT JOIN pg_catalog.pg_type AS b ON b.oid = t.typbasetype
  LEFT JOIN pg_catalog.pg_range AS r ON r.rngtypid = t.oid
  LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
  LEFT JOIN pg_catalog.pg_description AS d
    ON d.objoid = t.oid AND d.classoid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objsubid = 0
 -- Arrays and multiranges come with their elements, row types with their tables.
 WHERE t.typtype IN ('c', 'e', 'd', 'r', 'b', 'p') AND t.typcategory <> 'A' AND (t.typtype <> 'c' OR c.relkind = 'c')
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.deptype = 'e'
                      AND d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid)
