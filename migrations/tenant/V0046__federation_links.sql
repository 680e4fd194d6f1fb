-- Accounts elsewhere whose e-mail address is somebody's here: linked once that somebody has signed in, in the same browser.
CREATE TABLE federation_links (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    token_hash bytea NOT NULL,
    -- The browser that has come back, by a cookie.
    browser_hash bytea NOT NULL,
    provider_id uuid NOT NULL,
    issuer text NOT NULL,
    subject text NOT NULL,
    email text NOT NULL,
    -- Whose the address is.
    user_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT federation_links_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT federation_links_provider_fkey
        FOREIGN KEY (tenant_id, provider_id) REFERENCES identity_providers (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT federation_links_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX federation_links_expires_idx ON federation_links (tenant_id, expires_at);
CREATE INDEX federation_links_provider_idx ON federation_links (tenant_id, provider_id);
CREATE INDEX federation_links_user_idx ON federation_links (tenant_id, user_id);
SELECT tenant_table('federation_links');
