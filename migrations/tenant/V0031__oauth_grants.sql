-- What the OpenID provider has issued: sessions of browsers, codes, grants with their refresh tokens, consents. Only hashes
-- and seeds; access tokens are signed and not stored.

-- What the provider knows of a session beside user_sessions: the secret in the cookie, and how the person proved who they are.
CREATE TABLE sso_sessions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    secret_hash bytea NOT NULL,
    auth_time timestamptz NOT NULL,
    acr text NOT NULL,
    amr text[] NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT sso_sessions_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT sso_sessions_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX sso_sessions_user_idx ON sso_sessions (tenant_id, user_id);
SELECT tenant_table('sso_sessions');

CREATE TABLE oauth_grants (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    user_id uuid NOT NULL,
    -- No foreign key, here and below: sessions leave by themselves when they are over.
    session_id uuid NOT NULL,
    scopes text[] NOT NULL,
    claims jsonb NOT NULL,
    auth_time timestamptz NOT NULL,
    acr text NOT NULL,
    amr text[] NOT NULL,
    -- Refresh tokens are derived from this and a key that is not in the database; none is stored.
    refresh_seed bytea NOT NULL,
    generation integer NOT NULL,
    rotated_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT oauth_grants_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT oauth_grants_client_fkey
        FOREIGN KEY (tenant_id, client_id) REFERENCES oauth_clients (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT oauth_grants_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX oauth_grants_session_idx ON oauth_grants (tenant_id, session_id);
CREATE INDEX oauth_grants_client_idx ON oauth_grants (tenant_id, client_id);
CREATE INDEX oauth_grants_user_idx ON oauth_grants (tenant_id, user_id);
CREATE INDEX oauth_grants_expires_idx ON oauth_grants (tenant_id, expires_at);
SELECT tenant_table('oauth_grants');

CREATE TABLE oauth_authorization_codes (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    user_id uuid NOT NULL,
    session_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    redirect_uri text NOT NULL,
    scopes text[] NOT NULL,
    nonce text,
    code_challenge text,
    claims jsonb NOT NULL,
    auth_time timestamptz NOT NULL,
    acr text NOT NULL,
    amr text[] NOT NULL,
    -- What it was exchanged for; revoked when the code comes again.
    grant_id uuid,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT oauth_authorization_codes_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT oauth_authorization_codes_client_fkey
        FOREIGN KEY (tenant_id, client_id) REFERENCES oauth_clients (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT oauth_authorization_codes_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT oauth_authorization_codes_grant_fkey
        FOREIGN KEY (tenant_id, grant_id) REFERENCES oauth_grants (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX oauth_authorization_codes_expires_idx ON oauth_authorization_codes (tenant_id, expires_at);
CREATE INDEX oauth_authorization_codes_client_idx ON oauth_authorization_codes (tenant_id, client_id);
CREATE INDEX oauth_authorization_codes_grant_idx ON oauth_authorization_codes (tenant_id, grant_id);
CREATE INDEX oauth_authorization_codes_user_idx ON oauth_authorization_codes (tenant_id, user_id);
SELECT tenant_table('oauth_authorization_codes');

CREATE TABLE oauth_consents (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    client_id uuid NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT oauth_consents_pkey PRIMARY KEY (tenant_id, user_id, client_id),
    CONSTRAINT oauth_consents_client_fkey
        FOREIGN KEY (tenant_id, client_id) REFERENCES oauth_clients (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT oauth_consents_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX oauth_consents_client_idx ON oauth_consents (tenant_id, client_id);
SELECT tenant_table('oauth_consents');

-- Assertions that have been used (RFC 7523, section 3): none counts twice.
CREATE TABLE oauth_assertions (
    tenant_id uuid NOT NULL,
    client_id uuid NOT NULL,
    jti_hash bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT oauth_assertions_pkey PRIMARY KEY (tenant_id, client_id, jti_hash),
    CONSTRAINT oauth_assertions_client_fkey
        FOREIGN KEY (tenant_id, client_id) REFERENCES oauth_clients (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX oauth_assertions_expires_idx ON oauth_assertions (tenant_id, expires_at);
SELECT tenant_table('oauth_assertions');
