//! Telling clients that a session has ended (OpenID Connect Back-Channel Logout 1.0).
//!
//! Whatever ends sessions says so by an event. What follows looks at what is true, not at what the event says: which
//! sessions have ended whose clients have not been told. So a new way to end sessions needs its event's name here, and no more.

mod deliver;
mod notice;
pub(crate) mod store;

use std::sync::Arc;

use tenantry_events::{Handler, Subscriber};

use crate::service::Sso;

/// The events that may have ended sessions. Starting one is not among them: signing in makes no job.
const ENDS: [&str; 10] = [
    "tenantry.session.ended",
    "tenantry.user.updated",
    "tenantry.user.deactivated",
    "tenantry.user.deleted",
    "tenantry.user.sessions_ended",
    "tenantry.user.password_changed",
    "tenantry.user.password_reset",
    "tenantry.device.revoked",
    "tenantry.mfa.*",
    "tenantry.tenant.sessions_ended",
];

/// What hears that sessions have ended.
pub fn subscribers(sso: &Sso) -> Vec<Subscriber> {
    vec![Subscriber::new(Arc::new(notice::Notice(sso.clone())), ENDS)]
}

/// What runs the provider's jobs.
pub fn handlers(sso: &Sso) -> Vec<Arc<dyn Handler>> {
    vec![Arc::new(deliver::Deliver(sso.clone()))]
}
