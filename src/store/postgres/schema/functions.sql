SELECT 'function', ARRAY[n.nspname::pg_catalog.text, p.proname || '(' || (
      SELECT COALESCE(pg_catalog.string_agg(pg_catalog.format_type(a.type, NULL), ',' ORDER BY a.at), '')
        FROM pg_catalog.unnest(p.proargtypes::pg_catalog.oid[]) WITH ORDINALITY AS a (type, at)) || ')'], ARRAY[
    'form', CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' WHEN 'w' THEN 'window' END,
    'arguments', NULLIF(pg_catalog.pg_get_function_arguments(p.oid), ''),
    'result', pg_catalog.pg_get_function_result(p.oid),
    'language', l.lanname::pg_catalog.text,
    'volatility', CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' END,
    'strict', CASE WHEN p.proisstrict THEN 'yes' END,
    'security', CASE WHEN p.prosecdef THEN 'definer' END,
    'leakproof', CASE WHEN p.proleakproof THEN 'yes' END,
    'parallel', CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' END,
    'settings', (SELECT pg_catalog.string_agg(w, ', ' ORDER BY w COLLATE "C") FROM pg_catalog.unnest(p.proconfig) AS w),
    'body', CASE WHEN p.prosqlbody IS NULL AND p.prokind <> 'a' THEN
      'sha256:' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(p.prosrc, 'UTF8')), 'hex') END,
    'library', p.probin,
    'definition', CASE WHEN p.prosqlbody IS NOT NULL THEN pg_catalog.pg_get_function_sqlbody(p.oid) END,
    'aggregate', (SELECT pg_catalog.concat_ws(', ', g.aggkind::pg_catalog.text, g.aggnumdirectargs::pg_catalog.text, g.aggtransfn::pg_catalog.text,
        g.aggfinalfn::pg_catalog.text, g.aggcombinefn::pg_catalog.text, g.aggserialfn::pg_catalog.text, g.aggdeserialfn::pg_catalog.text,
        g.aggmtransfn::pg_catalog.text, g.aggminvtransfn::pg_catalog.text, g.aggmfinalfn::pg_catalog.text,
        g.aggfinalmodify::pg_catalog.text, g.aggmfinalmodify::pg_catalog.text, g.aggsortop::pg_catalog.regoperator::pg_catalog.text,
        pg_catalog.format_type(g.aggtranstype, NULL), pg_catalog.format_type(NULLIF(g.aggmtranstype, 0), NULL),
        'initially ' || g.agginitval, 'moving initially ' || g.aggminitval)
      FROM pg_catalog.pg_aggregate AS g WHERE g.aggfnoid = p.oid),
    'cost', p.procost::pg_catalog.text, 'rows', NULLIF(p.prorows::pg_catalog.text, '0'),
    'owner', o.word, 'comment', d.description],
  ARRAY(SELECT g.word || ' ' || a.privilege_type || CASE WHEN a.is_grantable THEN '*' ELSE '' END
    FROM pg_catalog.aclexplode(COALESCE(p.proacl, pg_catalog.acldefault('f', p.proowner))) AS a
    JOIN roles AS g ON g.oid = a.grantee WHERE a.grantee <> p.proowner)
  FROM pg_catalog.pg_proc AS p JOIN schemas AS n ON n.oid = p.pronamespace
  JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang JOIN roles AS o ON o.oid = p.proowner
  LEFT JOIN pg_catalog.pg_description AS d
    ON d.objoid = p.oid AND d.classoid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objsubid = 0
 -- What belongs to an extension, or was made with a range type, is told there.
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.deptype IN ('e', 'i')
                      AND d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid)
