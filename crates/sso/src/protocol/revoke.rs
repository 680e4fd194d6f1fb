//! POST {issuer}/oauth2/revoke (RFC 7009)

use jiff::SignedDuration;
use tenantry_db::Change;
use tenantry_kernel::{Clock, Rng};
use tenantry_web::{Asker, Guard, Pairs, Problem, Public, RawForm, Use};

use super::code::refuse_grant;
use super::fields::Fields;
use super::introspect::TokenQuestion;
use super::refusal::{Answer, Refusal};
use super::token::trail;
use super::{access_token, authenticate};
use crate::client::Client;
use crate::grant::{RefreshToken, store};
use crate::service::{Desk, Sso};

/// Give a token back. An unknown one, or another client's, is answered in the same way and stays as it is.
pub(crate) async fn revoke(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawForm(form, _): RawForm<TokenQuestion>,
) -> Result<Answer, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    Answer::silent(end(&desk, &asker, form).await)
}

async fn end(desk: &Desk<'_>, asker: &Asker, form: Option<Pairs>) -> Result<(), Refusal> {
    let form = Fields::of_form(form)?;
    let known = authenticate::client(desk, asker, &form).await?;
    let token = form.need("token", "token is missing")?;
    match RefreshToken::parse(token) {
        Some(token) => end_grant(desk, &known.client, &token).await,
        None => end_access(desk, &known.client, token).await,
    }
}

/// With a refresh token, its whole grant ends (RFC 7009, 2.1).
async fn end_grant(desk: &Desk<'_>, client: &Client, token: &RefreshToken) -> Result<(), Refusal> {
    if token.tenant != desk.tenant_id() {
        return Ok(());
    }
    let mut tx = desk.tenant.begin()?;
    let Some(grant) = tx.run(store::find_grant_for_update(token.grant)).await? else { return Ok(()) };
    let is_theirs =
        grant.client_id == client.id && token.is_genuine(&desk.sso.refresh_key, &grant.refresh_seed);
    if !is_theirs || grant.revoked_at.is_some() {
        return Ok(());
    }
    tx.queue(store::revoke_grant(grant.id, desk.now));
    let values = trail(client, grant.user_id, &grant.scopes);
    let change = Change::named("oauth_grant", Some(grant.id.as_uuid()), "revoked", values);
    tx.commit(change.action("oauth:revoke"), ()).await?;
    refuse_grant(desk, client, grant.id).await
}

async fn end_access(desk: &Desk<'_>, client: &Client, token: &str) -> Result<(), Refusal> {
    let Some(verified) = access_token::verify(desk, token).await? else { return Ok(()) };
    if verified.claims.client_id != client.id {
        return Ok(());
    }
    let life = SignedDuration::from_secs((verified.claims.exp - desk.now.as_second()).max(1));
    Ok(desk.sso.revocations.refuse(desk.tenant_id(), verified.claims.jti, life).await?)
}
