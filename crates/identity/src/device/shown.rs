//! What a sign-in shows of the device that it comes from.
//!
//! A device keeps a token for each user that signs in from it: `dev_<id>_<secret>`, the id as 32 hexadecimal digits, the secret
//! 256 random bits that the server has chosen. So nobody can prepare a browser with a secret that they know, and the token of one
//! user is nothing to another, nor to another tenant. A browser keeps those of the latest users in one cookie of the tenant.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tenantry_kernel::Rng;
use tenantry_vault::{constant_time_eq, hash_token};
use tenantry_web::ports::TenantInfo;
use tenantry_web::{Asker, DEVICE_COOKIE};
use uuid::Uuid;

use super::model::{Device, DeviceId};

/// How many users of one tenant a browser is remembered for.
const MOST_USERS: usize = 5;

/// A device's token, taken apart; nothing is verified yet.
#[derive(Clone)]
struct DeviceToken {
    id: DeviceId,
    secret: String,
}

impl DeviceToken {
    fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.strip_prefix("dev_")?.split_once('_')?;
        let id = Some(id).filter(|id| id.len() == 32).and_then(|id| Uuid::try_parse(id).ok())?;
        let is_secret = secret.len() == 43
            && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        is_secret.then(|| Self { id: DeviceId::from_uuid(id), secret: secret.to_owned() })
    }

    fn text(&self) -> String {
        format!("dev_{}_{}", self.id.as_uuid().simple(), self.secret)
    }
}

/// What a sign-in shows of the device that it comes from, and asks of it.
#[derive(Clone, Default)]
pub struct Shown {
    tokens: Vec<DeviceToken>,
    languages: String,
    is_browser: bool,
    wants_trust: bool,
    asks_for_all: bool,
}

impl Shown {
    /// By the cookie of a tenant.
    pub fn by_browser(asker: &Asker, tenant: &TenantInfo) -> Self {
        let cookie = asker.cookie(tenant, DEVICE_COOKIE).unwrap_or_default();
        let tokens = cookie.split('.').take(MOST_USERS).filter_map(DeviceToken::parse).collect();
        Self { tokens, languages: asker.languages().to_owned(), is_browser: true, ..Self::default() }
    }

    /// By the token that a client of the API has kept.
    pub fn by_client(asker: &Asker, token: Option<&str>) -> Self {
        let tokens = token.and_then(DeviceToken::parse).into_iter().collect();
        Self { tokens, languages: asker.languages().to_owned(), ..Self::default() }
    }

    /// By whoever is signed in: a page with cookies, or a client of the API.
    pub(super) fn by_caller(asker: &Asker, tenant: &TenantInfo) -> Self {
        if asker.authorization().is_some() {
            Self::by_client(asker, None)
        } else {
            Self::by_browser(asker, tenant)
        }
    }

    /// With the wish that the device stand for the second factor from now on.
    #[must_use]
    pub const fn wanting_trust(mut self, wants_trust: bool) -> Self {
        self.wants_trust = wants_trust;
        self
    }

    /// The same, for somebody who is to show all that they have: the device stands for nothing.
    #[must_use]
    pub const fn asking_for_all(mut self, asks_for_all: bool) -> Self {
        self.asks_for_all = asks_for_all;
        self
    }

    pub(super) const fn wants_trust(&self) -> bool {
        self.wants_trust
    }

    pub(super) const fn may_stand_in(&self) -> bool {
        !self.asks_for_all
    }

    pub(super) fn languages(&self) -> &str {
        &self.languages
    }

    /// The devices that it may be.
    pub(super) fn ids(&self) -> Vec<DeviceId> {
        self.tokens.iter().map(|token| token.id).collect()
    }

    /// Whether the secret of this very device is shown.
    pub(super) fn holds(&self, device: &Device) -> bool {
        let Some(hash) = &device.token_hash else { return false };
        self.tokens.iter().any(|one| one.id == device.id && constant_time_eq(hash, &hash_token(&one.secret)))
    }

    /// What a client keeps of a device that has got a new secret; a browser keeps the tokens of others beside it.
    pub(super) fn kept(&self, device: DeviceId, fresh: Option<&Fresh>) -> Option<Kept> {
        let token = fresh.map(|fresh| DeviceToken { id: device, secret: fresh.secret.clone() });
        if !self.is_browser {
            return token.map(|token| Kept::Token(token.text()));
        }
        let known = || self.tokens.iter().find(|token| token.id == device).cloned();
        let others = self.tokens.iter().filter(|token| token.id != device).cloned();
        let tokens = token.or_else(known).into_iter().chain(others).take(MOST_USERS);
        Some(Kept::Cookie(tokens.map(|token| token.text()).collect::<Vec<_>>().join(".")))
    }
}

/// What a client keeps of its device.
#[derive(Debug, Clone)]
pub(crate) enum Kept {
    /// The value of the browser's cookie.
    Cookie(String),
    /// A token, told once.
    Token(String),
}

impl Kept {
    /// The value of the browser's cookie, if it is one.
    pub(crate) fn cookie(self) -> Option<String> {
        match self {
            Self::Cookie(value) => Some(value),
            Self::Token(_) => None,
        }
    }
}

/// A new secret; its hash is kept.
pub(super) struct Fresh {
    secret: String,
    pub(super) hash: Vec<u8>,
}

impl Fresh {
    pub(super) fn make(rng: &Rng) -> Self {
        let secret = URL_SAFE_NO_PAD.encode(rng.bytes::<32>());
        Self { hash: hash_token(&secret).to_vec(), secret }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(number: u128) -> DeviceToken {
        DeviceToken { id: DeviceId::from_uuid(Uuid::from_u128(number)), secret: "s".repeat(43) }
    }

    #[test]
    fn a_browser_keeps_the_tokens_of_its_latest_users() {
        let tokens = (1..=5).map(token).collect();
        let shown = Shown { tokens, is_browser: true, ..Shown::default() };
        let fresh = Fresh { secret: "n".repeat(43), hash: Vec::new() };
        let Some(Kept::Cookie(cookie)) = shown.kept(token(9).id, Some(&fresh)) else { panic!() };
        let kept: Vec<DeviceToken> =
            cookie.split('.').map(|text| DeviceToken::parse(text).unwrap()).collect();
        let numbers: Vec<u128> = kept.iter().map(|token| token.id.as_uuid().as_u128()).collect();
        assert_eq!(numbers, [9, 1, 2, 3, 4]);
        assert_eq!(kept[0].secret, fresh.secret);
        let Some(Kept::Cookie(same)) = shown.kept(token(3).id, None) else { panic!() };
        assert!(same.starts_with(&token(3).text()) && same.split('.').count() == 5);
    }

    proptest::proptest! {
        #[test]
        fn taking_a_token_apart_never_panics(text in "(dev_)?[0-9a-f]{0,33}_?.{0,50}") {
            let _ = DeviceToken::parse(&text);
        }
    }
}
