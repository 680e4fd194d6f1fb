//! What the OpenID provider asks of identity: a session for who knows the password, and what is known of a person.

use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::{Value, json};
use tenantry_db::{Change, Purpose, Read, TenantDb};
use tenantry_kernel::{Clock, Rng, SessionId, UserId};
use tenantry_web::{Guard, Problem, Public};

use crate::auth::sign_in::{Login, SignedIn, Step, sign_in};
use crate::device::{Kept, Shown};
use crate::mfa::second::{SecondFactor, finish, waiting};
use crate::mfa::ways::Ways;
use crate::mfa::{Enrolment, Pending};
use crate::passkey::sign_in::PasskeyLogin;
use crate::service::Identity;
use crate::session::store as sessions;
use crate::user::{User, UserStatus, store as users};
use crate::{Error, passkey};

/// A session that has just begun.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Whose it is.
    pub user: UserId,
    /// The session.
    pub session: SessionId,
    /// When it ends, whatever happens.
    pub expires_at: Timestamp,
    /// By what the person has proved who they are (RFC 8176).
    pub amr: Vec<String>,
    /// What a browser is to keep of its device, in [`DEVICE_COOKIE`](tenantry_web::DEVICE_COOKIE).
    pub device: Option<String>,
}

/// What comes of a first factor.
#[derive(Debug, Clone)]
pub enum Begin {
    /// It was enough.
    Begun(Begun),
    /// It was right, and a second one is wanted.
    Second(Pending),
    /// It was right, and a second one is to be set up.
    Enrol(Enrolment),
}

impl From<Step> for Begin {
    fn from(step: Step) -> Self {
        match step {
            Step::In(signed_in) => Self::Begun(signed_in.into()),
            Step::Second(pending) => Self::Second(pending),
            Step::Enrol(enrolment) => Self::Enrol(enrolment),
        }
    }
}

impl From<SignedIn> for Begun {
    fn from(signed_in: SignedIn) -> Self {
        let SignedIn { user, session, expires_at, amr, kept, .. } = signed_in;
        Self { user, session, expires_at, amr, device: kept.and_then(Kept::cookie) }
    }
}

tenantry_db::row! {
    /// A session and whose it is.
    #[derive(Debug, Clone)]
    pub struct KnownSession {
        /// The session.
        pub id: SessionId,
        /// Whose it is.
        pub user_id: UserId,
        /// Their state.
        pub status: UserStatus,
        /// Their e-mail address.
        pub email: String,
        /// When the session ends, whatever happens.
        pub expires_at: Timestamp,
        /// When the person last proved who they are.
        pub authenticated_at: Timestamp,
        /// When it was ended.
        pub revoked_at: Option<Timestamp>,
        /// Whether they have a second factor.
        pub mfa_enabled: bool,
        /// Whether its device stood for the second factor when the person last proved who they are.
        pub by_trusted_device: bool,
        /// Until when its device stands for a second factor.
        pub trusted_until: Option<Timestamp>,
    }
}

impl KnownSession {
    /// Whether the session's device stands for a second factor.
    pub fn is_trusted(&self, now: Timestamp) -> bool {
        self.trusted_until.is_some_and(|until| now < until)
    }

    /// Whether the session goes on, and its person may use it.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.is_not_ended() && now < self.expires_at
    }

    /// Whether nobody has ended the session, and its person may use it.
    pub fn is_not_ended(&self) -> bool {
        self.revoked_at.is_none() && self.status == UserStatus::Active
    }
}

tenantry_db::statements! {
    /// A session and whose it is.
    read known(id: SessionId) -> Option<KnownSession>
        = "SELECT s.id, s.user_id, u.status, u.email, s.expires_at, s.authenticated_at, s.revoked_at, u.mfa_enabled, \
           s.by_trusted_device, d.trusted_until FROM user_sessions s JOIN users u ON u.tenant_id = $1 AND u.id = s.user_id \
           LEFT JOIN devices d ON d.tenant_id = $1 AND d.id = s.device_id WHERE s.tenant_id = $1 AND s.id = $2";
}

/// A session and whose it is.
pub fn known_session(id: SessionId) -> Read<Option<KnownSession>> {
    known(id)
}

/// What is known of a person.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The person.
    pub id: UserId,
    /// Whether they may use the product.
    pub is_active: bool,
    /// The e-mail address.
    pub email: String,
    /// Whether it is verified.
    pub email_verified: bool,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// E.164.
    pub phone: Option<String>,
    /// Whether it is verified.
    pub phone_verified: bool,
    /// A picture.
    pub avatar_url: Option<String>,
    /// The tenant's own fields.
    pub metadata: Value,
    /// When any of these changed.
    pub updated_at: Timestamp,
}

