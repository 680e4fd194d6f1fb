//! PUT and DELETE /tenants/{tenant_id}/domains

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use garde::Validate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tenantry_db::{Change, Committed, PlatformTx, Topic};
use tenantry_kernel::{FieldError, TenantId};
use tenantry_web::{Body, Guard, Path, Path2, Problem, Success, Use, View};

use super::model::{DomainView, normalise_domain};
use super::{Tenant, store, switch};
use crate::operate::Tenancy;
use crate::{Error, UpdateTenant};

/// A domain of a tenant; what is absent stays, or is `false` of a new one.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedDomain {
    /// The name: `auth.acme.example.com`.
    #[garde(length(max = 254))]
    domain: String,
    /// Whether it is the one that is shown; the others are not, then.
    #[garde(skip)]
    is_primary: Option<bool>,
    /// The operator vouches for it. Only then the tenant answers at it.
    #[garde(skip)]
    is_verified: Option<bool>,
    /// Whether the tenant's issuer lives there, instead of at a path of the public address. Clients, identity providers and people's
    /// passkeys know the issuer by its address: changing it is a move for them.
    #[garde(skip)]
    is_issuer: Option<bool>,
}

/// What has become of a domain (document B).
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DomainAnswer {
    message: &'static str,
    #[serde(flatten)]
    domain: DomainView,
}

impl View for DomainAnswer {}

/// Add a domain to a tenant, or change one.
pub(crate) async fn put(
    guard: Guard<UpdateTenant>,
    Path(id): Path<TenantId>,
    Use(tenancy): Use<Tenancy>,
    Body(request): Body<ChangedDomain>,
) -> Result<Committed<Success<DomainAnswer>>, Problem> {
    let domain = normalise_domain(&request.domain)?;
    if tenancy.settings.is_own_host(&domain) {
        return Err(field("#/domain", "this is the platform's own").into());
    }
    let mut tx = guard.platform("change a tenant's domains")?;
    let tenant = tx.run(store::find_for_update(id)).await.map_err(Error::from)?.ok_or(Error::NotFound)?;
    guard.permit(&tenant)?;
    let known = tx.run(store::domains(id)).await.map_err(Error::from)?;
    let old = known.into_iter().find(|known| known.domain == domain);
    let before = old.clone().unwrap_or(DomainView { domain, ..DomainView::default() });
    let after = DomainView {
        domain: before.domain.clone(),
        is_primary: request.is_primary.unwrap_or(before.is_primary),
        is_verified: request.is_verified.unwrap_or(before.is_verified),
        is_issuer: request.is_issuer.unwrap_or(before.is_issuer),
    };
    if after.is_issuer && !after.is_verified {
        let at = if request.is_verified == Some(false) { "#/is_verified" } else { "#/is_issuer" };
        return Err(field(at, "an issuer lives only where the domain is verified").into());
    }
    save(&mut tx, &tenancy, &tenant, &after).await?;
    let message = if old.is_some() { "Domain changed successfully" } else { "Domain added successfully" };
    let values = json!({"domain": after, "before": old});
    let change = Change::named("tenant", Some(id.as_uuid()), "domain_changed", values);
    touch(&mut tx, &guard, &tenancy, tenant).await?;
    tx.announce(id, Topic::Directory);
    let answer = DomainAnswer { message, domain: after };
    Ok(tx.commit(change, Success::ok(answer)).await.map_err(Error::from)?)
}

/// Take a domain from a tenant: it answers there no more. Not the one that the issuer lives at.
pub(crate) async fn delete(
    guard: Guard<UpdateTenant>,
    Path2(id, domain): Path2<TenantId, String>,
    Use(tenancy): Use<Tenancy>,
) -> Result<Committed<Success<DomainAnswer>>, Problem> {
    let mut tx = guard.platform("change a tenant's domains")?;
    let tenant = tx.run(store::find_for_update(id)).await.map_err(Error::from)?.ok_or(Error::NotFound)?;
    guard.permit(&tenant)?;
    let known = tx.run(store::domains(id)).await.map_err(Error::from)?;
    let old = known.into_iter().find(|known| known.domain == domain).ok_or(Error::NotFound)?;
    if old.is_issuer {
        return Err(Error::IssuerLives(domain).into());
    }
    tx.run(store::delete_domain(id, domain)).await.map_err(Error::from)?;
    touch(&mut tx, &guard, &tenancy, tenant).await?;
    tx.announce(id, Topic::Directory);
    let change = Change::named("tenant", Some(id.as_uuid()), "domain_removed", json!({"domain": old}));
    let answer = DomainAnswer { message: "Domain removed successfully", domain: old };
    Ok(tx.commit(change, Success::ok(answer)).await.map_err(Error::from)?)
}

async fn save(
    tx: &mut PlatformTx,
    tenancy: &Tenancy,
    tenant: &Tenant,
    domain: &DomainView,
) -> Result<(), Error> {
    let (id, name) = (tenant.id, domain.domain.clone());
    if domain.is_primary {
        tx.run(store::no_other_primary(id, name.clone())).await?;
    }
    if domain.is_issuer {
        tx.run(store::no_other_issuer(id, name.clone())).await?;
    }
    let token = URL_SAFE_NO_PAD.encode(tenancy.rng().bytes::<24>());
    let now = tenancy.clock().now();
    let DomainView { is_primary, is_verified, is_issuer, .. } = *domain;
    let save = store::save_domain(id, name, is_primary, is_verified, is_issuer, token, now);
    tx.run(save).await.map_err(|error| match error.constraint() {
        Some("tenant_domains_verified_key") => {
            field("#/is_verified", "another tenant has proved this domain")
        }
        _ => error.into(),
    })?;
    Ok(())
}

/// A new version of the tenant: its domains are shown with it.
async fn touch(
    tx: &mut PlatformTx,
    guard: &Guard<UpdateTenant>,
    tenancy: &Tenancy,
    tenant: Tenant,
) -> Result<(), Problem> {
    let touched = Tenant { version: tenant.version + 1, updated_at: tenancy.clock().now(), ..tenant };
    tx.run(switch::save(&touched, Some(guard.caller()?.user))).await.map_err(Error::from)?;
    Ok(())
}

fn field(at: &'static str, detail: &'static str) -> Error {
    Error::Field(FieldError::new(at, detail))
}
