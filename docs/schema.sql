-- The sum of all migrations, written by: python -m tests.ledger.write_schema

CREATE SCHEMA access;

ALTER SCHEMA access OWNER TO postgres;

CREATE SCHEMA ledger;

ALTER SCHEMA ledger OWNER TO postgres;

CREATE SCHEMA projections;

ALTER SCHEMA projections OWNER TO regesta;

CREATE SCHEMA vault;

ALTER SCHEMA vault OWNER TO postgres;

CREATE FUNCTION ledger.check_chain() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION ledger.check_chain() OWNER TO postgres;

CREATE FUNCTION ledger.check_checkpoint() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7234017283807667309);
    SELECT max(size) INTO NEW.previous FROM ledger.checkpoints;
    IF NEW.size <= NEW.previous THEN
        RAISE EXCEPTION 'ledger.checkpoints: expected a size above %, met %', NEW.previous, NEW.size
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$$;

ALTER FUNCTION ledger.check_checkpoint() OWNER TO postgres;

CREATE FUNCTION ledger.check_gapless() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

ALTER FUNCTION ledger.check_gapless() OWNER TO postgres;

CREATE FUNCTION ledger.check_number() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    next bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7234017283807667303);
    EXECUTE format('SELECT coalesce(max(number) + 1, 0) FROM ledger.%I', TG_TABLE_NAME) INTO next;
    IF NEW.number <> next THEN
        RAISE EXCEPTION 'ledger.%: expected number %, met %', TG_TABLE_NAME, next, NEW.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM ledger.checkpoints WHERE size = NEW.size) THEN
        RAISE EXCEPTION 'ledger.%: expected the size of a checkpoint, met %', TG_TABLE_NAME, NEW.size
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$$;

ALTER FUNCTION ledger.check_number() OWNER TO postgres;

CREATE FUNCTION ledger.check_readings() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    first bigint;
    last bigint;
    count bigint;
    head bigint;
    wrong bigint;
BEGIN
    SELECT min(r.number), max(r.number), count(*) INTO first, last, count FROM added r;
    IF count = 0 THEN
        RETURN NULL;
    END IF;
    SELECT max(r.number) INTO head FROM ledger.readings r WHERE r.number < first;
    IF first <> coalesce(head, -1) + 1 OR last - first + 1 <> count THEN
        RAISE EXCEPTION 'ledger.readings: expected numbers from % without gap, met % to % in % rows',
            coalesce(head, -1) + 1, first, last, count USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT min(a.number) INTO wrong FROM added a
     WHERE a.read_at < (SELECT r.read_at FROM ledger.readings r WHERE r.number = a.number - 1);
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.readings: number % was read before the one before it', wrong
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END;
$$;

ALTER FUNCTION ledger.check_readings() OWNER TO postgres;

CREATE FUNCTION ledger.check_tile() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    next bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7234017283807667309);
    SELECT coalesce(max(tile) + 1, 0) INTO next FROM ledger.tiles WHERE level = NEW.level;
    IF NEW.tile <> next THEN
        RAISE EXCEPTION 'ledger.tiles: expected tile % of level %, met %', next, NEW.level, NEW.tile
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$$;

ALTER FUNCTION ledger.check_tile() OWNER TO postgres;

CREATE FUNCTION ledger.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% on %.% is refused: the ledger is append-only', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME;
END;
$$;

ALTER FUNCTION ledger.refuse_change() OWNER TO postgres;

CREATE FUNCTION ledger.take_turn() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7234017283807667300);
    RETURN NULL;
END;
$$;

ALTER FUNCTION ledger.take_turn() OWNER TO postgres;

CREATE FUNCTION ledger.take_turn_reading() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7234017283807667310);
    RETURN NULL;
END;
$$;

ALTER FUNCTION ledger.take_turn_reading() OWNER TO postgres;

CREATE TABLE access.accounts (
    account_id uuid NOT NULL,
    name text NOT NULL,
    password_hash text NOT NULL,
    roles json NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    disabled_at timestamp with time zone
);

ALTER TABLE access.accounts OWNER TO postgres;

