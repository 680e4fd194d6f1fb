//! POST /auth/register: an account of one's own, as far as the tenant's policy allows.

use garde::Validate;
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;
use tenantry_access::assign_role;
use tenantry_db::{Change, Purpose as Why, TenantDb, TenantTx};
use tenantry_kernel::{Clock, Rng, UserId};
use tenantry_messages::{Language, Message as Mail};
use tenantry_web::{Asker, Body, Guard, Message, Problem, Public, Success, Use};

use super::asked::{Applicant, Asked, Named, What};
use super::invitation::{InvitationState, renew, store as invitations};
use super::one_time::Purpose;
use super::policy::{self, RegistrationMode};
use super::store;
use crate::Error;
use crate::auth::store as credentials;
use crate::service::Identity;
use crate::user::{User, insert, normalise_phone, store as users};

/// Somebody who wants an account (document C).
#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// The e-mail address.
    #[garde(length(max = 320))]
    pub email: String,
    /// The password.
    #[garde(skip)]
    #[schemars(with = "String")]
    pub password: SecretString,
    /// First name.
    #[garde(inner(length(chars, max = 100)))]
    pub first_name: Option<String>,
    /// Last name.
    #[garde(inner(length(chars, max = 100)))]
    pub last_name: Option<String>,
    /// International form: `+1234567890`.
    #[garde(inner(length(max = 40)))]
    pub phone: Option<String>,
    /// What messages are written in; by default what `Accept-Language` says.
    #[garde(skip)]
    pub language: Option<Language>,
}

/// Make an account for oneself. The answer is the same whether the address has one already; the message to it is not.
pub(crate) async fn register(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    asker: Asker,
    Use(identity): Use<Identity>,
    Body(mut request): Body<Registration>,
) -> Result<Success<Message>, Problem> {
    request.language.get_or_insert_with(|| Language::choose(None, asker.languages()));
    identity.register(&guard, (&clock, &rng), request).await?;
    Ok(Success::ok(Message::new("A message is on its way to your address; follow it to go on")))
}

impl Identity {
    /// Whether anybody can register at a tenant.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn can_register(&self, guard: &Guard<Public>) -> Result<bool, Problem> {
        let policy = guard.enter(Why::SignIn).read(policy::find()).await?.unwrap_or_default();
        Ok(policy.mode != RegistrationMode::Off)
    }

    /// Ask for an account.
    ///
    /// # Errors
    /// 403 `registration_closed`; 422: what is wrong with the fields; 429 when the address of the network asks too often.
    pub async fn register(
        &self,
        guard: &Guard<Public>,
        tools: (&Clock, &Rng),
        request: Registration,
    ) -> Result<(), Problem> {
        let info = guard.tenant_info();
        let policy = guard.enter(Why::SignIn).read(policy::find()).await?.unwrap_or_default();
        if policy.mode == RegistrationMode::Off {
            return Err(Error::RegistrationClosed.into());
        }
        let email = Self::email("#/email", &request.email)?;
        policy.admits(&email)?;
        let phone = request.phone.as_deref().map(normalise_phone).transpose();
        let phone = phone.map_err(|detail| Error::field("#/phone", detail))?;
        self.limit_asking(guard, tools.0)?;
        let names = [request.first_name.as_deref(), request.last_name.as_deref()];
        let mut context = vec![email.as_str(), info.slug.as_str()];
        context.extend(names.into_iter().flatten());
        // Also for an address that has an account: it takes its time.
        let password_hash = self.hash_password(info.id, "#/password", request.password, &context).await?;
        let applicant = Applicant {
            password_hash,
            first_name: request.first_name,
            last_name: request.last_name,
            phone,
            role: policy.default_role.as_str().to_owned(),
            needs_approval: policy.mode == RegistrationMode::Approval,
            // There, an address makes somebody one of the organisation's: only who reads its mail chooses the password.
            by_link: policy.mode == RegistrationMode::Domains,
        };
        let language = request.language.unwrap_or(Language::English);
        let what = What::Registration(Box::new(applicant));
        let asked = Asked { what, email, language, tenant: Named::of(info) };
        self.ask(guard, tools, "registration_asked", "auth:register", &asked).await
    }
}

