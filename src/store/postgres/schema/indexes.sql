SELECT 'index', ARRAY[c.nspname::pg_catalog.text, c.relname::pg_catalog.text, x.relname::pg_catalog.text], ARRAY[
    'access-method', CASE WHEN m.amname <> 'btree' THEN m.amname::pg_catalog.text END,
    'columns', k.keys, 'include', k.included,
    -- Only what is computed needs the relation opened.
    'expressions', CASE WHEN i.indexprs IS NOT NULL THEN pg_catalog.pg_get_expr(i.indexprs, i.indrelid) END,
    'predicate', CASE WHEN i.indpred IS NOT NULL THEN pg_catalog.pg_get_expr(i.indpred, i.indrelid) END,
    'unique', CASE WHEN i.indisprimary THEN 'primary key' WHEN i.indisunique THEN 'yes' END,
    'nulls-not-distinct', CASE WHEN pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct' = 'true' THEN 'yes' END,
    'valid', CASE WHEN NOT i.indisvalid THEN 'no' END,
    'ready', CASE WHEN NOT i.indisready OR NOT i.indislive THEN 'no' END,
    'deferrable', CASE WHEN NOT i.indimmediate THEN 'yes' END,
    'partition-of', (SELECT pg_catalog.format('%I.%I', n.nspname, p.relname) FROM pg_catalog.pg_inherits AS h
      JOIN pg_catalog.pg_class AS p ON p.oid = h.inhparent JOIN pg_catalog.pg_namespace AS n ON n.oid = p.relnamespace
     WHERE x.relispartition AND h.inhrelid = x.oid),
    'options', (SELECT pg_catalog.string_agg(w, ', ' ORDER BY w COLLATE "C") FROM pg_catalog.unnest(x.reloptions) AS w),
    'tablespace', (SELECT spcname::pg_catalog.text FROM pg_catalog.pg_tablespace WHERE oid = x.reltablespace),
    'clustered', CASE WHEN i.indisclustered THEN 'yes' END,
    'comment', d.description], NULL::pg_catalog.text[]
  FROM relations AS c JOIN pg_catalog.pg_index AS i ON i.indrelid = c.oid
  JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
  JOIN pg_catalog.pg_am AS m ON m.oid = x.relam
  CROSS JOIN LATERAL (
    SELECT pg_catalog.string_agg(COALESCE(pg_catalog.quote_ident(a.attname), '(expression)')
          || CASE WHEN e.collated <> 0 AND e.collated <> COALESCE(a.attcollation, t.typcollation)
               THEN ' collation ' || e.collated::pg_catalog.regcollation::pg_catalog.text ELSE '' END
          || CASE WHEN o.opcdefault THEN '' ELSE ' class ' || pg_catalog.format('%I.%I', s.nspname, o.opcname) END
          || COALESCE(' (' || (SELECT pg_catalog.string_agg(w, ', ') FROM pg_catalog.unnest(b.attoptions) AS w
            WHERE NOT pg_catalog.starts_with(w, 'pg_attver=')) || ')', '')
          || CASE e.option & 3 WHEN 1 THEN ' descending nulls last' WHEN 2 THEN ' nulls first' WHEN 3 THEN ' descending' ELSE '' END,
        ', ' ORDER BY e.at) FILTER (WHERE e.at <= i.indnkeyatts) AS keys,
      pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY e.at) FILTER (WHERE e.at > i.indnkeyatts) AS included
      FROM ROWS FROM (pg_catalog.unnest(i.indkey::pg_catalog.int2[]), pg_catalog.unnest(i.indcollation::pg_catalog.oid[]),
             pg_catalog.unnest(i.indclass::pg_catalog.oid[]), pg_catalog.unnest(i.indoption::pg_catalog.int2[]))
             WITH ORDINALITY AS e (number, collated, class, option, at)
      LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = e.number AND e.number <> 0
      LEFT JOIN pg_catalog.pg_attribute AS b ON b.attrelid = i.indexrelid AND b.attnum = e.at
      LEFT JOIN pg_catalog.pg_type AS t ON t.oid = b.atttypid
      LEFT JOIN pg_catalog.pg_opclass AS o ON o.oid = e.class
      LEFT JOIN pg_catalog.pg_namespace AS s ON s.oid = o.opcnamespace) AS k
  LEFT JOIN pg_catalog.pg_description AS d
    ON d.objoid = x.oid AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objsubid = 0
