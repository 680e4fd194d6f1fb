//! What a service account is.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use tenantry_access::RoleSummary;
use tenantry_db::{Audited, Write, Written};
use tenantry_kernel::UserId;
use tenantry_web::View;
use tenantry_web::ports::{Fact, FactKind, Facts, Resource, ResourceInfo};
use uuid::Uuid;

use super::store;
use crate::user::UserStatus;

tenantry_kernel::id! {
    /// A service account: the id of its user.
    ServiceAccountId,
}

tenantry_kernel::text_enum! {
    /// The states that a service account can be put into.
    pub(crate) enum AccountStatus {
        /// Its keys are good.
        Active = "active",
        /// Its keys are refused.
        Inactive = "inactive",
    }
}

tenantry_db::row! {
    /// A service account.
    #[derive(Debug, Clone)]
    pub(crate) struct ServiceAccount {
        pub(crate) id: ServiceAccountId,
        pub(crate) name: String,
        pub(crate) description: Option<String>,
        pub(crate) status: UserStatus,
        pub(crate) version: i64,
        pub(crate) created_at: Timestamp,
        pub(crate) updated_at: Timestamp,
    }
}

impl ServiceAccount {
    /// Its user.
    pub(crate) const fn user(&self) -> UserId {
        UserId::from_uuid(self.id.as_uuid())
    }

    /// An address that no mail reaches (RFC 2606), because every user has one.
    pub(crate) fn address(&self) -> String {
        format!("{}@service-accounts.invalid", self.id)
    }

    /// The next version of the account.
    pub(crate) fn touch(&mut self, now: Timestamp) {
        self.version += 1;
        self.updated_at = now;
    }
}

impl From<AccountStatus> for UserStatus {
    fn from(status: AccountStatus) -> Self {
        match status {
            AccountStatus::Active => Self::Active,
            AccountStatus::Inactive => Self::Inactive,
        }
    }
}

/// The statement that saves an account's user.
pub(super) fn save(account: &ServiceAccount, by: UserId) -> Write<Written> {
    store::save_user(account.id, account.status, account.version, account.updated_at, by)
}

/// A service account as policies see it.
pub(crate) const RESOURCE: ResourceInfo = ResourceInfo {
    name: "service_account",
    plural: "service_accounts",
    attributes: &[("name", FactKind::Text), ("status", FactKind::Text)],
};

impl Resource for ServiceAccount {
    const TYPE: &'static str = "service_account";

    fn facts(&self) -> Facts {
        Facts::from([
            ("name".into(), Fact::Text(self.name.clone())),
            ("status".into(), Fact::Text(self.status.as_str().to_owned())),
        ])
    }

    fn id(&self) -> Option<Uuid> {
        Some(self.id.as_uuid())
    }

    fn owner(&self) -> Option<UserId> {
        None
    }
}

impl Audited for ServiceAccount {
    const RESOURCE: &'static str = "service_account";

    fn resource_id(&self) -> Uuid {
        self.id.as_uuid()
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn snapshot(&self) -> Value {
        json!({"name": self.name, "description": self.description, "status": self.status})
    }
}

/// A service account as clients see it. Its roles are given and taken at `/users/{user_id}/roles`, under the same id.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct ServiceAccountView {
    id: ServiceAccountId,
    name: String,
    description: Option<String>,
    /// `active` or `inactive`.
    status: UserStatus,
    /// Only where one account is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<Vec<RoleSummary>>,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[serde(skip)]
    version: i64,
}

impl View for ServiceAccountView {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

impl ServiceAccountView {
    /// Show an account.
    pub(crate) fn new(account: ServiceAccount, roles: Option<Vec<RoleSummary>>) -> Self {
        let ServiceAccount { id, name, description, status, version, created_at, updated_at } = account;
        Self { id, name, description, status, roles, created_at, updated_at, version }
    }
}