/// Make the account, or tell the address that it has one.
pub(super) async fn answer(
    identity: &Identity,
    tenant: &TenantDb,
    tools: (&Clock, &Rng),
    asked: &Asked,
    applicant: &Applicant,
) -> Result<(), Error> {
    let (clock, rng) = tools;
    if let Some(user) = tenant.read(users::find_by_email(asked.email.clone())).await? {
        return tell(identity, tenant, tools, asked, &user).await;
    }
    let now = clock.now();
    // One transaction: a job that counts once has one, and who has begun it holds it.
    let mut tx = tenant.begin()?;
    if let Some(change) = invited(identity, &mut tx, tools, asked).await? {
        tx.commit(change, ()).await?;
        return Ok(());
    }
    let mut user = User::new(UserId::new(clock, rng), asked.email.clone(), now);
    user.first_name.clone_from(&applicant.first_name);
    user.last_name.clone_from(&applicant.last_name);
    if let Some(phone) = &applicant.phone {
        user.set_phone(&*identity.keys.keyring(tenant.tenant_id()).await?, rng, phone)?;
    }
    // When somebody else has taken the address meanwhile, the next attempt finds them.
    tx.run(insert(&user, None)).await?;
    if !applicant.by_link {
        tx.queue(credentials::insert_credentials(user.id, applicant.password_hash.clone(), now));
    }
    tx.queue(store::set_language(user.id, asked.language));
    if applicant.needs_approval {
        tx.queue(store::ask_approval(user.id));
    }
    assign_role(&mut tx, user.id, &applicant.role, now).await?;
    let to = (&asked.tenant, asked.language);
    if applicant.by_link {
        identity.welcome(&mut tx, tools, &user, false, to).await?;
    } else {
        identity.send_verification(&mut tx, tools, &user, to).await?;
    }
    tx.commit(Change::created(&user).action("auth:register").reason("self-registration"), ()).await?;
    Ok(())
}

/// When the address waits for somebody who was invited, they get their invitation once more, and no account with a password
/// that anybody may have chosen. Returns what the trail says of it.
async fn invited(
    identity: &Identity,
    tx: &mut TenantTx,
    (clock, rng): (&Clock, &Rng),
    asked: &Asked,
) -> Result<Option<Change>, Error> {
    let now = clock.now();
    let waits = tx.run(invitations::find_pending(asked.email.clone())).await?;
    let Some(before) = waits.filter(|before| before.state_at(now) == InvitationState::Pending) else {
        return Ok(None);
    };
    let renewed = renew(identity, tx, &before, (rng, now), (&asked.tenant, before.invited_by)).await?;
    let change = Change::between(&before, &renewed).verb("resent");
    Ok(Some(change.action("auth:register").reason("somebody has registered with the address")))
}

/// Write to somebody who has an account: to who has not verified the address yet, the link once more.
async fn tell(
    identity: &Identity,
    tenant: &TenantDb,
    tools: (&Clock, &Rng),
    asked: &Asked,
    user: &User,
) -> Result<(), Error> {
    let mut tx = tenant.begin()?;
    // It counts how often this user was written to.
    let notice = identity.issue(&mut tx, tools, user.id, Purpose::Notice, &user.email).await?;
    let link = format!("{}/recover", asked.tenant.pages(&identity.tokens));
    let letter = asked.tenant.words(asked.language).account_exists(&link);
    let mail = Mail::mail(&user.email, "account_exists", asked.language, &letter)?.until(notice.expires_at);
    identity.messages.post(&mut tx, mail).await?;
    let change = Change::named("user", Some(user.id.as_uuid()), "registration_repeated", json!({}));
    tx.commit(change.action("auth:register").without_event(), ()).await?;
    Ok(())
}
