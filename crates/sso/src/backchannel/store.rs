//! SQL of telling clients.

use jiff::Timestamp;
use tenantry_db::Written;
use tenantry_kernel::{SessionId, UserId};

use crate::client::ClientId;

tenantry_db::row! {
    /// A session that has ended, and a client that has not been told.
    #[derive(Debug, Clone)]
    pub(crate) struct Untold {
        pub(crate) session_id: SessionId,
        pub(crate) client_id: ClientId,
        pub(crate) user_id: UserId,
    }
}

macro_rules! untold {
    ($rest:literal) => {
        concat!(
            "SELECT DISTINCT g.session_id, g.client_id, g.user_id FROM oauth_grants g \
             JOIN user_sessions s ON s.tenant_id = $1 AND s.id = g.session_id \
             JOIN oauth_clients c ON c.tenant_id = $1 AND c.id = g.client_id \
             WHERE g.tenant_id = $1 AND g.logout_queued_at IS NULL AND s.revoked_at IS NOT NULL \
             AND g.expires_at > s.revoked_at \
             AND c.backchannel_logout_uri IS NOT NULL ",
            $rest,
            " LIMIT 500"
        )
    };
}

tenantry_db::statements! {
    /// Who has not been told of the end of a session.
    pub(crate) read untold_of_session(id: SessionId) -> Vec<Untold> = untold!("AND g.session_id = $2");

    /// Who has not been told of the end of a user's sessions.
    pub(crate) read untold_of_user(id: UserId) -> Vec<Untold> = untold!("AND g.user_id = $2");

    /// Who has not been told of the end of anybody's session.
    pub(crate) read untold_of_all() -> Vec<Untold> = untold!("");

    /// A client is being told.
    pub(crate) write note_told(session: SessionId, client: ClientId, at: Timestamp) -> Written
        = "UPDATE oauth_grants SET logout_queued_at = $4 WHERE tenant_id = $1 AND session_id = $2 AND client_id = $3 \
           AND logout_queued_at IS NULL";
}
