//! POST /auth/accept-invitation: an invited person makes their account.

use garde::Validate;
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;
use tenantry_access::{Catalogue, check_giving, existing_roles, give_roles, holds_role};
use tenantry_db::{Change, Purpose as Why, TenantDb};
use tenantry_kernel::{Clock, ErrorKind, Rng, UserId};
use tenantry_vault::{constant_time_eq, hash_token};
use tenantry_web::{Body, Guard, Message, Problem, Public, Success, Use};
use uuid::Uuid;

use super::{Invitation, InvitationId, InvitationState, store};
use crate::Error;
use crate::account::store as accounts;
use crate::auth::store as credentials;
use crate::service::Identity;
use crate::user::{User, UserStatus, insert, store as users};

/// The token of the link, and what the account is to have.
#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// From the link.
    #[garde(length(max = 200))]
    pub token: String,
    /// The password.
    #[garde(skip)]
    #[schemars(with = "String")]
    pub password: SecretString,
    /// First name; left out: the invitation's.
    #[garde(inner(length(chars, max = 100)))]
    pub first_name: Option<String>,
    /// Last name; left out: the invitation's.
    #[garde(inner(length(chars, max = 100)))]
    pub last_name: Option<String>,
}

/// Whom an invitation is for, as its page shows it.
#[derive(Debug, Clone)]
pub struct Invited {
    /// The e-mail address.
    pub email: String,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
}

/// Accept an invitation: the account is active at once, because its owner reads the mail of the address.
pub(crate) async fn accept(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(identity): Use<Identity>,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<Acceptance>,
) -> Result<Success<Message>, Problem> {
    identity.accept_invitation(&guard, (&clock, &rng), &catalogue, request).await?;
    Ok(Success::ok(Message::new("Invitation accepted successfully")))
}

/// The invitation of a token, when it counts now.
async fn find(tenant: &TenantDb, token: &str, now: jiff::Timestamp) -> Result<Invitation, Error> {
    let parts =
        token.strip_prefix("oti_").filter(|_| token.len() <= 100).and_then(|rest| rest.split_once('.'));
    let id = parts.filter(|(id, _)| id.len() == 32).and_then(|(id, _)| Uuid::try_parse(id).ok());
    let id = InvitationId::from_uuid(id.ok_or(Error::LinkRefused)?);
    let invitation = tenant.read(store::find(id)).await?.ok_or(Error::LinkRefused)?;
    if counts(&invitation, token, now) { Ok(invitation) } else { Err(Error::LinkRefused) }
}

fn counts(invitation: &Invitation, token: &str, now: jiff::Timestamp) -> bool {
    constant_time_eq(&hash_token(token), &invitation.link_hash)
        && invitation.state_at(now) == InvitationState::Pending
}

impl Identity {
    /// Whom an invitation is for.
    ///
    /// # Errors
    /// 422 `token_refused`, whatever is wrong.
    pub async fn invited(
        &self,
        guard: &Guard<Public>,
        clock: &Clock,
        token: &str,
    ) -> Result<Invited, Problem> {
        let Invitation { email, first_name, last_name, .. } =
            find(&guard.enter(Why::SignIn), token, clock.now()).await?;
        Ok(Invited { email, first_name, last_name })
    }

    /// Accept an invitation.
    ///
    /// What the inviter could not give any more is not given: then the whole invitation does not count.
    ///
    /// # Errors
    /// 422: `token_refused`, whatever is wrong with the token; what is wrong with the password.
    pub async fn accept_invitation(
        &self,
        guard: &Guard<Public>,
        (clock, rng): (&Clock, &Rng),
        catalogue: &Catalogue,
        request: Acceptance,
    ) -> Result<(), Problem> {
        let (tenant, info, now) = (guard.enter(Why::SignIn), guard.tenant_info(), clock.now());
        let found = find(&tenant, &request.token, now).await?;
        let mut user = User::new(UserId::new(clock, rng), found.email.clone(), now);
        user.status = UserStatus::Active;
        user.email_verified = true;
        user.first_name = request.first_name.or_else(|| found.first_name.clone());
        user.last_name = request.last_name.or_else(|| found.last_name.clone());
        let hash = self.new_password((&tenant, info), &user, "#/password", request.password).await?;
        let giver = guard.grants_of(found.invited_by).await?;

        let mut tx = tenant.begin()?;
        let before = tx.run(store::find_for_update(found.id)).await?.ok_or(Error::LinkRefused)?;
        if !counts(&before, &request.token, now) {
            return Err(Error::LinkRefused.into());
        }
        let inviter = tx.read(users::find_anyone(before.invited_by)).await?;
        if inviter.is_none_or(|inviter| inviter.status != UserStatus::Active) {
            return Err(Error::LinkRefused.into());
        }
        let roles = existing_roles(&mut tx, &before.role_ids).await.map_err(Error::from)?;
        if before.roles_chosen {
            let checked = check_giving(&mut tx, catalogue, &giver, &roles).await;
            checked.map_err(|problem| match problem.kind() {
                ErrorKind::Forbidden | ErrorKind::NotFound => Error::LinkRefused.into(),
                _ => problem,
            })?;
        } else if !roles.is_empty() && !holds_role(&mut tx, catalogue, &giver, "user").await? {
            return Err(Error::LinkRefused.into());
        }
        tx.run(insert(&user, Some(before.invited_by))).await.map_err(|error| match error.constraint() {
            Some("users_email_key") => Error::LinkRefused,
            _ => error.into(),
        })?;
        tx.queue(credentials::insert_credentials(user.id, hash, now));
        tx.queue(accounts::set_language(user.id, before.language));
        give_roles(&mut tx, user.id, &roles, Some(before.invited_by), now);
        let ended = before.clone().ended(InvitationState::Accepted, Some(user.id), now);
        tx.queue(store::end(ended.id, ended.state, ended.user_id, now, ended.version));
        let action = "auth:accept_invitation";
        let accepted = Change::between(&before, &ended).verb("accepted").action(action);
        tx.commit_all(vec![accepted, Change::created(&user).action(action)], ()).await?;
        Ok(())
    }
}
