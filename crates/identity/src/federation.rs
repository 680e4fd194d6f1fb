//! What signing in with another's account asks of identity: who has an address, a new person, and a session for somebody
//! whom an identity provider vouches for.

use jiff::Timestamp;
use serde_json::json;
use tenantry_db::{Change, TenantTx};
use tenantry_kernel::{Clock, Rng, UserId};
use tenantry_web::{Action, Guard, Problem, Public, Success};

use crate::auth::entrance::Entrance;
use crate::auth::sign_in::SignedIn;
use crate::auth::store::{self as credentials, Account};
use crate::auth::view::TokenView;
use crate::device::Shown;
use crate::device::arrival::Arrival;
use crate::mfa::obliged::Obligation;
use crate::mfa::pending::{self, Pending, Wanted};
use crate::mfa::ways::Ways;
use crate::mfa::{Enrolment, Proof, recent, second};
use crate::provider::Begun;
use crate::service::Identity;
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
    pub changes: Vec<Change>,
}

/// What comes of an identity provider's word, once the transaction is committed.
pub enum Vouched {
    /// It is enough.
    Starting(Box<Starting>),
    /// A second factor is wanted; with what the trail says.
    Second(Pending, Vec<Change>),
    /// A second factor is to be set up; with what the trail says.
    Enrol(Enrolment, Vec<Change>),
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
    /// their second factor, as after a password. `authenticated_at`: when the provider says that they have signed in there.
    ///
    /// # Errors
    /// [`Error::SignInRefused`] when the person may not sign in, and those of the database.
    pub async fn start_vouched(
        &self,
        tx: &mut TenantTx,
        guard: &Guard<Public>,
        (clock, rng): (&Clock, &Rng),
        (id, authenticated_at): (UserId, Option<Timestamp>),
        shown: &Shown,
    ) -> Result<Vouched, Error> {
        // Locked: whoever has lost the right to be here meanwhile does not get in behind their own exclusion.
        let user = tx.run(users::find_for_update(id)).await?;
        let user = user.filter(|user| user.status == UserStatus::Active).ok_or(Error::SignInRefused)?;
        let now = clock.now();
        let entrance = Entrance { guard, identity: self, clock, rng, now, shown };
        let mut proof = Proof::by("federation", amr());
        let mut changes = Vec::new();
        let account = second::account(tx, id).await?.ok_or(Error::SignInRefused)?;
        if user.mfa_enabled {
            let (stands_in, copied) = entrance.device_stands_in(tx, &account).await?;
            changes = copied;
            if !stands_in {
                return self.wait_vouched(tx, (clock, rng), &account, changes).await;
            }
            proof = proof.by_trusted_device();
        }
        let obligation = Obligation::of(tx, &user, now).await?;
        if obligation.is_due(now) && !proof.by_device {
            let (enrolment, change) =
                obligation.open(self, tx, (clock, rng), (&user, &account), proof).await?;
            changes.push(change.action("auth:federation"));
            return Ok(Vouched::Enrol(enrolment, changes));
        }
        if obligation.is_due(now) && !obligation.is_met(&Ways::of(self, tx, &user).await?) {
            return self.wait_vouched(tx, (clock, rng), &account, changes).await;
        }
        let arrival = entrance.arrive(tx, id, &proof, authenticated_at.unwrap_or(now)).await?;
        let Arrival { session, seed, expires_at, device, kept, changes: more } = arrival;
        changes.extend(more);
        let lifetimes = self.tokens.lifetimes();
        let change = Change::named("session", Some(session.as_uuid()), "started", json!({"user_id": id}));
        changes.push(change.action("auth:federation"));
        let signed_in = SignedIn {
            user: id,
            session,
            access_token: String::new(),
            refresh_token: String::new(),
            access_expires_at: now + lifetimes.access,
            refresh_expires_at: now + lifetimes.idle.min(lifetimes.absolute),
            expires_at,
            amr: amr(),
            device: Some(device),
            kept,
        };
        Ok(Vouched::Starting(Box::new(Starting { signed_in, seed, changes })))
    }

    /// Keep an identity provider's word until the second factor comes.
    async fn wait_vouched(
        &self,
        tx: &mut TenantTx,
        (clock, rng): (&Clock, &Rng),
        account: &Account,
        mut changes: Vec<Change>,
    ) -> Result<Vouched, Error> {
        let ways = Ways::to_sign_in(self, tx, account.id, false).await?;
        let wanted = Wanted {
            user: Some(account.id),
            purpose: "sign_in",
            amr: amr(),
            password_changed_at: account.password_changed_at,
            state: None,
        };
        let token = pending::open(tx, clock, rng, wanted);
        let pending = Pending::new(token, &ways, clock.now() + pending::LIFE);
        changes.push(pending::begun(account.id).action("auth:federation"));
        Ok(Vouched::Second(pending, changes))
    }

    /// The tokens of a session whose transaction has been committed.
    ///
    /// # Errors
    /// Those of the database and the vault.
    pub async fn vouched_tokens(
        &self,
        guard: &Guard<Public>,
        starting: Box<Starting>,
    ) -> Result<Success<TokenView>, Problem> {
        let Starting { signed_in, seed, .. } = *starting;
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
        self.signed_in.clone().into()
    }
}
