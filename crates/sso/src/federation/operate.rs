//! /tenants/{tenant_id}/identity-providers (document D): operators set identity providers up for a tenant. What they do shows in
//! the tenant's own trail. Which roles groups get is the tenant's to say.

use std::sync::Arc;

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_db::{Change, Topic};
use tenantry_kernel::{FieldError, Page, TenantId};
use tenantry_web::ports::TenantInfo;
use tenantry_web::{Body, Guard, IfMatch, Listing, Message, Path, Path2, Problem, Success, Use};

use super::change::{
    ChangedIdentityProvider, NewIdentityProvider, changed, insert, keeps_its_people, make, remove, save, view,
};
use super::model::{IdentityProvider, IdentityProviderView, ProviderKind};
use super::{IdentityProviderId, Scene, store};
use crate::service::Sso;
use crate::{Error, OperateIdentityProviders};

/// An identity provider that an operator sets up or changes; what is absent stays, or follows from the type.
#[derive(Debug, Default, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct OperatorProvider {
    #[garde(skip)]
    name: Option<String>,
    /// Needed to set one up.
    #[garde(skip)]
    client_id: Option<String>,
    /// Needed to set one up; sealed, and never shown again.
    #[garde(inner(length(min = 1, max = 1000)))]
    client_secret: Option<String>,
    /// Microsoft: the id of the directory.
    #[garde(skip)]
    directory_id: Option<String>,
    /// Google: the Workspace domain.
    #[garde(skip)]
    hosted_domain: Option<String>,
    #[garde(skip)]
    email_domains: Option<Vec<String>>,
    #[garde(skip)]
    auto_provision: Option<bool>,
    #[garde(skip)]
    enabled: Option<bool>,
}

async fn info(guard: &Guard<OperateIdentityProviders>, id: TenantId) -> Result<Arc<TenantInfo>, Problem> {
    guard.permit_all::<IdentityProvider>()?;
    Ok(guard.tenant_of(id).await?.ok_or(Error::NotFound)?)
}

fn scene<'a>(
    guard: &Guard<OperateIdentityProviders>,
    sso: &'a Sso,
    info: &'a TenantInfo,
) -> Result<Scene<'a>, Problem> {
    Ok(Scene::new(sso, guard.operate(&info.placement)?, info))
}

/// List a tenant's identity providers.
pub(crate) async fn list(
    guard: Guard<OperateIdentityProviders>,
    Use(sso): Use<Sso>,
    Path(tenant): Path<TenantId>,
) -> Result<Listing<IdentityProviderView>, Problem> {
    let info = info(&guard, tenant).await?;
    let scene = scene(&guard, &sso, &info)?;
    let rows = scene.tenant.read(store::list()).await?;
    let items = rows.into_iter().map(|row| view(&scene, row.into())).collect();
    Ok(Listing::new(Page { items, next: None }, None))
}

async fn create(
    guard: &Guard<OperateIdentityProviders>,
    sso: &Sso,
    tenant: TenantId,
    kind: ProviderKind,
    request: OperatorProvider,
) -> Result<Success<IdentityProviderView>, Problem> {
    let info = info(guard, tenant).await?;
    let scene = scene(guard, sso, &info)?;
    let (Some(client_id), Some(client_secret)) = (request.client_id, request.client_secret) else {
        let missing =
            ["#/client_id", "#/client_secret"].map(|field| FieldError::new(field, "both are needed"));
        return Err(Error::Fields(missing.to_vec()).into());
    };
    let new = NewIdentityProvider {
        kind,
        slug: None,
        name: request.name,
        issuer: None,
        client_id,
        client_secret,
        directory_id: request.directory_id,
        hosted_domain: request.hosted_domain,
        email_domains: request.email_domains,
        trusts_email: None,
        auto_provision: request.auto_provision,
        default_role_id: None,
        groups_claim: None,
        group_roles: None,
        redirect_uris: None,
        enabled: request.enabled,
    };
    let provider = make(&scene, new, None).await?;
    let mut tx = scene.tenant.begin()?;
    tx.queue(insert(&provider, scene.now));
    tx.announce(Topic::Clients);
    let change = Change::created(&provider);
    let location = format!("/tenants/{tenant}/identity-providers/{}", provider.id);
    tx.commit(change, ()).await.map_err(Error::of_write)?;
    Ok(Success::created(view(&scene, provider), location))
}

/// Set up Microsoft Entra ID for a tenant.
pub(crate) async fn microsoft(
    guard: Guard<OperateIdentityProviders>,
    Use(sso): Use<Sso>,
    Path(tenant): Path<TenantId>,
    Body(request): Body<OperatorProvider>,
) -> Result<Success<IdentityProviderView>, Problem> {
    create(&guard, &sso, tenant, ProviderKind::Microsoft, request).await
}

/// Set up Google Workspace for a tenant.
pub(crate) async fn google(
    guard: Guard<OperateIdentityProviders>,
    Use(sso): Use<Sso>,
    Path(tenant): Path<TenantId>,
    Body(request): Body<OperatorProvider>,
) -> Result<Success<IdentityProviderView>, Problem> {
    create(&guard, &sso, tenant, ProviderKind::Google, request).await
}

/// Change a tenant's identity provider.
pub(crate) async fn update(
    guard: Guard<OperateIdentityProviders>,
    Use(sso): Use<Sso>,
    Path2(tenant, id): Path2<TenantId, IdentityProviderId>,
    expected: IfMatch,
    Body(request): Body<OperatorProvider>,
) -> Result<Success<IdentityProviderView>, Problem> {
    let info = info(&guard, tenant).await?;
    let scene = scene(&guard, &sso, &info)?;
    let mut tx = scene.tenant.begin()?;
    let old: IdentityProvider = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?.into();
    expected.check(old.version)?;
    let request = ChangedIdentityProvider {
        name: request.name,
        client_id: request.client_id,
        client_secret: request.client_secret,
        directory_id: request.directory_id,
        hosted_domain: request.hosted_domain.map(Some),
        email_domains: request.email_domains,
        auto_provision: request.auto_provision,
        enabled: request.enabled,
        ..ChangedIdentityProvider::default()
    };
    let new = changed(&scene, &old, request, None).await?;
    keeps_its_people(&mut tx, &old, &new).await?;
    let change = Change::between(&old, &new);
    if change.is_empty() {
        return Ok(Success::ok(view(&scene, old)));
    }
    tx.queue(save(&new));
    tx.announce(Topic::Clients);
    tx.commit(change, ()).await.map_err(Error::of_write)?;
    Ok(Success::ok(view(&scene, new)))
}

/// Delete a tenant's identity provider, every link to accounts there, and the roles that its groups gave.
pub(crate) async fn delete(
    guard: Guard<OperateIdentityProviders>,
    Use(sso): Use<Sso>,
    Path2(tenant, id): Path2<TenantId, IdentityProviderId>,
    expected: IfMatch,
) -> Result<Success<Message>, Problem> {
    let info = info(&guard, tenant).await?;
    let scene = scene(&guard, &sso, &info)?;
    let mut tx = scene.tenant.begin()?;
    let old: IdentityProvider = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?.into();
    expected.check(old.version)?;
    remove(&mut tx, id).await?;
    tx.commit(Change::deleted(&old), ()).await?;
    Ok(Success::ok(Message::new("Identity provider deleted successfully")))
}
