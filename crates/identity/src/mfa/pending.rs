//! A sign-in that has got past the first factor and waits for the second.
//!
//! What the client holds is `mfa_<id>_<secret>`: the id as 32 hexadecimal digits, the secret 256 random bits. It is good at
//! the tenant that gave it, for ten minutes, for five attempts, until the password changes.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tenantry_db::{Change, TenantTx};
use tenantry_kernel::{Clock, ErrorKind, Rng, UserId};
use tenantry_vault::{constant_time_eq, hash_token};
use tenantry_web::Problem;
use uuid::Uuid;

use super::model::ChallengeId;
use super::store::{self, Challenge};
use super::ways::Ways;
use crate::Error;

/// How long a sign-in waits.
pub(crate) const LIFE: SignedDuration = SignedDuration::from_mins(10);
/// How many wrong codes it takes.
pub(crate) const MOST_TRIES: i32 = 5;

/// A sign-in that waits for a second factor.
#[derive(Debug, Clone)]
pub struct Pending {
    /// What the client comes back with.
    pub token: String,
    /// By what the person can go on.
    pub methods: Vec<&'static str>,
    /// Where codes are sent, in part, by method.
    pub destinations: BTreeMap<&'static str, String>,
    /// For how many days the device may stand for the second factor afterwards; 0: it may not.
    pub trusted_device_days: i32,
    /// Until when it waits.
    pub expires_at: Timestamp,
}

impl Pending {
    /// With a token, by what the person has.
    pub(crate) fn new(token: String, ways: &Ways, expires_at: Timestamp) -> Self {
        let (methods, destinations) = (ways.names(), ways.destinations());
        Self { token, methods, destinations, trusted_device_days: ways.trusted_device_days, expires_at }
    }

    /// The refusal that tells how to go on.
    pub fn problem(&self) -> Problem {
        let detail = "Go on with a second factor: POST /auth/mfa/challenge with this mfa_token and a code.";
        let problem = Problem::new(ErrorKind::Unauthenticated, "mfa_required", detail)
            .with("mfa_token", json!(self.token))
            .with("methods", json!(self.methods))
            .with("trusted_device_days", json!(self.trusted_device_days))
            .with("expires_at", json!(self.expires_at));
        if self.destinations.is_empty() {
            return problem;
        }
        problem.with("destinations", json!(self.destinations))
    }
}

/// What a client has come back with, taken apart; nothing is verified yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Presented<'a> {
    pub(crate) id: ChallengeId,
    secret: &'a str,
}

impl<'a> Presented<'a> {
    /// Take a token apart.
    pub(crate) fn parse(token: &'a str) -> Option<Self> {
        let (id, secret) = token.strip_prefix("mfa_")?.split_once('_')?;
        let id = Some(id).filter(|id| id.len() == 32).and_then(|id| Uuid::try_parse(id).ok())?;
        (secret.len() == 43).then_some(Self { id: ChallengeId::from_uuid(id), secret })
    }

    /// Whether it is the token of this challenge.
    pub(crate) fn is_of(&self, challenge: &Challenge) -> bool {
        constant_time_eq(&challenge.secret_hash, &hash_token(self.secret))
    }
}

/// What is to be waited for.
pub(crate) struct Wanted {
    pub(crate) user: Option<UserId>,
    pub(crate) purpose: &'static str,
    pub(crate) amr: Vec<String>,
    pub(crate) password_changed_at: Option<Timestamp>,
    pub(crate) state: Option<Value>,
}

/// A new token, told once; of its secret the hash is kept.
pub(crate) struct Token {
    pub(crate) id: ChallengeId,
    pub(crate) text: String,
    pub(crate) hash: Vec<u8>,
}

impl Token {
    pub(crate) fn make(clock: &Clock, rng: &Rng) -> Self {
        let id = ChallengeId::new(clock, rng);
        let secret = URL_SAFE_NO_PAD.encode(rng.bytes::<32>());
        let text = format!("mfa_{}_{secret}", id.as_uuid().simple());
        Self { id, text, hash: hash_token(&secret).to_vec() }
    }
}

/// Keep a challenge, and answer its token.
pub(crate) fn open(tx: &mut TenantTx, clock: &Clock, rng: &Rng, wanted: Wanted) -> String {
    let (token, now) = (Token::make(clock, rng), clock.now());
    let Wanted { user, purpose, amr, password_changed_at, state } = wanted;
    tx.queue(store::insert_challenge(
        token.id,
        user,
        purpose,
        token.hash,
        amr,
        password_changed_at,
        state,
        now,
        now + LIFE,
    ));
    token.text
}

/// The challenge that a token is of, locked, when it can still be met.
pub(crate) async fn find(
    tx: &mut TenantTx,
    token: &str,
    purposes: &[&str],
    now: Timestamp,
) -> Result<Option<Challenge>, Error> {
    let Some(presented) = Presented::parse(token) else { return Ok(None) };
    let found = tx.run(store::challenge_for_update(presented.id)).await?;
    Ok(found.filter(|found| {
        presented.is_of(found)
            && purposes.contains(&found.purpose.as_str())
            && now < found.expires_at
            && found.tries < MOST_TRIES
    }))
}

/// Whose challenge a token names; nothing is verified yet.
pub(crate) async fn whose(tx: &mut TenantTx, token: &str) -> Result<Option<UserId>, Error> {
    let Some(presented) = Presented::parse(token) else { return Ok(None) };
    Ok(tx.read(store::challenged(presented.id)).await?.and_then(|user| user.0))
}

/// A challenge that has been begun, for the trail.
pub(crate) fn begun(user: UserId) -> Change {
    let values = json!({"user_id": user});
    Change::named("session", None, "challenged", values).action("auth:login").without_event()
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn taking_a_token_apart_never_panics(token in "(mfa_)?[0-9a-f]{0,33}_?.{0,50}") {
            let _ = Presented::parse(&token);
        }
    }
}
