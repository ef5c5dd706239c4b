-- Decision memory: what became of each decision, counted and never weighed. It observes; nothing
-- that decides reads it. Every row follows from audit events and can be counted again from them.

CREATE TYPE public.execution_status AS ENUM (
    'FILLED',
    'PARTIALLY_FILLED',
    'FAILED'
);

CREATE TABLE public.decision_memory (
    decision_id               uuid    NOT NULL,
    version                   integer NOT NULL,
    decision_class            text    NOT NULL,
    first_seen_logical_time   bigint  NOT NULL,
    executions_observed       bigint  NOT NULL DEFAULT 0,
    filled_count              bigint  NOT NULL DEFAULT 0,
    failed_count              bigint  NOT NULL DEFAULT 0,
    last_execution_status     public.execution_status,
    evaluations_observed      bigint  NOT NULL DEFAULT 0,
    blocked_count             bigint  NOT NULL DEFAULT 0,
    forced_sell_count         bigint  NOT NULL DEFAULT 0,
    last_safety_result        json,
    decision_quality_feedback bigint  NOT NULL DEFAULT 0,
    risk_comfort_feedback     bigint  NOT NULL DEFAULT 0,
    system_behavior_feedback  bigint  NOT NULL DEFAULT 0,
    CONSTRAINT decision_memory_pkey PRIMARY KEY (decision_id),
    CONSTRAINT decision_memory_version_check CHECK (version >= 1),
    -- <domain>.<action>.<variant>@v<version>
    CONSTRAINT decision_memory_decision_class_check CHECK (decision_class ~ '^.+[.].+[.].+@v[0-9]+$'),
    CONSTRAINT decision_memory_first_seen_check CHECK (first_seen_logical_time BETWEEN 0 AND 9007199254740991),
    -- An outcome that is neither filled nor failed is observed and counted by neither.
    CONSTRAINT decision_memory_executions_check CHECK (
        filled_count >= 0 AND failed_count >= 0 AND filled_count + failed_count <= executions_observed),
    CONSTRAINT decision_memory_last_status_check CHECK (
        (last_execution_status IS NULL) = (executions_observed = 0)),
    CONSTRAINT decision_memory_evaluations_check CHECK (
        blocked_count >= 0 AND forced_sell_count >= 0
        AND blocked_count + forced_sell_count <= evaluations_observed),
    CONSTRAINT decision_memory_last_safety_check CHECK (
        (last_safety_result IS NULL) = (evaluations_observed = 0)),
    CONSTRAINT decision_memory_feedback_check CHECK (
        decision_quality_feedback >= 0 AND risk_comfort_feedback >= 0 AND system_behavior_feedback >= 0)
);

COMMENT ON TABLE public.decision_memory IS
    'What was observed of each decision, one row per decision; observation only.';
COMMENT ON COLUMN public.decision_memory.first_seen_logical_time IS
    'The tick at which the decision was first seen. Not a wall clock.';
COMMENT ON COLUMN public.decision_memory.last_safety_result IS
    'The latest safety evaluation as the runtime wrote it, byte for byte.';

CREATE INDEX decision_memory_first_seen_idx
    ON public.decision_memory (first_seen_logical_time, decision_id);

-- Counting must not count twice: an input that is already here changes nothing. There is no
-- foreign key to the audit events, so that nothing but appending ever locks a row of theirs.
CREATE TABLE public.decision_memory_inputs (
    input_id    uuid NOT NULL,
    decision_id uuid NOT NULL,
    CONSTRAINT decision_memory_inputs_pkey PRIMARY KEY (input_id),
    CONSTRAINT decision_memory_inputs_decision_id_fkey FOREIGN KEY (decision_id)
        REFERENCES public.decision_memory (decision_id)
);

COMMENT ON TABLE public.decision_memory_inputs IS
    'Audit events and feedback already counted in decision memory.';
COMMENT ON COLUMN public.decision_memory_inputs.input_id IS
    'Identifier of the audit event or feedback record.';

CREATE INDEX decision_memory_inputs_decision_id_idx
    ON public.decision_memory_inputs (decision_id);
