-- Operators who act, or acted, in the name of one of the tenant's users.

CREATE TABLE impersonations (
    tenant_id uuid NOT NULL,
    -- Also the session of its tokens.
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    -- A user of the platform's own tenant, with the address as it was then: the tenant cannot look it up.
    operator_id uuid NOT NULL,
    operator_email text NOT NULL,
    reason text NOT NULL,
    ticket text,
    mode text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by text,
    CONSTRAINT impersonations_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT impersonations_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT impersonations_mode_check CHECK (mode IN ('read-only', 'read-write')),
    CONSTRAINT impersonations_ended_check CHECK (ended_by IN ('operator', 'tenant'))
);
CREATE INDEX impersonations_created_idx ON impersonations (tenant_id, created_at, id);
SELECT tenant_table('impersonations');
