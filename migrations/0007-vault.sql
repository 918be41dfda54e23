-- depends: 0004-attributes-and-links
-- The keys of persons, each wrapped by a key that is never in the database, and what leads to them. No personal value
-- is here. Not part of the ledger: keys are destroyed, and backed up apart from everything else.

CREATE SCHEMA vault;
GRANT USAGE ON SCHEMA vault TO regesta;

-- A person, or a text that may name one. The key that was destroyed is NULL; a row is never deleted, so that a key
-- which is lost can be told from one which was destroyed.
CREATE TABLE vault.subjects (
    subject_id uuid NOT NULL,
    wrapped_key bytea CHECK (octet_length(wrapped_key) = 60),
    kek_id text NOT NULL
);
CREATE UNIQUE INDEX subjects_id_idx ON vault.subjects (subject_id);
CREATE INDEX subjects_kek_idx ON vault.subjects (kek_id) WHERE wrapped_key IS NOT NULL;
CREATE INDEX subjects_destroyed_idx ON vault.subjects (subject_id) WHERE wrapped_key IS NULL;

-- By what a subject is found: keyed hashes (HMAC-SHA256) of a personal code, of an entry, of a value in an entry.
CREATE TABLE vault.labels (
    label bytea NOT NULL CHECK (octet_length(label) = 32),
    kind text NOT NULL CHECK (kind IN ('code', 'entry', 'value')),
    subject_id uuid NOT NULL
);
CREATE UNIQUE INDEX labels_idx ON vault.labels (label);
CREATE INDEX labels_subject_idx ON vault.labels (subject_id);

-- The key of the keyed hashes, wrapped; which key wraps by now; from which position on values are sealed.
CREATE TABLE vault.hashing_key (
    one boolean NOT NULL DEFAULT true CHECK (one),
    wrapped_key bytea NOT NULL CHECK (octet_length(wrapped_key) = 60),
    kek_id text NOT NULL,
    first_position bigint NOT NULL
);
CREATE UNIQUE INDEX hashing_key_one_idx ON vault.hashing_key (one);

GRANT SELECT, INSERT, UPDATE ON vault.subjects, vault.hashing_key TO regesta;
GRANT SELECT, INSERT, DELETE ON vault.labels TO regesta;
