-- Links and codes that are good once: for a user and a purpose there is one at most, and a new one ends the old.
CREATE TABLE one_time_tokens (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    purpose text NOT NULL,
    -- What it proves: the e-mail address it was sent to; of a telephone number only a keyed hash.
    target text NOT NULL,
    -- Keyed hashes, under a key that is not in the database.
    link_hash bytea NOT NULL,
    code_hash bytea NOT NULL,
    tries integer NOT NULL,
    -- How many were sent since when: nobody's mailbox is filled through us.
    window_started_at timestamptz NOT NULL,
    window_sent integer NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT one_time_tokens_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT one_time_tokens_user_key UNIQUE (tenant_id, user_id, purpose),
    CONSTRAINT one_time_tokens_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT one_time_tokens_purpose_check
        CHECK (purpose IN ('password_reset', 'verify_email', 'change_email', 'verify_phone', 'notice'))
);
SELECT tenant_table('one_time_tokens');

-- What messages to the user are written in; unknown until they say it or ask for something in it.
ALTER TABLE users ADD COLUMN language text CONSTRAINT users_language_check CHECK (language IN ('en', 'de', 'hi'));
-- Whether an administrator has to let the user in after the address is verified.
ALTER TABLE users ADD COLUMN needs_approval boolean NOT NULL DEFAULT false;
