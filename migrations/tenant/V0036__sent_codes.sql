-- Codes by e-mail and by text message as second factors: where they go, and those on their way.

ALTER TABLE mfa_methods
    DROP CONSTRAINT mfa_methods_type_check,
    -- Where codes go: a keyed hash of the address or number. The method counts only while that is the user's own, and verified.
    ADD COLUMN target_hash bytea,
    ADD CONSTRAINT mfa_methods_type_check CHECK (method_type IN ('totp', 'email', 'sms')),
    ADD CONSTRAINT mfa_methods_target_check CHECK (method_type = 'totp' OR target_hash IS NOT NULL);

-- One code at most for whatever waits for one; a new one ends the old.
CREATE TABLE mfa_codes (
    tenant_id uuid NOT NULL,
    -- What waits: a sign-in, a method that is being set up, a session whose person proves again who they are.
    scope_id uuid NOT NULL,
    purpose text NOT NULL,
    user_id uuid NOT NULL,
    method_id uuid NOT NULL,
    -- A keyed hash, under a key that is not in the database.
    code_hash bytea NOT NULL,
    tries integer NOT NULL,
    -- How many were sent for this, and when the last.
    sent integer NOT NULL,
    sent_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT mfa_codes_pkey PRIMARY KEY (tenant_id, scope_id),
    CONSTRAINT mfa_codes_purpose_check CHECK (purpose IN ('sign_in', 'setup', 'proof')),
    CONSTRAINT mfa_codes_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX mfa_codes_user_idx ON mfa_codes (tenant_id, user_id, sent_at);
SELECT tenant_table('mfa_codes');

-- Whether the password was chosen by a link that came by e-mail, and no other factor has been shown since: whoever reads the
-- mail has then one factor, not two.
ALTER TABLE credentials ADD COLUMN reset_by_mail boolean NOT NULL DEFAULT false;
