//! POST /auth/passkeys/challenge, POST /auth/passkeys/login and POST /auth/session/passkey

use garde::Validate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenantry_db::{Change, Purpose, TenantTx};
use tenantry_kernel::{Clock, Rng, UserId};
use tenantry_web::{Asker, Body, Guard, Problem, Public, Success, Use, View};
use webauthn_rs::Webauthn;
use webauthn_rs::prelude::{DiscoverableAuthentication, Passkey, PublicKeyCredential};

use super::store;
use crate::Error;
use crate::auth::entrance::Entrance;
use crate::auth::sign_in::Step;
use crate::auth::view::TokenView;
use crate::device::Shown;
use crate::mfa::pending::{self, Token};
use crate::mfa::{Proof, store as challenges};
use crate::service::Identity;
use crate::user::{UserStatus, store as users};

/// What a browser asks its authenticators.
#[derive(Clone, Serialize, JsonSchema)]
pub(crate) struct PasskeyChallenge {
    /// What the answer comes back with.
    pub(crate) passkey_token: String,
    /// For `navigator.credentials.get`, binary values in base64url (`parseRequestOptionsFromJSON`).
    pub(crate) public_key: Value,
}

impl View for PasskeyChallenge {}

/// What an authenticator has answered.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasskeyLogin {
    #[garde(length(max = 100))]
    pub(crate) passkey_token: String,
    /// The credential as `toJSON()` gives it.
    #[garde(skip)]
    pub(crate) credential: Value,
    /// What an earlier sign-in on this device has answered, so that it is known again. Pages with cookies have it in one.
    #[garde(inner(length(max = 100)))]
    #[serde(default)]
    pub(crate) device_token: Option<String>,
}

/// Begin to sign in with a passkey: whose it is, the authenticator tells.
pub(crate) async fn open(
    guard: &Guard<Public>,
    clock: &Clock,
    rng: &Rng,
    identity: &Identity,
) -> Result<PasskeyChallenge, Problem> {
    identity.slow(guard, clock.now())?;
    let (options, state) = identity.party(guard)?.start_discoverable_authentication().map_err(Error::from)?;
    let state = serde_json::to_value(state).map_err(Error::from)?;
    let (token, now) = (Token::make(clock, rng), clock.now());
    let insert = challenges::insert_open_challenge(token.id, token.hash, state, now, now + pending::LIFE);
    // Whoever opens the sign-in page gets one: that is no event, and leaves nothing behind.
    guard
        .enter(Purpose::SignIn)
        .log(vec![challenges::delete_open_challenges(now), insert])
        .await
        .map_err(Error::from)?;
    let passkey_token = token.text;
    let public_key = serde_json::to_value(options.public_key).map_err(Error::from)?;
    Ok(PasskeyChallenge { passkey_token, public_key })
}

/// Check what an authenticator has answered, and start a session.
///
/// # Errors
/// 401 `challenge_over`; 401 `sign_in_refused` for a passkey that is unknown here, or of somebody who may not sign in.
pub(crate) async fn finish(
    guard: &Guard<Public>,
    clock: &Clock,
    rng: &Rng,
    identity: &Identity,
    request: PasskeyLogin,
    shown: &Shown,
) -> Result<Step, Problem> {
    let now = clock.now();
    identity.slow(guard, now)?;
    let credential: PublicKeyCredential = serde_json::from_value(request.credential)
        .map_err(|_| Error::field("#/credential", "this is not the credential of a browser"))?;
    let mut tx = guard.enter(Purpose::SignIn).begin()?;
    let challenge = pending::find(&mut tx, &request.passkey_token, &["passkey_sign_in"], now).await?;
    let challenge = challenge.ok_or(Error::ChallengeOver)?;
    // Good once, whatever comes of it.
    tx.run(challenges::delete_challenge(challenge.id)).await?;
    let state = serde_json::from_value(challenge.state.unwrap_or_default()).map_err(Error::from)?;
    let entrance = Entrance { guard, identity, clock, rng, now, shown };
    match verify(&mut tx, &*identity.party(guard)?, &credential, state, now).await? {
        Verified::By(user) => entrance.admit(tx, user, Proof::passkey()).await,
        Verified::Not(user) => {
            identity.count_failure(guard, now);
            tx.queue(entrance.refused(user, "passkey", &[]));
            let subject = user.map(UserId::as_uuid);
            let change = Change::named("session", subject, "refused", json!({"by": "passkey"}))
                .action("auth:login")
                .reason("sign-in with a passkey refused");
            tx.refuse(change).await?;
            Err(Error::SignInRefused.into())
        }
    }
}

enum Verified {
    By(UserId),
    /// Nobody, or somebody who may not sign in.
    Not(Option<UserId>),
}

async fn verify(
    tx: &mut TenantTx,
    party: &Webauthn,
    credential: &PublicKeyCredential,
    state: DiscoverableAuthentication,
    now: jiff::Timestamp,
) -> Result<Verified, Error> {
    let Ok((handle, id)) = party.identify_discoverable_authentication(credential) else {
        return Ok(Verified::Not(None));
    };
    let Some(stored) = tx.run(store::find_for_update(id.to_vec())).await? else {
        return Ok(Verified::Not(None));
    };
    let user = stored.user_id;
    let mut passkey: Passkey = serde_json::from_value(stored.credential)?;
    let Ok(result) = party.finish_discoverable_authentication_v2(credential, state, &passkey) else {
        return Ok(Verified::Not(Some(user)));
    };
    let person = tx.run(users::find_for_update(user)).await?;
    let may = person.is_some_and(|person| person.status == UserStatus::Active);
    if !may || handle != user.as_uuid() || !result.user_verified() {
        return Ok(Verified::Not(Some(user)));
    }
    passkey.update_credential(&result);
    tx.run(store::note_use(stored.id, serde_json::to_value(&passkey)?, now)).await?;
    Ok(Verified::By(user))
}

/// Whether a passkey of this very user has answered a challenge, which is good once, whatever comes of it.
pub(crate) async fn is_of(
    party: &Webauthn,
    tx: &mut TenantTx,
    user: UserId,
    (token, credential): (&str, Value),
    now: jiff::Timestamp,
) -> Result<bool, Error> {
    let credential: PublicKeyCredential = serde_json::from_value(credential)
        .map_err(|_| Error::field("#/credential", "this is not the credential of a browser"))?;
    let challenge = pending::find(tx, token, &["passkey_sign_in"], now).await?;
    let challenge = challenge.ok_or(Error::ChallengeOver)?;
    tx.run(challenges::delete_challenge(challenge.id)).await?;
    let state = serde_json::from_value(challenge.state.unwrap_or_default())?;
    let verified = verify(tx, party, &credential, state, now).await?;
    Ok(matches!(verified, Verified::By(by) if by == user))
}

/// Begin to sign in with a passkey.
pub(crate) async fn challenge(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(identity): Use<Identity>,
) -> Result<Success<PasskeyChallenge>, Problem> {
    Ok(Success::ok(open(&guard, &clock, &rng, &identity).await?))
}

/// Sign in with a passkey: two factors in one.
pub(crate) async fn login(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    asker: Asker,
    Use(identity): Use<Identity>,
    Body(request): Body<PasskeyLogin>,
) -> Result<Success<TokenView>, Problem> {
    let shown = Shown::by_client(&asker, request.device_token.as_deref());
    let signed_in = finish(&guard, &clock, &rng, &identity, request, &shown).await?.signed_in()?;
    Ok(Success::ok(TokenView::new(signed_in, &identity)))
}
