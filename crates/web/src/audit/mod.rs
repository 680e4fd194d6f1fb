//! The audit trail, read: list with filters, and CSV.
//!
//! Rows are written by every commit (crates/db); nobody, not even the server, can change or delete them.

mod export;
mod list;
mod model;
mod stats;
pub(crate) mod store;

use crate::route::Routes;

pub use model::AuditView;
pub use stats::{AuditFigures, DayOfTrail, figures};

crate::actions! {
    module "core";
    /// Read the audit trail
    Tenant ReadAudit = "audit:read";
    /// Export the audit trail as CSV
    Tenant ExportAudit = "audit:export";
}

/// The routes.
pub fn routes() -> Routes {
    Routes::new("Audit")
        .get::<ReadAudit, _>("/audit/logs", "List the audit trail, newest first", list::list)
        .get::<ReadAudit, _>("/audit/stats", "Count the audit trail by day and outcome", stats::stats)
        .get::<ExportAudit, _>("/audit/logs/export", "Export the audit trail as CSV", export::export)
}

/// The actions, for the permission catalogue.
pub const fn actions() -> &'static [crate::ActionInfo] {
    ACTIONS
}

/// The types of resources, as policies see them.
pub const fn resources() -> &'static [crate::ports::ResourceInfo] {
    &[model::RESOURCE]
}

/// The statements, for the tests that check them.
pub const fn statements() -> &'static [&'static tenantry_db::Statement] {
    store::STATEMENTS
}
