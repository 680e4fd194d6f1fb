//! POST /auth/mfa/challenge/send and POST /auth/reauthenticate/send: a code by e-mail or text message.

use garde::Validate;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenantry_db::{Committed, Purpose};
use tenantry_kernel::{Clock, Rng};
use tenantry_messages::Language;
use tenantry_web::{Asker, Body, Guard, Problem, Public, Success, Use, View};

use super::model::MethodType;
use super::second::{self, slowed};
use super::sent::{self, Scope};
use super::ways::Ways;
use crate::account::asked::Named;
use crate::account::store as accounts;
use crate::service::Identity;
use crate::user::store as users;
use crate::{Error, Myself};

tenantry_kernel::text_enum! {
    /// How a code gets to somebody.
    pub(crate) enum SentBy {
        /// By e-mail.
        Email = "email",
        /// As a text message.
        Sms = "sms",
    }
}

impl From<SentBy> for MethodType {
    fn from(by: SentBy) -> Self {
        match by {
            SentBy::Email => Self::Email,
            SentBy::Sms => Self::Sms,
        }
    }
}

/// Which code a sign-in that waits wants.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct MfaCodeRequest {
    /// Of the answer `mfa_required`.
    #[garde(length(max = 100))]
    mfa_token: String,
    #[garde(skip)]
    method: SentBy,
}

/// Which code somebody wants who proves again who they are.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProofCodeRequest {
    #[garde(skip)]
    method: SentBy,
}

/// A code that is on its way.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct CodeSent {
    message: &'static str,
    /// Where to, in part: `m•••@e•••.com`, `•••42`.
    destination: String,
    expires_at: Timestamp,
}

impl View for CodeSent {}

impl CodeSent {
    fn new(sent: &sent::OnItsWay) -> Self {
        let (destination, expires_at) = (sent.destination.clone(), sent.expires_at);
        Self { message: "A code is on its way to you", destination, expires_at }
    }
}

/// Send a code to a sign-in that waits for a second factor. It counts for five minutes, for this sign-in, and once.
///
/// One in 30 seconds, three for one sign-in, ten in an hour: then the answer is 429 `too_soon`.
pub(crate) async fn challenge_code(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    asker: Asker,
    Use(identity): Use<Identity>,
    Body(request): Body<MfaCodeRequest>,
) -> Result<Success<CodeSent>, Problem> {
    let language = Language::choose(None, asker.languages());
    let kind = request.method.into();
    let sent = identity.send_to(&guard, (&clock, &rng), &request.mfa_token, kind, language).await?;
    Ok(Success::ok(CodeSent::new(&sent)))
}

impl Identity {
    /// Send a code, `email` or `sms`, to a sign-in that waits for a second factor; in the person's language when it is known.
    ///
    /// # Errors
    /// 401 `challenge_over`; 422 when the person has no such method; 429 `too_soon`, and as for codes.
    pub async fn send_code(
        &self,
        guard: &Guard<Public>,
        (clock, rng): (&Clock, &Rng),
        token: &str,
        method: &str,
        language: Language,
    ) -> Result<(), Problem> {
        let by: SentBy = method.parse().map_err(|_| Error::NotReachable)?;
        self.send_to(guard, (clock, rng), token, by.into(), language).await?;
        Ok(())
    }

    async fn send_to(
        &self,
        guard: &Guard<Public>,
        (clock, rng): (&Clock, &Rng),
        token: &str,
        kind: MethodType,
        language: Language,
    ) -> Result<sent::OnItsWay, Problem> {
        let now = clock.now();
        self.slow(guard, now)?;
        let mut tx = guard.enter(Purpose::SignIn).begin()?;
        let (challenge, account) = second::waiting(&mut tx, token, now).await?;
        // Who may not try a code gets none either.
        slowed(self, &mut tx, &account, now).await?;
        let ways = Ways::to_sign_in(self, &mut tx, account.id, account.reset_by_mail).await?;
        let method = ways.method(kind).ok_or(Error::NotReachable)?;
        let (user, known) = tx.read((users::find(account.id), accounts::language(account.id))).await?;
        let user = user.ok_or(Error::ChallengeOver)?;
        let language = known.and_then(|known| known.0).unwrap_or(language);
        let (named, scope) = (Named::of(guard.tenant_info()), Scope::SignIn(challenge.id));
        let sent =
            sent::send(self, &mut tx, (clock, rng), (&user, method), scope, (&named, language)).await?;
        tx.commit(sent.change.clone().action("auth:mfa"), ()).await?;
        Ok(sent)
    }
}

/// Send a code to prove again who one is: `POST /auth/reauthenticate` takes it, in this session.
pub(crate) async fn proof_code(
    guard: Guard<Myself>,
    clock: Clock,
    rng: Rng,
    asker: Asker,
    Use(identity): Use<Identity>,
    Body(request): Body<ProofCodeRequest>,
) -> Result<Committed<Success<CodeSent>>, Problem> {
    let caller = guard.caller()?;
    let mut tx = guard.tenant().begin()?;
    let user = tx.run(users::find_for_update(caller.user)).await?.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    let ways = Ways::of(&identity, &mut tx, &user).await?;
    let method = ways.method(request.method.into()).ok_or(Error::NotReachable)?;
    let known = tx.read(accounts::language(user.id)).await?.and_then(|known| known.0);
    let language = known.unwrap_or_else(|| Language::choose(None, asker.languages()));
    let (named, scope) = (Named::of(guard.tenant_info()), Scope::Proof(caller.session));
    let sent =
        sent::send(&identity, &mut tx, (&clock, &rng), (&user, method), scope, (&named, language)).await?;
    Ok(tx.commit(sent.change.clone(), Success::ok(CodeSent::new(&sent))).await?)
}
