-- The two records a replay starts from: audit events, which are the truth, and snapshots,
-- which are a shorter way to it. Both are append-only, and the database itself keeps them so.
--
-- Time here is logical: the runtime's own tick counter. No column holds a wall-clock time,
-- because a replay on another day must read exactly what the first run read.

-- Closed lists are enums: a value can be added by a later migration without touching the
-- protected tables, and can never be taken away, which is what an append-only record needs.
CREATE TYPE public.audit_event_type AS ENUM (
    'DECISION_EVALUATED',
    'ORDER_INTENT_CREATED',
    'ORDER_INTENT_SKIPPED',
    'SAFETY_EVALUATED',
    'EXECUTION_ATTEMPTED',
    'EXECUTION_OUTCOME_RECORDED',
    'LEDGER_UPDATED',
    'USER_FEEDBACK_RECORDED'
);

CREATE TYPE public.snapshot_type AS ENUM (
    'SHADOW_LEDGER_SNAPSHOT'
);

-- Spelled as the runtime spells them.
CREATE TYPE public.execution_plane AS ENUM (
    'PAPER',
    'LIVE'
);

-- One tick writes several events, so logical time alone does not order them; the order in
-- which they were appended does, and it is kept in `ordinal`. The database assigns it (GENERATED
-- ALWAYS), so that a writer cannot slip an event in between two recorded ones by accident. A
-- rolled-back append leaves a gap, which has no meaning.
--
-- `body` is json and not jsonb on purpose: json keeps the text as it was written. jsonb would
-- reorder keys, drop duplicates, rewrite numbers and refuse escapes that JSON allows, and a
-- digest taken over what the runtime wrote would no longer hold.
--
-- Identifiers have no default: the runtime derives them from what they stand for, so that a
-- replay derives the same ones, and recording the same event twice is refused.
CREATE TABLE public.audit_events (
    id           uuid                    NOT NULL,
    ordinal      bigint                  NOT NULL GENERATED ALWAYS AS IDENTITY,
    type         public.audit_event_type NOT NULL,
    version      integer                 NOT NULL,
    logical_time bigint                  NOT NULL,
    body         json                    NOT NULL,
    CONSTRAINT audit_events_pkey PRIMARY KEY (id),
    CONSTRAINT audit_events_ordinal_key UNIQUE (ordinal),
    CONSTRAINT audit_events_version_check CHECK (version >= 1),
    -- Up to the greatest integer that a double holds exactly: the runtime's counter is one.
    CONSTRAINT audit_events_logical_time_check CHECK (logical_time BETWEEN 0 AND 9007199254740991),
    CONSTRAINT audit_events_body_check CHECK (pg_catalog.json_typeof(body) = 'object')
);

COMMENT ON TABLE public.audit_events IS
    'What happened, append-only and replayable for ever; read it ordered by ordinal.';
COMMENT ON COLUMN public.audit_events.id IS
    'Derived by the runtime from the event itself, never random.';
COMMENT ON COLUMN public.audit_events.ordinal IS
    'Order of appending, the total order of replay; gaps have no meaning.';
COMMENT ON COLUMN public.audit_events.version IS
    'Version of the schema of body, per type.';
COMMENT ON COLUMN public.audit_events.logical_time IS
    'The runtime''s tick; several events share one. Not a wall clock.';
COMMENT ON COLUMN public.audit_events.body IS
    'The event as the runtime wrote it, byte for byte.';

-- A snapshot can always be made again, yet it is kept as it was: older ones are evidence of what
-- a restart once began from.
CREATE TABLE public.snapshots (
    id           uuid                   NOT NULL,
    ordinal      bigint                 NOT NULL GENERATED ALWAYS AS IDENTITY,
    type         public.snapshot_type   NOT NULL,
    version      integer                NOT NULL,
    plane        public.execution_plane NOT NULL,
    logical_time bigint                 NOT NULL,
    body         json                   NOT NULL,
    CONSTRAINT snapshots_pkey PRIMARY KEY (id),
    -- Only the newest of a type and plane is read: the last entry of this index.
    CONSTRAINT snapshots_newest_key UNIQUE (type, plane, ordinal),
    CONSTRAINT snapshots_version_check CHECK (version >= 1),
    CONSTRAINT snapshots_logical_time_check CHECK (logical_time BETWEEN 0 AND 9007199254740991),
    CONSTRAINT snapshots_body_check CHECK (pg_catalog.json_typeof(body) = 'object')
);

COMMENT ON TABLE public.snapshots IS
    'States a replay may start from, append-only; only the newest per type and plane is read.';
COMMENT ON COLUMN public.snapshots.ordinal IS
    'Order of appending: the greatest is the newest.';
COMMENT ON COLUMN public.snapshots.logical_time IS
    'The tick whose end the state describes. Not a wall clock.';
COMMENT ON COLUMN public.snapshots.body IS
    'The whole state of one plane as the runtime wrote it, byte for byte.';

-- Privileges cannot keep the owner out; a trigger can. The search path is pinned so that nothing
-- in a caller's schema can stand in for what the function calls.
CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $refuse_change$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'restrict_violation',
        MESSAGE = format('%s of append-only table "%s.%s" is refused', tg_op, tg_table_schema, tg_table_name),
        DETAIL = 'Its rows are evidence and must stay replayable.',
        HINT = 'Append a new row that corrects the old one.',
        SCHEMA = tg_table_schema,
        TABLE = tg_table_name;
END
$refuse_change$;

COMMENT ON FUNCTION public.refuse_change() IS
    'Trigger function that refuses every UPDATE, DELETE and TRUNCATE of an append-only table.';

-- Two triggers each. The one per statement also refuses a change that would meet no row, and
-- TRUNCATE; the one per row also refuses what reaches the table through an inheritance parent
-- or a replication worker, where triggers per statement do not fire. ENABLE ALWAYS holds them
-- even where session_replication_role is set to replica.
CREATE TRIGGER audit_events_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON public.audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER audit_events_append_only_row
    BEFORE UPDATE OR DELETE ON public.audit_events
    FOR EACH ROW EXECUTE FUNCTION public.refuse_change();
ALTER TABLE public.audit_events
    ENABLE ALWAYS TRIGGER audit_events_append_only,
    ENABLE ALWAYS TRIGGER audit_events_append_only_row;

CREATE TRIGGER snapshots_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON public.snapshots
    FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
CREATE TRIGGER snapshots_append_only_row
    BEFORE UPDATE OR DELETE ON public.snapshots
    FOR EACH ROW EXECUTE FUNCTION public.refuse_change();
ALTER TABLE public.snapshots
    ENABLE ALWAYS TRIGGER snapshots_append_only,
    ENABLE ALWAYS TRIGGER snapshots_append_only_row;
