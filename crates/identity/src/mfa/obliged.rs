//! What a tenant asks of its people: whoever must have a second factor and has none sets one up before they get in.
//!
//! A password, or another's word, has been right by then. What they get for it is good for setting up one second factor, for ten
//! minutes and five wrong codes, as long as they have none; then the sign-in goes on with two factors. Until then the password
//! alone decides who sets it up: so it is said by mail.

use jiff::Timestamp;
use serde_json::json;
use tenantry_access::held_by;
use tenantry_db::{Change, TenantDb, TenantTx};
use tenantry_kernel::{Clock, ErrorKind, Rng, RoleId, UserId};
use tenantry_web::Problem;

use super::model::{ACR_ONE, MethodType, Proof, acr_of};
use super::pending::{self, Wanted};
use super::policy::{self, FactorKind, MfaPolicy, MfaRequired};
use super::reach::Reach;
use super::second;
use super::store::Challenge;
use super::ways::Ways;
use crate::Error;
use crate::auth::store::Account;
use crate::service::Identity;
use crate::user::{User, UserStatus, store as users};

/// A sign-in of somebody who must set up a second factor first.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// What the client comes back with.
    pub token: String,
    /// What can be set up: of `totp`, `email`, `sms`, `passkey`.
    pub methods: Vec<&'static str>,
    /// Until when it waits.
    pub expires_at: Timestamp,
}

impl Enrolment {
    /// The refusal that tells how to go on.
    pub fn problem(&self) -> Problem {
        let detail = "Your organisation asks for a second factor. Set one up: POST /auth/mfa/enrollment/setup with this \
                      enrollment_token and a type.";
        Problem::new(ErrorKind::Unauthenticated, "mfa_enrollment_required", detail)
            .with("enrollment_token", json!(self.token))
            .with("methods", json!(self.methods))
            .with("expires_at", json!(self.expires_at))
    }
}

/// What the tenant's policy asks of a user.
pub(crate) struct Obligation {
    pub(crate) policy: MfaPolicy,
    /// From when on they must have a second factor.
    pub(crate) from: Option<Timestamp>,
}

impl Obligation {
    fn new(policy: MfaPolicy, user: &User, roles: &[RoleId]) -> Self {
        Self { from: policy.required_from(roles, user.created_at), policy }
    }

    /// Of a user, with the roles that this very transaction gives them.
    pub(crate) async fn of(tx: &mut TenantTx, user: &User, now: Timestamp) -> Result<Self, Error> {
        let policy = policy::of(tx).await?;
        let mut roles = Vec::new();
        if policy.required == MfaRequired::Roles {
            roles.extend(tx.read(held_by(user.id, now)).await?.into_iter().map(|role| role.0));
        }
        Ok(Self::new(policy, user, &roles))
    }

    /// Whether they must have one now.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        self.from.is_some_and(|from| from <= now)
    }

    /// Whether something of what they have counts. Backup codes alone do not.
    pub(crate) fn is_met(&self, ways: &Ways) -> bool {
        ways.methods.iter().any(|(method, _)| self.policy.allows(method.method_type.into()))
            || (ways.has_passkey && self.policy.allows(FactorKind::Passkey))
    }

    /// What they can set up now. Whoever has just come by a link in their mail cannot make the mailbox the other factor.
    async fn choices(
        &self,
        identity: &Identity,
        tx: &TenantTx,
        user: &User,
        is_reset_by_mail: bool,
    ) -> Result<Vec<MethodType>, Error> {
        let reach = Reach::of(identity, tx.tenant_id(), user).await?;
        let can = |kind: &MethodType| match kind {
            MethodType::Totp => true,
            MethodType::Email => !is_reset_by_mail && reach.to(*kind).is_some(),
            MethodType::Sms => reach.to(*kind).is_some(),
        };
        let kinds = MethodType::ALL.iter().copied();
        Ok(kinds.filter(|kind| self.policy.allows((*kind).into()) && can(kind)).collect())
    }

    /// Whether a passkey can be registered now.
    fn lets_passkey(&self, identity: &Identity) -> bool {
        identity.has_passkeys() && self.policy.allows(FactorKind::Passkey)
    }

    /// Keep what has been proved until a second factor is set up.
    pub(crate) async fn open(
        &self,
        identity: &Identity,
        tx: &mut TenantTx,
        (clock, rng): (&Clock, &Rng),
        (user, account): (&User, &Account),
        proof: Proof,
    ) -> Result<(Enrolment, Change), Error> {
        let choices = self.choices(identity, tx, user, account.reset_by_mail).await?;
        let wanted = Wanted {
            user: Some(user.id),
            purpose: "enrollment",
            amr: proof.amr,
            password_changed_at: account.password_changed_at,
            state: None,
        };
        let token = pending::open(tx, clock, rng, wanted);
        let methods = names(choices, self.lets_passkey(identity));
        let values = json!({"user_id": user.id});
        let change = Change::named("session", None, "enrollment_begun", values).action("auth:login");
        let expires_at = clock.now() + pending::LIFE;
        Ok((Enrolment { token, methods, expires_at }, change.without_event()))
    }
}

