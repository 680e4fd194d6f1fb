//! POST /invites/{invitation_id}/resend and DELETE /invites/{invitation_id}

use jiff::Timestamp;
use tenantry_db::{Change, Committed, TenantTx};
use tenantry_kernel::{Clock, Rng, UserId};
use tenantry_web::{Guard, Path, Problem, Success, Use};

use super::create::{Link, send};
use super::{Invitation, InvitationId, InvitationState, InvitationView, store};
use crate::account::asked::Named;
use crate::account::one_time::Asks;
use crate::service::Identity;
use crate::user::store as users;
use crate::{Error, InviteUser, RevokeInvitation};

/// Send an invitation once more, with a new link; the older one ends. Once a minute, five times an hour.
pub(crate) async fn resend(
    guard: Guard<InviteUser>,
    clock: Clock,
    rng: Rng,
    Path(id): Path<InvitationId>,
    Use(identity): Use<Identity>,
) -> Result<Committed<Success<InvitationView>>, Problem> {
    let now = clock.now();
    let mut tx = guard.tenant().begin()?;
    let before = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&before)?;
    if before.state != InvitationState::Pending {
        return Err(Error::InvitationOver.into());
    }
    let tenant = Named::of(guard.tenant_info());
    let caller = guard.caller()?.user;
    let renewed = renew(&identity, &mut tx, &before, (&rng, now), (&tenant, caller)).await?;
    let change = Change::between(&before, &renewed).verb("resent");
    Ok(tx.commit(change, Success::ok(InvitationView::new(renewed, now))).await?)
}

/// Send an invitation with a new link, in the name of `sender`.
///
/// # Errors
/// [`Error::TooSoon`].
pub(in crate::account) async fn renew(
    identity: &Identity,
    tx: &mut TenantTx,
    before: &Invitation,
    (rng, now): (&Rng, Timestamp),
    (tenant, sender): (&Named, UserId),
) -> Result<Invitation, Error> {
    let asks =
        Asks { last: Some(before.sent_at), started_at: before.window_started_at, sent: before.window_sent };
    let asks = asks.next(now)?;
    let link = Link::make(before.id, rng);
    let mut renewed = before.clone();
    renewed.link_hash.clone_from(&link.hash);
    renewed.sent_at = now;
    renewed.expires_at = Invitation::end_of_link(before.life_days, now);
    renewed.version += 1;
    tx.queue(store::renew(
        before.id,
        link.hash.clone(),
        now,
        renewed.expires_at,
        asks.started_at,
        asks.sent,
        renewed.version,
    ));
    let sender = tx.read(users::find_anyone(sender)).await?.ok_or(Error::NotFound)?.email;
    send(identity, tx, &renewed, &link, (tenant, &sender)).await?;
    Ok(renewed)
}

/// Take an invitation back. Doing it twice changes nothing.
pub(crate) async fn revoke(
    guard: Guard<RevokeInvitation>,
    clock: Clock,
    Path(id): Path<InvitationId>,
) -> Result<Committed<Success<InvitationView>>, Problem> {
    let now = clock.now();
    let mut tx = guard.tenant().begin()?;
    let before = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&before)?;
    match before.state {
        InvitationState::Pending => {}
        InvitationState::Accepted => return Err(Error::InvitationOver.into()),
        _ => return Ok(tx.unchanged(Success::ok(InvitationView::new(before, now))).await?),
    }
    let ended = before.clone().ended(InvitationState::Revoked, None, now);
    tx.queue(store::end(id, ended.state, None, now, ended.version));
    let change = Change::between(&before, &ended).verb("revoked");
    Ok(tx.commit(change, Success::ok(InvitationView::new(ended, now))).await?)
}
