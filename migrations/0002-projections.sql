-- What is derived from the ledger. The whole schema can be rebuilt beside itself and swapped, so the service owns it.

CREATE SCHEMA projections AUTHORIZATION regesta;
SET LOCAL ROLE regesta;

-- One row per act, with typed columns for everything statistics filter by.
CREATE TABLE projections.acts (
    position bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
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
    entry_kind text,
    entry_type text,
    founder_class text,
    territory text,
    basis text
);
CREATE UNIQUE INDEX acts_position_idx ON projections.acts (position);
CREATE INDEX acts_entry_idx ON projections.acts (entry_id, position) INCLUDE (version);
CREATE INDEX acts_decided_idx ON projections.acts (decided_on, register, verb);

-- The registers on both time axes, as layers: from the position known_from on, a row's state holds on the days
-- [valid_from, valid_to), unless a row with a later known_from covers the day. Rows are only added.
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
    facets text[] NOT NULL,
    entry_kind text,
    entry_type text,
    founder_class text,
    territory text,
    content json NOT NULL,
    confidential json NOT NULL
);
CREATE UNIQUE INDEX entry_states_point_idx ON projections.entry_states (entry_id, known_from, valid_from)
    INCLUDE (valid_to);
-- No plan depends on how these are spread, and to find out costs most of an ANALYZE.
ALTER TABLE projections.entry_states
    ALTER sort_key SET STATISTICS 0, ALTER search SET STATISTICS 0, ALTER facets SET STATISTICS 0,
    ALTER content SET STATISTICS 0, ALTER confidential SET STATISTICS 0;

-- Every sort key an entry has ever had: the order of lists at any point in time.
CREATE TABLE projections.entry_names (
    register text NOT NULL,
    sort_key bytea NOT NULL,
    entry_id uuid NOT NULL
);
CREATE UNIQUE INDEX entry_names_idx ON projections.entry_names (register, sort_key, entry_id);

-- Every number an entry has ever had; a number is alive once on any day.
CREATE TABLE projections.registration_numbers (
    space text NOT NULL,
    number text NOT NULL,
    register text NOT NULL,
    entry_id uuid NOT NULL
);
CREATE UNIQUE INDEX registration_numbers_idx ON projections.registration_numbers (space, number, entry_id);
CREATE INDEX registration_numbers_register_idx ON projections.registration_numbers (register, number);

-- The last serial of each series of numbers, given or supplied.
CREATE TABLE projections.number_series (
    space text NOT NULL,
    series text NOT NULL,
    last_serial bigint NOT NULL
);
CREATE UNIQUE INDEX number_series_idx ON projections.number_series (space, series);

RESET ROLE;
