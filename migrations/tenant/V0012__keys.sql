-- Service accounts, and the API keys of accounts and people.

ALTER TABLE users ADD COLUMN kind text NOT NULL DEFAULT 'person';
ALTER TABLE users ADD CONSTRAINT users_kind_check CHECK (kind IN ('person', 'service'));

-- What a service account has beside its row in `users`, which holds its state and its roles.
CREATE TABLE service_accounts (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    description text,
    CONSTRAINT service_accounts_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT service_accounts_name_key UNIQUE (tenant_id, name),
    CONSTRAINT service_accounts_user_fkey
        FOREIGN KEY (tenant_id, id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
SELECT tenant_table('service_accounts');

CREATE TABLE api_keys (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    -- Whose it is: a service account, or a person.
    user_id uuid NOT NULL,
    name text NOT NULL,
    -- SHA-256 of 256 random bits: nothing that could be guessed, so nothing that must be slow.
    secret_hash bytea NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    -- Written now and then, not for every request.
    last_used_at timestamptz,
    revoked_at timestamptz,
    -- The key that takes its place.
    replaced_by uuid,
    CONSTRAINT api_keys_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT api_keys_user_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX api_keys_created_idx ON api_keys (tenant_id, created_at, id);
CREATE INDEX api_keys_user_idx ON api_keys (tenant_id, user_id, created_at, id);
SELECT tenant_table('api_keys');
