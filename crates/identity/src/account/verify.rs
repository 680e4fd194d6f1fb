//! POST /auth/verify-email and …/resend: somebody reads the mail of the address that they gave.

use garde::Validate;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use tenantry_db::{Change, Purpose as Why, TenantDb, TenantTx};
use tenantry_kernel::{Clock, Rng};
use tenantry_messages::{Language, Message as Mail};
use tenantry_web::{Asker, Body, Guard, Message, Problem, Public, Success, Use};

use super::asked::{Asked, Named, What};
use super::one_time::{OneTime, Purpose, link_of, store as one_time};
use super::store;
use crate::Error;
use crate::auth::store as credentials;
use crate::device::trust;
use crate::mfa::model::MethodType;
use crate::mfa::{reach, store as factors};
use crate::service::Identity;
use crate::user::state::save_state;
use crate::user::{User, UserStatus, store as users};

/// The token of the link, or the address and the code (documents C and D).
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmailProof {
    /// From the link; then the others are left out.
    #[garde(inner(length(max = 200)))]
    token: Option<String>,
    #[garde(inner(length(max = 320)))]
    email: Option<String>,
    /// Six digits.
    #[garde(inner(length(max = 20)))]
    code: Option<String>,
}

/// Who wants the message once more.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resend {
    #[garde(length(max = 320))]
    email: String,
    /// What the message is written in; by default what `Accept-Language` says.
    #[garde(skip)]
    language: Option<Language>,
}

/// Verify an e-mail address by the link or the code that was sent to it. A user who was waiting for that is active.
pub(crate) async fn verify(
    guard: Guard<Public>,
    clock: Clock,
    Use(identity): Use<Identity>,
    Body(request): Body<EmailProof>,
) -> Result<Success<Message>, Problem> {
    match (request.token, request.email, request.code) {
        (Some(token), None, None) => identity.verify_by_link(&guard, &clock, &token).await?,
        (None, Some(email), Some(code)) => identity.verify_by_code(&guard, &clock, &email, &code).await?,
        _ => return Err(Error::field("#", "send either token, or email and code").into()),
    }
    Ok(Success::ok(Message::new("E-mail address verified successfully")))
}

/// Send the message that verifies an address once more. The answer is the same whether anybody waits for it or not.
pub(crate) async fn resend(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    asker: Asker,
    Use(identity): Use<Identity>,
    Body(request): Body<Resend>,
) -> Result<Success<Message>, Problem> {
    let language = request.language.unwrap_or_else(|| Language::choose(None, asker.languages()));
    identity.ask_verification(&guard, (&clock, &rng), &request.email, language).await?;
    Ok(Success::ok(Message::new("If this address waits to be verified, a message is on its way to it")))
}

impl Identity {
    /// Ask for the message that verifies an address.
    ///
    /// # Errors
    /// 422 when the address is none; 429 when the address of the network asks too often.
    pub async fn ask_verification(
        &self,
        guard: &Guard<Public>,
        tools: (&Clock, &Rng),
        email: &str,
        language: Language,
    ) -> Result<(), Problem> {
        let email = Self::email("#/email", email)?;
        self.limit_asking(guard, tools.0)?;
        let asked =
            Asked { what: What::Verification, email, language, tenant: Named::of(guard.tenant_info()) };
        self.ask(guard, tools, "verification_asked", "auth:verify_email", &asked).await
    }

    /// Verify an address, the present one or a new one, by the token of a link.
    ///
    /// # Errors
    /// 422 `token_refused`, whatever is wrong.
    pub async fn verify_by_link(
        &self,
        guard: &Guard<Public>,
        clock: &Clock,
        token: &str,
    ) -> Result<(), Problem> {
        let (tenant, now) = (guard.enter(Why::SignIn), clock.now());
        let (id, secret) = link_of(token).ok_or(Error::LinkRefused)?;
        let row = tenant.read(one_time::find(id)).await?.ok_or(Error::LinkRefused)?;
        let opens = |purpose| row.opens(&self.one_time, tenant.tenant_id(), purpose, secret, now);
        if !opens(Purpose::VerifyEmail) && !opens(Purpose::ChangeEmail) {
            return Err(Error::LinkRefused.into());
        }
        let mut tx = tenant.begin()?;
        if tx.run(one_time::use_up(id, now)).await?.0 == 0 {
            return Err(Error::LinkRefused.into());
        }
        self.accept(guard, tx, &row, now, Error::LinkRefused).await
    }

