//! Operators in a user's name (document D; RFC 8693, section 4.1): for a written reason, for a short time, in the sight of
//! the tenant.
//!
//! Nothing is remembered in the operator's own tenant but its trail: the row is the tenant's, and so are the tokens. The
//! impersonation ends with its time, its user, its tenant, the operator's session or permission, whichever is first, or
//! when either side ends it.

pub(crate) mod end;
pub(crate) mod list;
mod model;
pub(crate) mod start;
pub(crate) mod store;

pub(crate) use model::{EndedBy, Impersonation, ImpersonationId, ImpersonationView, Mode, RESOURCE};
