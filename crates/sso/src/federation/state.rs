//! What a browser is sent away with: a state that counts once, in this browser, for ten minutes. Nonce and PKCE verifier
//! are derived from it and a key, so that the database holds nothing that would let anybody in.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use tenantry_kernel::UserId;
use tenantry_vault::{constant_time_eq, hash_token};
use tenantry_web::Asker;
use uuid::Uuid;

use super::fault::Fault;
use super::id_token::LEEWAY;
use super::model::IdentityProvider;
use super::store::{self, StateRow};
use super::{FederationStateId, Scene};
use crate::protocol::refusal::Refusal;

/// The cookie of the browser that is sent away.
pub(crate) const COOKIE: &str = "fed";
/// How long somebody may be away, in seconds.
const SECONDS: i64 = 600;

tenantry_kernel::text_enum! {
    /// What for.
    pub(crate) enum Purpose {
        /// To sign in on the hosted pages, on the way to a client.
        Page = "page",
        /// To sign in through the API.
        Api = "api",
        /// To link an account to the user who has asked.
        Link = "link",
        /// To see what would happen.
        Test = "test",
    }
}

/// What to remember of somebody who leaves.
pub(crate) struct Leaving {
    pub(crate) purpose: Purpose,
    pub(crate) request: String,
    pub(crate) redirect_uri: String,
    pub(crate) user: Option<UserId>,
    /// How long ago, in seconds, the person may have signed in there.
    pub(crate) max_age: Option<i64>,
}

/// The state, and what follows from it.
pub(crate) struct State {
    pub(crate) text: String,
    pub(crate) nonce: String,
    pub(crate) verifier: String,
}

impl State {
    fn of(scene: &Scene<'_>, text: String) -> Self {
        let derived = |what: &str| {
            let mut context = hmac::Context::with_key(&scene.sso.form_key);
            for part in [scene.info.id.as_uuid().as_bytes(), what.as_bytes(), &[0], text.as_bytes()] {
                context.update(part);
            }
            URL_SAFE_NO_PAD.encode(context.sign())
        };
        Self { nonce: derived("federation nonce"), verifier: derived("federation verifier"), text }
    }

    /// The challenge of its verifier (RFC 7636, 4.2).
    pub(crate) fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(hash_token(&self.verifier))
    }
}

/// Remember somebody who leaves: the state, and the value of the cookie.
pub(crate) async fn leave(
    scene: &Scene<'_>,
    asker: &Asker,
    provider: &IdentityProvider,
    leaving: Leaving,
) -> Result<(State, String), Refusal> {
    let rng = &scene.sso.rng;
    let known = asker.cookie(scene.info, COOKIE).filter(|value| value.len() == 43).map(str::to_owned);
    let browser = known.unwrap_or_else(|| URL_SAFE_NO_PAD.encode(rng.bytes::<32>()));
    let id = FederationStateId::new(&scene.sso.clock, rng);
    let text = format!("{}.{}", id.as_uuid().simple(), URL_SAFE_NO_PAD.encode(rng.bytes::<32>()));
    let Leaving { purpose, request, redirect_uri, user, max_age } = leaving;
    let insert = store::insert_state(
        id,
        hash_token(&text).to_vec(),
        hash_token(&browser).to_vec(),
        provider.id,
        purpose,
        request,
        redirect_uri,
        user,
        max_age,
        scene.now,
        scene.now + SignedDuration::from_secs(SECONDS),
    );
    scene.tenant.log(vec![store::delete_expired_states(scene.now), insert]).await?;
    Ok((State::of(scene, text), browser))
}

fn parse(text: &str) -> Option<FederationStateId> {
    let (id, _) = text.split_once('.').filter(|(id, _)| id.len() == 32 && text.len() <= 120)?;
    Uuid::try_parse(id).ok().map(FederationStateId::from_uuid)
}

impl StateRow {
    /// Whether the provider has signed the person in as lately as was wanted of it: since they left, if that was at once. A
    /// provider that does not say when has not.
    pub(crate) fn is_fresh(&self, authenticated_at: Option<Timestamp>, now: Timestamp) -> bool {
        let Some(max_age) = self.max_age else { return true };
        // In seconds, which saturate: a client may ask for any age.
        let left = self.expires_at.as_second() - SECONDS;
        let wanted = if max_age == 0 { left } else { now.as_second().saturating_sub(max_age) };
        authenticated_at.is_some_and(|at| at.as_second() >= wanted.saturating_sub(LEEWAY))
    }
}

/// Somebody comes back: once, in the browser that has left, in time, from the provider that they were sent to.
pub(crate) async fn come_back(
    scene: &Scene<'_>,
    asker: &Asker,
    provider: &IdentityProvider,
    text: &str,
) -> Result<Result<(State, StateRow), Fault>, Refusal> {
    let (Some(id), Some(browser)) = (parse(text), asker.cookie(scene.info, COOKIE)) else {
        return Ok(Err(Fault::State));
    };
    let mut tx = scene.tenant.begin()?;
    let Some(row) = tx.run(store::take_state(id, hash_token(text).to_vec())).await? else {
        return Ok(Err(Fault::State));
    };
    let values = serde_json::json!({"provider": provider.slug, "purpose": row.purpose});
    let change =
        tenantry_db::Change::named("identity_provider", Some(provider.id.as_uuid()), "answered", values);
    tx.commit(change.action("auth:federation").without_event(), ()).await?;
    let is_theirs = constant_time_eq(&row.browser_hash, &hash_token(browser))
        && row.provider_id == provider.id
        && scene.now < row.expires_at;
    Ok(if is_theirs { Ok((State::of(scene, text.to_owned()), row)) } else { Err(Fault::State) })
}

#[cfg(test)]
mod tests {
    proptest::proptest! {
        #[test]
        fn taking_a_state_apart_never_panics(text in "[0-9a-f]{0,33}.?.{0,60}") {
            let _ = super::parse(&text);
        }
    }
}
