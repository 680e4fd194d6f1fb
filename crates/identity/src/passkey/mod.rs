//! Passkeys and security keys (Web Authentication Level 3): a device proves that it holds a key, and that its owner has
//! unlocked it. That is two factors in one, and no password is needed.

pub(crate) mod own;
pub(crate) mod register;
pub(crate) mod relying_party;
pub(crate) mod sign_in;
pub(crate) mod store;

pub(crate) use relying_party::RelyingParty;

tenantry_kernel::id! {
    /// A passkey.
    PasskeyId,
}
