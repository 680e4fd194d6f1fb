//! Invitations: an address may have an account with these roles, once its owner has chosen a password.

pub(crate) mod accept;
pub(crate) mod bulk;
pub(crate) mod create;
pub(crate) mod list;
mod model;
pub(crate) mod resend;
pub(crate) mod store;

pub(super) use resend::renew;

pub(crate) use model::{Invitation, InvitationId, InvitationState, InvitationView, RESOURCE};