impl Identity {
    /// Check a password, with everything that slows guessing, and begin a session, or wait for a second factor.
    ///
    /// # Errors
    /// 401 `sign_in_refused`, whatever is wrong; 429 when the address or the tenant has tried too often.
    pub async fn begin_session(
        &self,
        guard: &Guard<Public>,
        clock: &Clock,
        rng: &Rng,
        (email, password): (String, SecretString),
        shown: &Shown,
    ) -> Result<Begin, Problem> {
        Ok(sign_in(guard, clock, rng, self, Login::new(email, password), shown).await?.into())
    }

    /// Check the second factor of a sign-in that waits, and begin the session.
    ///
    /// # Errors
    /// 401 `challenge_over` or `second_factor_refused`; 429 as for passwords.
    pub async fn finish_session(
        &self,
        guard: &Guard<Public>,
        clock: &Clock,
        rng: &Rng,
        (token, code): (String, String),
        shown: &Shown,
    ) -> Result<Begin, Problem> {
        let request = SecondFactor { mfa_token: token, code, device_token: None, trust_device: false };
        Ok(finish(guard, clock, rng, self, &request, shown).await?.into())
    }

    /// The sign-in that waits for a second factor by this token; none when it waits no longer.
    ///
    /// # Errors
    /// Those of the database and the vault.
    pub async fn pending(
        &self,
        guard: &Guard<Public>,
        clock: &Clock,
        token: &str,
    ) -> Result<Option<Pending>, Problem> {
        let mut tx = guard.enter(Purpose::SignIn).begin()?;
        let (challenge, account) = match waiting(&mut tx, token, clock.now()).await {
            Ok(found) => found,
            Err(Error::ChallengeOver) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let ways = Ways::to_sign_in(self, &mut tx, account.id, account.reset_by_mail).await?;
        Ok(Some(Pending::new(token.to_owned(), &ways, challenge.expires_at)))
    }

    /// Check what a passkey has answered, and begin a session: two factors in one.
    ///
    /// # Errors
    /// 401 `challenge_over` or `sign_in_refused`; 422 for what no browser has made; 429 as for passwords.
    pub async fn begin_with_passkey(
        &self,
        guard: &Guard<Public>,
        clock: &Clock,
        rng: &Rng,
        (token, credential): (String, Value),
        shown: &Shown,
    ) -> Result<Begin, Problem> {
        let request = PasskeyLogin { passkey_token: token, credential, device_token: None };
        Ok(passkey::sign_in::finish(guard, clock, rng, self, request, shown).await?.into())
    }

    /// Whether passkeys can be used at the server's address.
    pub fn has_passkeys(&self) -> bool {
        self.passkeys.is_available()
    }

    /// End a session on every node. Returns whether it went on until now.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn end_session(
        &self,
        tenant: &TenantDb,
        clock: &Clock,
        session: SessionId,
    ) -> Result<bool, Error> {
        let mut tx = tenant.begin()?;
        if tx.run(sessions::revoke(session, clock.now())).await?.0 == 0 {
            return Ok(false);
        }
        let life = self.tokens.lifetimes().access;
        self.revocations.revoke(tenant.tenant_id(), "session", session.as_uuid(), life).await?;
        let change = Change::named("session", Some(session.as_uuid()), "ended", json!({"by": "openid"}));
        tx.commit(change.action("oauth:logout"), ()).await?;
        Ok(true)
    }

    /// What is known of a person.
    ///
    /// # Errors
    /// Those of the database and the vault.
    pub async fn profile(&self, tenant: &TenantDb, user: UserId) -> Result<Option<Profile>, Error> {
        let Some(found) = tenant.read(users::find(user)).await? else { return Ok(None) };
        let phone = match &found.phone_sealed {
            Some(_) => found.phone(&*self.keys.keyring(tenant.tenant_id()).await?)?,
            None => None,
        };
        let User { id, status, email, email_verified, first_name, last_name, phone_verified, .. } = found;
        Ok(Some(Profile {
            id,
            is_active: status == UserStatus::Active,
            email,
            email_verified,
            first_name,
            last_name,
            phone,
            phone_verified,
            avatar_url: found.avatar_url,
            metadata: found.metadata,
            updated_at: found.updated_at,
        }))
    }
}
