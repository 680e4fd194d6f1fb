//! POST /auth/passkeys/begin and POST /auth/passkeys

use garde::Validate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenantry_db::{Change, Committed, TenantTx};
use tenantry_kernel::{Clock, Rng, UserId};
use tenantry_web::ports::TenantInfo;
use tenantry_web::{Body, Guard, Problem, Success, Use, View, not_blank};
use webauthn_rs::Webauthn;
use webauthn_rs::prelude::{PasskeyRegistration, RegisterPublicKeyCredential};

use super::PasskeyId;
use super::store::{self, PasskeyView};
use crate::account::NewWay;
use crate::mfa::pending::{self, Wanted};
use crate::mfa::policy::FactorKind;
use crate::mfa::{obliged, recent, set_up, store as challenges};
use crate::service::Identity;
use crate::user::{User, store as users};
use crate::{Error, Myself};

/// The most passkeys that one user has.
const MOST: usize = 50;

/// What a browser makes a passkey from.
#[derive(Clone, Serialize, JsonSchema)]
pub(crate) struct PasskeyRegistrationView {
    /// What the answer comes back with.
    pub(crate) challenge_token: String,
    /// For `navigator.credentials.create`, binary values in base64url (`parseCreationOptionsFromJSON`).
    pub(crate) public_key: Value,
}

impl View for PasskeyRegistrationView {}

/// What the browser has made.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPasskey {
    #[garde(length(max = 100))]
    pub(crate) challenge_token: String,
    /// What to call it, such as the device.
    #[garde(length(chars, min = 1, max = 100), custom(not_blank))]
    pub(crate) name: String,
    /// The credential as `toJSON()` gives it.
    #[garde(skip)]
    pub(crate) credential: Value,
}

/// A new passkey, with backup codes when it is the first second factor.
#[derive(Clone, Serialize, JsonSchema)]
pub(crate) struct NewPasskeyView {
    #[serde(flatten)]
    passkey: PasskeyView,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) backup_codes: Vec<String>,
}

impl View for NewPasskeyView {}

/// Begin to register a passkey.
pub(crate) async fn begin(
    guard: Guard<Myself>,
    clock: Clock,
    rng: Rng,
    Use(identity): Use<Identity>,
) -> Result<Committed<Success<PasskeyRegistrationView>>, Problem> {
    let user = guard.caller()?.user;
    let mut tx = guard.tenant().begin()?;
    recent::require(&guard, &mut tx, clock.now()).await?;
    obliged::allowed(&mut tx, FactorKind::Passkey).await?;
    let person = tx.read(users::find(user)).await?.ok_or(Error::NotFound)?;
    guard.permit(&person)?;
    let whose = (&person, guard.tenant_info());
    let (answer, change) = open(&*identity.party(&guard)?, &mut tx, (&clock, &rng), whose).await?;
    Ok(tx.commit(change, Success::ok(answer)).await?)
}

/// What a browser makes a passkey of somebody from, and what the trail says.
pub(crate) async fn open(
    party: &Webauthn,
    tx: &mut TenantTx,
    (clock, rng): (&Clock, &Rng),
    (person, tenant): (&User, &TenantInfo),
) -> Result<(PasskeyRegistrationView, Change), Error> {
    let user = person.id;
    let known = tx.read(store::credential_ids(user)).await?;
    if known.len() >= MOST {
        return Err(Error::TooManyPasskeys);
    }
    let known = known.into_iter().map(|id| id.0).collect();
    let display = [person.first_name.as_deref(), person.last_name.as_deref()];
    let display = display.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let display = if display.is_empty() { person.email.clone() } else { display };
    let (options, state) =
        party.start_passkey_registration(user.as_uuid(), &person.email, &display, Some(known))?;
    let mut options = serde_json::to_value(options.public_key)?;
    // Found by the authenticator itself, so that nobody has to type an address.
    set(&mut options, "/rp", "name", json!(tenant.name));
    set(&mut options, "/authenticatorSelection", "residentKey", json!("required"));
    set(&mut options, "/authenticatorSelection", "requireResidentKey", json!(true));
    let wanted = Wanted {
        user: Some(user),
        purpose: "passkey_registration",
        amr: Vec::new(),
        password_changed_at: None,
        state: Some(serde_json::to_value(state)?),
    };
    let challenge_token = pending::open(tx, clock, rng, wanted);
    let change = Change::named("user", Some(user.as_uuid()), "passkey_begun", Value::Null).without_event();
    Ok((PasskeyRegistrationView { challenge_token, public_key: options }, change))
}

fn set(options: &mut Value, object: &str, name: &str, value: Value) {
    if let Some(object) = options.pointer_mut(object).and_then(Value::as_object_mut) {
        object.insert(name.to_owned(), value);
    }
}

/// Register the passkey that a browser has made. From now on, signing in asks for a second factor.
pub(crate) async fn finish(
    guard: Guard<Myself>,
    clock: Clock,
    rng: Rng,
    Use(identity): Use<Identity>,
    Body(request): Body<NewPasskey>,
) -> Result<Committed<Success<NewPasskeyView>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    let person = tx.run(users::find_for_update(guard.caller()?.user)).await?.ok_or(Error::NotFound)?;
    guard.permit(&person)?;
    let (whose, party) = ((person.id, guard.tenant_info()), identity.party(&guard)?);
    let (answer, change) = keep((&identity, &*party), &mut tx, (&clock, &rng), whose, request).await?;
    let location = format!("/auth/passkeys/{}", answer.passkey.id);
    Ok(tx.commit(change, Success::created(answer, location)).await?)
}

/// Keep the passkey that a browser of somebody, whose row is locked, has made. Returns it, and what the trail says.
pub(crate) async fn keep(
    (identity, party): (&Identity, &Webauthn),
    tx: &mut TenantTx,
    (clock, rng): (&Clock, &Rng),
    (user, tenant): (UserId, &TenantInfo),
    request: NewPasskey,
) -> Result<(NewPasskeyView, Change), Error> {
    let now = clock.now();
    let credential: RegisterPublicKeyCredential = serde_json::from_value(request.credential)
        .map_err(|_| Error::field("#/credential", "this is not the credential of a browser"))?;
    let challenge = pending::find(tx, &request.challenge_token, &["passkey_registration"], now).await?;
    let challenge = challenge.filter(|found| found.user_id == Some(user)).ok_or(Error::ChallengeOver)?;
    let state: PasskeyRegistration = serde_json::from_value(challenge.state.unwrap_or_default())?;
    let passkey = party
        .finish_passkey_registration(&credential, &state)
        .map_err(|error| Error::field("#/credential", format!("this was not accepted: {error}")))?;
    tx.run(challenges::delete_challenge(challenge.id)).await?;
    let id = PasskeyId::new(clock, rng);
    let stored = serde_json::to_value(&passkey)?;
    let credential_id = passkey.cred_id().as_slice().to_vec();
    tx.run(store::insert(id, user, request.name.clone(), credential_id, stored, now))
        .await
        .map_err(Error::of_passkey)?;
    let backup_codes = set_up::enable(tx, clock, rng, user).await?;
    identity.tell_of(tx, tenant, user, NewWay::Passkey).await?;
    let values = json!({"passkey_id": id, "name": request.name});
    let change = Change::named("user", Some(user.as_uuid()), "passkey_added", values);
    let passkey = PasskeyView { id, name: request.name, created_at: now, last_used_at: None };
    Ok((NewPasskeyView { passkey, backup_codes }, change))
}
