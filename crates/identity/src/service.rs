//! What identity's handlers share.

use std::sync::Arc;

use jiff::Timestamp;
use secrecy::SecretString;
use tenantry_db::TenantTx;
use tenantry_kernel::{FieldError, SessionId, TenantId, UserId};
use tenantry_messages::Messages;
use tenantry_vault::{KeySource, Place};

use crate::auth::Shadows;
use crate::lockout::{self, IpDelays};
use crate::password::{Hasher, Policy};
use crate::revocation::Revocations;
use crate::session::store as sessions;
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

/// The identity module's parts. Cheap to clone.
#[derive(Clone)]
pub struct Identity {
    pub(crate) hasher: Hasher,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) revocations: Arc<Revocations>,
    pub(crate) keys: Arc<dyn KeySource>,
    pub(crate) messages: Messages,
    pub(crate) addresses: Arc<IpDelays>,
    pub(crate) shadows: Arc<Shadows>,
    pub(crate) settings: Settings,
}

impl Identity {
    /// Put the parts together.
    pub fn new(
        hasher: Hasher,
        tokens: Arc<Tokens>,
        revocations: Arc<Revocations>,
        keys: Arc<dyn KeySource>,
        messages: Messages,
        addresses: IpDelays,
        settings: Settings,
    ) -> Self {
        let (addresses, shadows) = (Arc::new(addresses), Arc::new(Shadows::default()));
        Self { hasher, tokens, revocations, keys, messages, addresses, shadows, settings }
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

    /// Normalise the e-mail address in `pointer`.
    pub(crate) fn email(pointer: &str, text: &str) -> Result<String, Error> {
        email::normalise(text).map_err(|detail| Error::field(pointer, detail))
    }
}

/// Where a user's telephone number is sealed.
pub(crate) const fn phone_place(user: UserId) -> Place {
    Place { table: "users", column: "phone_sealed", row: user.as_uuid() }
}
