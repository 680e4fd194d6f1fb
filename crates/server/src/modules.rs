//! The modules of the product: every route, action and statement, in one place.

use serde_json::Value;
use tenantry_access::Catalogue;
use tenantry_db::{Cut, Statement};
use tenantry_tenancy::root_tenant_id;
use tenantry_web::ports::ResourceInfo;
use tenantry_web::{ActionInfo, Routes};

use crate::config::History;

/// The routes of every module.
pub fn routes() -> Vec<Routes> {
    let mut routes = tenantry_identity::routes();
    routes.extend(tenantry_access::routes());
    routes.extend(tenantry_sso::routes());
    routes.extend(tenantry_tenancy::routes());
    routes.extend([tenantry_project::routes(), tenantry_events::routes(), tenantry_web::audit::routes()]);
    routes
}

/// The actions of every module.
pub fn actions() -> Vec<ActionInfo> {
    [
        tenantry_identity::actions(),
        tenantry_access::actions(),
        tenantry_tenancy::actions(),
        tenantry_sso::actions(),
        tenantry_project::actions(),
        tenantry_events::actions(),
        tenantry_web::audit::actions(),
    ]
    .concat()
}

/// The types of resources of every module, as policies see them.
pub fn resources() -> Vec<ResourceInfo> {
    [
        tenantry_identity::resources(),
        tenantry_access::resources(),
        tenantry_tenancy::resources(),
        tenantry_sso::resources(),
        tenantry_project::resources(),
        tenantry_events::resources(),
        tenantry_web::audit::resources(),
    ]
    .concat()
}

/// The permission catalogue.
pub fn catalogue() -> Catalogue {
    Catalogue::new(actions(), resources(), root_tenant_id())
}

/// The SQL statements of every module.
pub fn statements() -> Vec<&'static Statement> {
    tenantry_db::statements()
        .chain(tenantry_identity::statements())
        .chain(tenantry_access::statements())
        .chain(tenantry_tenancy::statements())
        .chain(tenantry_sso::statements())
        .chain(tenantry_project::statements())
        .chain(tenantry_events::statements())
        .chain(tenantry_web::audit::statements().iter().copied())
        .collect()
}

/// The tables of every module whose rows leave by partitions.
pub fn cuts(history: &History) -> Vec<Cut> {
    let mut cuts = tenantry_identity::cuts(history.sign_ins_days).to_vec();
    cuts.extend(tenantry_access::cuts(history.decisions_days));
    cuts.extend(tenantry_sso::cuts());
    cuts
}

/// The OpenAPI document.
pub fn openapi() -> Value {
    tenantry_web::document(&routes(), env!("CARGO_PKG_VERSION"))
}
