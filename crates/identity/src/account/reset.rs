//! POST /auth/password-reset, …/request and …/confirm: back into an account whose password is forgotten.

use garde::Validate;
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;
use tenantry_db::{Change, Purpose as Why, TenantDb, TenantTx};
use tenantry_kernel::{Clock, Rng};
use tenantry_messages::{Language, Message as Mail};
use tenantry_web::{Asker, Body, Guard, Message, Problem, Public, Success, Use};

use super::asked::{Asked, Named, What};
use super::one_time::{Purpose, link_of, store as one_time};
use super::{store, verify};
use crate::Error;
use crate::auth::store as credentials;
use crate::service::Identity;
use crate::user::state::{put_out, save_state};
use crate::user::{User, UserStatus, store as users};

/// Whose password is forgotten (documents C and D).
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResetRequest {
    #[garde(length(max = 320))]
    email: String,
    /// What the message is written in; by default what `Accept-Language` says.
    #[garde(skip)]
    language: Option<Language>,
}

/// The token of the link, and the password to have.
#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResetConfirmation {
    #[garde(length(max = 200))]
    token: String,
    #[garde(skip)]
    #[schemars(with = "String")]
    new_password: SecretString,
}

/// Ask for a link to choose a new password. The answer is the same whether there is an account or not.
pub(crate) async fn request(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    asker: Asker,
    Use(identity): Use<Identity>,
    Body(request): Body<ResetRequest>,
) -> Result<Success<Message>, Problem> {
    let language = request.language.unwrap_or_else(|| Language::choose(None, asker.languages()));
    identity.ask_reset(&guard, &clock, &rng, &request.email, language).await?;
    Ok(Success::ok(Message::new("If there is an account with this address, a message is on its way to it")))
}

/// Choose a new password with the token of a link. Every session ends.
pub(crate) async fn confirm(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    asker: Asker,
    Use(identity): Use<Identity>,
    Body(request): Body<ResetConfirmation>,
) -> Result<Success<Message>, Problem> {
    let language = Language::choose(None, asker.languages());
    let ResetConfirmation { token, new_password } = request;
    identity.confirm_reset(&guard, (&clock, &rng), &token, new_password, language).await?;
    Ok(Success::ok(Message::new("Password changed successfully")))
}

impl Identity {
    /// Ask for a link to choose a new password.
    ///
    /// # Errors
    /// 422 when the address is none; 429 when the address of the network asks too often.
    pub async fn ask_reset(
        &self,
        guard: &Guard<Public>,
        clock: &Clock,
        rng: &Rng,
        email: &str,
        language: Language,
    ) -> Result<(), Problem> {
        let email = Self::email("#/email", email)?;
        self.limit_asking(guard, clock)?;
        let asked =
            Asked { what: What::PasswordReset, email, language, tenant: Named::of(guard.tenant_info()) };
        self.ask(guard, (clock, rng), "password_reset_asked", "auth:password_reset", &asked).await
    }

    /// Choose a new password with the token of a link: once, and all sessions end.
    ///
    /// Whoever has the link reads the mail of the address, so a user who was waiting for that is active.
    ///
    /// # Errors
    /// 422: `token_refused`, whatever is wrong with the token; what is wrong with the password, which does not use the
    /// token up.
    pub async fn confirm_reset(
        &self,
        guard: &Guard<Public>,
        (clock, rng): (&Clock, &Rng),
        token: &str,
        password: SecretString,
        language: Language,
    ) -> Result<(), Problem> {
        let (tenant, info, now) = (guard.enter(Why::SignIn), guard.tenant_info(), clock.now());
        let (id, secret) = link_of(token).ok_or(Error::LinkRefused)?;
        let row = tenant.read(one_time::find(id)).await?.ok_or(Error::LinkRefused)?;
        let opens = |purpose| row.opens(&self.one_time, info.id, purpose, secret, now);
        if !opens(Purpose::PasswordReset) && !opens(Purpose::Welcome) {
            return Err(Error::LinkRefused.into());
        }
        let user =
            tenant.read(users::find(row.user_id)).await?.filter(may_recover).ok_or(Error::LinkRefused)?;
        let hash = self.new_password((&tenant, info), &user, "#/new_password", password).await?;

        let mut tx = tenant.begin()?;
        // Of two requests with the same token, one touches the row.
        if tx.run(one_time::use_up(id, now)).await?.0 == 0 {
            return Err(Error::LinkRefused.into());
        }
        let user = tx.run(users::find_for_update(row.user_id)).await?.filter(may_recover);
        let user = user.filter(|user| user.email == row.target).ok_or(Error::LinkRefused)?;
        // A link does not outlive the password that it was made for.
        let account = tx.run(credentials::account_for_update(user.id)).await.map_err(Error::from)?;
        let changed_at = account.and_then(|account| account.password_changed_at);
        if changed_at.is_some_and(|at| at > row.created_at) {
            return Err(Error::LinkRefused.into());
        }
        let ended = self.set_password(&mut tx, (clock, rng), &user, hash, now).await?;
        tx.queue(credentials::note_mail_reset(user.id));
        let verified = verify::verified(&mut tx, &user, now).await?;
        let mut changes = Vec::new();
        if !Change::between(&user, &verified).is_empty() {
            save_state(&mut tx, (&user, &verified), user.id, now).await?;
            changes.push(Change::between(&user, &verified).action("auth:password_reset"));
        }
        let known = tx.read(store::language(user.id)).await.map_err(Error::from)?;
        self.tell_changed(
            &mut tx,
            &user,
            Named::of(info),
            known.and_then(|known| known.0).unwrap_or(language),
        )
        .await?;
        put_out(self, &tx, user.id).await?;
        let values = json!({"sessions_ended": ended, "by": "link"});
        let change = Change::named("user", Some(user.id.as_uuid()), "password_reset", values);
        changes.push(change.action("auth:password_reset"));
        tx.commit_all(changes, ()).await?;
        Ok(())
    }
}

impl Identity {
    /// Tell a user that their password was changed.
    pub(crate) async fn tell_changed(
        &self,
        tx: &mut TenantTx,
        user: &User,
        tenant: Named,
        language: Language,
    ) -> Result<(), Error> {
        let letter = tenant.words(language).password_changed();
        self.messages.post(tx, Mail::mail(&user.email, "password_changed", language, &letter)?).await?;
        Ok(())
    }
}

/// Who is shut out does not come back by a new password.
fn may_recover(user: &User) -> bool {
    user.deleted_at.is_none() && matches!(user.status, UserStatus::Active | UserStatus::Pending)
}

/// Send the link, if there is somebody to send it to.
pub(super) async fn answer(
    identity: &Identity,
    tenant: &TenantDb,
    tools: (&Clock, &Rng),
    asked: &Asked,
) -> Result<(), Error> {
    let Some(user) = tenant.read(users::find_by_email(asked.email.clone())).await?.filter(may_recover) else {
        return Ok(());
    };
    let mut tx = tenant.begin()?;
    let issued = identity.issue(&mut tx, tools, user.id, Purpose::PasswordReset, &user.email).await?;
    let link = format!("{}/new-password?token={}", asked.tenant.pages(&identity.tokens), issued.token);
    let letter = asked.tenant.words(asked.language).password_reset(&link);
    let mail = Mail::mail(&user.email, "password_reset", asked.language, &letter)?.until(issued.expires_at);
    identity.messages.post(&mut tx, mail).await?;
    let change = Change::named("user", Some(user.id.as_uuid()), "password_reset_asked", json!({}));
    tx.commit(change.action("auth:password_reset"), ()).await?;
    Ok(())
}
