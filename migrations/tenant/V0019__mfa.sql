-- Second factors, the codes for the day they are lost, and sign-ins that wait for one.

CREATE TABLE mfa_methods (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    method_type text NOT NULL,
    -- The seed of an authenticator app.
    secret_sealed bytea,
    -- The latest time step of which a code was accepted: none is good twice (RFC 6238, 5.2).
    last_step bigint,
    created_at timestamptz NOT NULL,
    -- Only a verified method counts.
    verified_at timestamptz,
    last_used_at timestamptz,
    CONSTRAINT mfa_methods_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT mfa_methods_type_check CHECK (method_type IN ('totp')),
    CONSTRAINT mfa_methods_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
-- One that is used and one that is being set up, of each type.
CREATE UNIQUE INDEX mfa_methods_user_key ON mfa_methods (tenant_id, user_id, method_type, (verified_at IS NULL));
SELECT tenant_table('mfa_methods');

CREATE TABLE mfa_backup_codes (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT mfa_backup_codes_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT mfa_backup_codes_code_key UNIQUE (tenant_id, user_id, code_hash),
    CONSTRAINT mfa_backup_codes_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
SELECT tenant_table('mfa_backup_codes');

-- A sign-in that has got past the first factor; a ceremony of a passkey; a code that was sent.
CREATE TABLE mfa_challenges (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    -- Nobody's while it is not known who holds the passkey.
    user_id uuid,
    purpose text NOT NULL,
    secret_hash bytea NOT NULL,
    -- What the person has proved so far (RFC 8176).
    amr text[] NOT NULL,
    -- The password's date: a challenge does not outlive the password that it was made for.
    password_changed_at timestamptz,
    tries integer NOT NULL,
    state jsonb,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT mfa_challenges_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT mfa_challenges_purpose_check
        CHECK (purpose IN ('sign_in', 'passkey_registration', 'passkey_sign_in')),
    CONSTRAINT mfa_challenges_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX mfa_challenges_expires_idx ON mfa_challenges (tenant_id, expires_at);
CREATE INDEX mfa_challenges_user_idx ON mfa_challenges (tenant_id, user_id);
SELECT tenant_table('mfa_challenges');

-- When the person of a session last proved who they are, and by what: sensitive changes ask for recent proof.
ALTER TABLE user_sessions
    ADD COLUMN authenticated_at timestamptz,
    ADD COLUMN amr text[] NOT NULL DEFAULT '{pwd}';
UPDATE user_sessions SET authenticated_at = created_at;
ALTER TABLE user_sessions
    ALTER COLUMN authenticated_at SET NOT NULL,
    ALTER COLUMN amr DROP DEFAULT;

ALTER TABLE sign_ins
    DROP CONSTRAINT sign_ins_method_check,
    ADD CONSTRAINT sign_ins_method_check
        CHECK (method IN ('password', 'totp', 'email', 'sms', 'backup_code', 'passkey', 'trusted_device', 'federation'));
