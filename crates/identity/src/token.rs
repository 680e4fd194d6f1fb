//! Access tokens (RFC 9068) and refresh tokens.

use std::sync::Arc;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use tenantry_kernel::{Clock, Rng, SessionId, TenantId, UserId};
use tenantry_vault::{Expect, KeySource, constant_time_eq, hash_token, unverified_kid_and_tid};
use tenantry_web::Problem;
use tenantry_web::ports::{Authenticator, Identity, Means, Proxy, TenantInfo};

use crate::Error;
use crate::impersonation::Impersonation;
use crate::revocation::Revocations;

/// How long tokens and sessions live.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    /// An access token.
    pub access: SignedDuration,
    /// A session that is not used.
    pub idle: SignedDuration,
    /// A session, whatever happens.
    pub absolute: SignedDuration,
    /// How long the previous refresh token is still good, for two tabs that refresh at once.
    pub grace: SignedDuration,
}

/// The claims of an access token (RFC 9068, 2.2), with the tenant, session and roles.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    client_id: String,
    jti: uuid::Uuid,
    iat: i64,
    exp: i64,
    tid: TenantId,
    sid: SessionId,
    /// `iat` in milliseconds: revocations are finer than seconds.
    iat_ms: i64,
    roles: Vec<String>,
    /// Who really acts (RFC 8693, 4.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    act: Option<Act>,
}

/// An operator who acts in the subject's name.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Act {
    sub: UserId,
    /// The operator's tenant.
    tid: TenantId,
    /// The operator's own session.
    sid: SessionId,
    /// Whether more than reading is allowed.
    may_write: bool,
}

const TYPE: &str = "at+jwt";

#[derive(Debug, Clone)]
struct Verified {
    tenant: TenantId,
    user: UserId,
    session: SessionId,
    issued: Timestamp,
    expires: i64,
    act: Option<Act>,
}

/// Whom a token is for.
struct Bearer {
    user: UserId,
    session: SessionId,
    roles: Vec<String>,
    act: Option<Act>,
}

/// Issues and verifies tokens.
pub struct Tokens {
    keys: Arc<dyn KeySource>,
    revocations: Arc<Revocations>,
    clock: Clock,
    rng: Rng,
    root: TenantId,
    public_url: String,
    refresh: hmac::Key,
    lifetimes: Lifetimes,
    verified: moka::sync::Cache<[u8; 32], Verified>,
}

impl Tokens {
    /// `root` is the platform's own tenant, whose users may act in others' names; `refresh_key` is derived from the
    /// master key.
    pub fn new(
        keys: Arc<dyn KeySource>,
        revocations: Arc<Revocations>,
        root: TenantId,
        clock: Clock,
        rng: Rng,
        public_url: String,
        refresh_key: &SecretString,
        lifetimes: Lifetimes,
    ) -> Self {
        Self {
            keys,
            revocations,
            clock,
            rng,
            root,
            public_url,
            refresh: hmac::Key::new(hmac::HMAC_SHA256, refresh_key.expose_secret().as_bytes()),
            lifetimes,
            verified: moka::sync::Cache::builder().max_capacity(100_000).build(),
        }
    }

    /// How long tokens and sessions live.
    pub const fn lifetimes(&self) -> Lifetimes {
        self.lifetimes
    }

    /// Where people reach the server.
    pub(crate) fn public_url(&self) -> &str {
        &self.public_url
    }

    /// The tenant's issuer: its own domain, at the scheme and port of the public address, or a path of that.
    pub fn issuer(&self, tenant: &TenantInfo) -> String {
        self.issuer_of(&tenant.slug, tenant.issuer_domain.as_deref())
    }

    /// The issuer of the tenant with this slug, and this domain if it has one for that.
    pub(crate) fn issuer_of(&self, slug: &str, domain: Option<&str>) -> String {
        domain.map_or_else(|| format!("{}/t/{slug}", self.public_url), |domain| self.at(domain))
    }

