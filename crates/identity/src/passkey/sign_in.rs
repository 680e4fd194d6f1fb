//! POST /auth/passkeys/challenge, POST /auth/passkeys/login and POST /auth/session/passkey

use garde::Validate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenantry_db::{Change, Purpose, TenantTx};
use tenantry_kernel::{Clock, Rng, UserId};
use tenantry_web::{Body, Guard, Problem, Public, Success, Use, View};
use webauthn_rs::prelude::{DiscoverableAuthentication, Passkey, PublicKeyCredential};

use super::store;
use crate::Error;
use crate::auth::entrance::Entrance;
use crate::auth::sign_in::SignedIn;
use crate::auth::view::TokenView;
use crate::lockout::Decision;
use crate::mfa::pending::{self, Wanted};
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
}

/// Begin to sign in with a passkey: whose it is, the authenticator tells.
pub(crate) async fn open(
    guard: &Guard<Public>,
    clock: &Clock,
    rng: &Rng,
    identity: &Identity,
) -> Result<PasskeyChallenge, Problem> {
    slow(guard, clock, identity)?;
    let (options, state) =
        identity.passkeys.get()?.start_discoverable_authentication().map_err(Error::from)?;
    let wanted = Wanted {
        user: None,
        purpose: "passkey_sign_in",
        amr: Vec::new(),
        password_changed_at: None,
        state: Some(serde_json::to_value(state).map_err(Error::from)?),
    };
    let mut tx = guard.enter(Purpose::SignIn).begin()?;
    let (_, passkey_token) = pending::open(&mut tx, clock, rng, wanted).await?;
    let change = Change::named("session", None, "challenged", json!({"by": "passkey"}));
    tx.commit(change.action("auth:login").without_event(), ()).await?;
    let public_key = serde_json::to_value(options.public_key).map_err(Error::from)?;
    Ok(PasskeyChallenge { passkey_token, public_key })
}

/// Refuse an address of the network that has failed too often.
fn slow(guard: &Guard<Public>, clock: &Clock, identity: &Identity) -> Result<(), Error> {
    let (tenant, now) = (guard.tenant_info().id, clock.now());
    let ip = guard.ip().and_then(|ip| ip.parse().ok());
    match ip.map(|ip| identity.addresses.decide(tenant, ip, now)) {
        Some(Decision::Refuse { until }) => {
            let wait = until.duration_since(now).as_secs().max(1);
            Err(Error::TooManyFailures { retry_after_seconds: u64::try_from(wait).unwrap_or(1) })
        }
        _ => Ok(()),
    }
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
) -> Result<SignedIn, Problem> {
    slow(guard, clock, identity)?;
    let now = clock.now();
    let credential: PublicKeyCredential = serde_json::from_value(request.credential)
        .map_err(|_| Error::field("#/credential", "this is not the credential of a browser"))?;
    let mut tx = guard.enter(Purpose::SignIn).begin()?;
    let challenge = pending::find(&mut tx, &request.passkey_token, &["passkey_sign_in"], now).await?;
    let challenge = challenge.ok_or(Error::ChallengeOver)?;
    // Good once, whatever comes of it.
    tx.run(challenges::delete_challenge(challenge.id)).await?;
    let state = serde_json::from_value(challenge.state.unwrap_or_default()).map_err(Error::from)?;
    let entrance = Entrance { guard, identity, clock, rng, now };
    match verify(&mut tx, identity, &credential, state, now).await? {
        Verified::By(user) => entrance.begin(tx, user, Proof::passkey()).await,
        Verified::Not(user) => {
            if let Some(ip) = guard.ip().and_then(|ip| ip.parse().ok()) {
                identity.addresses.failed(guard.tenant_info().id, ip, now);
            }
            tx.queue(entrance.written(user, None, "passkey"));
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
    identity: &Identity,
    credential: &PublicKeyCredential,
    state: DiscoverableAuthentication,
    now: jiff::Timestamp,
) -> Result<Verified, Error> {
    let party = identity.passkeys.get()?;
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
    Use(identity): Use<Identity>,
    Body(request): Body<PasskeyLogin>,
) -> Result<Success<TokenView>, Problem> {
    let signed_in = finish(&guard, &clock, &rng, &identity, request).await?;
    Ok(Success::ok(TokenView::new(signed_in, &identity)))
}
