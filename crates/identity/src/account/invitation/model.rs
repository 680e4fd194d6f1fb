//! What an invitation is.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use tenantry_db::Audited;
use tenantry_kernel::{RoleId, UserId};
use tenantry_messages::Language;
use tenantry_web::View;
use tenantry_web::ports::{Fact, FactKind, Facts, Resource, ResourceInfo};
use uuid::Uuid;

tenantry_kernel::id! {
    /// An invitation.
    InvitationId,
}

tenantry_kernel::text_enum! {
    /// What has become of an invitation.
    pub(crate) enum InvitationState {
        /// Nothing yet.
        Pending = "pending",
        /// There is an account.
        Accepted = "accepted",
        /// It was taken back.
        Revoked = "revoked",
        /// Nobody has followed it in time.
        Expired = "expired",
    }
}

tenantry_db::row! {
    /// An invitation.
    #[derive(Debug, Clone)]
    pub(crate) struct Invitation {
        pub(crate) id: InvitationId,
        pub(crate) email: String,
        pub(crate) first_name: Option<String>,
        pub(crate) last_name: Option<String>,
        pub(crate) language: Language,
        pub(crate) role_ids: Vec<RoleId>,
        pub(crate) roles_chosen: bool,
        pub(crate) state: InvitationState,
        pub(crate) link_hash: Vec<u8>,
        pub(crate) life_days: i32,
        pub(crate) invited_by: UserId,
        pub(crate) created_at: Timestamp,
        pub(crate) expires_at: Timestamp,
        pub(crate) sent_at: Timestamp,
        pub(crate) window_started_at: Timestamp,
        pub(crate) window_sent: i32,
        pub(crate) ended_at: Option<Timestamp>,
        pub(crate) user_id: Option<UserId>,
        pub(crate) version: i64,
    }
}

impl Invitation {
    /// What has become of it by now.
    pub(crate) fn state_at(&self, now: Timestamp) -> InvitationState {
        if self.state == InvitationState::Pending && now >= self.expires_at {
            InvitationState::Expired
        } else {
            self.state
        }
    }

    /// It ends now.
    #[must_use]
    pub(crate) fn ended(mut self, state: InvitationState, user: Option<UserId>, now: Timestamp) -> Self {
        self.state = state;
        self.user_id = user;
        self.ended_at = Some(now);
        self.version += 1;
        self
    }

    /// When a link that is made now ends.
    pub(crate) fn end_of_link(life_days: i32, now: Timestamp) -> Timestamp {
        now + SignedDuration::from_hours(24 * i64::from(life_days))
    }
}

/// As policies see it.
pub(crate) const RESOURCE: ResourceInfo = ResourceInfo {
    name: "invitation",
    plural: "invitations",
    attributes: &[("email", FactKind::Text), ("created_at", FactKind::Instant)],
};

impl Resource for Invitation {
    const TYPE: &'static str = "invitation";

    fn facts(&self) -> Facts {
        Facts::from([
            ("email".into(), Fact::Text(self.email.clone())),
            ("created_at".into(), Fact::Instant(self.created_at)),
        ])
    }

    fn id(&self) -> Option<Uuid> {
        Some(self.id.as_uuid())
    }

    fn owner(&self) -> Option<UserId> {
        Some(self.invited_by)
    }
}

impl Audited for Invitation {
    const RESOURCE: &'static str = "invitation";

    fn resource_id(&self) -> Uuid {
        self.id.as_uuid()
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn snapshot(&self) -> Value {
        json!({
            "email": self.email, "first_name": self.first_name, "last_name": self.last_name, "state": self.state,
            "role_ids": self.role_ids, "expires_at": self.expires_at, "user_id": self.user_id,
        })
    }
}

/// An invitation, without its link.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct InvitationView {
    pub(crate) id: InvitationId,
    pub(crate) email: String,
    first_name: Option<String>,
    last_name: Option<String>,
    language: Language,
    role_ids: Vec<RoleId>,
    state: InvitationState,
    invited_by: UserId,
    created_at: Timestamp,
    expires_at: Timestamp,
    /// When the message was last sent.
    sent_at: Timestamp,
    /// When it was accepted or revoked.
    ended_at: Option<Timestamp>,
    /// Who has accepted it.
    user_id: Option<UserId>,
    #[serde(skip)]
    version: i64,
}

impl InvitationView {
    pub(crate) fn new(invitation: Invitation, now: Timestamp) -> Self {
        let state = invitation.state_at(now);
        let Invitation { id, email, first_name, last_name, language, role_ids, invited_by, .. } = invitation;
        let Invitation { created_at, expires_at, sent_at, ended_at, user_id, version, .. } = invitation;
        Self {
            id,
            email,
            first_name,
            last_name,
            language,
            role_ids,
            state,
            invited_by,
            created_at,
            expires_at,
            sent_at,
            ended_at,
            user_id,
            version,
        }
    }
}

impl View for InvitationView {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}
