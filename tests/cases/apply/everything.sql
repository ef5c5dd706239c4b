-- What naive splitters break on; every statement ends where PostgreSQL's scanner ends it.
/* a comment; /* nested; */ COMMIT; */
CREATE TYPE public.mood AS ENUM ('plain', 'it''s; over', $$dollar;$$, E'back\\slash;\'');
CREATE TYPE public.pair AS (first int, "second;" text);
CREATE DOMAIN public.odd_text AS text CHECK (VALUE !~ 'COMMIT;' AND VALUE <> '--');

CREATE TABLE public.events (
    number bigint NOT NULL, -- a comment; with a semicolon
    line text NOT NULL CONSTRAINT "odd "";"" name" CHECK (line <> ';'),
    PRIMARY KEY (number)
) PARTITION BY RANGE (number);
CREATE TABLE public.events_low PARTITION OF public.events FOR VALUES FROM (0) TO (1000);
CREATE TABLE public.events_rest PARTITION OF public.events DEFAULT;

CREATE TABLE public.people (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    mood public.mood NOT NULL DEFAULT 'plain',
    boss int REFERENCES public.people (id) DEFERRABLE INITIALLY DEFERRED,
    upper_name text GENERATED ALWAYS AS (upper(name)) STORED
);
CREATE INDEX people_lower ON public.people (lower(name)) INCLUDE (mood) WHERE boss IS NOT NULL;

CREATE FUNCTION public.describe(n int) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $body$
DECLARE
    shown text := $$; -- is /* not */ over$$;
BEGIN
    IF n IS NULL THEN
        RETURN NULL; -- END;
    END IF;
    BEGIN
        RETURN n || shown;
    EXCEPTION WHEN division_by_zero THEN
        RETURN 'never';
    END;
END
$body$;

CREATE FUNCTION public.atomic_one(n int) RETURNS text LANGUAGE sql
BEGIN ATOMIC
    SELECT 1;
    SELECT CASE WHEN n > 9 THEN 'large' ELSE 'small' END;
END;

CREATE FUNCTION public.nested() RETURNS text LANGUAGE sql AS $a$
    SELECT $b$a $$ b; COMMIT; c$b$
$a$;

CREATE PROCEDURE public.later() LANGUAGE plpgsql AS 'BEGIN COMMIT; ROLLBACK; END';

CREATE FUNCTION public.tidy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    new.line := btrim(new.line);
    RETURN new;
END $$;
CREATE TRIGGER tidy BEFORE INSERT ON public.events FOR EACH ROW EXECUTE FUNCTION public.tidy();

CREATE VIEW public.moods AS SELECT name, CASE mood WHEN 'plain' THEN 1 ELSE 2 END AS "end" FROM public.people;
CREATE MATERIALIZED VIEW public.counted AS SELECT count(*) FROM public.people WITH NO DATA;
CREATE RULE quiet AS ON DELETE TO public.moods DO INSTEAD (SELECT 1; SELECT 2);
CREATE SEQUENCE public.tickets START 5;
ALTER TABLE public.people ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON public.people USING (name = current_user);
COMMENT ON TABLE public.people IS 'Größe; "quoted" -- ☃ 你好 👩‍👩‍👧';
COMMENT ON FUNCTION public.describe(int) IS U&'\2603; COMMIT;';
;; /* nothing */ ;
