SELECT 'constraint', ARRAY[n.nspname, n.relname, k.conname::pg_catalog.text], ARRAY[
    'form', CASE k.contype WHEN 'c' THEN 'check' WHEN 'f' THEN 'foreign key' WHEN 'p' THEN 'primary key'
      WHEN 'u' THEN 'unique' WHEN 'x' THEN 'exclusion' ELSE k.contype::pg_catalog.text END,
    'columns', CASE WHEN k.contype <> 'c' THEN (SELECT pg_catalog.string_agg(COALESCE(pg_catalog.quote_ident(a.attname), '(expression)'), ', ' ORDER BY x.at)
      FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS x (number, at)
      LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = x.number AND x.number > 0) END,
    -- Of a domain, no column stands in it and no relation has to be opened.
    'expression', CASE WHEN k.contype = 'c' THEN pg_catalog.pg_get_expr(k.conbin, k.conrelid) END,
    'operators', CASE WHEN k.contype = 'x' THEN (SELECT pg_catalog.string_agg(x.operator::pg_catalog.regoperator::pg_catalog.text, ', ' ORDER BY x.at)
      FROM pg_catalog.unnest(k.conexclop) WITH ORDINALITY AS x (operator, at)) END,
    'references', CASE WHEN k.contype = 'f' THEN (SELECT pg_catalog.format('%I.%I', s.nspname, r.relname)
      FROM pg_catalog.pg_class AS r JOIN pg_catalog.pg_namespace AS s ON s.oid = r.relnamespace WHERE r.oid = k.confrelid) END,
    'referenced-columns', (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY x.at)
      FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS x (number, at)
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = x.number),
    'match', CASE k.confmatchtype WHEN 'f' THEN 'full' WHEN 'p' THEN 'partial' END,
    'on-update', CASE k.confupdtype WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default' END,
    'on-delete', CASE k.confdeltype WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default' END,
    'deferrable', CASE WHEN k.condeferred THEN 'initially deferred' WHEN k.condeferrable THEN 'initially immediate' END,
    'validated', CASE WHEN NOT k.convalidated THEN 'no' END,
    'no-inherit', CASE WHEN k.connoinherit AND k.contype = 'c' THEN 'yes' END,
    'inherited', CASE WHEN NOT k.conislocal AND k.contype = 'c' THEN 'yes' END,
    -- Columns of the catalog that an older server lacks are null here.
    'on-delete-columns', (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY x.at)
      FROM pg_catalog.jsonb_array_elements_text(CASE WHEN pg_catalog.jsonb_typeof(j.more -> 'confdelsetcols') = 'array'
             THEN j.more -> 'confdelsetcols' END) WITH ORDINALITY AS x (number, at)
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = x.number::pg_catalog.int2),
    'enforced', CASE WHEN j.more ->> 'conenforced' = 'false' THEN 'no' END,
    'period', CASE WHEN j.more ->> 'conperiod' = 'true' THEN 'yes' END,
    'comment', d.description], NULL::pg_catalog.text[]
  FROM pg_catalog.pg_constraint AS k
  JOIN (
    SELECT c.oid AS relation, 0::pg_catalog.oid AS type, c.nspname::pg_catalog.text, c.relname::pg_catalog.text FROM relations AS c
    UNION ALL
    SELECT 0, t.oid, n.nspname, t.typname FROM pg_catalog.pg_type AS t JOIN schemas AS n ON n.oid = t.typnamespace
     WHERE t.typtype = 'd' AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.deptype = 'e'
                          AND d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid)
  ) AS n ON n.relation = k.conrelid AND n.type = k.contypid
  CROSS JOIN LATERAL (SELECT CASE WHEN k.contype = 'f' OR pg_catalog.current_setting('server_version_num')::pg_catalog.int4 >= 180000
    THEN pg_catalog.to_jsonb(k) END AS more) AS j
  LEFT JOIN pg_catalog.pg_description AS d
    ON d.objoid = k.oid AND d.classoid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND d.objsubid = 0
 -- NOT NULL is told of the column, on every server alike; what a partition has of its parent, of the parent.
 WHERE k.contype IN ('c', 'f', 'p', 'u', 'x') AND NOT (k.contype = 'f' AND k.conparentid <> 0)
