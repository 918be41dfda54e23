-- The ledger: append-only, gapless, for every role.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'regesta') THEN
        CREATE ROLE regesta NOLOGIN;
    END IF;
    EXECUTE format('GRANT regesta TO %I', current_user);
    EXECUTE format('GRANT CREATE ON DATABASE %I TO regesta', current_database());
END;
$$;

CREATE SCHEMA ledger;
GRANT USAGE ON SCHEMA ledger TO regesta;

CREATE TABLE ledger.events (
    notification_id bigint NOT NULL CHECK (notification_id > 0),
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    actor text NOT NULL,
    previous bigint,
    leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32)
);
CREATE UNIQUE INDEX events_notification_id_idx ON ledger.events (notification_id);
CREATE UNIQUE INDEX events_originator_idx ON ledger.events (originator_id, originator_version);
CREATE INDEX events_recorded_at_idx ON ledger.events (recorded_at, notification_id);
COMMENT ON COLUMN ledger.events.notification_id IS 'position + 1';
COMMENT ON COLUMN ledger.events.previous IS 'position of the same aggregate''s previous event';

CREATE TABLE ledger.idempotency_keys (
    actor text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL CHECK (octet_length(request_hash) = 32),
    answer json NOT NULL,
    first_position bigint NOT NULL
);
CREATE UNIQUE INDEX idempotency_keys_idx ON ledger.idempotency_keys (actor, key);

-- Whoever inserts holds the appending lock until the transaction ends, so that commits follow positions.
CREATE FUNCTION ledger.take_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7234017283807667300);
    RETURN NULL;
END;
$$;

CREATE FUNCTION ledger.check_gapless() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    first bigint;
    last bigint;
    number bigint;
    head bigint;
BEGIN
    SELECT min(notification_id), max(notification_id), count(*) INTO first, last, number FROM appended;
    IF number = 0 THEN
        RETURN NULL;
    END IF;
    SELECT max(notification_id) INTO head FROM ledger.events WHERE notification_id < first;
    IF first <> coalesce(head, 0) + 1 OR last - first + 1 <> number THEN
        RAISE EXCEPTION 'ledger.events: expected positions from % without gap, met % to % in % rows',
            coalesce(head, 0), first - 1, last - 1, number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$$;

-- No event is older than the one before it, and each is the next version of its aggregate and says so. Probes, not a
-- join: the plan must not come to depend on how much was appended at once.
CREATE FUNCTION ledger.check_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT min(a.notification_id) - 1 INTO wrong FROM appended a
     WHERE a.recorded_at < (SELECT e.recorded_at FROM ledger.events e WHERE e.notification_id = a.notification_id - 1)
        OR a.previous IS NULL AND a.originator_version NOT IN (0, 1)
        OR a.previous IS DISTINCT FROM (
            SELECT e.notification_id - 1 FROM ledger.events e
             WHERE e.originator_id = a.originator_id AND e.originator_version = a.originator_version - 1);
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.events: position % does not follow the event or the version before it', wrong
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$$;

CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on %.% is refused: the ledger is append-only', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME;
END;
$$;

CREATE TRIGGER events_take_turn BEFORE INSERT ON ledger.events
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.take_turn();
CREATE TRIGGER events_gapless AFTER INSERT ON ledger.events
    REFERENCING NEW TABLE AS appended FOR EACH STATEMENT EXECUTE FUNCTION ledger.check_gapless();
CREATE TRIGGER events_in_chain AFTER INSERT ON ledger.events
    REFERENCING NEW TABLE AS appended FOR EACH STATEMENT EXECUTE FUNCTION ledger.check_chain();
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.events
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER idempotency_keys_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.idempotency_keys
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

GRANT SELECT, INSERT ON ledger.events, ledger.idempotency_keys TO regesta;
