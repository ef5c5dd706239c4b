DO $guard$
DECLARE
    stranger record;
BEGIN
    IF pg_catalog.current_database() <> pg_catalog.current_setting('dreichor.database') THEN
        RAISE EXCEPTION 'connected to database ''%'' instead of ''%''',
            pg_catalog.current_database(), pg_catalog.current_setting('dreichor.database');
    END IF;
    FOR stranger IN
        SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(grantee) END AS name, privilege_type
            FROM pg_catalog.pg_database, LATERAL pg_catalog.aclexplode(datacl)
            WHERE datname = pg_catalog.current_database() AND grantee <> datdba
              AND pg_catalog.pg_get_userbyid(grantee) NOT IN (
                  pg_catalog.current_setting('dreichor.migrator'), pg_catalog.current_setting('dreichor.runtime'))
    LOOP
        RAISE WARNING 'role ''%'' holds % on database ''%'' too', stranger.name, stranger.privilege_type,
            pg_catalog.current_database()
            USING HINT = 'REVOKE it unless it is wanted, for a backup for example.';
    END LOOP;
END
$guard$;
