-- What a tenant has chosen for itself, section by section. A tenant without a row has what the product comes with.
CREATE TABLE tenant_configs (
    tenant_id uuid NOT NULL,
    section text NOT NULL,
    value jsonb NOT NULL,
    version bigint NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid,
    CONSTRAINT tenant_configs_pkey PRIMARY KEY (tenant_id, section),
    CONSTRAINT tenant_configs_section_check CHECK (section IN ('branding', 'security', 'notifications', 'localisation'))
);
SELECT tenant_table('tenant_configs');

-- The latest versions of a section, also the one that holds now: what was chosen can come back.
CREATE TABLE tenant_config_versions (
    tenant_id uuid NOT NULL,
    section text NOT NULL,
    version bigint NOT NULL,
    value jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid,
    CONSTRAINT tenant_config_versions_pkey PRIMARY KEY (tenant_id, section, version)
);
SELECT tenant_table('tenant_config_versions', 'SELECT, INSERT, DELETE');

-- The latest pictures that versions of the branding name.
CREATE TABLE tenant_logos (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    media_type text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    content bytea NOT NULL,
    content_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid,
    CONSTRAINT tenant_logos_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT tenant_logos_content_key UNIQUE (tenant_id, content_hash),
    CONSTRAINT tenant_logos_media_type_check CHECK (media_type IN ('image/png', 'image/jpeg', 'image/webp')),
    CONSTRAINT tenant_logos_size_check CHECK (octet_length(content) <= 262144)
);
SELECT tenant_table('tenant_logos', 'SELECT, INSERT, DELETE');
