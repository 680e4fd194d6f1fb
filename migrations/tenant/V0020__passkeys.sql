-- Passkeys (Web Authentication): the public halves of keys that a person's devices hold.

CREATE TABLE passkeys (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    credential_id bytea NOT NULL,
    -- The public key, the counter and what the authenticator said of itself.
    credential jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    CONSTRAINT passkeys_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT passkeys_credential_key UNIQUE (tenant_id, credential_id),
    CONSTRAINT passkeys_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX passkeys_user_idx ON passkeys (tenant_id, user_id, created_at, id);
SELECT tenant_table('passkeys');
