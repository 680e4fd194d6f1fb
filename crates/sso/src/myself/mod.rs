//! The pages of one's own account, below the issuer: profile, security, sessions, and who else has been let in.
//!
//! Whoever has a session at the provider does here what the API lets them do to their own account: by its very handlers, through
//! [`Oneself`](tenantry_identity::Oneself). Forms end in a redirect, so that nothing is done twice by going back; what is told
//! once (backup codes, the secret of an app) is shown in their answer.

mod applications;
mod deeds;
pub(crate) mod let_in;
mod page;
mod profile;
mod proof;
mod request;
mod security;
mod sessions;
pub(crate) mod store;

pub(crate) use page::{front, get, post};
pub(crate) use request::{AGAIN, PAGE, read};

tenantry_kernel::text_enum! {
    /// A page of one's own account.
    pub(crate) enum OwnPage {
        /// Name, telephone, language.
        Profile = "profile",
        /// Password, second factors, passkeys.
        Security = "security",
        /// Where one is signed in.
        Sessions = "sessions",
        /// Whom one has let in, and which accounts elsewhere are linked.
        Applications = "applications",
        /// Who one is, once more.
        Proof = "proof",
    }
}

impl OwnPage {
    /// Those that are gone to by themselves.
    const TABS: [Self; 4] = [Self::Profile, Self::Security, Self::Sessions, Self::Applications];
}
