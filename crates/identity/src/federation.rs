//! What signing in with another's account asks of identity: who has an address, a new person, and a session for somebody
//! whom an identity provider vouches for.

use jiff::Timestamp;
use serde_json::json;
use tenantry_db::{Change, TenantTx};
use tenantry_kernel::{Clock, Rng, SessionId, UserId};
use tenantry_web::{Action, Guard, Problem, Public, Success};

use crate::auth::sign_in::SignedIn;
use crate::auth::store as credentials;
use crate::auth::view::TokenView;
use crate::history::{self, SignInId};
use crate::mfa::pending::{self, Pending, Wanted};
use crate::mfa::{recent, second};
use crate::provider::Begun;
use crate::service::Identity;
use crate::session::store as sessions;
use crate::user::{self, User, UserStatus, store as users};
use crate::{Error, email};

/// Somebody who comes for the first time.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// The e-mail address, normalised and verified.
    pub email: String,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
}

/// A person who is here already.
#[derive(Debug, Clone)]
pub struct KnownPerson {
    /// Who it is.
    pub id: UserId,
    /// The e-mail address.
    pub email: String,
    /// Whether they may use the product.
    pub is_active: bool,
}

impl From<User> for KnownPerson {
    fn from(user: User) -> Self {
        Self { id: user.id, email: user.email, is_active: user.status == UserStatus::Active }
    }
}

/// Another vouches for the person. RFC 8176 has no word for that; `fed` is what others use.
fn amr() -> Vec<String> {
    vec!["fed".to_owned()]
}

/// A session that begins with the commit of its transaction.
pub struct Starting {
    signed_in: SignedIn,
    seed: Vec<u8>,
    /// What the trail says.
    pub change: Change,
}

/// What comes of an identity provider's word, once the transaction is committed.
pub enum Vouched {
    /// It is enough.
    Starting(Starting),
    /// A second factor is wanted; with what the trail says.
    Second(Pending, Change),
}

