//! SQL of invitations.

use jiff::Timestamp;
use tenantry_db::Written;
use tenantry_kernel::{RoleId, UserId};
use tenantry_messages::Language;
use uuid::Uuid;

use super::model::{Invitation, InvitationId, InvitationState};

macro_rules! invitation {
    ($rest:literal) => {
        concat!(
            "SELECT id, email, first_name, last_name, language, role_ids, roles_chosen, state, link_hash, life_days, invited_by, created_at, \
             expires_at, sent_at, window_started_at, window_sent, ended_at, user_id, version FROM invitations \
             WHERE tenant_id = $1 ",
            $rest
        )
    };
}

tenantry_db::statements! {
    /// One invitation.
    pub(crate) read find(id: InvitationId) -> Option<Invitation> = invitation!("AND id = $2");

    /// One invitation, locked.
    pub(crate) write find_for_update(id: InvitationId) -> Option<Invitation> = invitation!("AND id = $2 FOR UPDATE");

    /// The one that waits for somebody with an address, locked.
    pub(crate) write find_pending(email: String) -> Option<Invitation>
        = invitation!("AND email = $2 AND state = 'pending' FOR UPDATE");

    /// Invitations, newest first; also only those in a state, or by somebody.
    pub(crate) read list_newest(
        at: Timestamp, id: Uuid, state: Option<InvitationState>, now: Timestamp, owner: Option<UserId>
    ) -> Vec<Invitation> = invitation!("AND (created_at, id) < ($2, $3) AND ($4::text IS NULL OR \
        CASE WHEN state = 'pending' AND expires_at <= $5 THEN 'expired' ELSE state END = $4) \
        AND ($6::uuid IS NULL OR invited_by = $6) ORDER BY created_at DESC, id DESC LIMIT 101");

    /// The same, of one address.
    pub(crate) read list_of(
        at: Timestamp, id: Uuid, state: Option<InvitationState>, now: Timestamp, owner: Option<UserId>, email: String
    ) -> Vec<Invitation> = invitation!("AND email = $7 AND (created_at, id) < ($2, $3) AND ($4::text IS NULL OR \
        CASE WHEN state = 'pending' AND expires_at <= $5 THEN 'expired' ELSE state END = $4) \
        AND ($6::uuid IS NULL OR invited_by = $6) ORDER BY created_at DESC, id DESC LIMIT 101");

    /// A new invitation, unless another one waits for the address.
    pub(crate) write insert(
        id: InvitationId, email: String, first: Option<String>, last: Option<String>, language: Language,
        roles: Vec<RoleId>, chosen: bool, link: Vec<u8>, life_days: i32, by: UserId, at: Timestamp, expires_at: Timestamp
    ) -> Written = "INSERT INTO invitations (tenant_id, id, email, first_name, last_name, language, role_ids, roles_chosen, state, \
        link_hash, life_days, invited_by, created_at, expires_at, sent_at, window_started_at, window_sent, version) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'pending', $9, $10, $11, $12, $13, $12, $12, 1, 1) \
        ON CONFLICT DO NOTHING";

    /// A new link.
    pub(crate) write renew(
        id: InvitationId, link: Vec<u8>, at: Timestamp, expires_at: Timestamp, started_at: Timestamp, sent: i32, version: i64
    ) -> Written = "UPDATE invitations SET link_hash = $3, sent_at = $4, expires_at = $5, window_started_at = $6, \
        window_sent = $7, version = $8 WHERE tenant_id = $1 AND id = $2";

    /// An end.
    pub(crate) write end(
        id: InvitationId, state: InvitationState, user: Option<UserId>, at: Timestamp, version: i64
    ) -> Written = "UPDATE invitations SET state = $3, user_id = $4, ended_at = $5, version = $6 \
        WHERE tenant_id = $1 AND id = $2";
}
