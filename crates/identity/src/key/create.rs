//! POST /api-keys

use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_access::{Catalogue, GrantSpec, scopes_within};
use tenantry_db::{Change, Committed, TenantTx};
use tenantry_kernel::{Clock, Rng, UserId};
use tenantry_web::{Action, Body, Guard, Problem, Success, Use, not_blank};

use super::{ApiKey, ApiKeyId, ApiKeyView, IssuedKey, Secret, store};
use crate::service_account::ServiceAccountId;
use crate::user::{UserKind, UserStatus};
use crate::{CreateKey, Error};

/// How long a key lives when nobody says.
const LIFE: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How long a key lives at most.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// A new key.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewApiKey {
    /// What it is for; need not be unique.
    #[garde(length(chars, min = 1, max = 100), custom(not_blank))]
    name: String,
    /// Whose it is; without it, the caller's own.
    #[garde(skip)]
    service_account_id: Option<ServiceAccountId>,
    /// What it may be used for: `resource:action`, with `:own` for the owner's own resources only. The caller must hold all
    /// of it; in the key's use, the owner must.
    #[garde(length(min = 1, max = 200))]
    scopes: Vec<GrantSpec>,
    /// After 90 days when it is absent; at most after 366 days.
    #[garde(skip)]
    expires_at: Option<Timestamp>,
}

/// Issue a key to oneself or to a service account. The answer is the only one that shows it.
pub(crate) async fn create(
    guard: Guard<CreateKey>,
    clock: Clock,
    rng: Rng,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<NewApiKey>,
) -> Result<Committed<Success<IssuedKey>>, Problem> {
    let (caller, now) = (guard.caller()?, clock.now());
    let expires_at = request.expires_at.unwrap_or(now + LIFE);
    if expires_at <= now || expires_at > now + LONGEST {
        return Err(
            Error::field("#/expires_at", "this must be in the future, at most 366 days from now").into()
        );
    }
    let asked = request.service_account_id;
    let owner = asked.map_or(caller.user, |id| UserId::from_uuid(id.as_uuid()));
    let mut scopes: Vec<String> = request.scopes.iter().map(ToString::to_string).collect();
    scopes.sort();
    scopes.dedup();
    let key = ApiKey {
        id: ApiKeyId::new(&clock, &rng),
        user_id: owner,
        name: request.name,
        scopes,
        created_at: now,
        created_by: caller.user,
        expires_at,
        last_used_at: None,
        revoked_at: None,
        replaced_by: None,
    };
    let mut tx = guard.tenant().begin()?;
    may_issue(&guard, &catalogue, &mut tx, &key, &request.scopes).await?;
    let secret = Secret::new(&rng);
    tx.queue(insert(&key, &secret));
    let change = Change::created(&key);
    let (answer, location) = issued(&guard, key, &secret, now);
    Ok(tx.commit(change, Success::created(answer, location)).await?)
}

/// Refuse unless the caller may make this key: for themselves or a service account, with nothing that they do not hold.
///
/// # Errors
/// 404 when there is no such owner to the caller, 403 for what the caller does not hold.
pub(super) async fn may_issue<A: Action>(
    guard: &Guard<A>,
    catalogue: &Catalogue,
    tx: &mut TenantTx,
    key: &ApiKey,
    scopes: &[GrantSpec],
) -> Result<(), Problem> {
    let caller = guard.caller()?;
    // A key makes no keys, whatever its scopes: whoever finds one must not be able to outlive it.
    if !caller.means.is_session() {
        return Err(Error::NotWithKey.into());
    }
    let owner = tx.run(store::owner(key.user_id)).await?;
    let fits = |owner: &store::Owner| {
        owner.status == UserStatus::Active && (owner.id == caller.user || owner.kind == UserKind::Service)
    };
    owner.filter(fits).ok_or(Error::NotFound)?;
    guard.permit_new(key)?;
    scopes_within(catalogue, guard.tenant_info().is_root, &caller.grants, scopes)?;
    Ok(())
}

/// The statement that inserts a key.
pub(super) fn insert(key: &ApiKey, secret: &Secret) -> tenantry_db::Write<tenantry_db::Written> {
    let ApiKey { id, user_id, name, scopes, created_at, created_by, expires_at, .. } = key.clone();
    store::insert(id, user_id, name, secret.hash(), scopes, created_at, created_by, expires_at)
}

/// The answer that shows a new key, and where it is.
pub(super) fn issued<A: Action>(
    guard: &Guard<A>,
    key: ApiKey,
    secret: &Secret,
    now: Timestamp,
) -> (IssuedKey, String) {
    let (tenant, id) = (guard.tenant_info().id, key.id);
    let view = ApiKeyView::new(key, tenant, now);
    (IssuedKey { key: secret.key(tenant, id), view }, format!("/api-keys/{id}"))
}