impl Identity {
    /// A person, by id.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn person(&self, tx: &mut TenantTx, id: UserId) -> Result<Option<KnownPerson>, Error> {
        Ok(tx.read(users::find(id)).await?.map(KnownPerson::from))
    }

    /// A person, by normalised e-mail address.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn person_by_email(
        &self,
        tx: &mut TenantTx,
        email: &str,
    ) -> Result<Option<KnownPerson>, Error> {
        Ok(tx.read(users::find_by_email(email.to_owned())).await?.map(KnownPerson::from))
    }

    /// Lock a person until the transaction ends.
    ///
    /// # Errors
    /// [`Error::NotFound`], and those of the database.
    pub async fn lock_person(&self, tx: &mut TenantTx, id: UserId) -> Result<(), Error> {
        tx.run(users::find_for_update(id)).await?.map(|_| ()).ok_or(Error::NotFound)
    }

    /// Refuse unless the caller has proved who they are a short while ago.
    ///
    /// # Errors
    /// 401 `proof_too_old`.
    pub async fn require_recent<A: Action>(
        &self,
        guard: &Guard<A>,
        tx: &mut TenantTx,
        now: Timestamp,
    ) -> Result<(), Problem> {
        recent::require(guard, tx, now).await
    }

    /// Whether a person has a password to sign in with.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn has_password(&self, tx: &mut TenantTx, id: UserId) -> Result<bool, Error> {
        Ok(tx.read(credentials::account(id)).await?.is_some_and(|account| account.password_hash.is_some()))
    }

    /// Make an active person without a password. Returns who it is, and what the trail says.
    ///
    /// # Errors
    /// [`Error::EmailTaken`], and those of the database.
    pub async fn provision(
        &self,
        tx: &mut TenantTx,
        clock: &Clock,
        rng: &Rng,
        new: NewPerson,
    ) -> Result<(UserId, Change), Error> {
        let mut user = User::new(UserId::new(clock, rng), new.email, clock.now());
        user.status = UserStatus::Active;
        user.email_verified = true;
        let short = |name: Option<String>| name.map(|name| name.chars().take(100).collect::<String>());
        user.first_name = short(new.first_name);
        user.last_name = short(new.last_name);
        tx.run(user::insert(&user, None)).await.map_err(|error| match error.constraint() {
            Some("users_email_key") => Error::EmailTaken,
            _ => error.into(),
        })?;
        Ok((user.id, Change::created(&user).action("auth:federation")))
    }

    /// Start a session in the caller's transaction for an active person whom an identity provider vouches for; or wait for
    /// their second factor, as after a password.
    ///
    /// # Errors
    /// [`Error::SignInRefused`] when the person may not sign in, and those of the database.
    pub async fn start_vouched(
        &self,
        tx: &mut TenantTx,
        guard: &Guard<Public>,
        clock: &Clock,
        rng: &Rng,
        id: UserId,
    ) -> Result<Vouched, Error> {
        // Locked: whoever has lost the right to be here meanwhile does not get in behind their own exclusion.
        let user = tx.run(users::find_for_update(id)).await?;
        let user = user.filter(|user| user.status == UserStatus::Active).ok_or(Error::SignInRefused)?;
        let now = clock.now();
        if user.mfa_enabled {
            let account = tx.read(credentials::account(id)).await?;
            let methods = second::methods(tx, id).await?;
            let wanted = Wanted {
                user: Some(id),
                purpose: "sign_in",
                amr: amr(),
                password_changed_at: account.and_then(|account| account.password_changed_at),
                state: None,
            };
            let (_, token) = pending::open(tx, clock, rng, wanted).await?;
            let pending = Pending { token, methods, expires_at: now + pending::LIFE };
            return Ok(Vouched::Second(pending, pending::begun(id).action("auth:federation")));
        }
        let session = SessionId::new(&Clock::at(now), rng);
        let seed = rng.bytes::<16>().to_vec();
        let lifetimes = self.tokens.lifetimes();
        let (agent, ip) = (guard.user_agent().map(str::to_owned), guard.ip().map(str::to_owned));
        let expires_at = now + lifetimes.absolute;
        tx.queue(sessions::insert(
            session,
            id,
            seed.clone(),
            ip.clone(),
            agent.clone(),
            now,
            expires_at,
            amr(),
        ));
        tx.queue(users::note_login(id, now));
        let line = SignInId::new(clock, rng);
        tx.queue(history::insert(line, Some(id), now, "success", "federation", Some(session), ip, agent));
        let change = Change::named("session", Some(session.as_uuid()), "started", json!({"user_id": id}));
        let signed_in = SignedIn {
            user: id,
            session,
            access_token: String::new(),
            refresh_token: String::new(),
            access_expires_at: now + lifetimes.access,
            refresh_expires_at: now + lifetimes.idle.min(lifetimes.absolute),
            expires_at,
            amr: amr(),
        };
        Ok(Vouched::Starting(Starting { signed_in, seed, change: change.action("auth:federation") }))
    }

    /// The tokens of a session whose transaction has been committed.
    ///
    /// # Errors
    /// Those of the database and the vault.
    pub async fn vouched_tokens(
        &self,
        guard: &Guard<Public>,
        starting: Starting,
    ) -> Result<Success<TokenView>, Problem> {
        let Starting { signed_in, seed, .. } = starting;
        let info = guard.tenant_info();
        let grants = guard.grants_of(signed_in.user).await?;
        let roles = grants.roles.iter().map(|(_, name)| name.clone()).collect();
        let access_token = self.tokens.access_token(info, signed_in.user, signed_in.session, roles).await?;
        let refresh_token = self.tokens.refresh_token(info.id, signed_in.session, &seed, 0);
        let signed_in = SignedIn { access_token, refresh_token, ..signed_in };
        Ok(Success::ok(TokenView::new(signed_in, self)))
    }

    /// Normalise an e-mail address.
    pub fn normal_email(&self, text: &str) -> Option<String> {
        email::normalise(text).ok()
    }
}

impl Starting {
    /// The session.
    pub fn begun(&self) -> Begun {
        let SignedIn { user, session, expires_at, amr, .. } = &self.signed_in;
        Begun { user: *user, session: *session, expires_at: *expires_at, amr: amr.clone() }
    }
}
