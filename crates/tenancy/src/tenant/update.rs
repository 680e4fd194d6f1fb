//! PUT /tenants/{tenant_id}

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_db::{Change, Committed, Topic};
use tenantry_kernel::{FieldError, TenantId};
use tenantry_web::{Body, Guard, IfMatch, Path, Problem, Success, Use};

use super::{Plan, TenantView, store, switch};
use crate::operate::Tenancy;
use crate::{Error, Slug, UpdateTenant};

/// What to change of a tenant; what is absent stays.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedTenant {
    #[garde(inner(length(chars, min = 1, max = 255), custom(tenantry_web::not_blank)))]
    name: Option<String>,
    /// A new short name; the old one no longer answers.
    #[garde(skip)]
    slug: Option<String>,
    #[garde(skip)]
    plan: Option<Plan>,
    /// Whom to write to.
    #[garde(skip)]
    admin_email: Option<String>,
}

/// Change a tenant.
pub(crate) async fn update(
    guard: Guard<UpdateTenant>,
    Path(id): Path<TenantId>,
    expected: IfMatch,
    Use(tenancy): Use<Tenancy>,
    Body(request): Body<ChangedTenant>,
) -> Result<Committed<Success<TenantView>>, Problem> {
    let mut tx = guard.platform("change a tenant")?;
    let tenant = tx.run(store::find_for_update(id)).await.map_err(Error::from)?.ok_or(Error::NotFound)?;
    guard.permit(&tenant)?;
    expected.check(tenant.version)?;

    let mut changed = tenant.clone();
    if let Some(slug) = request.slug.filter(|slug| *slug != tenant.slug) {
        if id == tenancy.authority.root() {
            return Err(Error::Root.into());
        }
        Slug::parse(&slug).map_err(Error::from)?.as_str().clone_into(&mut changed.slug);
    }
    if let Some(email) = request.admin_email {
        changed.admin_email = tenancy
            .people
            .normalise_email(&email)
            .map_err(|detail| Error::Field(FieldError::new("#/admin_email", detail)))?;
    }
    changed.name = request.name.unwrap_or(changed.name);
    changed.plan = request.plan.unwrap_or(changed.plan);
    if Change::between(&tenant, &changed).is_empty() {
        let domains = tx.run(store::domains(id)).await.map_err(Error::from)?;
        let view = TenantView::new(tenant, Some(domains));
        return Ok(tx.unchanged(Success::ok(view)).await.map_err(Error::from)?);
    }
    changed.version += 1;
    changed.updated_at = tenancy.clock().now();
    tx.run(switch::save(&changed, Some(guard.caller()?.user))).await.map_err(|error| {
        match error.constraint() {
            Some("tenants_slug_key") => Error::SlugTaken(changed.slug.clone()),
            _ => error.into(),
        }
    })?;
    let domains = tx.run(store::domains(id)).await.map_err(Error::from)?;
    tx.announce(id, Topic::Directory);
    let change = Change::between(&tenant, &changed);
    Ok(tx.commit(change, Success::ok(TenantView::new(changed, Some(domains)))).await.map_err(Error::from)?)
}
