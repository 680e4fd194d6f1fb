//! What a project is.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use tenantry_db::Audited;
use tenantry_kernel::UserId;
use tenantry_web::ports::{Fact, FactKind, Facts, Resource, ResourceInfo};
use tenantry_web::{Action, Permit, View};
use uuid::Uuid;

use super::update::ChangedProject;

tenantry_kernel::id! {
    /// A project.
    ProjectId,
}

tenantry_kernel::text_enum! {
    /// The states of a project.
    pub(crate) enum ProjectStatus {
        /// Being worked on.
        Active = "active",
        /// Put away.
        Archived = "archived",
        /// Done.
        Completed = "completed",
    }
}

tenantry_db::row! {
    /// A project.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct Project {
        pub(crate) id: ProjectId,
        pub(crate) name: String,
        pub(crate) description: Option<String>,
        pub(crate) status: ProjectStatus,
        pub(crate) owner_id: UserId,
        pub(crate) version: i64,
        pub(crate) created_at: Timestamp,
        pub(crate) updated_at: Timestamp,
        pub(crate) created_by: UserId,
        pub(crate) updated_by: UserId,
    }
}

impl Project {
    /// The project after a change by `by`; what the change leaves out stays.
    pub(crate) fn changed(&self, change: ChangedProject, by: UserId, now: Timestamp) -> Self {
        Self {
            name: change.name.unwrap_or_else(|| self.name.clone()),
            description: change.description.unwrap_or_else(|| self.description.clone()),
            status: change.status.unwrap_or(self.status),
            owner_id: change.owner_id.unwrap_or(self.owner_id),
            version: self.version + 1,
            updated_at: now,
            updated_by: by,
            ..*self
        }
    }
}

/// A project as policies see it.
pub(crate) const RESOURCE: ResourceInfo = ResourceInfo {
    name: "project",
    plural: "projects",
    attributes: &[
        ("name", FactKind::Text),
        ("status", FactKind::Text),
        ("created_by", FactKind::Text),
        ("created_at", FactKind::Instant),
        ("updated_at", FactKind::Instant),
    ],
};

impl Resource for Project {
    const TYPE: &'static str = "project";

    fn facts(&self) -> Facts {
        Facts::from([
            ("name".into(), Fact::Text(self.name.clone())),
            ("status".into(), Fact::Text(self.status.as_str().to_owned())),
            ("created_by".into(), Fact::Text(self.created_by.to_string())),
            ("created_at".into(), Fact::Instant(self.created_at)),
            ("updated_at".into(), Fact::Instant(self.updated_at)),
        ])
    }

    fn id(&self) -> Option<Uuid> {
        Some(self.id.as_uuid())
    }

    fn owner(&self) -> Option<UserId> {
        Some(self.owner_id)
    }
}

impl Audited for Project {
    const RESOURCE: &'static str = "project";

    fn resource_id(&self) -> Uuid {
        self.id.as_uuid()
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn snapshot(&self) -> Value {
        let Self { name, description, status, owner_id, .. } = self;
        json!({"name": name, "description": description, "status": status, "owner_id": owner_id})
    }
}

/// A project as a client sees it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct ProjectView {
    id: ProjectId,
    name: String,
    description: Option<String>,
    status: ProjectStatus,
    /// Whose it is: the user role `user` may change its own projects.
    owner_id: UserId,
    created_at: Timestamp,
    updated_at: Timestamp,
    created_by: UserId,
    updated_by: UserId,
    #[serde(skip)]
    version: i64,
}

impl ProjectView {
    /// Show a project to a caller who may see it.
    pub(crate) fn new<A: Action>(_permit: &Permit<A>, project: Project) -> Self {
        let Project {
            id,
            name,
            description,
            status,
            owner_id,
            version,
            created_at,
            updated_at,
            created_by,
            updated_by,
        } = project;
        Self {
            id,
            name,
            description,
            status,
            owner_id,
            created_at,
            updated_at,
            created_by,
            updated_by,
            version,
        }
    }
}

impl View for ProjectView {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project() -> Project {
        let user = UserId::from_uuid(Uuid::from_u128(1));
        Project {
            id: ProjectId::from_uuid(Uuid::from_u128(2)),
            name: "Harbour".into(),
            description: Some("North quay".into()),
            status: ProjectStatus::Active,
            owner_id: user,
            version: 3,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            created_by: user,
            updated_by: user,
        }
    }

    #[test]
    fn what_a_change_leaves_out_stays() {
        let (before, by) = (project(), UserId::from_uuid(Uuid::from_u128(9)));
        let change = ChangedProject { status: Some(ProjectStatus::Archived), ..ChangedProject::default() };
        let after = before.changed(change, by, Timestamp::MAX);
        let expected = Project {
            status: ProjectStatus::Archived,
            version: 4,
            updated_at: Timestamp::MAX,
            updated_by: by,
            ..before.clone()
        };
        assert_eq!(after, expected);
    }
}
