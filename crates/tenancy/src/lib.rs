#![doc = include_str!("../README.md")]

mod bootstrap;
mod branding;
mod config;
mod directory;
mod error;
mod keys;
mod operate;
mod placements;
pub mod ports;
mod provision;
mod slug;
mod tenant;

use tenantry_db::Statement;
use tenantry_web::{ActionInfo, Public, Routes};

pub use bootstrap::{ROOT_SLUG, ensure_root, root_tenant_id};
pub use branding::{Brand, Brands, LogoId};
pub use directory::DirectoryCache;
pub use error::Error;
pub use keys::{KeyStore, ping};
pub use operate::{Settings, Tenancy};
pub use placements::AllPlacements;
pub use provision::resume_all;
pub use slug::{Slug, SlugError};
pub use tenant::{Isolation, NewTenant, Plan, Tenant, TenantView, Tier};

tenantry_web::actions! {
    module "core";
    /// See tenants
    Platform ReadTenants = "tenants:read";
    /// Create tenants
    Platform CreateTenant = "tenants:create";
    /// Change tenants
    Platform UpdateTenant = "tenants:update";
    /// Delete tenants
    Platform DeleteTenant = "tenants:delete";
    /// Activate, deactivate and suspend tenants
    Platform SwitchTenant = "tenants:switch";
    /// See how the tenant is configured, such as its branding
    Tenant ReadConfig = "config:read";
    /// Change how the tenant is configured, such as its branding
    Tenant UpdateConfig = "config:update";
}

/// The routes.
pub fn routes() -> Vec<Routes> {
    vec![tenant_routes(), config_routes()]
}

fn config_routes() -> Routes {
    Routes::new("Configuration")
        .get::<ReadConfig, _>("/config/branding", "Get the tenant's branding", branding::get)
        .put::<UpdateConfig, _>("/config/branding", "Change the tenant's branding", branding::update)
        .put::<UpdateConfig, _>("/config/branding/logo", "Upload the tenant's logo", branding::upload)
        .delete::<UpdateConfig, _>("/config/branding/logo", "Show no logo any more", branding::remove_logo)
        .get::<ReadConfig, _>(
            "/config/branding/versions",
            "List the versions of the branding",
            branding::versions,
        )
        .post::<UpdateConfig, _>(
            "/config/branding/versions/{version}/restore",
            "Choose an earlier version of the branding again",
            branding::restore,
        )
        .get::<Public, _>("/branding", "Get what every page of the tenant shows", branding::show)
        .get::<Public, _>("/t/{tenant}/branding/logo/{logo_id}", "The tenant's logo", branding::serve)
        .of_an_issuer()
}

fn tenant_routes() -> Routes {
    use tenant::{create, delete, domains, get, list, stats, switch, update};
    Routes::new("Tenants")
        .create::<CreateTenant, _>("/tenants", "Create a tenant with its first administrator", create::create)
        .create::<CreateTenant, _>(
            "/tenants/create",
            "Create a tenant with its first administrator",
            create::create,
        )
        .get::<ReadTenants, _>("/tenants", "List tenants", list::list)
        .get::<ReadTenants, _>(
            "/tenants/stats",
            "Count tenants by state, plan, isolation and day",
            stats::fleet,
        )
        .get::<ReadTenants, _>("/tenants/{tenant_id}/stats", "Count what a tenant has", stats::of_tenant)
        .get::<ReadTenants, _>("/tenants/{tenant_id}", "Get a tenant", get::get)
        .put::<UpdateTenant, _>("/tenants/{tenant_id}", "Change a tenant", update::update)
        .delete::<DeleteTenant, _>("/tenants/{tenant_id}", "Delete a tenant", delete::delete)
        .put::<UpdateTenant, _>(
            "/tenants/{tenant_id}/domains",
            "Add a domain to a tenant, or change one",
            domains::put,
        )
        .delete::<UpdateTenant, _>(
            "/tenants/{tenant_id}/domains/{domain}",
            "Take a domain from a tenant",
            domains::delete,
        )
        .post::<SwitchTenant, _>("/tenants/{tenant_id}/activate", "Activate a tenant", switch::activate)
        .post::<SwitchTenant, _>("/tenants/{tenant_id}/deactivate", "Deactivate a tenant", switch::deactivate)
        .post::<SwitchTenant, _>("/tenants/{tenant_id}/suspend", "Suspend a tenant", switch::suspend)
}

/// The actions, for the permission catalogue.
pub const fn actions() -> &'static [ActionInfo] {
    ACTIONS
}

/// The types of resources, as policies see them.
pub const fn resources() -> &'static [tenantry_web::ports::ResourceInfo] {
    &[tenant::model::RESOURCE, config::RESOURCE]
}

/// The statements, for the tests that check them.
pub fn statements() -> impl Iterator<Item = &'static Statement> {
    [
        branding::store::STATEMENTS,
        config::store::STATEMENTS,
        tenant::store::STATEMENTS,
        directory::STATEMENTS,
        keys::STATEMENTS,
        placements::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}
