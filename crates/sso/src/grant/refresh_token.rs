//! Refresh tokens: `ort_<tenant>.<grant>.<generation>.<mac>`.
//!
//! Derived from the grant's seed and a key that is not in the database, as `identity` does for sessions: whoever has the
//! database alone cannot make one, nor whoever has the key alone, and a genuine old one can be told from a made-up one.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tenantry_kernel::TenantId;
use tenantry_vault::constant_time_eq;
use uuid::Uuid;

use super::GrantId;

/// A refresh token, taken apart.
#[derive(Debug)]
pub(crate) struct RefreshToken {
    pub(crate) tenant: TenantId,
    pub(crate) grant: GrantId,
    pub(crate) generation: i32,
    mac: Vec<u8>,
}

fn mac(key: &hmac::Key, tenant: TenantId, grant: GrantId, seed: &[u8], generation: i32) -> hmac::Tag {
    let mut context = hmac::Context::with_key(key);
    context.update(tenant.as_uuid().as_bytes());
    context.update(grant.as_uuid().as_bytes());
    context.update(&generation.to_be_bytes());
    context.update(seed);
    context.sign()
}

impl RefreshToken {
    /// The text of a grant's token.
    pub(crate) fn make(
        key: &hmac::Key,
        tenant: TenantId,
        grant: GrantId,
        seed: &[u8],
        generation: i32,
    ) -> String {
        let mac = URL_SAFE_NO_PAD.encode(mac(key, tenant, grant, seed, generation));
        format!("ort_{}.{}.{generation}.{mac}", tenant.as_uuid().simple(), grant.as_uuid().simple())
    }

    /// Take a text apart; nothing is verified yet.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("ort_").filter(|_| text.len() <= 200)?.split('.');
        let mut id =
            || parts.next().filter(|part| part.len() == 32).and_then(|part| Uuid::try_parse(part).ok());
        let (tenant, grant) = (TenantId::from_uuid(id()?), GrantId::from_uuid(id()?));
        let generation = parts.next()?.parse().ok().filter(|generation| *generation >= 0)?;
        let mac = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        parts.next().is_none().then_some(Self { tenant, grant, generation, mac })
    }

    /// Whether we have made it for this grant's generation.
    pub(crate) fn is_genuine(&self, key: &hmac::Key, seed: &[u8]) -> bool {
        let expected = mac(key, self.tenant, self.grant, seed, self.generation);
        constant_time_eq(expected.as_ref(), &self.mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_genuine_for_its_own_grant_and_generation_only() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"key");
        let (tenant, grant) =
            (TenantId::from_uuid(Uuid::from_u128(1)), GrantId::from_uuid(Uuid::from_u128(2)));
        let text = RefreshToken::make(&key, tenant, grant, b"seed", 3);
        let token = RefreshToken::parse(&text).expect("a token");
        assert!(token.is_genuine(&key, b"seed"));
        assert!(!token.is_genuine(&key, b"weed"));
        let other = RefreshToken::parse(&text.replace(".3.", ".4.")).expect("a token");
        assert!(!other.is_genuine(&key, b"seed"));
    }

    proptest::proptest! {
        #[test]
        fn taking_a_token_apart_never_panics(text in "(ort_)?[0-9a-f]{0,33}.?[0-9a-f]{0,33}.?.{0,12}.?.{0,50}") {
            let _ = RefreshToken::parse(&text);
        }
    }
}
