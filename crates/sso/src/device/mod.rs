//! Devices without a browser of their own (RFC 8628): the person types a short code into the browser of another device.

mod approve;
pub(crate) mod authorization;
mod guesses;
pub(crate) mod page;
pub(crate) mod poll;
pub(crate) mod store;
mod user_code;

pub(crate) use approve::{PROOF, approve, deny, read, reference_of};
pub(crate) use guesses::Guesses;

tenantry_kernel::id! {
    /// What a device waits for.
    DeviceCodeId,
}

tenantry_kernel::text_enum! {
    /// What has become of it.
    pub(crate) enum DeviceState {
        /// Nobody has said anything.
        Pending = "pending",
        /// A person has said yes.
        Approved = "approved",
        /// A person has said no.
        Denied = "denied",
    }
}

/// An authorization request that a device waits for.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub(crate) id: DeviceCodeId,
    /// The code as people read it.
    pub(crate) shown: String,
}