    /// Verify the present address by the code that was sent to it.
    ///
    /// # Errors
    /// 422 `code_refused`, whatever is wrong; 429 when the address of the network has failed too often.
    pub async fn verify_by_code(
        &self,
        guard: &Guard<Public>,
        clock: &Clock,
        email: &str,
        code: &str,
    ) -> Result<(), Problem> {
        let (tenant, now) = (guard.enter(Why::SignIn), clock.now());
        self.slow(guard, now)?;
        let email = Self::email("#/email", email)?;
        let user = tenant.read(users::find_by_email(email)).await?;
        // The same statements run whether there is such a user or not.
        let id = user
            .as_ref()
            .map_or_else(|| tenantry_kernel::UserId::from_uuid(uuid::Uuid::nil()), |user| user.id);
        let mut tx = tenant.begin()?;
        let row = tx.run(one_time::find_for_update(id, Purpose::VerifyEmail)).await?;
        let open = row.filter(|row| row.can_be_tried(now));
        let right = open.as_ref().filter(|row| row.is_code(&self.one_time, tenant.tenant_id(), code.trim()));
        if let Some(row) = right {
            tx.run(one_time::use_up(row.id, now)).await?;
            return self.accept(guard, tx, row, now, Error::CodeRefused).await;
        }
        self.count_failure(guard, now);
        let tried = open.map_or_else(uuid::Uuid::nil, |row| row.id.as_uuid());
        tx.run(one_time::count_try(super::one_time::OneTimeId::from_uuid(tried))).await?;
        let change = Change::named("user", user.map(|user| user.id.as_uuid()), "refused", json!({}))
            .action("auth:verify_email")
            .reason("the code was wrong, or too old");
        tx.refuse(change).await?;
        Err(Error::CodeRefused.into())
    }

    /// The link or code was right, and is used up: the address is the user's.
    async fn accept(
        &self,
        guard: &Guard<Public>,
        mut tx: TenantTx,
        row: &OneTime,
        now: Timestamp,
        or: Error,
    ) -> Result<(), Problem> {
        let user = tx.run(users::find_for_update(row.user_id)).await?;
        let Some(user) = user.filter(|user| user.deleted_at.is_none() && user.status != UserStatus::Banned)
        else {
            return Err(or.into());
        };
        let moves = row.purpose == Purpose::ChangeEmail;
        if moves {
            // A change that was asked for does not outlive the password that it was asked with.
            let account = tx.run(credentials::account_for_update(user.id)).await?;
            let changed_at = account.and_then(|account| account.password_changed_at);
            if user.status != UserStatus::Active || changed_at.is_some_and(|at| at > row.created_at) {
                return Err(or.into());
            }
        }
        if !moves && user.email != row.target {
            return Err(or.into());
        }
        let mut changed = verified(&mut tx, &user, now).await?;
        if moves {
            changed.email.clone_from(&row.target);
            if user.version == changed.version {
                changed.touch(now);
            }
            let saved = tx.run(super::store::save_email(user.id, changed.email.clone(), now)).await;
            // Somebody has taken it meanwhile.
            saved.map_err(
                |error| if error.constraint() == Some("users_email_key") { or } else { error.into() },
            )?;
            tx.run(one_time::end(user.id, Purpose::PasswordReset, now)).await?;
            self.move_codes(&mut tx, &user, &changed.email).await?;
            self.tell_moved(guard, &mut tx, &user, &changed.email).await?;
        }
        let change = Change::between(&user, &changed).action("auth:verify_email");
        if change.is_empty() {
            let again = Change::named("user", Some(user.id.as_uuid()), "email_verified", json!({}));
            tx.commit(again.action("auth:verify_email"), ()).await?;
            return Ok(());
        }
        save_state(&mut tx, (&user, &changed), user.id, now).await?;
        tx.commit(change, ()).await?;
        Ok(())
    }

