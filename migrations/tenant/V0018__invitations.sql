-- Invitations: somebody may make an account with an address, and gets these roles. Of the link, only a keyed hash.
CREATE TABLE invitations (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    email text NOT NULL,
    first_name text,
    last_name text,
    language text NOT NULL,
    -- Without a foreign key: a role that is deleted meanwhile is not given.
    role_ids uuid[] NOT NULL,
    -- Or the one that new users get by default.
    roles_chosen boolean NOT NULL,
    state text NOT NULL,
    link_hash bytea NOT NULL,
    life_days integer NOT NULL,
    invited_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    sent_at timestamptz NOT NULL,
    window_started_at timestamptz NOT NULL,
    window_sent integer NOT NULL,
    ended_at timestamptz,
    user_id uuid,
    version bigint NOT NULL,
    CONSTRAINT invitations_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT invitations_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT invitations_state_check CHECK (state IN ('pending', 'accepted', 'revoked')),
    CONSTRAINT invitations_language_check CHECK (language IN ('en', 'de', 'hi'))
);
CREATE UNIQUE INDEX invitations_pending_key ON invitations (tenant_id, email) WHERE state = 'pending';
CREATE INDEX invitations_created_idx ON invitations (tenant_id, created_at, id);
CREATE INDEX invitations_email_idx ON invitations (tenant_id, email, created_at, id);
SELECT tenant_table('invitations');

-- A link to choose the first password of an account that an administrator has made.
ALTER TABLE one_time_tokens DROP CONSTRAINT one_time_tokens_purpose_check;
ALTER TABLE one_time_tokens ADD CONSTRAINT one_time_tokens_purpose_check
    CHECK (purpose IN ('password_reset', 'verify_email', 'change_email', 'verify_phone', 'welcome', 'notice'));
