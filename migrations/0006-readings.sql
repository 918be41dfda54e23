-- Who read what is not public, when and why: append-only and chained, so that no row can be taken away unnoticed.
-- depends: 0004-attributes-and-links

CREATE TABLE ledger.readings (
    number bigint NOT NULL CHECK (number >= 0),
    read_at timestamptz NOT NULL,
    reader text NOT NULL,
    role text NOT NULL,
    purpose text NOT NULL,
    case_number text,
    way text NOT NULL,
    register text NOT NULL,
    entries uuid[] NOT NULL CHECK (cardinality(entries) > 0),
    as_of date,
    known_at bigint NOT NULL,
    digests bytea NOT NULL CHECK (octet_length(digests) = 368),
    chain_hash bytea NOT NULL CHECK (octet_length(chain_hash) = 32)
);
CREATE UNIQUE INDEX readings_number_idx ON ledger.readings (number);
CREATE INDEX readings_reader_idx ON ledger.readings (reader, number);
CREATE INDEX readings_read_at_idx ON ledger.readings (read_at, number);
CREATE INDEX readings_entries_idx ON ledger.readings USING gin (entries);
COMMENT ON COLUMN ledger.readings.reader IS 'pseudonym';
COMMENT ON COLUMN ledger.readings.way IS 'by what path or command it was read';
COMMENT ON COLUMN ledger.readings.entries IS 'of which entries something that is not public was shown';
COMMENT ON COLUMN ledger.readings.as_of IS 'the day asked about; null where all days were shown';
COMMENT ON COLUMN ledger.readings.digests IS
    'a salt and the salted SHA-256 of each column before it, in their order, as canonical JSON';
COMMENT ON COLUMN ledger.readings.chain_hash IS 'SHA-256 of the chain_hash before and these digests';

-- Whoever inserts holds the lock of readings until the transaction ends, so that commits follow numbers.
CREATE FUNCTION ledger.take_turn_reading() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7234017283807667310);
    RETURN NULL;
END;
$$;

CREATE FUNCTION ledger.check_readings() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE TRIGGER readings_take_turn BEFORE INSERT ON ledger.readings
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.take_turn_reading();
CREATE TRIGGER readings_gapless AFTER INSERT ON ledger.readings
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger.check_readings();
CREATE TRIGGER readings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.readings
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

GRANT SELECT, INSERT ON ledger.readings TO regesta;
