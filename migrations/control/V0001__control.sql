-- The platform's own tables. Only tenantry_platform (operators) and tenantry_directory (look-ups before anyone is
-- known) may enter this schema; tenantry_app has no rights here at all.

GRANT USAGE ON SCHEMA control TO tenantry_platform, tenantry_directory;

CREATE TABLE tenants (
    id uuid NOT NULL,
    name text NOT NULL,
    slug text NOT NULL,
    status text NOT NULL,
    plan text NOT NULL,
    tier text NOT NULL,
    region text NOT NULL,
    admin_email text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    CONSTRAINT tenants_pkey PRIMARY KEY (id),
    CONSTRAINT tenants_slug_key UNIQUE (slug),
    CONSTRAINT tenants_status_check CHECK (status IN ('provisioning', 'active', 'inactive', 'suspended', 'deleted')),
    CONSTRAINT tenants_plan_check CHECK (plan IN ('basic', 'premium', 'enterprise', 'custom')),
    CONSTRAINT tenants_tier_check CHECK (tier IN ('standard', 'enterprise'))
);
CREATE INDEX tenants_created_idx ON tenants (created_at, id);
CREATE INDEX tenants_name_idx ON tenants (name, id);

CREATE TABLE tenant_domains (
    domain text NOT NULL,
    tenant_id uuid NOT NULL,
    is_primary boolean NOT NULL,
    is_verified boolean NOT NULL,
    verification_token text NOT NULL,
    verified_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT tenant_domains_pkey PRIMARY KEY (tenant_id, domain),
    CONSTRAINT tenant_domains_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);
-- A domain belongs to one tenant only once it is proved; an unproved claim must not block the rightful owner.
CREATE UNIQUE INDEX tenant_domains_verified_key ON tenant_domains (domain) WHERE is_verified;

-- Where a tenant's rows live.
CREATE TABLE placements (
    tenant_id uuid NOT NULL,
    cell text NOT NULL,
    mode text NOT NULL,
    database_name text NOT NULL,
    schema_name text NOT NULL,
    region text NOT NULL,
    CONSTRAINT placements_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT placements_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE,
    CONSTRAINT placements_mode_check CHECK (mode IN ('pooled', 'schema', 'dedicated'))
);
CREATE INDEX placements_mode_idx ON placements (mode, tenant_id);

-- What is still to be done for a tenant that is being created: it can be resumed by any node.
CREATE TABLE tenant_provisioning (
    tenant_id uuid NOT NULL,
    admin_email text NOT NULL,
    admin_first_name text,
    admin_last_name text,
    -- argon2id; absent when the administrator is to choose a password.
    admin_password_hash text,
    started_at timestamptz NOT NULL,
    CONSTRAINT tenant_provisioning_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT tenant_provisioning_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);

-- Data keys of the tenants, wrapped by the master key.
CREATE TABLE data_keys (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    wrapped bytea NOT NULL,
    master_key_id text NOT NULL,
    is_current boolean NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT data_keys_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT data_keys_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX data_keys_current_key ON data_keys (tenant_id) WHERE is_current;

-- Token signing keys; the private half is sealed under the tenant's data key.
CREATE TABLE signing_keys (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    algorithm text NOT NULL,
    public_key bytea NOT NULL,
    private_key_sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    -- The key signs from this instant on; earlier it is only published, so that verifiers can learn it.
    signs_from timestamptz NOT NULL,
    -- The key is published until this instant, when the last token it signed has expired.
    retired_at timestamptz,
    CONSTRAINT signing_keys_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT signing_keys_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE,
    CONSTRAINT signing_keys_algorithm_check CHECK (algorithm IN ('ES256'))
);

-- Tokens issued before `not_before` for this subject are refused on every node.
CREATE TABLE revocations (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    not_before timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT revocations_pkey PRIMARY KEY (tenant_id, kind, subject_id),
    CONSTRAINT revocations_kind_check CHECK (kind IN ('session', 'user', 'client', 'tenant'))
);
CREATE INDEX revocations_expires_idx ON revocations (expires_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA control TO tenantry_platform;
GRANT SELECT ON tenants, tenant_domains, placements, data_keys, signing_keys, revocations TO tenantry_directory;
GRANT INSERT, UPDATE ON revocations TO tenantry_directory;
GRANT DELETE ON revocations TO tenantry_directory;
