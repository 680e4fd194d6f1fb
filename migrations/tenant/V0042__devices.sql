-- Devices that people sign in from, and how long one of them stands for a second factor.

CREATE TABLE devices (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    -- Of the secret that the device keeps; none once the secret counts no longer.
    token_hash bytea,
    -- Tells the same kind of program on the same kind of machine; it is no proof of anything.
    fingerprint bytea NOT NULL,
    user_agent text,
    platform text NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    last_ip text,
    -- Since when and until when it stands for a second factor.
    trusted_at timestamptz,
    trusted_until timestamptz,
    revoked_at timestamptz,
    CONSTRAINT devices_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT devices_trust_check CHECK ((trusted_at IS NULL) = (trusted_until IS NULL)),
    CONSTRAINT devices_user_fkey
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX devices_user_idx ON devices (tenant_id, user_id, last_seen_at, id);
-- Whether somebody was told of such a device a short while ago.
CREATE INDEX devices_kind_idx ON devices (tenant_id, user_id, fingerprint, first_seen_at);
CREATE INDEX devices_trusted_idx ON devices (tenant_id, trusted_until) WHERE trusted_until IS NOT NULL;
SELECT tenant_table('devices');

ALTER TABLE user_sessions
    -- Without a foreign key: devices that nobody has used for long go before the sessions that began on them.
    ADD COLUMN device_id uuid,
    -- Whether the device stood for the second factor: such a session has proved less than it may seem.
    ADD COLUMN by_trusted_device boolean NOT NULL DEFAULT false;
CREATE INDEX user_sessions_device_idx ON user_sessions (tenant_id, device_id) WHERE device_id IS NOT NULL;

-- A tenant that has said what it asks for is not made less strict by an upgrade.
ALTER TABLE mfa_policies
    ADD COLUMN trusted_device_days integer NOT NULL DEFAULT 0,
    ADD CONSTRAINT mfa_policies_trusted_check CHECK (trusted_device_days BETWEEN 0 AND 90);