    /// Send the codes of a second factor to a user's new address: it was asked for with all that signing in takes, and its mail
    /// has been read.
    async fn move_codes(&self, tx: &mut TenantTx, user: &User, new: &str) -> Result<(), Error> {
        let hash =
            |email: &str| reach::target(&self.one_time, tx.tenant_id(), user.id, MethodType::Email, email);
        let (before, after) = (hash(&user.email), hash(new));
        tx.run(factors::delete_pending(user.id, MethodType::Email)).await?;
        if tx.run(factors::repoint(user.id, MethodType::Email, before, after)).await?.0 > 0 {
            trust::end(tx, user.id).await?;
        }
        Ok(())
    }

    /// Tell the address that a user had.
    async fn tell_moved(
        &self,
        guard: &Guard<Public>,
        tx: &mut TenantTx,
        user: &User,
        new: &str,
    ) -> Result<(), Error> {
        let known = tx.read(store::language(user.id)).await?.and_then(|known| known.0);
        let language = known.unwrap_or(Language::English);
        let letter = Named::of(guard.tenant_info()).words(language).email_changed(new);
        self.messages.post(tx, Mail::mail(&user.email, "email_changed", language, &letter)?).await?;
        Ok(())
    }

    /// Write to a user whom an administrator has made: with a link to choose a password, or to verify the address.
    pub(crate) async fn welcome(
        &self,
        tx: &mut TenantTx,
        tools: (&Clock, &Rng),
        user: &User,
        has_password: bool,
        (tenant, language): (&Named, Language),
    ) -> Result<(), Error> {
        if has_password {
            if user.email_verified {
                return Ok(());
            }
            return self.send_verification(tx, tools, user, (tenant, language)).await;
        }
        let issued = self.issue(tx, tools, user.id, Purpose::Welcome, &user.email).await?;
        let link = format!("{}/new-password?token={}", tenant.pages(&self.tokens), issued.token);
        let letter = tenant.words(language).welcome(&link);
        let mail = Mail::mail(&user.email, "welcome", language, &letter)?.until(issued.expires_at);
        self.messages.post(tx, mail).await?;
        Ok(())
    }

    /// Send a user the link and the code that verify their address.
    ///
    /// # Errors
    /// [`Error::TooSoon`].
    pub(crate) async fn send_verification(
        &self,
        tx: &mut TenantTx,
        tools: (&Clock, &Rng),
        user: &User,
        (tenant, language): (&Named, Language),
    ) -> Result<(), Error> {
        let issued = self.issue(tx, tools, user.id, Purpose::VerifyEmail, &user.email).await?;
        let link = format!("{}/verify-email?token={}", tenant.pages(&self.tokens), issued.token);
        let letter = tenant.words(language).verify_email(&link, &issued.code);
        let mail = Mail::mail(&user.email, "email_verification", language, &letter)?.until(issued.expires_at);
        self.messages.post(tx, mail).await?;
        Ok(())
    }
}

/// The user, their address verified: who was waiting for that is active, or waits for an administrator.
pub(super) async fn verified(tx: &mut TenantTx, user: &User, now: Timestamp) -> Result<User, Error> {
    let mut verified = user.clone();
    verified.email_verified = true;
    if user.status == UserStatus::Pending {
        let waits = tx.read(store::needs_approval(user.id)).await?.is_some_and(|waits| waits.0);
        let (next, why) = if waits {
            (UserStatus::Hold, Some("waits for an administrator's approval".to_owned()))
        } else {
            (UserStatus::Active, None)
        };
        verified.put_into(next, why, now)?;
    }
    if !Change::between(user, &verified).is_empty() {
        verified.touch(now);
    }
    Ok(verified)
}

/// Send the message once more, if somebody waits for it.
pub(super) async fn answer(
    identity: &Identity,
    tenant: &TenantDb,
    tools: (&Clock, &Rng),
    asked: &Asked,
) -> Result<(), Error> {
    let waits = |user: &User| {
        !user.email_verified
            && user.deleted_at.is_none()
            && matches!(user.status, UserStatus::Pending | UserStatus::Active)
    };
    let Some(user) = tenant.read(users::find_by_email(asked.email.clone())).await?.filter(waits) else {
        return Ok(());
    };
    let mut tx = tenant.begin()?;
    identity.send_verification(&mut tx, tools, &user, (&asked.tenant, asked.language)).await?;
    let change = Change::named("user", Some(user.id.as_uuid()), "verification_sent", json!({}));
    tx.commit(change.action("auth:verify_email"), ()).await?;
    Ok(())
}
