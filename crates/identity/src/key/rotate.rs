//! POST /api-keys/{api_key_id}/rotate

use garde::Validate;
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_access::{Catalogue, GrantSpec};
use tenantry_db::{Change, Committed, Topic};
use tenantry_kernel::{Clock, FieldError, Rng};
use tenantry_web::{Body, Guard, Path, Problem, Success, Use};

use super::create::{insert, issued, may_issue};
use super::model::KeyStatus;
use super::{ApiKey, ApiKeyId, IssuedKey, Secret, store};
use crate::{CreateKey, Error};

/// How a key is replaced.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rotation {
    /// How long the old key stays good, in seconds: a day when it is absent, at most a week.
    #[garde(inner(range(max = 604_800)))]
    overlap_seconds: Option<u32>,
}

/// Issue a key in the place of another one: the same owner, scopes and length of life. The old one stays good for a while.
pub(crate) async fn rotate(
    guard: Guard<CreateKey>,
    clock: Clock,
    rng: Rng,
    Path(id): Path<ApiKeyId>,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<Rotation>,
) -> Result<Committed<Success<IssuedKey>>, Problem> {
    let (caller, now) = (guard.caller()?, clock.now());
    let mut tx = guard.tenant().begin()?;
    let old = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&old)?;
    if old.status(now) != KeyStatus::Active || old.replaced_by.is_some() {
        return Err(Error::KeyOver.into());
    }
    let new = ApiKey {
        id: ApiKeyId::new(&clock, &rng),
        created_at: now,
        created_by: caller.user,
        expires_at: now + old.expires_at.duration_since(old.created_at),
        last_used_at: None,
        ..old.clone()
    };
    may_issue(&guard, &catalogue, &mut tx, &new, &specs(&new)?).await?;
    let overlap = SignedDuration::from_secs(request.overlap_seconds.unwrap_or(86_400).into());
    let mut replaced = old.clone();
    replaced.expires_at = old.expires_at.min(now + overlap);
    replaced.replaced_by = Some(new.id);
    let secret = Secret::new(&rng);
    tx.queue(insert(&new, &secret));
    tx.queue(store::save(id, replaced.expires_at, None, replaced.replaced_by));
    tx.announce(Topic::Access);
    let changes = vec![Change::created(&new), Change::between(&old, &replaced).verb("replaced")];
    let (answer, location) = issued(&guard, new, &secret, now);
    Ok(tx.commit_all(changes, Success::created(answer, location)).await?)
}

/// The scopes of a stored key; one that no permission is called by any more cannot be issued again.
fn specs(key: &ApiKey) -> Result<Vec<GrantSpec>, Error> {
    let mut errors = Vec::new();
    let mut specs = Vec::new();
    for scope in &key.scopes {
        match scope.parse() {
            Ok(spec) => specs.push(spec),
            Err(_) => errors.push(FieldError::new("path/api_key_id", format!("{scope} is no permission"))),
        }
    }
    if errors.is_empty() { Ok(specs) } else { Err(Error::Fields(errors)) }
}
