//! What an impersonation is.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use tenantry_db::Audited;
use tenantry_kernel::{SessionId, UserId};
use tenantry_web::View;
use tenantry_web::ports::{Resource, ResourceInfo};
use uuid::Uuid;

tenantry_kernel::id! {
    /// An impersonation.
    ImpersonationId,
}

tenantry_kernel::text_enum! {
    /// How far an impersonation goes.
    pub(crate) enum Mode {
        /// Nothing can be changed.
        ReadOnly = "read-only",
        /// Work can be done; credentials, roles, keys and exports stay the user's own.
        ReadWrite = "read-write",
    }
}

tenantry_kernel::text_enum! {
    /// Who has ended an impersonation.
    pub(crate) enum EndedBy {
        /// The operator.
        Operator = "operator",
        /// An administrator of the tenant.
        Tenant = "tenant",
    }
}

tenantry_kernel::text_enum! {
    /// Whether an impersonation goes on.
    pub(crate) enum ImpersonationStatus {
        /// It does.
        Running = "running",
        /// Its time was up.
        Expired = "expired",
        /// Somebody has ended it.
        Ended = "ended",
    }
}

tenantry_db::row! {
    /// An impersonation.
    #[derive(Debug, Clone)]
    pub(crate) struct Impersonation {
        pub(crate) id: ImpersonationId,
        pub(crate) user_id: UserId,
        pub(crate) operator_id: UserId,
        pub(crate) operator_email: String,
        pub(crate) reason: String,
        pub(crate) ticket: Option<String>,
        pub(crate) mode: Mode,
        pub(crate) created_at: Timestamp,
        pub(crate) expires_at: Timestamp,
        pub(crate) ended_at: Option<Timestamp>,
        pub(crate) ended_by: Option<EndedBy>,
    }
}

impl Impersonation {
    /// The session that its tokens name.
    pub(crate) const fn session(&self) -> SessionId {
        SessionId::from_uuid(self.id.as_uuid())
    }

    /// Whether it goes on.
    pub(crate) fn status(&self, now: Timestamp) -> ImpersonationStatus {
        match self.ended_at {
            Some(_) => ImpersonationStatus::Ended,
            None if self.expires_at <= now => ImpersonationStatus::Expired,
            None => ImpersonationStatus::Running,
        }
    }
}

/// An impersonation as policies see it.
pub(crate) const RESOURCE: ResourceInfo =
    ResourceInfo { name: "impersonation", plural: "impersonations", attributes: &[] };

impl Resource for Impersonation {
    const TYPE: &'static str = "impersonation";

    fn id(&self) -> Option<Uuid> {
        Some(self.id.as_uuid())
    }

    fn owner(&self) -> Option<UserId> {
        Some(self.user_id)
    }
}

impl Audited for Impersonation {
    const RESOURCE: &'static str = "impersonation";

    fn resource_id(&self) -> Uuid {
        self.id.as_uuid()
    }

    fn version(&self) -> i64 {
        if self.ended_at.is_some() { 2 } else { 1 }
    }

    fn snapshot(&self) -> Value {
        json!({
            "user_id": self.user_id, "operator_id": self.operator_id, "operator_email": self.operator_email,
            "reason": self.reason, "ticket": self.ticket, "mode": self.mode, "expires_at": self.expires_at,
            "ended_at": self.ended_at, "ended_by": self.ended_by,
        })
    }
}

/// An impersonation as the tenant and the operator see it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct ImpersonationView {
    id: ImpersonationId,
    /// In whose name.
    user_id: UserId,
    /// Who acts: a user of the platform's own tenant.
    operator_id: UserId,
    operator_email: String,
    reason: String,
    ticket: Option<String>,
    mode: Mode,
    status: ImpersonationStatus,
    created_at: Timestamp,
    expires_at: Timestamp,
    ended_at: Option<Timestamp>,
    ended_by: Option<EndedBy>,
}

impl View for ImpersonationView {}

impl ImpersonationView {
    /// Show an impersonation.
    pub(crate) fn new(row: Impersonation, now: Timestamp) -> Self {
        Self {
            status: row.status(now),
            id: row.id,
            user_id: row.user_id,
            operator_id: row.operator_id,
            operator_email: row.operator_email,
            reason: row.reason,
            ticket: row.ticket,
            mode: row.mode,
            created_at: row.created_at,
            expires_at: row.expires_at,
            ended_at: row.ended_at,
            ended_by: row.ended_by,
        }
    }
}
