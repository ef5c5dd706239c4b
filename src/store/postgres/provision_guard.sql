DO $guard$
DECLARE
    database text := pg_catalog.current_setting('dreichor.database');
    owner text := pg_catalog.current_setting('dreichor.owner');
    migrator text := pg_catalog.current_setting('dreichor.migrator');
    runtime text := pg_catalog.current_setting('dreichor.runtime');
    name text;
    culprit text;
BEGIN
    IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
        RAISE EXCEPTION 'role ''%'' is not a superuser', current_user
            USING HINT = 'Run this script as a superuser, for example as postgres.';
    END IF;
    FOREACH name IN ARRAY ARRAY[database, owner, migrator, runtime] LOOP
        IF pg_catalog.octet_length(name) NOT BETWEEN 1 AND 63 THEN
            RAISE EXCEPTION 'name ''%'' is not between 1 and 63 bytes long', name;
        END IF;
    END LOOP;
    IF owner = migrator OR owner = runtime OR migrator = runtime THEN
        RAISE EXCEPTION 'owner ''%'', migrator ''%'' and runtime ''%'' are not three roles', owner, migrator, runtime;
    END IF;
    IF database IN ('postgres', 'template0', 'template1') THEN
        RAISE EXCEPTION 'database ''%'' belongs to the server itself', database;
    END IF;
    SELECT pg_catalog.pg_encoding_to_char(encoding) INTO culprit
        FROM pg_catalog.pg_database WHERE datname = database;
    IF culprit <> 'UTF8' THEN
        RAISE EXCEPTION 'database ''%'' is encoded in %, not in UTF8', database, culprit
            USING HINT = 'An encoding cannot be changed: dump the database and restore it into a new one.';
    END IF;
    -- The bootstrap superuser has the object identifier 10, whatever its name is.
    SELECT rolname INTO culprit FROM pg_catalog.pg_roles
        WHERE rolname IN (owner, migrator, runtime)
          AND (oid = 10 OR rolname IN (current_user, session_user) OR rolname ~ '^pg_')
        LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'role ''%'' belongs to the server itself or runs this script', culprit
            USING HINT = 'Name a role of this environment alone.';
    END IF;
    -- A membership gives a role what its own grants do not show; which one is wanted, only a
    -- person knows. The migrator in the owner is the one that this script makes.
    SELECT pg_catalog.string_agg(pg_catalog.format('%I in %I', member.rolname, granted.rolname), ', ')
        INTO culprit
        FROM pg_catalog.pg_auth_members m
        JOIN pg_catalog.pg_roles granted ON granted.oid = m.roleid
        JOIN pg_catalog.pg_roles member ON member.oid = m.member
        WHERE (granted.rolname IN (owner, migrator, runtime) OR member.rolname IN (owner, migrator, runtime))
          AND NOT (granted.rolname = owner AND member.rolname = migrator)
          AND NOT (member.rolsuper AND member.rolname NOT IN (owner, migrator, runtime));
    IF culprit IS NOT NULL THEN
        RAISE EXCEPTION 'roles are members of others: %', culprit
            USING HINT = 'REVOKE each membership that is not wanted, then run this script again.';
    END IF;
END
$guard$;
