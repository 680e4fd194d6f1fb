-- The clients of the tenant's OpenID provider (document B), and the secrets of those that have one.

CREATE TABLE oauth_clients (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    description text,
    kind text NOT NULL,
    preset text,
    auth_method text NOT NULL,
    redirect_uris text[] NOT NULL,
    post_logout_redirect_uris text[] NOT NULL,
    grant_types text[] NOT NULL,
    scopes text[] NOT NULL,
    -- The public keys of a client that signs its assertions.
    jwks jsonb,
    access_token_seconds integer NOT NULL,
    id_token_seconds integer NOT NULL,
    refresh_token_seconds integer NOT NULL,
    needs_consent boolean NOT NULL,
    is_active boolean NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    CONSTRAINT oauth_clients_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT oauth_clients_name_key UNIQUE (tenant_id, name),
    CONSTRAINT oauth_clients_kind_check CHECK (kind IN ('confidential', 'public', 'machine'))
);
CREATE INDEX oauth_clients_created_idx ON oauth_clients (tenant_id, created_at, id);
SELECT tenant_table('oauth_clients');

-- Only hashes. While a secret is being rotated there are two.
CREATE TABLE oauth_client_secrets (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    secret_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    CONSTRAINT oauth_client_secrets_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT oauth_client_secrets_client_fkey
        FOREIGN KEY (tenant_id, client_id) REFERENCES oauth_clients (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX oauth_client_secrets_client_idx ON oauth_client_secrets (tenant_id, client_id, id);
SELECT tenant_table('oauth_client_secrets');
