//! GET /users/me/applications, DELETE /users/me/applications/{client_id}: whom one has let in.

use jiff::SignedDuration;
use serde_json::json;
use tenantry_db::{Change, Committed};
use tenantry_kernel::Page;
use tenantry_web::{Guard, Listing, Message, Path, Problem, Success, Use};

use super::store::{self, ApplicationView};
use crate::client::ClientId;
use crate::federation::Oneself;
use crate::service::Sso;
use crate::{Error, ReadApplications, RevokeApplication};

/// List the applications that one has let in. They come on one page.
pub(crate) async fn list(
    guard: Guard<ReadApplications>,
    Use(sso): Use<Sso>,
) -> Result<Listing<ApplicationView>, Problem> {
    let user = guard.caller()?.user;
    guard.permit(&Oneself(user))?;
    let items = guard.tenant().read(store::applications_of(user, sso.clock.now())).await?;
    Ok(Listing::new(Page { items, next: None }, None))
}

/// Let an application have nothing any more: its tokens are refused on every node, and it has to ask anew.
pub(crate) async fn revoke(
    guard: Guard<RevokeApplication>,
    Use(sso): Use<Sso>,
    Path(client): Path<ClientId>,
) -> Result<Committed<Success<Message>>, Problem> {
    let (user, now) = (guard.caller()?.user, sso.clock.now());
    guard.permit(&Oneself(user))?;
    let tenant = guard.tenant();
    let known = sso.clients.get(&tenant, client, now).await?.ok_or(Error::NotFound)?;
    let mut tx = tenant.begin()?;
    let consented = tx.run(store::delete_consent(user, client)).await?.0;
    // Before the grants: a device that is just getting its tokens is waited for here, and has a grant then.
    let waiting = tx.run(store::delete_device_codes(user, client)).await?.0;
    tx.run(store::delete_codes(user, client)).await?;
    let grants = tx.run(store::revoke_grants(user, client, now)).await?;
    if consented == 0 && waiting == 0 && grants.is_empty() {
        return Err(Error::NotFound.into());
    }
    let life = SignedDuration::from_secs(i64::from(known.client.access_token_seconds));
    for grant in &grants {
        sso.revocations.refuse(tenant.tenant_id(), grant.0.as_uuid(), life).await.map_err(Error::from)?;
    }
    let values = json!({"client": known.client.name, "user_id": user, "grants": grants.len()});
    let change = Change::named("client", Some(client.as_uuid()), "let_out", values);
    Ok(tx.commit(change, Success::ok(Message::new("Application removed successfully"))).await?)
}