    /// The origin of a host that the server answers at beside the public address.
    pub(crate) fn at(&self, domain: &str) -> String {
        let (scheme, own) = self.public_url.split_once("://").unwrap_or(("https", ""));
        let port = own.rsplit_once(':').map(|(_, port)| port).filter(|port| port.parse::<u16>().is_ok());
        port.map_or_else(|| format!("{scheme}://{domain}"), |port| format!("{scheme}://{domain}:{port}"))
    }

    /// Sign an access token for a session that the caller has checked.
    pub async fn access_token(
        &self,
        tenant: &TenantInfo,
        user: UserId,
        session: SessionId,
        roles: Vec<String>,
    ) -> Result<String, Error> {
        let roles = Bearer { user, session, roles, act: None };
        self.sign(tenant, roles, self.clock.now() + self.lifetimes.access).await
    }

    /// Sign a token for an operator who acts in a user's name. It is as good as long as the impersonation is.
    pub(crate) async fn proxy_token(
        &self,
        tenant: &TenantInfo,
        row: &Impersonation,
        proxy: Proxy,
    ) -> Result<String, Error> {
        let Proxy { operator, session, may_write } = proxy;
        let act = Some(Act { sub: operator, tid: self.root, sid: session, may_write });
        let bearer = Bearer { user: row.user_id, session: row.session(), roles: Vec::new(), act };
        self.sign(tenant, bearer, row.expires_at).await
    }

    async fn sign(&self, tenant: &TenantInfo, bearer: Bearer, expires: Timestamp) -> Result<String, Error> {
        let Bearer { user, session, roles, act } = bearer;
        let now = self.clock.now();
        let dated = self.revocations.date_token(tenant.id, user, now).await?;
        let claims = Claims {
            iss: self.issuer(tenant),
            aud: self.public_url.clone(),
            sub: user,
            client_id: "first-party".to_owned(),
            jti: tenantry_kernel::RequestId::new(&self.clock, &self.rng).as_uuid(),
            iat: now.as_second(),
            exp: expires.as_second(),
            tid: tenant.id,
            sid: session,
            iat_ms: dated.as_millisecond(),
            roles,
            act,
        };
        let keys = self.keys.signing(tenant.id).await?;
        Ok(keys.current.sign(TYPE, &claims)?)
    }

    /// The refresh token of a session's generation. It is derived, never stored: whoever has the database alone cannot
    /// make one, nor whoever has the key alone.
    pub(crate) fn refresh_token(
        &self,
        tenant: TenantId,
        session: SessionId,
        seed: &[u8],
        generation: i32,
    ) -> String {
        let mac = URL_SAFE_NO_PAD.encode(self.refresh_mac(tenant, session, seed, generation));
        format!("rt_{}.{}.{generation}.{mac}", tenant.as_uuid().simple(), session.as_uuid().simple())
    }

    fn refresh_mac(&self, tenant: TenantId, session: SessionId, seed: &[u8], generation: i32) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.refresh);
        context.update(tenant.as_uuid().as_bytes());
        context.update(session.as_uuid().as_bytes());
        context.update(&generation.to_be_bytes());
        context.update(seed);
        context.sign()
    }

    /// Whether a refresh token was made by us for this session's generation.
    pub(crate) fn is_genuine(&self, token: &RefreshToken, seed: &[u8]) -> bool {
        let expected = self.refresh_mac(token.tenant, token.session, seed, token.generation);
        constant_time_eq(expected.as_ref(), &token.mac)
    }

    async fn verify(&self, tenant: &TenantInfo, token: &str) -> Result<Verified, Error> {
        let now = self.clock.now();
        let hash = hash_token(token);
        if let Some(verified) = self.verified.get(&hash)
            && verified.tenant == tenant.id
            && verified.expires > now.as_second()
        {
            return Ok(verified);
        }
        let (kid, _) = unverified_kid_and_tid(token).ok_or(tenantry_vault::Error::TokenMalformed)?;
        let keys = self.keys.signing(tenant.id).await?;
        let key = keys.find(kid).ok_or(tenantry_vault::Error::TokenKey)?;
        let issuer = self.issuer(tenant);
        let expect =
            Expect { issuer: &issuer, audience: &self.public_url, typ: TYPE, now, leeway_seconds: 0 };
        let claims: Claims = key.verify(token, &expect)?;
        if claims.tid != tenant.id {
            return Err(tenantry_vault::Error::TokenClaims.into());
        }
        let verified = Verified {
            tenant: claims.tid,
            user: claims.sub,
            session: claims.sid,
            issued: Timestamp::from_millisecond(claims.iat_ms).unwrap_or(Timestamp::UNIX_EPOCH),
            expires: claims.exp,
            act: claims.act,
        };
        self.verified.insert(hash, verified.clone());
        Ok(verified)
    }
}

