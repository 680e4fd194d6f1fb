-- Whether people make accounts for themselves; a tenant without a row has it switched off.
CREATE TABLE registration_policies (
    tenant_id uuid NOT NULL,
    mode text NOT NULL,
    -- Domains of e-mail addresses; empty: every domain.
    allowed_domains text[] NOT NULL,
    -- The role that whoever registers gets.
    default_role text NOT NULL,
    version bigint NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid,
    CONSTRAINT registration_policies_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT registration_policies_mode_check CHECK (mode IN ('off', 'open', 'domains', 'approval')),
    CONSTRAINT registration_policies_role_check CHECK (default_role IN ('user', 'customer'))
);
SELECT tenant_table('registration_policies');
