//! What this module asks `access` about.

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