CREATE TABLE access.bindings (
    account_id uuid NOT NULL,
    subject uuid NOT NULL,
    bound_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE access.bindings OWNER TO postgres;

CREATE TABLE access.login_failures (
    attempt_id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    address text NOT NULL,
    failed_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE access.login_failures OWNER TO postgres;

CREATE TABLE access.tokens (
    token_hash bytea NOT NULL,
    account_id uuid NOT NULL,
    purpose text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT tokens_token_hash_check CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE access.tokens OWNER TO postgres;

CREATE TABLE ledger.checkpoints (
    size bigint NOT NULL,
    note bytea NOT NULL,
    previous bigint,
    CONSTRAINT checkpoints_size_check CHECK ((size > 0))
);

ALTER TABLE ledger.checkpoints OWNER TO postgres;

COMMENT ON COLUMN ledger.checkpoints.note IS 'the signed note (C2SP tlog-checkpoint) as the log signed it';

COMMENT ON COLUMN ledger.checkpoints.previous IS 'size of the checkpoint before this one; null in the first';

CREATE TABLE ledger.cosignatures (
    number bigint NOT NULL,
    size bigint NOT NULL,
    witness text NOT NULL,
    cosignature text NOT NULL,
    chain bytea NOT NULL,
    CONSTRAINT cosignatures_chain_check CHECK ((octet_length(chain) = 32)),
    CONSTRAINT cosignatures_number_check CHECK ((number >= 0))
);

ALTER TABLE ledger.cosignatures OWNER TO postgres;

COMMENT ON COLUMN ledger.cosignatures.witness IS 'the verifier key of the witness (C2SP tlog-cosignature)';

COMMENT ON COLUMN ledger.cosignatures.cosignature IS 'the signature line over the checkpoint of that size, as it stands in a note';

CREATE TABLE ledger.events (
    notification_id bigint NOT NULL,
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    previous bigint,
    leaf_hash bytea NOT NULL,
    CONSTRAINT events_leaf_hash_check CHECK ((octet_length(leaf_hash) = 32)),
    CONSTRAINT events_notification_id_check CHECK ((notification_id > 0))
);

ALTER TABLE ledger.events OWNER TO postgres;

COMMENT ON COLUMN ledger.events.notification_id IS 'position + 1';

COMMENT ON COLUMN ledger.events.previous IS 'position of the same aggregate''s previous event';

CREATE TABLE ledger.idempotency_keys (
    actor text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    answer json NOT NULL,
    committed_by bigint CONSTRAINT idempotency_keys_first_position_not_null NOT NULL,
    digests bytea,
    CONSTRAINT idempotency_keys_digests_check CHECK ((octet_length(digests) = 176)),
    CONSTRAINT idempotency_keys_request_hash_check CHECK ((octet_length(request_hash) = 32))
);

ALTER TABLE ledger.idempotency_keys OWNER TO postgres;

COMMENT ON COLUMN ledger.idempotency_keys.committed_by IS 'position of the first act of the request whose id nobody chose';

COMMENT ON COLUMN ledger.idempotency_keys.digests IS 'a salt and the salted SHA-256 of each other column in their order; the id of the act at committed_by is a digest of it';

CREATE TABLE ledger.readings (
    number bigint NOT NULL,
    read_at timestamp with time zone NOT NULL,
    reader text NOT NULL,
    role text NOT NULL,
    purpose text NOT NULL,
    case_number text,
    way text NOT NULL,
    register text NOT NULL,
    entries uuid[] NOT NULL,
    as_of date,
    known_at bigint NOT NULL,
    digests bytea NOT NULL,
    chain_hash bytea NOT NULL,
    CONSTRAINT readings_chain_hash_check CHECK ((octet_length(chain_hash) = 32)),
    CONSTRAINT readings_digests_check CHECK ((octet_length(digests) = 368)),
    CONSTRAINT readings_entries_check CHECK ((cardinality(entries) > 0)),
    CONSTRAINT readings_number_check CHECK ((number >= 0))
);

ALTER TABLE ledger.readings OWNER TO postgres;

COMMENT ON COLUMN ledger.readings.reader IS 'pseudonym';

COMMENT ON COLUMN ledger.readings.way IS 'by what path or command it was read';

COMMENT ON COLUMN ledger.readings.entries IS 'of which entries something that is not public was shown';

COMMENT ON COLUMN ledger.readings.as_of IS 'the day asked about; null where all days were shown';

COMMENT ON COLUMN ledger.readings.digests IS 'a salt and the salted SHA-256 of each column before it, in their order, as canonical JSON';

COMMENT ON COLUMN ledger.readings.chain_hash IS 'SHA-256 of the chain_hash before and these digests';

CREATE TABLE ledger.tiles (
    level smallint NOT NULL,
    tile bigint NOT NULL,
    hashes bytea NOT NULL,
    root bytea NOT NULL,
    CONSTRAINT tiles_hashes_check CHECK ((octet_length(hashes) = 8192)),
    CONSTRAINT tiles_level_check CHECK (((level >= 0) AND (level <= 6))),
    CONSTRAINT tiles_root_check CHECK ((octet_length(root) = 32)),
    CONSTRAINT tiles_tile_check CHECK ((tile >= 0))
);
ALTER TABLE ONLY ledger.tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;

ALTER TABLE ledger.tiles OWNER TO postgres;

COMMENT ON TABLE ledger.tiles IS 'full tiles (C2SP tlog-tiles); partial ones are made from the events';

COMMENT ON COLUMN ledger.tiles.root IS 'the hash over the tile, which is its place in the tile one level up';

CREATE TABLE ledger.timestamps (
    number bigint NOT NULL,
    size bigint NOT NULL,
    response bytea NOT NULL,
    chain bytea NOT NULL,
    CONSTRAINT timestamps_chain_check CHECK ((octet_length(chain) = 32)),
    CONSTRAINT timestamps_number_check CHECK ((number >= 0))
);

ALTER TABLE ledger.timestamps OWNER TO postgres;

COMMENT ON COLUMN ledger.timestamps.response IS 'the response (RFC 3161) over the bytes of the checkpoint of that size';

CREATE TABLE projections.acts (
    "position" bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    register text NOT NULL,
    entry_id uuid NOT NULL,
    version integer NOT NULL,
    verb text NOT NULL,
    event text NOT NULL,
    act_id uuid NOT NULL,
    actor text NOT NULL,
    role text NOT NULL,
    decision_number text,
    decided_on date NOT NULL,
    form text NOT NULL,
    legal_ground text,
    body text,
    effective_on date NOT NULL,
    received_on date,
    answers bigint,
    target bigint,
    mode text,
    registration_number text,
    attributes json NOT NULL
);

ALTER TABLE projections.acts OWNER TO regesta;

CREATE TABLE projections.entry_names (
    register text NOT NULL,
    sort_key bytea NOT NULL,
    entry_id uuid NOT NULL
);

ALTER TABLE projections.entry_names OWNER TO regesta;

CREATE TABLE projections.entry_states (
    register text NOT NULL,
    entry_id uuid NOT NULL,
    valid_from date NOT NULL,
    valid_to date NOT NULL,
    known_from bigint NOT NULL,
    act bigint NOT NULL,
    status text NOT NULL,
    registration_number text,
    sort_key bytea NOT NULL,
    search text NOT NULL,
    content json NOT NULL,
    confidential json NOT NULL,
    attributes json NOT NULL,
    facets text CONSTRAINT entry_states_found_by_not_null NOT NULL
);
ALTER TABLE ONLY projections.entry_states ALTER COLUMN sort_key SET STATISTICS 0;
ALTER TABLE ONLY projections.entry_states ALTER COLUMN search SET STATISTICS 0;
ALTER TABLE ONLY projections.entry_states ALTER COLUMN content SET STATISTICS 0;
ALTER TABLE ONLY projections.entry_states ALTER COLUMN confidential SET STATISTICS 0;
ALTER TABLE ONLY projections.entry_states ALTER COLUMN attributes SET STATISTICS 0;
ALTER TABLE ONLY projections.entry_states ALTER COLUMN facets SET STATISTICS 0;

ALTER TABLE projections.entry_states OWNER TO regesta;

CREATE TABLE projections.links (
    target uuid NOT NULL,
    entry_id uuid NOT NULL
);

ALTER TABLE projections.links OWNER TO regesta;

CREATE TABLE projections.number_series (
    space text NOT NULL,
    series text NOT NULL,
    last_serial bigint NOT NULL
);

ALTER TABLE projections.number_series OWNER TO regesta;

CREATE TABLE projections.registration_numbers (
    space text NOT NULL,
    number text NOT NULL,
    register text NOT NULL,
    entry_id uuid NOT NULL
);

ALTER TABLE projections.registration_numbers OWNER TO regesta;

CREATE TABLE vault.hashing_key (
    one boolean DEFAULT true NOT NULL,
    wrapped_key bytea NOT NULL,
    kek_id text NOT NULL,
    first_position bigint NOT NULL,
    CONSTRAINT hashing_key_one_check CHECK (one),
    CONSTRAINT hashing_key_wrapped_key_check CHECK ((octet_length(wrapped_key) = 60))
);

ALTER TABLE vault.hashing_key OWNER TO postgres;

CREATE TABLE vault.labels (
    label bytea NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    CONSTRAINT labels_kind_check CHECK ((kind = ANY (ARRAY['code'::text, 'entry'::text, 'value'::text]))),
    CONSTRAINT labels_label_check CHECK ((octet_length(label) = 32))
);

ALTER TABLE vault.labels OWNER TO postgres;

CREATE TABLE vault.subjects (
    subject_id uuid NOT NULL,
    wrapped_key bytea,
    kek_id text NOT NULL,
    CONSTRAINT subjects_wrapped_key_check CHECK ((octet_length(wrapped_key) = 60))
);

ALTER TABLE vault.subjects OWNER TO postgres;

CREATE UNIQUE INDEX accounts_id_idx ON access.accounts USING btree (account_id);

CREATE UNIQUE INDEX accounts_name_idx ON access.accounts USING btree (name);

CREATE UNIQUE INDEX bindings_idx ON access.bindings USING btree (account_id, subject);

CREATE INDEX bindings_subject_idx ON access.bindings USING btree (subject);

CREATE INDEX login_failures_address_idx ON access.login_failures USING btree (address);

CREATE UNIQUE INDEX login_failures_attempt_idx ON access.login_failures USING btree (attempt_id);

CREATE INDEX login_failures_name_idx ON access.login_failures USING btree (name);

CREATE UNIQUE INDEX tokens_hash_idx ON access.tokens USING btree (token_hash);

CREATE UNIQUE INDEX checkpoints_idx ON ledger.checkpoints USING btree (size);

CREATE UNIQUE INDEX cosignatures_idx ON ledger.cosignatures USING btree (number);

CREATE UNIQUE INDEX cosignatures_size_idx ON ledger.cosignatures USING btree (size, witness);

CREATE INDEX cosignatures_witness_idx ON ledger.cosignatures USING btree (witness, size);

CREATE UNIQUE INDEX events_notification_id_idx ON ledger.events USING btree (notification_id);

CREATE UNIQUE INDEX events_originator_idx ON ledger.events USING btree (originator_id, originator_version);

CREATE INDEX events_recorded_at_idx ON ledger.events USING btree (recorded_at, notification_id);

CREATE INDEX idempotency_keys_committed_by_idx ON ledger.idempotency_keys USING btree (committed_by);

CREATE UNIQUE INDEX idempotency_keys_idx ON ledger.idempotency_keys USING btree (actor, key);

CREATE INDEX readings_entries_idx ON ledger.readings USING gin (entries);

CREATE UNIQUE INDEX readings_number_idx ON ledger.readings USING btree (number);

CREATE INDEX readings_read_at_idx ON ledger.readings USING btree (read_at, number);

CREATE INDEX readings_reader_idx ON ledger.readings USING btree (reader, number);

CREATE UNIQUE INDEX tiles_idx ON ledger.tiles USING btree (level, tile);

CREATE UNIQUE INDEX timestamps_idx ON ledger.timestamps USING btree (number);

CREATE UNIQUE INDEX timestamps_size_idx ON ledger.timestamps USING btree (size);

CREATE INDEX acts_decided_idx ON projections.acts USING btree (decided_on, register, verb);

CREATE INDEX acts_entry_idx ON projections.acts USING btree (entry_id, "position") INCLUDE (version);

CREATE UNIQUE INDEX acts_position_idx ON projections.acts USING btree ("position");

CREATE UNIQUE INDEX entry_names_idx ON projections.entry_names USING btree (register, sort_key, entry_id);

CREATE UNIQUE INDEX entry_states_point_idx ON projections.entry_states USING btree (entry_id, known_from, valid_from) INCLUDE (valid_to);

CREATE UNIQUE INDEX links_idx ON projections.links USING btree (target, entry_id);

CREATE UNIQUE INDEX number_series_idx ON projections.number_series USING btree (space, series);

CREATE UNIQUE INDEX registration_numbers_idx ON projections.registration_numbers USING btree (space, number, entry_id);

CREATE INDEX registration_numbers_register_idx ON projections.registration_numbers USING btree (register, number);

CREATE UNIQUE INDEX hashing_key_one_idx ON vault.hashing_key USING btree (one);

CREATE UNIQUE INDEX labels_idx ON vault.labels USING btree (label);

CREATE INDEX labels_subject_idx ON vault.labels USING btree (subject_id);

CREATE INDEX subjects_destroyed_idx ON vault.subjects USING btree (subject_id) WHERE (wrapped_key IS NULL);

CREATE UNIQUE INDEX subjects_id_idx ON vault.subjects USING btree (subject_id);

CREATE INDEX subjects_kek_idx ON vault.subjects USING btree (kek_id) WHERE (wrapped_key IS NOT NULL);

CREATE TRIGGER checkpoints_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.checkpoints FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER checkpoints_grow BEFORE INSERT ON ledger.checkpoints FOR EACH ROW EXECUTE FUNCTION ledger.check_checkpoint();

CREATE TRIGGER cosignatures_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.cosignatures FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER cosignatures_gapless BEFORE INSERT ON ledger.cosignatures FOR EACH ROW EXECUTE FUNCTION ledger.check_number();

CREATE TRIGGER events_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.events FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER events_gapless AFTER INSERT ON ledger.events REFERENCING NEW TABLE AS appended FOR EACH STATEMENT EXECUTE FUNCTION ledger.check_gapless();

CREATE TRIGGER events_in_chain AFTER INSERT ON ledger.events REFERENCING NEW TABLE AS appended FOR EACH STATEMENT EXECUTE FUNCTION ledger.check_chain();

CREATE TRIGGER events_take_turn BEFORE INSERT ON ledger.events FOR EACH STATEMENT EXECUTE FUNCTION ledger.take_turn();

CREATE TRIGGER idempotency_keys_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.idempotency_keys FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER readings_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.readings FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER readings_gapless AFTER INSERT ON ledger.readings REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger.check_readings();

CREATE TRIGGER readings_take_turn BEFORE INSERT ON ledger.readings FOR EACH STATEMENT EXECUTE FUNCTION ledger.take_turn_reading();

CREATE TRIGGER tiles_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.tiles FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER tiles_gapless BEFORE INSERT ON ledger.tiles FOR EACH ROW EXECUTE FUNCTION ledger.check_tile();

CREATE TRIGGER timestamps_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.timestamps FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE TRIGGER timestamps_gapless BEFORE INSERT ON ledger.timestamps FOR EACH ROW EXECUTE FUNCTION ledger.check_number();

GRANT USAGE ON SCHEMA access TO regesta;

GRANT USAGE ON SCHEMA ledger TO regesta;

GRANT USAGE ON SCHEMA vault TO regesta;

GRANT SELECT,INSERT,UPDATE ON TABLE access.accounts TO regesta;

GRANT SELECT,INSERT ON TABLE access.bindings TO regesta;

GRANT SELECT,INSERT,DELETE ON TABLE access.login_failures TO regesta;

GRANT SELECT,INSERT,UPDATE ON TABLE access.tokens TO regesta;

GRANT SELECT,INSERT ON TABLE ledger.checkpoints TO regesta;

GRANT SELECT,INSERT ON TABLE ledger.cosignatures TO regesta;

GRANT SELECT,INSERT ON TABLE ledger.events TO regesta;

GRANT SELECT,INSERT ON TABLE ledger.idempotency_keys TO regesta;

GRANT SELECT,INSERT ON TABLE ledger.readings TO regesta;

GRANT SELECT,INSERT ON TABLE ledger.tiles TO regesta;

GRANT SELECT,INSERT ON TABLE ledger.timestamps TO regesta;

GRANT SELECT,INSERT,UPDATE ON TABLE vault.hashing_key TO regesta;

GRANT SELECT,INSERT,DELETE ON TABLE vault.labels TO regesta;

GRANT SELECT,INSERT,UPDATE ON TABLE vault.subjects TO regesta;
