-- Which accounts belong to one person: each binds an account to a subject of an identity provider, named by the pseudonym
-- its sessions have. A binding is never taken back: whoever was one person stays one. Nothing here is part of the ledger.
-- depends: 0003-access

CREATE TABLE access.bindings (
    account_id uuid NOT NULL,
    subject uuid NOT NULL,
    bound_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX bindings_idx ON access.bindings (account_id, subject);
CREATE INDEX bindings_subject_idx ON access.bindings (subject);
GRANT SELECT, INSERT ON access.bindings TO regesta;
