//! Who asks authenticators: the server's public address, for every tenant alike. A passkey of one tenant is unknown to the
//! others, because each looks among its own only.

use url::{Host, Url};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::Error;

/// The relying party; none where browsers would not have it, because the public address is an IP address.
pub(crate) struct RelyingParty(Option<Webauthn>);

impl RelyingParty {
    /// Of a public address, such as `https://id.example.com`.
    pub(crate) fn new(public_url: &str) -> Self {
        Self(Self::build(public_url))
    }

    fn build(public_url: &str) -> Option<Webauthn> {
        let url = Url::parse(public_url).ok()?;
        let Some(Host::Domain(domain)) = url.host() else { return None };
        WebauthnBuilder::new(domain, &url).ok()?.rp_name(domain).build().ok()
    }

    /// The relying party.
    ///
    /// # Errors
    /// 409 `passkeys_unavailable`.
    pub(crate) fn get(&self) -> Result<&Webauthn, Error> {
        self.0.as_ref().ok_or(Error::PasskeysUnavailable)
    }

    /// Whether passkeys can be used here.
    pub(crate) const fn is_available(&self) -> bool {
        self.0.is_some()
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
