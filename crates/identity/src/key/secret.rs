//! What a key looks like: `tnk_<tenant>_<key>_<secret>`, the ids as 32 hexadecimal digits, the secret 256 random bits in
//! 43 characters of base64url. The beginning is fixed, so that leaked keys can be found by
//! `tnk_[0-9a-f]{32}_[0-9a-f]{32}_[A-Za-z0-9_-]{43}`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use tenantry_kernel::{Rng, TenantId};
use tenantry_vault::{constant_time_eq, hash_token};
use uuid::Uuid;

use super::ApiKeyId;

/// What every key begins with.
const PREFIX: &str = "tnk_";

/// A new secret.
pub(crate) struct Secret(SecretString);

impl Secret {
    /// 256 random bits.
    pub(crate) fn new(rng: &Rng) -> Self {
        Self(URL_SAFE_NO_PAD.encode(rng.bytes::<32>()).into())
    }

    /// What is stored of it.
    pub(crate) fn hash(&self) -> Vec<u8> {
        hash_token(self.0.expose_secret()).to_vec()
    }

    /// The whole key, to be shown once.
    pub(crate) fn key(&self, tenant: TenantId, id: ApiKeyId) -> String {
        format!("{}_{}", prefix(tenant, id), self.0.expose_secret())
    }
}

/// What a key can be recognised by without its secret.
pub(crate) fn prefix(tenant: TenantId, id: ApiKeyId) -> String {
    format!("{PREFIX}{}_{}", tenant.as_uuid().simple(), id.as_uuid().simple())
}

/// A key as somebody has sent it, taken apart; nothing is verified yet.
pub(crate) struct Presented<'a> {
    pub(crate) tenant: TenantId,
    pub(crate) id: ApiKeyId,
    secret: &'a str,
}

impl<'a> Presented<'a> {
    /// Whether a bearer token is meant as a key.
    pub(crate) fn is_meant(token: &str) -> bool {
        token.starts_with(PREFIX)
    }

    /// Take a key apart.
    pub(crate) fn parse(token: &'a str) -> Option<Self> {
        let (tenant, rest) = token.strip_prefix(PREFIX)?.split_once('_')?;
        let (id, secret) = rest.split_once('_')?;
        let is_secret = secret.len() == 43
            && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        is_secret.then_some(())?;
        Some(Self { tenant: TenantId::from_uuid(read(tenant)?), id: ApiKeyId::from_uuid(read(id)?), secret })
    }

    /// Whether it is the key whose secret was hashed so.
    pub(crate) fn fits(&self, hash: &[u8]) -> bool {
        constant_time_eq(&hash_token(self.secret), hash)
    }
}

/// 32 lower-case hexadecimal digits: one id has one spelling.
fn read(text: &str) -> Option<Uuid> {
    let is_plain = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if is_plain { Uuid::try_parse(text).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids() -> (TenantId, ApiKeyId) {
        (TenantId::from_uuid(Uuid::from_u128(7)), ApiKeyId::from_uuid(Uuid::from_u128(11)))
    }

    #[test]
    fn a_key_is_taken_apart_as_it_was_made() {
        let (tenant, id) = ids();
        let secret = Secret::new(&Rng::system());
        let key = secret.key(tenant, id);
        let read = Presented::parse(&key).unwrap();
        assert_eq!((read.tenant, read.id), (tenant, id));
        assert!(read.fits(&secret.hash()));
        assert!(!read.fits(&Secret::new(&Rng::system()).hash()));
        assert!(!read.fits(b""));
    }

    #[test]
    fn there_is_one_spelling_of_a_key() {
        let (tenant, id) = ids();
        let key = Secret::new(&Rng::system()).key(tenant, id);
        let spellings = [
            key.to_uppercase(),
            format!("{key}="),
            key.replacen('0', " ", 1),
            key[..key.len() - 1].to_owned(),
        ];
        for other in spellings {
            assert!(Presented::parse(&other).is_none(), "{other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn taking_a_key_apart_never_panics(text in "(tnk_)?[0-9a-f]{0,33}_?[0-9a-f]{0,33}_?.{0,45}") {
            let _ = Presented::parse(&text);
        }
    }
}
