//! What this module asks `access` about.

tenantry_web::actions! {
    module "projects" for proxies;
    /// See projects
    Tenant Read = "projects:read";
    /// Create projects
    Tenant Create = "projects:create";
    /// Change projects
    Tenant Update = "projects:update";
    /// Delete projects
    Tenant Delete = "projects:delete";
}
