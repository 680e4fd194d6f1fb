-- Signing in with accounts that others keep: identity providers (document D), who is who there, and what is under way.

CREATE TABLE identity_providers (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    -- Its name in addresses.
    slug text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    -- Compared letter by letter with what its tokens say.
    issuer text NOT NULL,
    client_id text NOT NULL,
    client_secret_sealed bytea NOT NULL,
    -- Whom it may bring, and what they get.
    settings jsonb NOT NULL,
    enabled boolean NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    CONSTRAINT identity_providers_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT identity_providers_slug_key UNIQUE (tenant_id, slug),
    CONSTRAINT identity_providers_kind_check CHECK (kind IN ('microsoft', 'google', 'oidc'))
);
SELECT tenant_table('identity_providers');

CREATE TABLE federated_identities (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    provider_id uuid NOT NULL,
    -- Who it is there: the one claim that never goes to somebody else.
    subject text NOT NULL,
    user_id uuid NOT NULL,
    email text,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    CONSTRAINT federated_identities_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT federated_identities_subject_key UNIQUE (tenant_id, provider_id, subject),
    CONSTRAINT federated_identities_provider_fkey
        FOREIGN KEY (tenant_id, provider_id) REFERENCES identity_providers (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT federated_identities_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX federated_identities_user_idx ON federated_identities (tenant_id, user_id, id);
SELECT tenant_table('federated_identities');

-- Roles that somebody has because of a group there. They go when the group goes; roles given by hand stay.
CREATE TABLE federated_roles (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    role_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT federated_roles_pkey PRIMARY KEY (tenant_id, user_id, provider_id, role_id),
    CONSTRAINT federated_roles_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT federated_roles_provider_fkey
        FOREIGN KEY (tenant_id, provider_id) REFERENCES identity_providers (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT federated_roles_role_fkey
        FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX federated_roles_provider_idx ON federated_roles (tenant_id, provider_id);
CREATE INDEX federated_roles_role_idx ON federated_roles (tenant_id, role_id);
SELECT tenant_table('federated_roles');

-- Requests that a browser has been sent away with. Nonce and PKCE verifier are derived from the state; only its hash is here.
CREATE TABLE federation_states (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    state_hash bytea NOT NULL,
    -- The browser that has left, by a cookie.
    browser_hash bytea NOT NULL,
    provider_id uuid NOT NULL,
    purpose text NOT NULL,
    -- The authorization request to go on with, as a query.
    request text NOT NULL,
    redirect_uri text NOT NULL,
    user_id uuid,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT federation_states_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT federation_states_purpose_check CHECK (purpose IN ('page', 'api', 'link', 'test')),
    CONSTRAINT federation_states_provider_fkey
        FOREIGN KEY (tenant_id, provider_id) REFERENCES identity_providers (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT federation_states_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX federation_states_expires_idx ON federation_states (tenant_id, expires_at);
CREATE INDEX federation_states_provider_idx ON federation_states (tenant_id, provider_id);
CREATE INDEX federation_states_user_idx ON federation_states (tenant_id, user_id);
SELECT tenant_table('federation_states');

-- By what somebody has signed in is no longer a password alone.
ALTER TABLE sign_ins DROP CONSTRAINT IF EXISTS sign_ins_method_check;
ALTER TABLE sign_ins ADD CONSTRAINT sign_ins_method_check CHECK (method ~ '^[a-z_]{1,40}$');
