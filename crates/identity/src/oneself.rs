//! What somebody does to their own account on the issuer's pages: the API's very handlers, in their name.
//!
//! A page has a session of its own kind. What it stands for is told here, and a guard is made of it for each thing that is done,
//! so that rules, decisions and the trail are those of the API.

use jiff::Timestamp;
use serde_json::Value;
use tenantry_kernel::{Clock, Rng, SessionId, UserId};
use tenantry_web::ports::{Identity as Who, Means};
use tenantry_web::{Action, Asker, Body, Guard, IfMatch, Path, Problem, Public, Query, Use, View as _, said};

use crate::account::{email, phone};
use crate::auth::change_password;
use crate::device::{own as devices, trust};
use crate::mfa::{enrol, own as factors, recent, send};
use crate::passkey::{own as passkeys, register};
use crate::service::Identity;
use crate::session::own as sessions;
use crate::user::{me, security};
use crate::{Error, Myself};

/// Somebody whom a page's session stands for.
#[derive(Debug, Clone, Copy)]
pub struct Visitor {
    /// The person.
    pub user: UserId,
    /// The session.
    pub session: SessionId,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl From<Visitor> for Who {
    fn from(Visitor { user, session, expires_at }: Visitor) -> Self {
        Self { user, session, means: Means::Session, expires_at }
    }
}

/// A request of somebody about their own account. Forms are the bodies of the API, answers its `data`.
pub struct Oneself<'a> {
    identity: &'a Identity,
    guard: &'a Guard<Public>,
    clock: &'a Clock,
    rng: &'a Rng,
    asker: &'a Asker,
    visitor: Visitor,
}

fn id<T: std::str::FromStr>(text: &str) -> Result<Path<T>, Problem> {
    text.parse().map(Path).map_err(|_| Error::NotFound.into())
}

impl<'a> Oneself<'a> {
    /// Somebody at work on their own account. The session of `visitor` must have been checked just now.
    pub const fn new(
        identity: &'a Identity,
        guard: &'a Guard<Public>,
        (clock, rng): (&'a Clock, &'a Rng),
        asker: &'a Asker,
        visitor: Visitor,
    ) -> Self {
        Self { identity, guard, clock, rng, asker, visitor }
    }

    async fn guard<A: Action>(&self) -> Result<Guard<A>, Problem> {
        self.guard.in_the_name_of(self.visitor.into()).await
    }

    fn identity(&self) -> Use<Identity> {
        Use(self.identity.clone())
    }

    fn clock(&self) -> Clock {
        self.clock.clone()
    }

    fn rng(&self) -> Rng {
        self.rng.clone()
    }

