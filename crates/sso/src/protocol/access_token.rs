//! Access tokens (RFC 9068): made for clients, and read again by the provider's own endpoints.
//!
//! Their audience is the issuer, so that the API, whose tokens are made by `identity`, refuses them: a client that a person
//! has let see a name may not act as that person.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenantry_kernel::{RequestId, SessionId, TenantId};
use tenantry_vault::{Expect, hash_token, unverified_kid_and_tid};
use uuid::Uuid;

use super::refusal::Refusal;
use crate::client::{Client, ClientId};
use crate::grant::GrantId;
use crate::service::Desk;

const TYPE: &str = "at+jwt";

/// The claims of an access token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) aud: String,
    /// The person, or the client itself.
    pub(crate) sub: String,
    pub(crate) client_id: ClientId,
    pub(crate) jti: Uuid,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    /// `iat` in milliseconds: revocations are finer than seconds.
    pub(crate) iat_ms: i64,
    pub(crate) tid: TenantId,
    pub(crate) scope: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sid: Option<SessionId>,
    /// The grant; only the provider knows what it means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) gid: Option<GrantId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) auth_time: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) acr: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) amr: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) roles: Vec<String>,
    /// Claims that the client has asked userinfo for one by one (OpenID Connect Core, 5.5).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) uic: Vec<String>,
    /// Who really acts (RFC 8693, 4.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) act: Option<Value>,
}

/// An access token that its tenant's key has signed.
#[derive(Debug)]
pub(crate) struct Verified {
    pub(crate) claims: Claims,
}

impl Claims {
    /// The claims that every token has; the rest is the caller's.
    pub(crate) fn new(desk: &Desk<'_>, client: &Client, subject: String, scopes: &[String]) -> Self {
        let life = SignedDuration::from_secs(i64::from(client.access_token_seconds));
        Self {
            iss: desk.issuer.clone(),
            aud: desk.issuer.clone(),
            sub: subject,
            client_id: client.id,
            jti: RequestId::new(desk.clock, desk.rng).as_uuid(),
            iat: desk.now.as_second(),
            exp: (desk.now + life).as_second(),
            iat_ms: desk.now.as_millisecond(),
            tid: desk.tenant_id(),
            scope: scopes.join(" "),
            sid: None,
            gid: None,
            auth_time: None,
            acr: None,
            amr: Vec::new(),
            roles: Vec::new(),
            uic: Vec::new(),
            act: None,
        }
    }

    /// Sign them.
    pub(crate) async fn sign(&self, desk: &Desk<'_>) -> Result<String, Refusal> {
        let keys = desk.sso.keys.signing(desk.tenant_id()).await?;
        Ok(keys.current.sign(TYPE, self)?)
    }

    pub(crate) fn has_scope(&self, scope: &str) -> bool {
        self.scope.split(' ').any(|own| own == scope)
    }

    /// Whose revocation refuses the token.
    fn subjects(&self) -> Vec<Uuid> {
        let person = self.sub.parse::<Uuid>().ok();
        let (session, grant) = (self.sid.map(SessionId::as_uuid), self.gid.map(GrantId::as_uuid));
        [Some(self.jti), Some(self.client_id.as_uuid()), person, session, grant]
            .into_iter()
            .flatten()
            .collect()
    }
}

/// Read an access token of this tenant's issuer; `None` when it is not good, whatever the reason.
pub(crate) async fn verify(desk: &Desk<'_>, token: &str) -> Result<Option<Arc<Verified>>, Refusal> {
    let tenant = desk.tenant_id();
    let hash = hash_token(token);
    let known = desk.sso.verified.get(&hash);
    let known = known.filter(|known| known.claims.tid == tenant && known.claims.iss == desk.issuer);
    let verified = if let Some(verified) = known {
        verified
    } else {
        let Some(claims) = read(desk, token).await? else { return Ok(None) };
        let verified = Arc::new(Verified { claims });
        desk.sso.verified.insert(hash, Arc::clone(&verified));
        verified
    };
    let claims = &verified.claims;
    let issued = Timestamp::from_millisecond(claims.iat_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    let is_over = desk.now.as_second() >= claims.exp
        || desk.sso.revocations.is_any_revoked(tenant, &claims.subjects(), issued).await?;
    Ok((!is_over).then_some(verified))
}

async fn read(desk: &Desk<'_>, token: &str) -> Result<Option<Claims>, Refusal> {
    let Some((kid, _)) = unverified_kid_and_tid(token) else { return Ok(None) };
    let keys = desk.sso.keys.signing(desk.tenant_id()).await?;
    let Some(key) = keys.find(kid) else { return Ok(None) };
    let issuer = &desk.issuer;
    let expect = Expect { issuer, audience: issuer, typ: TYPE, now: desk.now, leeway_seconds: 0 };
    Ok(key.verify::<Claims>(token, &expect).ok().filter(|claims| claims.tid == desk.tenant_id()))
}
