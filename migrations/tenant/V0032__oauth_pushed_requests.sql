-- Authorization requests that clients have left beforehand (RFC 9126). Of the reference, only a hash.
CREATE TABLE oauth_pushed_requests (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    secret_hash bytea NOT NULL,
    -- As a query; without the client's credentials.
    parameters text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT oauth_pushed_requests_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT oauth_pushed_requests_client_fkey
        FOREIGN KEY (tenant_id, client_id) REFERENCES oauth_clients (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX oauth_pushed_requests_client_idx ON oauth_pushed_requests (tenant_id, client_id, expires_at);
SELECT tenant_table('oauth_pushed_requests');
