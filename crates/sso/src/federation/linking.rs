//! Somebody comes with an account whose e-mail address is somebody's here. If they are that somebody, they sign in as before, and
//! the account is linked: both sides are proved then, in one browser, within ten minutes.
//!
//! A token says which account; it travels with the authorization request. It is nothing without the cookie of the browser that the
//! account was shown in, and nothing to anybody but the user whose address it is. So nobody can be sent to link another's account.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::json;
use tenantry_db::Change;
use tenantry_identity::NewWay;
use tenantry_kernel::UserId;
use tenantry_vault::{constant_time_eq, hash_token};
use uuid::Uuid;

use super::id_token::Claims;
use super::model::IdentityProvider;
use super::state::COOKIE;
use super::{FederatedIdentityId, FederationLinkId, Scene, store};
use crate::authorize::answer::Hosted;
use crate::authorize::decide::Room;
use crate::authorize::request::{Fault, Request, read};
use crate::protocol::refusal::Refusal;

/// The parameter of the authorization request that names the account.
pub(super) const PARAMETER: &str = "federation_link";
/// How long somebody may take to sign in, in minutes.
const MINUTES: i64 = 10;

/// Ask whoever has come with an account to sign in as the user who has its address. The request goes on from there.
pub(super) async fn ask(
    room: &Room<'_>,
    scene: &Scene<'_>,
    (provider, claims): (&IdentityProvider, &Claims),
    request: &str,
) -> Result<Hosted, Fault> {
    let browser = room.asker.cookie(scene.info, COOKIE).ok_or(Fault::Page("federation_state"))?;
    let email = claims.email.as_deref().and_then(|email| scene.sso.identity.normal_email(email));
    let email = email.ok_or(Fault::Page("federation_not_allowed"))?;
    let mut tx = scene.tenant.begin()?;
    let person = scene.sso.identity.person_by_email(&mut tx, &email).await?;
    let person = person.filter(|person| person.is_active).ok_or(Fault::Page("federation_not_allowed"))?;
    drop(tx);
    let id = FederationLinkId::new(&scene.sso.clock, &scene.sso.rng);
    let secret = URL_SAFE_NO_PAD.encode(scene.sso.rng.bytes::<32>());
    let token = format!("{}.{secret}", id.as_uuid().simple());
    let insert = store::insert_link(
        id,
        hash_token(&token).to_vec(),
        hash_token(browser).to_vec(),
        provider.id,
        provider.issuer.clone(),
        claims.subject.clone(),
        email.clone(),
        person.id,
        scene.now,
        scene.now + SignedDuration::from_mins(MINUTES),
    );
    scene.tenant.log(vec![store::delete_expired_links(scene.now), insert]).await?;
    let mut asked: Vec<(String, String)> = form_urlencoded::parse(request.as_bytes())
        .into_owned()
        .filter(|(name, _)| name != PARAMETER)
        .collect();
    asked.push((PARAMETER.to_owned(), token));
    let request = read(room.desk, room.asker, asked).await?;
    Ok(room.sign_in(&request, &email, Some("federation_link"), StatusCode::CONFLICT))
}

fn parse(text: &str) -> Option<FederationLinkId> {
    let (id, _) = text.split_once('.').filter(|(id, _)| id.len() == 32 && text.len() <= 100)?;
    Uuid::try_parse(id).ok().map(FederationLinkId::from_uuid)
}

/// The account that a request names, if any.
fn asked(request: &Request) -> Option<Cow<'_, str>> {
    let mut pairs = form_urlencoded::parse(request.query.as_bytes());
    pairs.find(|(name, _)| name == PARAMETER).map(|(_, token)| token)
}

/// Whether a request is to link an account to whoever signs in: they show all that they have.
pub(crate) fn is_asked(request: &Request) -> bool {
    asked(request).is_some()
}

/// Link the account that a request names, if any, to whoever has just signed in, unless their device has stood for the second
/// factor. They are signed in whatever comes of it: what fails here is logged. Returns whether it did, so that they can be told.
pub(crate) async fn settle(room: &Room<'_>, request: &Request, who: (UserId, bool)) -> bool {
    let failed = match link(room, request, who).await {
        Ok(()) => return false,
        Err(failed) => failed,
    };
    let cause = match &failed {
        Refusal::OAuth(error) => error.description,
        Refusal::Problem(problem) => problem.cause().unwrap_or(problem.code()),
    };
    tracing::error!(error = cause, user.id = %who.0, "an account could not be linked");
    true
}

/// The token counts once, whatever comes of it; what does not fit is written down, and the sign-in goes on without.
async fn link(room: &Room<'_>, request: &Request, (user, by_device): (UserId, bool)) -> Result<(), Refusal> {
    let Some(token) = asked(request) else { return Ok(()) };
    let scene = Scene::of(room.desk);
    let (Some(id), Some(browser)) = (parse(&token), room.asker.cookie(scene.info, COOKIE)) else {
        return Ok(());
    };
    // What may need a connection comes before one is held: providers, and the keys that messages are sealed under.
    let providers = scene.sso.providers.of(&scene.tenant).await?;
    scene.sso.keys.keyring(scene.info.id).await?;
    let mut tx = scene.tenant.begin()?;
    let waiting = tx.run(store::take_link(id, hash_token(&token).to_vec())).await?;
    let Some(row) = waiting else { return Ok(()) };
    let is_theirs = constant_time_eq(&row.browser_hash, &hash_token(browser))
        && row.user_id == user
        && !by_device
        && scene.now < row.expires_at;
    let provider =
        providers.iter().find(|one| one.id == row.provider_id && one.enabled && one.issuer == row.issuer);
    let known = tx.read(store::identity(row.provider_id, row.issuer.clone(), row.subject.clone())).await?;
    let Some(provider) = provider.filter(|_| is_theirs && known.is_none()) else {
        let values = json!({"provider_id": row.provider_id, "user_id": user});
        let change = Change::named("user", Some(user.as_uuid()), "refused", values)
            .action("auth:federation")
            .reason("an account was not linked: it was not shown in this browser, is somebody else's, or a device stood for the second factor");
        tx.refuse(change).await?;
        return Ok(());
    };
    let identity = FederatedIdentityId::new(&scene.sso.clock, &scene.sso.rng);
    tx.run(store::insert_identity(
        identity,
        provider.id,
        row.issuer,
        row.subject,
        user,
        Some(row.email),
        scene.now,
    ))
    .await?;
    let way = NewWay::Account(&provider.name);
    scene.sso.identity.tell_of(&mut tx, scene.info, user, way).await?;
    let values = json!({"provider": provider.slug, "user_id": user});
    let change = Change::named("user", Some(user.as_uuid()), "identity_linked", values);
    tx.commit(change.action("auth:federation"), ()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    proptest::proptest! {
        #[test]
        fn taking_a_token_apart_never_panics(text in "[0-9a-f]{0,33}.?.{0,60}") {
            let _ = super::parse(&text);
        }
    }
}
