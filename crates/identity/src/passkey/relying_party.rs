//! Who asks authenticators: the server's public address, for every tenant alike, or the domain that a tenant's issuer lives at, for
//! whoever is there. A passkey of one tenant is unknown to the others, because each looks among its own only; browsers use one only
//! at the host that it was made at.

use std::sync::Arc;

use tenantry_web::{Action, Guard};
use url::{Host, Url};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::Error;
use crate::service::Identity;

/// The relying party; none where browsers would not have it, because the public address is an IP address.
pub(crate) struct RelyingParty(Option<Arc<Webauthn>>);

impl RelyingParty {
    /// Of a public address, such as `https://id.example.com`.
    pub(crate) fn new(public_url: &str) -> Self {
        Self(Self::build(public_url).map(Arc::new))
    }

    fn build(public_url: &str) -> Option<Webauthn> {
        let url = Url::parse(public_url).ok()?;
        let Some(Host::Domain(domain)) = url.host() else { return None };
        WebauthnBuilder::new(domain, &url).ok()?.rp_name(domain).build().ok()
    }

    /// Whether passkeys can be used here.
    pub(crate) const fn is_available(&self) -> bool {
        self.0.is_some()
    }
}

impl Identity {
    /// The relying party of the host that a request came to.
    ///
    /// # Errors
    /// 409 `passkeys_unavailable`.
    pub(crate) fn party<A: Action>(&self, guard: &Guard<A>) -> Result<Arc<Webauthn>, Error> {
        let found = match guard.at_issuer_domain() {
            Some(domain) => RelyingParty::build(&self.tokens.at(domain)).map(Arc::new),
            None => self.passkeys.0.clone(),
        };
        found.ok_or(Error::PasskeysUnavailable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_need_a_name() {
        assert!(RelyingParty::new("https://id.example.com").is_available());
        assert!(RelyingParty::new("http://localhost:8080").is_available());
        assert!(!RelyingParty::new("http://127.0.0.1:8080").is_available());
        assert!(!RelyingParty::new("nonsense").is_available());
    }
}
