SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized-view' WHEN 'f' THEN 'foreign-table'
    WHEN 'S' THEN 'sequence' ELSE 'table' END,
  ARRAY[c.nspname::pg_catalog.text, c.relname::pg_catalog.text], ARRAY[
    'persistence', CASE c.relpersistence WHEN 'u' THEN 'unlogged' END,
    'access-method', CASE WHEN m.amname <> 'heap' THEN m.amname::pg_catalog.text END,
    'of-type', CASE WHEN c.reloftype <> 0 THEN pg_catalog.format_type(c.reloftype, NULL) END,
    'partition-by', CASE p.partstrat WHEN 'r' THEN 'range' WHEN 'l' THEN 'list' WHEN 'h' THEN 'hash' END,
    'partition-columns', CASE WHEN p.partrelid IS NOT NULL THEN (
      SELECT pg_catalog.string_agg(COALESCE(pg_catalog.quote_ident(a.attname), '(expression)')
          || CASE WHEN k.collated <> COALESCE(a.attcollation, 0) AND k.collated <> 0 AND a.attnum IS NOT NULL
               THEN ' collation ' || k.collated::pg_catalog.regcollation::pg_catalog.text ELSE '' END
          || CASE WHEN x.opcdefault THEN '' ELSE ' class ' || x.opcname END, ', ' ORDER BY k.at)
        FROM ROWS FROM (pg_catalog.unnest(p.partattrs::pg_catalog.int2[]), pg_catalog.unnest(p.partcollation::pg_catalog.oid[]),
               pg_catalog.unnest(p.partclass::pg_catalog.oid[])) WITH ORDINALITY AS k (number, collated, class, at)
        LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.number AND k.number > 0
        LEFT JOIN pg_catalog.pg_opclass AS x ON x.oid = k.class) END,
    'partition-expressions', CASE WHEN p.partexprs IS NOT NULL THEN pg_catalog.pg_get_expr(p.partexprs, c.oid) END,
    CASE WHEN c.relispartition THEN 'partition-of' ELSE 'inherits' END, CASE WHEN c.relhassubclass OR h.names IS NOT NULL THEN h.names END,
    -- Bounds hold no column, so that no relation has to be opened for them.
    'partition-bound', CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, 0) END,
    'row-security', CASE WHEN c.relforcerowsecurity AND c.relrowsecurity THEN 'forced' WHEN c.relrowsecurity THEN 'enabled'
      WHEN c.relforcerowsecurity THEN 'forced but not enabled' END,
    'replica-identity', CASE c.relreplident WHEN 'f' THEN 'full' WHEN 'i' THEN (
        SELECT 'index ' || x.relname FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
         WHERE i.indrelid = c.oid AND i.indisreplident)
      WHEN 'n' THEN CASE WHEN c.relkind IN ('r', 'p') THEN 'nothing' END END,
    'options', (SELECT pg_catalog.string_agg(w, ', ' ORDER BY w COLLATE "C") FROM pg_catalog.unnest(c.reloptions) AS w),
    'server', f.srvname::pg_catalog.text,
    'foreign-options', (SELECT pg_catalog.string_agg(w, ', ' ORDER BY w COLLATE "C") FROM pg_catalog.unnest(t.ftoptions) AS w),
    'definition', CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid) END,
    'populated', CASE WHEN NOT c.relispopulated THEN 'no' END,
    'type', pg_catalog.format_type(s.seqtypid, NULL),
    'start', CASE WHEN s.seqstart <> 1 THEN s.seqstart::pg_catalog.text END,
    'increment', CASE WHEN s.seqincrement <> 1 THEN s.seqincrement::pg_catalog.text END,
    'minimum', CASE WHEN s.seqmin <> 1 THEN s.seqmin::pg_catalog.text END,
    'maximum', CASE WHEN s.seqmax <> CASE s.seqtypid WHEN 'pg_catalog.int2'::pg_catalog.regtype THEN 32767
        WHEN 'pg_catalog.int4'::pg_catalog.regtype THEN 2147483647 ELSE 9223372036854775807 END THEN s.seqmax::pg_catalog.text END,
    'cache', CASE WHEN s.seqcache <> 1 THEN s.seqcache::pg_catalog.text END,
    'cycle', CASE WHEN s.seqcycle THEN 'yes' END,
    'owned-by', b.owner, 'belongs', b.manner,
    'tablespace', (SELECT spcname::pg_catalog.text FROM pg_catalog.pg_tablespace WHERE oid = c.reltablespace),
    'owner', o.word, 'comment', d.description],
  CASE WHEN c.relacl IS NOT NULL THEN ARRAY(
    SELECT g.word || ' ' || a.privilege_type || CASE WHEN a.is_grantable THEN '*' ELSE '' END
      FROM pg_catalog.aclexplode(c.relacl) AS a JOIN roles AS g ON g.oid = a.grantee WHERE a.grantee <> c.relowner) END
  FROM relations AS c JOIN roles AS o ON o.oid = c.relowner
  LEFT JOIN pg_catalog.pg_am AS m ON m.oid = c.relam
  LEFT JOIN pg_catalog.pg_partitioned_table AS p ON p.partrelid = c.oid
  LEFT JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = c.oid
  LEFT JOIN pg_catalog.pg_foreign_table AS t ON t.ftrelid = c.oid
  LEFT JOIN pg_catalog.pg_foreign_server AS f ON f.oid = t.ftserver
  LEFT JOIN pg_catalog.pg_description AS d
    ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objsubid = 0
  LEFT JOIN LATERAL (
    SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, x.relname), ', ' ORDER BY i.inhseqno) AS names
      FROM pg_catalog.pg_inherits AS i JOIN pg_catalog.pg_class AS x ON x.oid = i.inhparent
      JOIN pg_catalog.pg_namespace AS n ON n.oid = x.relnamespace WHERE i.inhrelid = c.oid) AS h ON true
  LEFT JOIN LATERAL (
    SELECT pg_catalog.format('%I.%I.%I', n.nspname, x.relname, a.attname) AS owner,
        CASE e.deptype WHEN 'i' THEN 'identity' ELSE NULL END AS manner
      FROM pg_catalog.pg_depend AS e JOIN pg_catalog.pg_class AS x ON x.oid = e.refobjid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = x.relnamespace
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = x.oid AND a.attnum = e.refobjsubid
     WHERE c.relkind = 'S' AND e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.objsubid = 0
       AND e.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.refobjsubid > 0 AND e.deptype IN ('a', 'i')) AS b ON true
 WHERE c.relkind <> 'c'
