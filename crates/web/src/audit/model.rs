//! A row of the trail, as it is shown.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenantry_kernel::{AuditId, Cursor, PageSize, RequestId, SessionId, UserId};
use uuid::Uuid;

use crate::View;
use crate::ports::{Fact, FactKind, Facts, Resource, ResourceInfo};

tenantry_db::row! {
    /// One entry of the audit trail.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct AuditView {
        /// The entry.
        pub id: AuditId,
        /// When it happened.
        pub at: Timestamp,
        /// `user`, `operator`, `system` or `anonymous`.
        pub actor_type: String,
        /// Who.
        pub actor_id: Option<UserId>,
        /// Who really acted, when a user was impersonated.
        pub impersonator_id: Option<UserId>,
        /// In which session.
        pub session_id: Option<SessionId>,
        /// What was done: `projects:update`.
        pub action: String,
        /// `success` or `refused`.
        pub outcome: String,
        /// To what kind of thing.
        pub resource_type: String,
        /// To which one.
        pub resource_id: Option<Uuid>,
        /// The values before; only those that differ.
        pub old_values: Option<Value>,
        /// The values after; only those that differ.
        pub new_values: Option<Value>,
        /// Why: given by an operator, or the cause of a refusal.
        pub reason: Option<String>,
        /// From which address.
        pub ip: Option<String>,
        /// With which client.
        pub user_agent: Option<String>,
        /// In which request.
        pub request_id: RequestId,
    }
}

impl View for AuditView {}

/// An entry, as policies see it.
pub(super) const RESOURCE: ResourceInfo = ResourceInfo {
    name: "audit",
    plural: "audit",
    attributes: &[
        ("action", FactKind::Text),
        ("outcome", FactKind::Text),
        ("resource_type", FactKind::Text),
        ("at", FactKind::Instant),
    ],
};

impl Resource for AuditView {
    const TYPE: &'static str = "audit";

    fn facts(&self) -> Facts {
        Facts::from([
            ("action".into(), Fact::Text(self.action.clone())),
            ("outcome".into(), Fact::Text(self.outcome.clone())),
            ("resource_type".into(), Fact::Text(self.resource_type.clone())),
            ("at".into(), Fact::Instant(self.at)),
        ])
    }

    fn id(&self) -> Option<Uuid> {
        Some(self.id.as_uuid())
    }

    /// An entry is its actor's own.
    fn owner(&self) -> Option<UserId> {
        self.actor_id
    }
}

tenantry_kernel::text_enum! {
    /// How an action ended.
    pub(crate) enum Outcome {
        /// It was done.
        Success = "success",
        /// It was refused.
        Refused = "refused",
    }
}

/// What to look for.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Filter {
    /// Only what this user did.
    pub(crate) actor_id: Option<UserId>,
    /// Only this action.
    pub(crate) action: Option<String>,
    /// Only this kind of resource.
    pub(crate) resource_type: Option<String>,
    /// Only this resource.
    pub(crate) resource_id: Option<Uuid>,
    /// Only what ended so.
    pub(crate) outcome: Option<Outcome>,
    /// Only from this instant on (RFC 3339).
    pub(crate) from: Option<Timestamp>,
    /// Only before this instant (RFC 3339).
    pub(crate) to: Option<Timestamp>,
    /// Items on a page: 10, 20, 50 or 100.
    pub(crate) limit: Option<PageSize>,
    /// Where to go on.
    pub(crate) cursor: Option<Cursor>,
}

impl Filter {
    /// The same filter for a caller who may only see what they did themselves; `None` when nothing is left to see.
    pub(crate) fn only(mut self, owner: Option<UserId>) -> Option<Self> {
        if let Some(owner) = owner {
            if self.actor_id.is_some_and(|asked| asked != owner) {
                return None;
            }
            self.actor_id = Some(owner);
        }
        Some(self)
    }

    /// The ids between which entries lie: ids are UUIDv7, so time is a range of ids.
    pub(crate) fn bounds(&self) -> (Uuid, Uuid) {
        let from = self.from.map_or(Uuid::nil(), floor);
        let to = self.to.map_or(Uuid::max(), floor);
        let before = self.cursor.map_or(Uuid::max(), |cursor| cursor.id);
        (from, to.min(before))
    }
}

/// The smallest UUIDv7 of an instant.
pub(super) fn floor(at: Timestamp) -> Uuid {
    let millis = u64::try_from(at.as_millisecond()).unwrap_or_default() & 0xffff_ffff_ffff;
    Uuid::from_u128(u128::from(millis) << 80)
}
