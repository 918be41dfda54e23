-- The transparency log: the tree over the events in full tiles, and every checkpoint ever signed.
-- depends: 0004-attributes-and-links

CREATE TABLE ledger.tiles (
    level smallint NOT NULL CHECK (level BETWEEN 0 AND 6),
    tile bigint NOT NULL CHECK (tile >= 0),
    hashes bytea NOT NULL CHECK (octet_length(hashes) = 8192),
    root bytea NOT NULL CHECK (octet_length(root) = 32)
);
CREATE UNIQUE INDEX tiles_idx ON ledger.tiles (level, tile);
ALTER TABLE ledger.tiles ALTER hashes SET STORAGE EXTERNAL;
COMMENT ON TABLE ledger.tiles IS 'full tiles (C2SP tlog-tiles); partial ones are made from the events';
COMMENT ON COLUMN ledger.tiles.root IS 'the hash over the tile, which is its place in the tile one level up';

-- A time that no signature covers could be changed unnoticed, so none is kept: when the newest act of a tree was
-- recorded its own leaf tells.
CREATE TABLE ledger.checkpoints (
    size bigint NOT NULL CHECK (size > 0),
    note bytea NOT NULL
);
CREATE UNIQUE INDEX checkpoints_idx ON ledger.checkpoints (size);
COMMENT ON COLUMN ledger.checkpoints.note IS 'the signed note (C2SP tlog-checkpoint) as the log signed it';

-- Whoever seals holds the sealing lock until the transaction ends.
CREATE FUNCTION ledger.check_checkpoint() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    newest bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7234017283807667309);
    SELECT max(size) INTO newest FROM ledger.checkpoints;
    IF NEW.size <= newest THEN
        RAISE EXCEPTION 'ledger.checkpoints: expected a size above %, met %', newest, NEW.size
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$$;

CREATE FUNCTION ledger.check_tile() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE TRIGGER checkpoints_grow BEFORE INSERT ON ledger.checkpoints
    FOR EACH ROW EXECUTE FUNCTION ledger.check_checkpoint();
CREATE TRIGGER tiles_gapless BEFORE INSERT ON ledger.tiles
    FOR EACH ROW EXECUTE FUNCTION ledger.check_tile();
CREATE TRIGGER checkpoints_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER tiles_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.tiles
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

GRANT SELECT, INSERT ON ledger.tiles, ledger.checkpoints TO regesta;
