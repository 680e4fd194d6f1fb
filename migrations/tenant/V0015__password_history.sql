-- Passwords that users had before, so that they do not come back.
CREATE TABLE password_history (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    password_hash text NOT NULL,
    retired_at timestamptz NOT NULL,
    CONSTRAINT password_history_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT password_history_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX password_history_user_idx ON password_history (tenant_id, user_id, retired_at, id);
SELECT tenant_table('password_history');
