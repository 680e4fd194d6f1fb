-- What devices without a browser of their own wait for (RFC 8628). Of the codes only hashes: of the one that people type, a
-- keyed one, because it is short.
CREATE TABLE oauth_device_codes (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    device_hash bytea NOT NULL,
    user_code_hash bytea NOT NULL,
    scopes text[] NOT NULL,
    state text NOT NULL,
    -- How long the device waits between two questions; it grows when the device does not.
    interval_seconds integer NOT NULL,
    polled_at timestamptz,
    -- Who has allowed it, in which session, and how they had signed in.
    user_id uuid,
    session_id uuid,
    auth_time timestamptz,
    acr text,
    amr text[],
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT oauth_device_codes_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT oauth_device_codes_user_code_key UNIQUE (tenant_id, user_code_hash),
    CONSTRAINT oauth_device_codes_state_check CHECK (state IN ('pending', 'approved', 'denied')),
    CONSTRAINT oauth_device_codes_client_fkey
        FOREIGN KEY (tenant_id, client_id) REFERENCES oauth_clients (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT oauth_device_codes_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX oauth_device_codes_client_idx ON oauth_device_codes (tenant_id, client_id);
CREATE INDEX oauth_device_codes_expires_idx ON oauth_device_codes (tenant_id, expires_at);
CREATE INDEX oauth_device_codes_user_idx ON oauth_device_codes (tenant_id, user_id);
SELECT tenant_table('oauth_device_codes');
