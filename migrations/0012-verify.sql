-- What a key's row says is committed to by the act it answers for, so that no column of it can be changed, and no row
-- be taken away or added, unnoticed.
-- depends: 0004-attributes-and-links 0005-log

-- Null only in rows from before this: these can't be proved, and verify says so.
ALTER TABLE ledger.idempotency_keys ADD COLUMN digests bytea CHECK (octet_length(digests) = 176);
COMMENT ON COLUMN ledger.idempotency_keys.digests IS
    'a salt and the salted SHA-256 of each other column in their order; the id of the act at committed_by is a digest of it';
ALTER TABLE ledger.idempotency_keys RENAME COLUMN first_position TO committed_by;
COMMENT ON COLUMN ledger.idempotency_keys.committed_by IS 'position of the first act of the request whose id nobody chose';
CREATE INDEX idempotency_keys_committed_by_idx ON ledger.idempotency_keys (committed_by);

-- Each checkpoint names the one before it, so that none can be taken away unnoticed.
ALTER TABLE ledger.checkpoints ADD COLUMN previous bigint;
COMMENT ON COLUMN ledger.checkpoints.previous IS 'size of the checkpoint before this one; null in the first';

CREATE OR REPLACE FUNCTION ledger.check_checkpoint() RETURNS trigger LANGUAGE plpgsql AS $$
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
