-- Scopes of a tenant's own: what people read when a client asks for one, and the claims that it stands for.

CREATE TABLE oauth_scopes (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    -- The description in other languages, by their tags.
    translations jsonb NOT NULL,
    -- Where each claim's value comes from.
    claims jsonb NOT NULL,
    in_id_token boolean NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid,
    updated_by uuid,
    CONSTRAINT oauth_scopes_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT oauth_scopes_name_key UNIQUE (tenant_id, name)
);
SELECT tenant_table('oauth_scopes');
