//! GET /users/me/identities, DELETE /users/me/identities/{identity_id}

use serde_json::json;
use tenantry_access::take_roles;
use tenantry_db::{Change, Committed};
use tenantry_kernel::{Page, UserId};
use tenantry_web::ports::Resource;
use tenantry_web::{Guard, Listing, Message, Path, Problem, Success, Use};
use uuid::Uuid;

use super::FederatedIdentityId;
use super::store::{self, LinkedIdentityView};
use crate::service::Sso;
use crate::{Error, LinkIdentity, ReadIdentities};

/// One's own user, as what the accounts belong to.
pub(crate) struct Oneself(pub(crate) UserId);

impl Resource for Oneself {
    const TYPE: &'static str = "user";

    fn id(&self) -> Option<Uuid> {
        Some(self.0.as_uuid())
    }

    fn owner(&self) -> Option<UserId> {
        Some(self.0)
    }
}

/// List the accounts that one has linked. They come on one page.
pub(crate) async fn list(guard: Guard<ReadIdentities>) -> Result<Listing<LinkedIdentityView>, Problem> {
    let user = guard.caller()?.user;
    guard.permit(&Oneself(user))?;
    let items = guard.tenant().read(store::identities_of(user)).await?;
    Ok(Listing::new(Page { items, next: None }, None))
}

/// Unlink an account, unless it is the only way to sign in. Roles that its groups gave go with it.
pub(crate) async fn unlink(
    guard: Guard<LinkIdentity>,
    Use(sso): Use<Sso>,
    Path(id): Path<FederatedIdentityId>,
) -> Result<Committed<Success<Message>>, Problem> {
    let user = guard.caller()?.user;
    guard.permit(&Oneself(user))?;
    let mut tx = guard.tenant().begin()?;
    sso.identity.require_recent(&guard, &mut tx, sso.clock.now()).await?;
    // Two at once must not take each other for the one that is left.
    sso.identity.lock_person(&mut tx, user).await?;
    let linked = tx.read(store::identities_of(user)).await?;
    let Some(own) = linked.iter().find(|own| own.id == id) else { return Err(Error::NotFound.into()) };
    let (provider, slug) = (own.provider_id, own.provider.clone());
    if linked.len() == 1 && !sso.identity.has_password(&mut tx, user).await? {
        return Err(Error::LastWayIn.into());
    }
    tx.queue(store::delete_identity(id, user));
    if linked.iter().filter(|one| one.provider_id == provider).count() == 1 {
        // What its groups gave goes with the last account there.
        let conferred = tx.read(store::conferred(user, provider)).await?;
        take_roles(&mut tx, conferred.into_iter().map(|role| (user, role.0)).collect()).await?;
        tx.run(store::delete_conferred_to(user, provider)).await?;
    }
    let change = Change::named("user", Some(user.as_uuid()), "identity_unlinked", json!({"provider": slug}));
    Ok(tx.commit(change, Success::ok(Message::new("Account unlinked successfully"))).await?)
}
