-- The shadow ledger: what execution outcomes have made of each market, per plane. It is written by
-- the runtime beside the audit events, so it can be changed; the evidence is elsewhere.

-- Paper and live never meet: the plane is part of the key, and no row belongs to both.
CREATE TABLE public.shadow_ledger_positions (
    plane             public.execution_plane NOT NULL,
    market_id         text                   NOT NULL,
    -- Text, not numeric: the runtime treats quantities as opaque decimal strings and derives
    -- identifiers from their spelling, so 1.50 must not come back as 1.5, nor +1 as 1.
    quantity          text                   NOT NULL,
    is_open           boolean                NOT NULL,
    last_execution_id uuid                   NOT NULL,
    logical_time      bigint                 NOT NULL,
    CONSTRAINT shadow_ledger_positions_pkey PRIMARY KEY (plane, market_id),
    CONSTRAINT shadow_ledger_positions_market_id_check CHECK (market_id <> ''),
    CONSTRAINT shadow_ledger_positions_quantity_check CHECK (quantity ~ '^[+-]?[0-9]+([.][0-9]+)?$'),
    -- A closed position holds nothing.
    CONSTRAINT shadow_ledger_positions_closed_check CHECK (is_open OR quantity = '0'),
    CONSTRAINT shadow_ledger_positions_logical_time_check CHECK (logical_time BETWEEN 0 AND 9007199254740991)
);

COMMENT ON TABLE public.shadow_ledger_positions IS
    'One position per plane and market, as execution outcomes left it.';
COMMENT ON COLUMN public.shadow_ledger_positions.quantity IS
    'Decimal string, opaque: the database never calculates with it.';
COMMENT ON COLUMN public.shadow_ledger_positions.last_execution_id IS
    'The execution whose outcome made the position what it is.';
COMMENT ON COLUMN public.shadow_ledger_positions.logical_time IS
    'The tick of that outcome. Not a wall clock.';

-- Safety asks before each buy whether a position is open on the plane; few are.
CREATE INDEX shadow_ledger_positions_open_idx
    ON public.shadow_ledger_positions (plane, market_id)
    WHERE is_open;
