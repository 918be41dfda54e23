-- Who may come in: local accounts and bearer tokens. Nothing here is part of the ledger.

CREATE SCHEMA access;
GRANT USAGE ON SCHEMA access TO regesta;

CREATE TABLE access.accounts (
    account_id uuid NOT NULL,
    name text NOT NULL,
    password_hash text NOT NULL,
    roles json NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    disabled_at timestamptz
);
CREATE UNIQUE INDEX accounts_id_idx ON access.accounts (account_id);
CREATE UNIQUE INDEX accounts_name_idx ON access.accounts (name);

CREATE TABLE access.tokens (
    token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
    account_id uuid NOT NULL,
    purpose text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE UNIQUE INDEX tokens_hash_idx ON access.tokens (token_hash);

GRANT SELECT, INSERT, UPDATE ON access.accounts, access.tokens TO regesta;

-- Failed attempts to sign in, kept for as long as they count against further ones.
CREATE TABLE access.login_failures (
    attempt_id uuid NOT NULL DEFAULT gen_random_uuid(),
    name text NOT NULL,
    address text NOT NULL,
    failed_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX login_failures_attempt_idx ON access.login_failures (attempt_id);
CREATE INDEX login_failures_name_idx ON access.login_failures (name);
CREATE INDEX login_failures_address_idx ON access.login_failures (address);
GRANT SELECT, INSERT, DELETE ON access.login_failures TO regesta;
