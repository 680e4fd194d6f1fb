-- Where a sign-in came from, and what was unusual about it.

ALTER TABLE sign_ins
    ADD COLUMN device_id uuid,
    -- The /24 or /48 that the address lies in.
    ADD COLUMN network text,
    -- As a GeoIP database has it; to a tenth of a degree.
    ADD COLUMN country text,
    ADD COLUMN asn bigint,
    ADD COLUMN latitude double precision,
    ADD COLUMN longitude double precision,
    ADD COLUMN signals text[] NOT NULL DEFAULT '{}';
CREATE INDEX sign_ins_network_idx ON sign_ins (tenant_id, user_id, network, at) WHERE outcome = 'success';
