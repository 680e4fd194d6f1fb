//! ID tokens (OpenID Connect Core, 2): made for clients, and read again when one comes back as a hint.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tenantry_kernel::{SessionId, TenantId, UserId};
use tenantry_vault::{Expect, hash_token, unverified_kid_and_tid};

use super::claims::Wanted;
use super::refusal::Refusal;
use crate::client::{Client, ClientId};
use crate::grant::Proof;
use crate::scope::Scope;
use crate::service::Desk;

const TYPE: &str = "JWT";

/// What an ID token is about.
pub(crate) struct About<'a> {
    pub(crate) client: &'a Client,
    pub(crate) user: UserId,
    pub(crate) session: SessionId,
    pub(crate) proof: &'a Proof,
    pub(crate) nonce: Option<&'a str>,
    pub(crate) asked: &'a [String],
    pub(crate) scopes: &'a [String],
    pub(crate) access_token: &'a str,
}

impl About<'_> {
    /// Sign it. The claims of scopes are told by userinfo; here are only those that were asked for one by one, and those of scopes
    /// that the tenant wants here.
    pub(crate) async fn sign(&self, desk: &Desk<'_>) -> Result<String, Refusal> {
        let own = desk.sso.scopes.of(&desk.tenant).await?;
        let is_here = |scope: &&Scope| scope.in_id_token && self.scopes.contains(&scope.name);
        let wanted = Wanted::single(self.asked).with_own(own.iter().filter(is_here));
        let mut token = if wanted.is_empty() { Map::new() } else { self.person(desk, &wanted).await? };
        let life = SignedDuration::from_secs(i64::from(self.client.id_token_seconds));
        for (name, value) in [
            ("iss", json!(desk.issuer)),
            ("sub", json!(self.user)),
            ("aud", json!(self.client.id)),
            ("exp", json!((desk.now + life).as_second())),
            ("iat", json!(desk.now.as_second())),
            ("auth_time", json!(self.proof.auth_time.as_second())),
            ("acr", json!(self.proof.acr)),
            ("amr", json!(self.proof.amr)),
            ("sid", json!(self.session)),
            ("tid", json!(desk.tenant_id())),
            ("at_hash", json!(half_hash(self.access_token))),
        ] {
            token.insert(name.to_owned(), value);
        }
        if let Some(nonce) = self.nonce {
            token.insert("nonce".to_owned(), json!(nonce));
        }
        let keys = desk.sso.keys.signing(desk.tenant_id()).await?;
        Ok(keys.current.sign(TYPE, &token)?)
    }

    async fn person(&self, desk: &Desk<'_>, wanted: &Wanted<'_>) -> Result<Map<String, Value>, Refusal> {
        let profile = if wanted.needs_profile() {
            desk.sso.identity.profile(&desk.tenant, self.user).await?
        } else {
            None
        };
        let grants = desk.guard.grants_of(self.user).await?;
        Ok(wanted.of(profile.as_ref(), &grants, desk.guard.tenant_info()))
    }
}

/// The left half of the SHA-256, for `at_hash` (OpenID Connect Core, 3.1.3.6).
fn half_hash(text: &str) -> String {
    let hash = hash_token(text);
    let (half, _) = hash.split_at(16);
    URL_SAFE_NO_PAD.encode(half)
}

/// What a hint says.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Hint {
    pub(crate) sub: UserId,
    pub(crate) aud: ClientId,
    pub(crate) sid: Option<SessionId>,
    tid: TenantId,
}

/// Read an ID token of this issuer that came back as a hint; an expired one is as good. `None` when it is not ours.
pub(crate) async fn hint(desk: &Desk<'_>, token: &str) -> Result<Option<Hint>, Refusal> {
    let Some((kid, _)) = unverified_kid_and_tid(token) else { return Ok(None) };
    let payload =
        token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok()).unwrap_or_default();
    let Ok(unverified) = serde_json::from_slice::<Hint>(&payload) else { return Ok(None) };
    let keys = desk.sso.keys.signing(desk.tenant_id()).await?;
    let Some(key) = keys.find(kid) else { return Ok(None) };
    let audience = unverified.aud.to_string();
    let expect = Expect {
        issuer: &desk.issuer,
        audience: &audience,
        typ: TYPE,
        now: desk.now,
        leeway_seconds: u32::MAX,
    };
    Ok(key.verify::<Hint>(token, &expect).ok().filter(|hint| hint.tid == desk.tenant_id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_openid_connects_example_is_right() {
        // OpenID Connect Core, A.3: the access token and the at_hash of its ID token.
        assert_eq!(half_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
    }
}
