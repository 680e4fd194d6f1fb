-- Who must have a second factor, and which; a tenant without a row asks nobody.
CREATE TABLE mfa_policies (
    tenant_id uuid NOT NULL,
    required text NOT NULL,
    -- Whoever has one of these roles, also through a group. A role that is deleted concerns nobody.
    role_ids uuid[] NOT NULL,
    -- What can be set up, and counts.
    methods text[] NOT NULL,
    -- How long accounts may do without, from their creation or from `starts_at`, whichever is later.
    grace_days integer NOT NULL,
    starts_at timestamptz,
    version bigint NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid,
    CONSTRAINT mfa_policies_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT mfa_policies_required_check CHECK (required IN ('nobody', 'everybody', 'roles')),
    CONSTRAINT mfa_policies_methods_check CHECK (methods <@ ARRAY['totp', 'email', 'sms', 'passkey']),
    CONSTRAINT mfa_policies_grace_check CHECK (grace_days BETWEEN 0 AND 90)
);
SELECT tenant_table('mfa_policies');

-- A sign-in of somebody who must have a second factor and has none: good for setting one up.
ALTER TABLE mfa_challenges
    DROP CONSTRAINT mfa_challenges_purpose_check,
    ADD CONSTRAINT mfa_challenges_purpose_check
        CHECK (purpose IN ('sign_in', 'enrollment', 'passkey_registration', 'passkey_sign_in'));