/// What can be set up, as clients know it.
pub(super) fn names(kinds: Vec<MethodType>, with_passkey: bool) -> Vec<&'static str> {
    let kinds = kinds.into_iter().map(MethodType::as_str);
    kinds.chain(with_passkey.then_some(FactorKind::Passkey.as_str())).collect()
}

/// Somebody who sets up a second factor to get in; locked.
pub(crate) struct Enrolling {
    pub(crate) challenge: Challenge,
    pub(crate) user: User,
    /// What they can set up.
    pub(crate) choices: Vec<MethodType>,
    /// Whether it can be a passkey.
    pub(crate) lets_passkey: bool,
}

impl Enrolling {
    /// Whose token it is. It is nothing to somebody who has a second factor by now, or who has one that it was got without.
    ///
    /// # Errors
    /// [`Error::ChallengeOver`].
    pub(crate) async fn find(
        identity: &Identity,
        tx: &mut TenantTx,
        token: &str,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let id = pending::whose(tx, token).await?.ok_or(Error::ChallengeOver)?;
        let account = second::account(tx, id).await?.ok_or(Error::ChallengeOver)?;
        let challenge = pending::find(tx, token, &["enrollment"], now).await?.ok_or(Error::ChallengeOver)?;
        let user = tx.read(users::find(id)).await?.ok_or(Error::ChallengeOver)?;
        let is_same = challenge.user_id == Some(id)
            && account.status == UserStatus::Active
            && account.password_changed_at == challenge.password_changed_at;
        let obligation = Obligation::of(tx, &user, now).await?;
        let ways = Ways::of(identity, tx, &user).await?;
        let is_less = user.mfa_enabled && acr_of(&challenge.amr) == ACR_ONE;
        if !is_same || is_less || !obligation.is_due(now) || obligation.is_met(&ways) {
            return Err(Error::ChallengeOver);
        }
        let choices = obligation.choices(identity, tx, &user, account.reset_by_mail).await?;
        Ok(Self { lets_passkey: obligation.lets_passkey(identity), challenge, user, choices })
    }

    /// Refuse a passkey where it cannot be set up.
    ///
    /// # Errors
    /// 422 at `#/enrollment_token`.
    pub(crate) fn choose_passkey(&self) -> Result<(), Error> {
        let refused = || Error::field("#/enrollment_token", "a passkey cannot be set up here");
        self.lets_passkey.then_some(()).ok_or_else(refused)
    }

    /// The kind, if it can be set up.
    ///
    /// # Errors
    /// 422 at `#/type`.
    pub(crate) fn choose(&self, kind: MethodType) -> Result<MethodType, Error> {
        let can = self.choices.contains(&kind);
        if can { Ok(kind) } else { Err(Error::field("#/type", "this cannot be set up here")) }
    }
}

/// Refuse to be without a second factor when the tenant asks for one.
///
/// # Errors
/// [`Error::LastFactor`].
pub(crate) async fn keep_one(
    identity: &Identity,
    tx: &mut TenantTx,
    user: &User,
    now: Timestamp,
) -> Result<(), Error> {
    let obligation = Obligation::of(tx, user, now).await?;
    if obligation.is_due(now) && !obligation.is_met(&Ways::of(identity, tx, user).await?) {
        return Err(Error::LastFactor);
    }
    Ok(())
}

/// Refuse a kind of second factor that the tenant does not allow.
///
/// # Errors
/// [`Error::FactorNotAllowed`].
pub(crate) async fn allowed(tx: &mut TenantTx, kind: FactorKind) -> Result<(), Error> {
    if policy::of(tx).await?.allows(kind) { Ok(()) } else { Err(Error::FactorNotAllowed) }
}

impl Identity {
    /// The same as [`must_show_two`](Self::must_show_two) for who holds a transaction: a second connection beside it could be
    /// one that others, who hold theirs, wait for as well.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn must_show_two_in(
        &self,
        tx: &mut TenantTx,
        user: UserId,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let Some(person) = tx.read(users::find(user)).await? else { return Ok(false) };
        Ok(Obligation::of(tx, &person, now).await?.is_due(now))
    }

    /// Whether somebody must have shown a second factor by now: what was begun with less does not go on.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn must_show_two(
        &self,
        tenant: &TenantDb,
        user: UserId,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let (policy, person) = tenant.read((policy::find(), users::find(user))).await?;
        let (Some(policy), Some(person)) = (policy, person) else { return Ok(false) };
        let mut roles = Vec::new();
        if policy.required == MfaRequired::Roles {
            roles.extend(tenant.read(held_by(user, now)).await?.into_iter().map(|role| role.0));
        }
        Ok(Obligation::new(policy, &person, &roles).is_due(now))
    }
}
