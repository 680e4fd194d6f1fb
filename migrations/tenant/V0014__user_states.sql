-- Why and since when a user is in a state, what was deleted can be restored, and every attempt to sign in.

ALTER TABLE users ADD COLUMN status_reason text;
ALTER TABLE users ADD COLUMN status_changed_at timestamptz;
ALTER TABLE users ADD COLUMN deleted_at timestamptz;
-- The state that the user had, and gets back when restored.
ALTER TABLE users ADD COLUMN deleted_from text;

-- Without a foreign key, like the audit trail: what happened stays, and attempts with unknown addresses have no user.
CREATE TABLE sign_ins (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid,
    at timestamptz NOT NULL,
    outcome text NOT NULL,
    method text NOT NULL,
    session_id uuid,
    ip text,
    user_agent text,
    CONSTRAINT sign_ins_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT sign_ins_outcome_check CHECK (outcome IN ('success', 'refused')),
    CONSTRAINT sign_ins_method_check CHECK (method IN ('password'))
);
CREATE INDEX sign_ins_user_idx ON sign_ins (tenant_id, user_id, at, id);
SELECT tenant_table('sign_ins', 'SELECT, INSERT');
