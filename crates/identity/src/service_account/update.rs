//! PUT /service-accounts/{service_account_id}

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_access::roles_of;
use tenantry_db::{Change, Committed, Topic};
use tenantry_kernel::Clock;
use tenantry_web::{Body, Guard, IfMatch, Path, Problem, Success, not_blank, present};

use super::model::{AccountStatus, save};
use super::{ServiceAccountId, ServiceAccountView, store};
use crate::{Error, UpdateServiceAccount};

/// What to change of a service account; what is absent stays.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedServiceAccount {
    #[garde(inner(length(chars, min = 1, max = 100), custom(not_blank)))]
    name: Option<String>,
    /// `null` removes it.
    #[garde(inner(inner(length(chars, max = 1000))))]
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Option<String>")]
    description: Option<Option<String>>,
    /// `inactive`: its keys are refused at once; `active`: those that were not revoked are good again.
    #[garde(skip)]
    status: Option<AccountStatus>,
}

/// Change a service account.
pub(crate) async fn update(
    guard: Guard<UpdateServiceAccount>,
    clock: Clock,
    Path(id): Path<ServiceAccountId>,
    expected: IfMatch,
    Body(request): Body<ChangedServiceAccount>,
) -> Result<Committed<Success<ServiceAccountView>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    let account = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&account)?;
    expected.check(account.version)?;
    let roles = tx.read(roles_of(account.user())).await?;
    let mut changed = account.clone();
    changed.name = request.name.unwrap_or(changed.name);
    changed.description = request.description.unwrap_or(changed.description);
    changed.status = request.status.map_or(changed.status, Into::into);
    if Change::between(&account, &changed).is_empty() {
        return Ok(tx.unchanged(Success::ok(ServiceAccountView::new(account, Some(roles)))).await?);
    }
    changed.touch(clock.now());
    let named = store::save(id, changed.name.clone(), changed.description.clone());
    tx.run(named).await.map_err(Error::of_account)?;
    tx.queue(save(&changed, guard.caller()?.user));
    tx.announce(Topic::Access);
    let change = Change::between(&account, &changed);
    Ok(tx.commit(change, Success::ok(ServiceAccountView::new(changed, Some(roles)))).await?)
}
