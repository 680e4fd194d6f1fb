-- Where clients are told that a session has ended (OpenID Connect Back-Channel Logout 1.0).
ALTER TABLE oauth_clients
    ADD COLUMN backchannel_logout_uri text,
    ADD COLUMN backchannel_logout_session_required boolean NOT NULL DEFAULT false;

-- When the client of a grant was last told, so that it is told once.
ALTER TABLE oauth_grants ADD COLUMN logout_queued_at timestamptz;