    /// Whether they have proved lately enough who they are to change how they sign in.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn has_proved(&self) -> Result<bool, Problem> {
        let guard = self.guard::<Myself>().await?;
        let mut tx = guard.tenant().begin().map_err(Error::from)?;
        match recent::require(&guard, &mut tx, self.clock.now()).await {
            Ok(()) => Ok(true),
            Err(problem) if problem.code() == "proof_too_old" => Ok(false),
            Err(problem) => Err(problem),
        }
    }

    /// Their profile, and its version.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn profile(&self) -> Result<(Value, Option<i64>), Problem> {
        let answer = me::get(self.guard().await?, self.identity()).await?;
        let version = answer.data().version();
        Ok((said(answer).await, version))
    }

    /// Change it, when it is still the version that they were shown.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn change_profile(&self, form: &Value, shown: i64) -> Result<Value, Problem> {
        Ok(said(
            me::update(
                self.guard().await?,
                self.clock(),
                self.rng(),
                IfMatch::of(Some(shown)),
                self.identity(),
                Body::of(form)?,
            )
            .await?,
        )
        .await)
    }

    /// Choose another password, which ends their other sessions.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn change_password(&self, form: &Value) -> Result<Value, Problem> {
        Ok(said(
            change_password::change_password(
                self.guard().await?,
                self.clock(),
                self.rng(),
                self.identity(),
                Body::of(form)?,
            )
            .await?,
        )
        .await)
    }

    /// Ask for another e-mail address.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn change_email(&self, form: &Value) -> Result<Value, Problem> {
        Ok(said(
            email::change(
                self.guard().await?,
                self.clock(),
                self.rng(),
                self.asker.clone(),
                self.identity(),
                Body::of(form)?,
            )
            .await?,
        )
        .await)
    }

    /// Send a code to their telephone.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn send_phone_code(&self) -> Result<Value, Problem> {
        Ok(said(
            phone::send(self.guard().await?, self.clock(), self.rng(), self.asker.clone(), self.identity())
                .await?,
        )
        .await)
    }

    /// Verify their telephone number.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn verify_phone(&self, form: &Value) -> Result<Value, Problem> {
        Ok(said(phone::verify(self.guard().await?, self.clock(), self.identity(), Body::of(form)?).await?)
            .await)
    }

    /// Their second factors.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn factors(&self) -> Result<Value, Problem> {
        Ok(said(factors::get(self.guard().await?, self.clock(), self.identity()).await?).await)
    }

    /// Begin to set up a second factor.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn begin_factor(&self, form: &Value) -> Result<Value, Problem> {
        Ok(said(
            enrol::setup(
                self.guard().await?,
                self.clock(),
                self.rng(),
                self.asker.clone(),
                self.identity(),
                Body::of(form)?,
            )
            .await?,
        )
        .await)
    }

    /// Verify its first code.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn verify_factor(&self, form: &Value) -> Result<Value, Problem> {
        Ok(said(
            enrol::verify(
                self.guard().await?,
                self.clock(),
                self.rng(),
                self.asker.clone(),
                self.identity(),
                Body::of(form)?,
            )
            .await?,
        )
        .await)
    }

    /// Remove a second factor.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn remove_factor(&self, factor: &str) -> Result<Value, Problem> {
        Ok(said(factors::remove(self.guard().await?, self.clock(), self.identity(), id(factor)?).await?)
            .await)
    }

    /// Make new backup codes.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn renew_codes(&self) -> Result<Value, Problem> {
        Ok(said(factors::renew(self.guard().await?, self.clock(), self.rng()).await?).await)
    }

    /// Their passkeys.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn passkeys(&self) -> Result<Value, Problem> {
        Ok(said(passkeys::list(self.guard().await?).await?).await)
    }

    /// Begin to register a passkey.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn begin_passkey(&self) -> Result<Value, Problem> {
        Ok(said(register::begin(self.guard().await?, self.clock(), self.rng(), self.identity()).await?).await)
    }

    /// Register it.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn add_passkey(&self, form: &Value) -> Result<Value, Problem> {
        Ok(said(
            register::finish(self.guard().await?, self.clock(), self.rng(), self.identity(), Body::of(form)?)
                .await?,
        )
        .await)
    }

    /// Give a passkey another name.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn rename_passkey(&self, passkey: &str, form: &Value) -> Result<Value, Problem> {
        Ok(said(passkeys::rename(self.guard().await?, id(passkey)?, Body::of(form)?).await?).await)
    }

    /// Remove a passkey.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn remove_passkey(&self, passkey: &str) -> Result<Value, Problem> {
        Ok(said(passkeys::remove(self.guard().await?, self.clock(), self.identity(), id(passkey)?).await?)
            .await)
    }

    /// Their sessions.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn sessions(&self) -> Result<Value, Problem> {
        Ok(said(sessions::list(self.guard().await?, self.clock(), self.identity()).await?).await)
    }

    /// End one of them.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn end_session(&self, session: &str) -> Result<Value, Problem> {
        Ok(said(sessions::end(self.guard().await?, self.clock(), id(session)?, self.identity()).await?).await)
    }

    /// End all but this one.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn end_other_sessions(&self) -> Result<Value, Problem> {
        Ok(said(sessions::end_others(self.guard().await?, self.clock(), self.identity()).await?).await)
    }

    /// The devices that they have signed in from.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn devices(&self) -> Result<Value, Problem> {
        Ok(said(devices::list(self.guard().await?, self.clock()).await?).await)
    }

    /// Give one of them another name.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn rename_device(&self, device: &str, form: &Value) -> Result<Value, Problem> {
        let (guard, tools) = (self.guard().await?, (self.clock(), self.rng()));
        Ok(said(devices::rename(guard, tools.0, tools.1, id(device)?, Body::of(form)?).await?).await)
    }

    /// Forget one of them, which ends its sessions.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn forget_device(&self, device: &str) -> Result<Value, Problem> {
        let (guard, tools) = (self.guard().await?, (self.clock(), self.rng()));
        Ok(said(devices::revoke(guard, tools.0, tools.1, id(device)?, self.identity()).await?).await)
    }

    /// Let one of them stand for the second factor no longer.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn distrust_device(&self, device: &str) -> Result<Value, Problem> {
        let (guard, tools) = (self.guard().await?, (self.clock(), self.rng()));
        Ok(said(trust::distrust(guard, tools.0, tools.1, id(device)?).await?).await)
    }

    /// Their last attempts to sign in.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn sign_ins(&self) -> Result<Value, Problem> {
        Ok(said(security::own_history(self.guard().await?, Query(security::Filter::default())).await?).await)
    }

    /// Prove again who they are.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn prove(&self, form: &Value) -> Result<Value, Problem> {
        Ok(said(
            recent::reauthenticate(self.guard().await?, self.clock(), self.identity(), Body::of(form)?)
                .await?,
        )
        .await)
    }

    /// Send a code to prove it by.
    ///
    /// # Errors
    /// Those of the API.
    pub async fn send_proof(&self, form: &Value) -> Result<Value, Problem> {
        Ok(said(
            send::proof_code(
                self.guard().await?,
                self.clock(),
                self.rng(),
                self.asker.clone(),
                self.identity(),
                Body::of(form)?,
            )
            .await?,
        )
        .await)
    }
}