impl Authenticator for Tokens {
    fn claimed_tenant(&self, token: &str) -> Option<TenantId> {
        match self.verified.get(&hash_token(token)) {
            Some(verified) => Some(verified.tenant),
            None => unverified_kid_and_tid(token).map(|(_, tenant)| tenant),
        }
    }

    fn authenticate<'a>(
        &'a self,
        tenant: &'a TenantInfo,
        token: &'a str,
    ) -> BoxFuture<'a, Result<Identity, Problem>> {
        Box::pin(async move {
            // One answer, whatever is wrong with a token; only a key that cannot be had is told apart.
            let verified = self.verify(tenant, token).await.map_err(|error| {
                let problem = Problem::from(error);
                let is_token = problem.kind() == tenantry_kernel::ErrorKind::Unauthenticated;
                if is_token { Problem::unauthenticated() } else { problem }
            })?;
            let Verified { user, session, issued, expires, act, .. } = verified;
            if self.revocations.is_revoked(tenant.id, session, user, issued).await? {
                return Err(Problem::unauthenticated());
            }
            let means = match act {
                None => Means::Session,
                // Nobody acts in a name for longer than they are signed in themselves.
                Some(act) if act.tid != self.root || tenant.is_root => return Err(Problem::unauthenticated()),
                Some(act) if self.revocations.is_revoked(act.tid, act.sid, act.sub, issued).await? => {
                    return Err(Problem::unauthenticated());
                }
                Some(Act { sub, sid, may_write, .. }) => {
                    Means::Proxy(Proxy { operator: sub, session: sid, may_write })
                }
            };
            let expires_at = Timestamp::from_second(expires).unwrap_or(Timestamp::UNIX_EPOCH);
            Ok(Identity { user, session, means, expires_at })
        })
    }
}

/// A refresh token, taken apart: `rt_<tenant>.<session>.<generation>.<mac>`.
#[derive(Debug)]
pub(crate) struct RefreshToken {
    pub(crate) tenant: TenantId,
    pub(crate) session: SessionId,
    pub(crate) generation: i32,
    mac: Vec<u8>,
}

impl RefreshToken {
    /// Take a text apart; nothing is verified yet.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("rt_").filter(|_| text.len() <= 200)?.split('.');
        let mut id =
            || parts.next().filter(|part| part.len() == 32).and_then(|part| uuid::Uuid::try_parse(part).ok());
        let (tenant, session) = (TenantId::from_uuid(id()?), SessionId::from_uuid(id()?));
        let generation = parts.next()?.parse().ok().filter(|generation| *generation >= 0)?;
        let mac = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        parts.next().is_none().then_some(Self { tenant, session, generation, mac })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn taking_a_refresh_token_apart_never_panics(text in "(rt_)?[0-9a-f]{0,33}.?[0-9a-f]{0,33}.?.{0,12}.?.{0,50}") {
            let _ = RefreshToken::parse(&text);
        }
    }
}
