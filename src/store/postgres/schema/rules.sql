SELECT 'trigger', ARRAY[c.nspname::pg_catalog.text, c.relname::pg_catalog.text, t.tgname::pg_catalog.text], ARRAY[
    'timing', CASE t.tgtype & 66 WHEN 2 THEN 'before' WHEN 64 THEN 'instead of' ELSE 'after' END,
    'events', pg_catalog.concat_ws(', ', CASE WHEN t.tgtype & 4 <> 0 THEN 'insert' END, CASE WHEN t.tgtype & 8 <> 0 THEN 'delete' END,
      CASE WHEN t.tgtype & 16 <> 0 THEN 'update' END, CASE WHEN t.tgtype & 32 <> 0 THEN 'truncate' END),
    'level', CASE WHEN t.tgtype & 1 <> 0 THEN 'row' ELSE 'statement' END,
    'columns', (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attname::pg_catalog.text COLLATE "C")
      FROM pg_catalog.unnest(t.tgattr::pg_catalog.int2[]) AS k (number)
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.number),
    'function', t.tgfoid::pg_catalog.regprocedure::pg_catalog.text,
    'arguments', CASE WHEN t.tgnargs > 0 THEN pg_catalog.encode(t.tgargs, 'escape') END,
    'old-rows', t.tgoldtable::pg_catalog.text, 'new-rows', t.tgnewtable::pg_catalog.text,
    'deferrable', CASE WHEN t.tginitdeferred THEN 'initially deferred' WHEN t.tgdeferrable THEN 'initially immediate' END,
    'form', CASE WHEN t.tgconstraint <> 0 THEN 'constraint' END,
    -- Only a condition needs the relation opened.
    'definition', CASE WHEN t.tgqual IS NOT NULL THEN pg_catalog.pg_get_triggerdef(t.oid) END,
    'enabled', CASE t.tgenabled WHEN 'D' THEN 'never' WHEN 'R' THEN 'on a replica' WHEN 'A' THEN 'always' END,
    'comment', d.description], NULL::pg_catalog.text[]
  FROM relations AS c JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = c.oid
  LEFT JOIN pg_catalog.pg_description AS d
    ON d.objoid = t.oid AND d.classoid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND d.objsubid = 0
 WHERE NOT t.tgisinternal AND t.tgparentid = 0
UNION ALL
SELECT 'rule', ARRAY[c.nspname::pg_catalog.text, c.relname::pg_catalog.text, r.rulename::pg_catalog.text], ARRAY[
    'definition', pg_catalog.pg_get_ruledef(r.oid),
    'enabled', CASE r.ev_enabled WHEN 'D' THEN 'never' WHEN 'R' THEN 'on a replica' WHEN 'A' THEN 'always' END,
    'comment', d.description], NULL
  FROM relations AS c JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = c.oid
  LEFT JOIN pg_catalog.pg_description AS d
    ON d.objoid = r.oid AND d.classoid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objsubid = 0
 WHERE r.rulename <> '_RETURN'
UNION ALL
SELECT 'policy', ARRAY[c.nspname::pg_catalog.text, c.relname::pg_catalog.text, p.polname::pg_catalog.text], ARRAY[
    'command', CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' END,
    'permissive', CASE WHEN NOT p.polpermissive THEN 'no' END,
    'roles', NULLIF((SELECT pg_catalog.string_agg(g.word, ', ' ORDER BY g.word COLLATE "C") FROM roles AS g WHERE g.oid = ANY (p.polroles)), 'PUBLIC'),
    'using', CASE WHEN p.polqual IS NOT NULL THEN pg_catalog.pg_get_expr(p.polqual, c.oid) END,
    'check', CASE WHEN p.polwithcheck IS NOT NULL THEN pg_catalog.pg_get_expr(p.polwithcheck, c.oid) END,
    'comment', d.description], NULL
  FROM relations AS c JOIN pg_catalog.pg_policy AS p ON p.polrelid = c.oid
  LEFT JOIN pg_catalog.pg_description AS d
    ON d.objoid = p.oid AND d.classoid = 'pg_catalog.pg_policy'::pg_catalog.regclass AND d.objsubid = 0
UNION ALL
SELECT 'statistics', ARRAY[n.nspname::pg_catalog.text, s.stxname::pg_catalog.text], ARRAY[
    'of', pg_catalog.format('%I.%I', c.nspname, c.relname),
    'form', pg_catalog.array_to_string(s.stxkind, ''),
    'columns', (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attname::pg_catalog.text COLLATE "C")
      FROM pg_catalog.unnest(s.stxkeys::pg_catalog.int2[]) AS k (number)
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.number),
    'expressions', CASE WHEN s.stxexprs IS NOT NULL THEN pg_catalog.pg_get_expr(s.stxexprs, c.oid) END,
    'owner', o.word], NULL
  FROM pg_catalog.pg_statistic_ext AS s JOIN relations AS c ON c.oid = s.stxrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = s.stxnamespace JOIN roles AS o ON o.oid = s.stxowner
