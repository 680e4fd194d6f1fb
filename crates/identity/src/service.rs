//! What identity's handlers share.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;
use secrecy::SecretString;
use tenantry_db::TenantTx;
use tenantry_kernel::{FieldError, SessionId, TenantId, UserId};
use tenantry_messages::Messages;
use tenantry_vault::{KeySource, Place};
use tenantry_web::{Guard, Public};

use crate::account::one_time::OneTimeKey;
use crate::auth::Shadows;
use crate::lockout::stuffing::{Found, Stuffing};
use crate::lockout::{self, Decision, IpDelays};
use crate::passkey::RelyingParty;
use crate::password::{Hasher, Policy};
use crate::revocation::Revocations;
use crate::session::store as sessions;
use crate::signal::{Places, Whence};
use crate::token::Tokens;
use crate::{Error, email};

/// How people are let in.
#[derive(Debug, Clone)]
pub struct Settings {
    /// When accounts are slowed and locked.
    pub lockout: lockout::Settings,
    /// What a password must be.
    pub password: Policy,
}

/// What one address of the network may do before it is slowed, in this process's memory.
pub struct Addresses {
    /// Failures to prove who one is.
    pub failures: IpDelays,
    /// Requests that make us write to people; none: they are not counted.
    pub asking: Option<IpDelays>,
    /// Where they lie.
    pub places: Places,
}

/// The identity module's parts. Cheap to clone.
#[derive(Clone)]
pub struct Identity {
    pub(crate) hasher: Hasher,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) revocations: Arc<Revocations>,
    pub(crate) keys: Arc<dyn KeySource>,
    pub(crate) messages: Messages,
    pub(crate) addresses: Arc<IpDelays>,
    pub(crate) asking: Option<Arc<IpDelays>>,
    pub(crate) stuffing: Arc<Stuffing>,
    pub(crate) places: Places,
    pub(crate) one_time: Arc<OneTimeKey>,
    pub(crate) shadows: Arc<Shadows>,
    pub(crate) passkeys: Arc<RelyingParty>,
    pub(crate) settings: Settings,
}

impl Identity {
    /// Put the parts together. `one_time` is what links and codes are hashed with; it is derived from the master key.
    pub fn new(
        hasher: Hasher,
        tokens: Arc<Tokens>,
        revocations: Arc<Revocations>,
        keys: Arc<dyn KeySource>,
        messages: Messages,
        addresses: Addresses,
        one_time: &SecretString,
        settings: Settings,
    ) -> Self {
        let Addresses { failures, asking, places } = addresses;
        let (addresses, asking) = (Arc::new(failures), asking.map(Arc::new));
        let (shadows, one_time) =
            (Arc::new(Shadows::new(settings.lockout)), Arc::new(OneTimeKey::new(one_time)));
        let passkeys = Arc::new(RelyingParty::new(tokens.public_url()));
        Self {
            hasher,
            tokens,
            revocations,
            keys,
            messages,
            addresses,
            asking,
            stuffing: Arc::default(),
            places,
            one_time,
            shadows,
            passkeys,
            settings,
        }
    }

    /// The pool that hashes passwords.
    pub const fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    /// Check a new password against the policy.
    ///
    /// # Errors
    /// Each broken rule, at `pointer`.
    pub fn check_password(
        &self,
        pointer: &str,
        password: &SecretString,
        context: &[&str],
    ) -> Result<(), Error> {
        self.settings.password.check(password, context).map_err(|broken| {
            Error::Fields(broken.iter().map(|rule| FieldError::new(pointer, rule.to_string())).collect())
        })
    }

    /// Check a new password against the policy and hash it.
    pub async fn hash_password(
        &self,
        tenant: TenantId,
        pointer: &str,
        password: SecretString,
        context: &[&str],
    ) -> Result<String, Error> {
        self.check_password(pointer, &password, context)?;
        Ok(self.hasher.hash(tenant, password).await?)
    }

    /// End every session of a user but one, on every node. Returns how many.
    pub(crate) async fn end_other_sessions(
        &self,
        tx: &mut TenantTx,
        user: UserId,
        but: SessionId,
        now: Timestamp,
    ) -> Result<usize, Error> {
        let ended = tx.run(sessions::revoke_others(user, but, now)).await?;
        let life = self.tokens.lifetimes().access;
        // Older ones have no access token left that could be used.
        for session in ended.iter().filter(|session| now.duration_since(session.last_used_at) <= life) {
            self.revocations.revoke(tx.tenant_id(), "session", session.id.as_uuid(), life).await?;
        }
        Ok(ended.len())
    }

    /// Refuse an address of the network that has failed too often to prove who it is.
    pub(crate) fn slow(&self, guard: &Guard<Public>, now: Timestamp) -> Result<(), Error> {
        let ip = guard.ip().and_then(|ip| ip.parse::<IpAddr>().ok());
        let decision = ip.map(|ip| self.addresses.decide(guard.tenant_info().id, ip, now));
        let Some(Decision::Refuse { until }) = decision else { return Ok(()) };
        Err(Error::too_many(until, now))
    }

    /// Note that an address of the network has failed to.
    pub(crate) fn count_failure(&self, guard: &Guard<Public>, now: Timestamp) {
        if let Some(ip) = guard.ip().and_then(|ip| ip.parse::<IpAddr>().ok()) {
            self.addresses.failed(guard.tenant_info().id, ip, now);
        }
    }

    /// Note for which account an address of the network has failed. One that fails for many is delayed three times as fast.
    pub(crate) fn count_account(&self, guard: &Guard<Public>, account: &str, now: Timestamp) -> Found {
        let Some(ip) = guard.ip().and_then(|ip| ip.parse::<IpAddr>().ok()) else { return Found::Nothing };
        let found = self.stuffing.failed(guard.tenant_info().id, ip, account, now);
        if found != Found::Nothing {
            self.count_failure(guard, now);
            self.count_failure(guard, now);
        }
        found
    }

    /// Where a request comes from, as far as its address says.
    pub(crate) fn whence(&self, ip: Option<&str>) -> Whence {
        self.places.whence(ip.and_then(|ip| ip.parse::<IpAddr>().ok()))
    }

    /// Normalise the e-mail address in `pointer`.
    pub(crate) fn email(pointer: &str, text: &str) -> Result<String, Error> {
        email::normalise(text).map_err(|detail| Error::field(pointer, detail))
    }
}

/// Where a user's telephone number is sealed.
pub(crate) const fn phone_place(user: UserId) -> Place {
    Place { table: "users", column: "phone_sealed", row: user.as_uuid() }
}
