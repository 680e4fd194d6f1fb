//! POST /service-accounts

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_db::{Change, Committed};
use tenantry_kernel::{Clock, Rng};
use tenantry_web::{Body, Guard, Problem, Success, not_blank};

use super::{ServiceAccount, ServiceAccountId, ServiceAccountView, store};
use crate::user::UserStatus;
use crate::{CreateServiceAccount, Error};

/// A new service account.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewServiceAccount {
    /// Unique among the tenant's service accounts.
    #[garde(length(chars, min = 1, max = 100), custom(not_blank))]
    name: String,
    #[garde(inner(length(chars, max = 1000)))]
    description: Option<String>,
}

/// Create a service account. It has no role until one is given to it.
pub(crate) async fn create(
    guard: Guard<CreateServiceAccount>,
    clock: Clock,
    rng: Rng,
    Body(request): Body<NewServiceAccount>,
) -> Result<Committed<Success<ServiceAccountView>>, Problem> {
    let now = clock.now();
    let account = ServiceAccount {
        id: ServiceAccountId::new(&clock, &rng),
        name: request.name,
        description: request.description,
        status: UserStatus::Active,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    guard.permit_new(&account)?;
    let mut tx = guard.tenant().begin()?;
    tx.run(store::insert_user(account.id, account.address(), now, guard.caller()?.user)).await?;
    let insert = store::insert(account.id, account.name.clone(), account.description.clone());
    tx.run(insert).await.map_err(Error::of_account)?;
    let change = Change::created(&account);
    let location = format!("/service-accounts/{}", account.id);
    let view = ServiceAccountView::new(account, Some(Vec::new()));
    Ok(tx.commit(change, Success::created(view, location)).await?)
}
