//! What this module asks `access` about.

use tenantry_kernel::{JobId, UserId};
use tenantry_web::ports::Resource;
use uuid::Uuid;

tenantry_web::actions! {
    module "events";
    /// Read the tenant's events, and follow them as a stream
    Tenant ReadEvents = "events:read";
    /// Publish events of the tenant's own
    Tenant CreateEvents = "events:create";
    /// Read the tenant's background jobs
    Tenant ReadJobs = "jobs:read";
    /// Run dead letters again
    Tenant RetryJobs = "jobs:retry";
}

/// An event, to the policy engine. Who caused it owns it.
pub(crate) struct EventResource;

impl Resource for EventResource {
    const TYPE: &'static str = "event";

    fn id(&self) -> Option<Uuid> {
        None
    }

    fn owner(&self) -> Option<UserId> {
        None
    }
}

/// A job, to the policy engine. Nobody owns it.
pub(crate) struct JobResource(pub(crate) JobId);

impl Resource for JobResource {
    const TYPE: &'static str = "job";

    fn id(&self) -> Option<Uuid> {
        Some(self.0.as_uuid())
    }

    fn owner(&self) -> Option<UserId> {
        None
    }
}
