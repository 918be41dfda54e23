-- What others say of checkpoints: cosignatures of witnesses, and time stamps of the heads of months (RFC 3161).
-- depends: 0005-log

-- When a witness cosigned or an authority stamped stands in what they signed. ``chain`` is the hash over the chain of
-- the row before and everything else in this one, so that no row can be changed, taken away from among them or moved.
CREATE TABLE ledger.cosignatures (
    number bigint NOT NULL CHECK (number >= 0),
    size bigint NOT NULL,
    witness text NOT NULL,
    cosignature text NOT NULL,
    chain bytea NOT NULL CHECK (octet_length(chain) = 32)
);
CREATE UNIQUE INDEX cosignatures_idx ON ledger.cosignatures (number);
CREATE UNIQUE INDEX cosignatures_size_idx ON ledger.cosignatures (size, witness);
CREATE INDEX cosignatures_witness_idx ON ledger.cosignatures (witness, size);
COMMENT ON COLUMN ledger.cosignatures.witness IS 'the verifier key of the witness (C2SP tlog-cosignature)';
COMMENT ON COLUMN ledger.cosignatures.cosignature IS 'the signature line over the checkpoint of that size, as it stands in a note';

CREATE TABLE ledger.timestamps (
    number bigint NOT NULL CHECK (number >= 0),
    size bigint NOT NULL,
    response bytea NOT NULL,
    chain bytea NOT NULL CHECK (octet_length(chain) = 32)
);
CREATE UNIQUE INDEX timestamps_idx ON ledger.timestamps (number);
CREATE UNIQUE INDEX timestamps_size_idx ON ledger.timestamps (size);
COMMENT ON COLUMN ledger.timestamps.response IS 'the response (RFC 3161) over the bytes of the checkpoint of that size';

-- Whoever adds to one of the two holds the lock until the transaction ends, so that numbers follow commits.
CREATE FUNCTION ledger.check_number() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE TRIGGER cosignatures_gapless BEFORE INSERT ON ledger.cosignatures
    FOR EACH ROW EXECUTE FUNCTION ledger.check_number();
CREATE TRIGGER timestamps_gapless BEFORE INSERT ON ledger.timestamps
    FOR EACH ROW EXECUTE FUNCTION ledger.check_number();
CREATE TRIGGER cosignatures_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.cosignatures
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER timestamps_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.timestamps
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

GRANT SELECT, INSERT ON ledger.cosignatures, ledger.timestamps TO regesta;
