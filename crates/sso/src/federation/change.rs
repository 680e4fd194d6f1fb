//! GET and POST /identity-providers, GET, PUT and DELETE /identity-providers/{provider_id}

use std::collections::BTreeMap;

use garde::Validate;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_access::{Catalogue, may_confer, take_roles};
use tenantry_db::{Change, Committed, TenantTx, Topic};
use tenantry_kernel::{FieldError, Page, RoleId, UserId};
use tenantry_web::ports::Grants;
use tenantry_web::{Action, Body, Guard, IfMatch, Listing, Message, Path, Problem, Success, Use, present};

use super::model::{
    IdentityProvider, IdentityProviderView, ProviderKind, Settings, secret_place, standard_issuer,
};
use super::{IdentityProviderId, Scene, store};
use crate::service::Sso;
use crate::{
    CreateIdentityProvider, DeleteIdentityProvider, Error, ReadIdentityProviders, UpdateIdentityProvider,
};

/// A new identity provider.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewIdentityProvider {
    #[garde(skip)]
    #[serde(rename = "type")]
    pub(super) kind: ProviderKind,
    /// Its name in addresses, for good; the type when it is absent.
    #[garde(skip)]
    pub(super) slug: Option<String>,
    /// What people read on the button.
    #[garde(skip)]
    pub(super) name: Option<String>,
    /// Follows from the type for `microsoft` and `google`.
    #[garde(skip)]
    pub(super) issuer: Option<String>,
    #[garde(skip)]
    pub(super) client_id: String,
    /// Sealed, and never shown again.
    #[garde(length(min = 1, max = 1000))]
    pub(super) client_secret: String,
    /// Microsoft only, and there it must be: the id of the one directory whose people may come in.
    #[garde(skip)]
    pub(super) directory_id: Option<String>,
    /// Google: the one Workspace domain whose people may come in.
    #[garde(skip)]
    pub(super) hosted_domain: Option<String>,
    /// Only addresses of these domains; who types one on the sign-in page is sent there.
    #[garde(skip)]
    pub(super) email_domains: Option<Vec<String>>,
    /// Whether addresses of `email_domains` count although the provider does not say that they are verified.
    #[garde(skip)]
    pub(super) trusts_email: Option<bool>,
    /// Whether somebody who is not a user yet becomes one.
    #[garde(skip)]
    pub(super) auto_provision: Option<bool>,
    /// What a new user gets; `user` when it is absent.
    #[garde(skip)]
    pub(super) default_role_id: Option<RoleId>,
    /// Where the token lists groups; `groups` when it is absent.
    #[garde(skip)]
    pub(super) groups_claim: Option<String>,
    /// Groups there, and the roles that their members get here.
    #[garde(skip)]
    pub(super) group_roles: Option<BTreeMap<String, RoleId>>,
    /// Pages of one's own that hand code and state to the callback.
    #[garde(skip)]
    pub(super) redirect_uris: Option<Vec<String>>,
    /// `true` when it is absent.
    #[garde(skip)]
    pub(super) enabled: Option<bool>,
}

/// What to change of an identity provider; what is absent stays. Type and name in addresses stay as well.
#[derive(Debug, Default, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedIdentityProvider {
    #[garde(skip)]
    pub(super) name: Option<String>,
    #[garde(skip)]
    pub(super) issuer: Option<String>,
    #[garde(skip)]
    pub(super) client_id: Option<String>,
    #[garde(inner(length(min = 1, max = 1000)))]
    pub(super) client_secret: Option<String>,
    #[garde(skip)]
    pub(super) directory_id: Option<String>,
    /// `null` removes it.
    #[garde(skip)]
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Option<String>")]
    pub(super) hosted_domain: Option<Option<String>>,
    #[garde(skip)]
    pub(super) email_domains: Option<Vec<String>>,
    #[garde(skip)]
    pub(super) trusts_email: Option<bool>,
    #[garde(skip)]
    pub(super) auto_provision: Option<bool>,
    /// `null`: the role `user`.
    #[garde(skip)]
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Option<RoleId>")]
    pub(super) default_role_id: Option<Option<RoleId>>,
    #[garde(skip)]
    pub(super) groups_claim: Option<String>,
    #[garde(skip)]
    pub(super) group_roles: Option<BTreeMap<String, RoleId>>,
    #[garde(skip)]
    pub(super) redirect_uris: Option<Vec<String>>,
    #[garde(skip)]
    pub(super) enabled: Option<bool>,
}

fn in_lower_case(domains: Vec<String>) -> Vec<String> {
    domains.into_iter().map(|domain| domain.trim().to_ascii_lowercase()).collect()
}

/// Make a provider of what was asked for; its secret is sealed.
pub(super) async fn make(
    scene: &Scene<'_>,
    new: NewIdentityProvider,
    by: Option<UserId>,
) -> Result<IdentityProvider, Problem> {
    let sso = scene.sso;
    let id = IdentityProviderId::new(&sso.clock, &sso.rng);
    let keyring = sso.keys.keyring(scene.info.id).await.map_err(Error::from)?;
    let sealed = keyring.seal(secret_place(id), new.client_secret.as_bytes(), &sso.rng);
    let settings = Settings {
        directory_id: new.directory_id.map(|id| id.to_ascii_lowercase()),
        hosted_domain: new.hosted_domain.map(|domain| domain.to_ascii_lowercase()),
        email_domains: in_lower_case(new.email_domains.unwrap_or_default()),
        trusts_email: new.trusts_email.unwrap_or(false),
        auto_provision: new.auto_provision.unwrap_or(false),
        default_role_id: new.default_role_id,
        groups_claim: new.groups_claim.unwrap_or_else(|| "groups".to_owned()),
        group_roles: new.group_roles.unwrap_or_default(),
        redirect_uris: new.redirect_uris.unwrap_or_default(),
    };
    let standard_name = match new.kind {
        ProviderKind::Microsoft => "Microsoft",
        ProviderKind::Google => "Google",
        ProviderKind::Oidc => "OpenID",
    };
    let provider = IdentityProvider {
        id,
        slug: new.slug.unwrap_or_else(|| new.kind.as_str().to_owned()),
        name: new.name.unwrap_or_else(|| standard_name.to_owned()),
        kind: new.kind,
        issuer: new.issuer.or_else(|| standard_issuer(new.kind, &settings)).unwrap_or_default(),
        client_id: new.client_id,
        client_secret: sealed.map_err(Error::from)?,
        settings,
        enabled: new.enabled.unwrap_or(true),
        version: 1,
        created_at: scene.now,
        updated_at: scene.now,
        created_by: by,
        updated_by: by,
    };
    checked(provider, sso)
}

fn checked(provider: IdentityProvider, sso: &Sso) -> Result<IdentityProvider, Problem> {
    let wrong: Vec<FieldError> = provider.faults(&sso.fetcher);
    if wrong.is_empty() { Ok(provider) } else { Err(Error::Fields(wrong).into()) }
}

/// The provider as it is to be.
pub(super) async fn changed(
    scene: &Scene<'_>,
    old: &IdentityProvider,
    change: ChangedIdentityProvider,
    by: Option<UserId>,
) -> Result<IdentityProvider, Problem> {
    let sso = scene.sso;
    let mut new = old.clone();
    let has_secret = change.client_secret.is_some();
    if let Some(secret) = change.client_secret {
        let keyring = sso.keys.keyring(scene.info.id).await.map_err(Error::from)?;
        let sealed = keyring.seal(secret_place(old.id), secret.as_bytes(), &sso.rng);
        new.client_secret = sealed.map_err(Error::from)?;
    }
    let settings = &mut new.settings;
    if let Some(directory) = change.directory_id {
        settings.directory_id = Some(directory.to_ascii_lowercase());
    }
    if let Some(domain) = change.hosted_domain {
        settings.hosted_domain = domain.map(|domain| domain.to_ascii_lowercase());
    }
    if let Some(domains) = change.email_domains {
        settings.email_domains = in_lower_case(domains);
    }
    settings.trusts_email = change.trusts_email.unwrap_or(settings.trusts_email);
    settings.auto_provision = change.auto_provision.unwrap_or(settings.auto_provision);
    settings.default_role_id = change.default_role_id.unwrap_or(settings.default_role_id);
    settings.groups_claim = change.groups_claim.unwrap_or_else(|| settings.groups_claim.clone());
    settings.group_roles = change.group_roles.unwrap_or_else(|| settings.group_roles.clone());
    settings.redirect_uris = change.redirect_uris.unwrap_or_else(|| settings.redirect_uris.clone());
    // An issuer that follows from the type goes on to follow.
    let is_standard = standard_issuer(old.kind, &old.settings).as_ref() == Some(&old.issuer);
    let standard = standard_issuer(new.kind, &new.settings).filter(|_| is_standard);
    new.issuer = change.issuer.or(standard).unwrap_or(new.issuer);
    if new.issuer != old.issuer && !has_secret {
        // Else whoever may change the issuer could have the present one's secret sent to them.
        let fault = FieldError::new("#/client_secret", "another issuer needs a secret of its own");
        return Err(Error::Fields(vec![fault]).into());
    }
    new.name = change.name.unwrap_or(new.name);
    new.client_id = change.client_id.unwrap_or(new.client_id);
    new.enabled = change.enabled.unwrap_or(new.enabled);
    (new.version, new.updated_at, new.updated_by) = (old.version + 1, scene.now, by);
    checked(new, sso)
}

/// Roles that it confers must exist, and grant no more than the administrator holds who says so. That counts for all of them
/// as soon as it changes who gets them, or by whose word.
async fn may_set(
    tx: &mut TenantTx,
    grants: &Grants,
    catalogue: &Catalogue,
    old: Option<&IdentityProvider>,
    new: &IdentityProvider,
) -> Result<(), Problem> {
    let reach = |one: &IdentityProvider| {
        let settings = Settings { redirect_uris: Vec::new(), ..one.settings.clone() };
        (one.issuer.clone(), one.client_id.clone(), serde_json::to_value(settings).unwrap_or_default())
    };
    if old.is_some_and(|old| reach(old) == reach(new)) {
        return Ok(());
    }
    let settings = &new.settings;
    let roles: Vec<RoleId> = settings.group_roles.values().copied().chain(settings.default_role_id).collect();
    may_confer(tx, grants, catalogue, roles).await
}

/// A name that an issuer gives is its own: another issuer could give it to somebody else. So it stays while anybody is linked.
pub(super) async fn keeps_its_people(
    tx: &mut TenantTx,
    old: &IdentityProvider,
    new: &IdentityProvider,
) -> Result<(), Problem> {
    let is_moved = (&old.issuer, &old.settings.directory_id) != (&new.issuer, &new.settings.directory_id);
    if is_moved && tx.read(store::is_linked(old.id)).await?.is_some_and(|any| any.0) {
        let detail = "people are linked to accounts of the present issuer: set up another provider";
        return Err(Error::Fields(vec![FieldError::new("#/issuer", detail)]).into());
    }
    Ok(())
}

/// The statement that inserts a provider.
pub(super) fn insert(provider: &IdentityProvider, at: Timestamp) -> tenantry_db::Write<tenantry_db::Written> {
    let p = provider.clone();
    let settings = serde_json::to_value(&p.settings).unwrap_or_default();
    store::insert(
        p.id,
        p.slug,
        p.name,
        p.kind,
        p.issuer,
        p.client_id,
        p.client_secret,
        settings,
        p.enabled,
        at,
        p.created_by,
    )
}

/// The statement that saves a provider.
pub(super) fn save(provider: &IdentityProvider) -> tenantry_db::Write<tenantry_db::Written> {
    let p = provider.clone();
    let settings = serde_json::to_value(&p.settings).unwrap_or_default();
    store::save(
        p.id,
        p.name,
        p.issuer,
        p.client_id,
        p.client_secret,
        settings,
        p.enabled,
        p.version,
        p.updated_at,
        p.updated_by,
    )
}

fn scene<'a, A: Action>(guard: &'a Guard<A>, sso: &'a Sso) -> Scene<'a> {
    Scene::new(sso, guard.tenant(), guard.tenant_info())
}

pub(super) fn view(scene: &Scene<'_>, provider: IdentityProvider) -> IdentityProviderView {
    let callback = scene.callback(&provider);
    IdentityProviderView::new(provider, callback)
}

/// List identity providers, by name. They come on one page.
pub(crate) async fn list(
    guard: Guard<ReadIdentityProviders>,
    Use(sso): Use<Sso>,
) -> Result<Listing<IdentityProviderView>, Problem> {
    let seen = guard.permit_each::<IdentityProvider>()?;
    let scene = scene(&guard, &sso);
    let rows = scene.tenant.read(store::list()).await?;
    let page = Page { items: rows.into_iter().map(IdentityProvider::from).collect(), next: None };
    let page = seen.keep(page);
    Ok(Listing::new(page.map(|provider| view(&scene, provider)), None))
}

/// Get an identity provider, without its secret.
pub(crate) async fn get(
    guard: Guard<ReadIdentityProviders>,
    Use(sso): Use<Sso>,
    Path(id): Path<IdentityProviderId>,
) -> Result<Success<IdentityProviderView>, Problem> {
    let scene = scene(&guard, &sso);
    let provider: IdentityProvider = scene.tenant.read(store::find(id)).await?.ok_or(Error::NotFound)?.into();
    guard.permit(&provider)?;
    Ok(Success::ok(view(&scene, provider)))
}

/// Set up an identity provider. `callback_url` in the answer is what to register there.
pub(crate) async fn create(
    guard: Guard<CreateIdentityProvider>,
    Use(sso): Use<Sso>,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<NewIdentityProvider>,
) -> Result<Committed<Success<IdentityProviderView>>, Problem> {
    let scene = scene(&guard, &sso);
    let caller = guard.caller()?;
    let provider = make(&scene, request, Some(caller.user)).await?;
    guard.permit_new(&provider)?;
    let mut tx = scene.tenant.begin()?;
    may_set(&mut tx, &caller.grants, &catalogue, None, &provider).await?;
    tx.queue(insert(&provider, scene.now));
    tx.announce(Topic::Clients);
    let change = Change::created(&provider);
    let location = format!("/identity-providers/{}", provider.id);
    let answer = Success::created(view(&scene, provider), location);
    Ok(tx.commit(change, answer).await.map_err(Error::of_write)?)
}

/// Change an identity provider.
pub(crate) async fn update(
    guard: Guard<UpdateIdentityProvider>,
    Use(sso): Use<Sso>,
    Use(catalogue): Use<Catalogue>,
    Path(id): Path<IdentityProviderId>,
    expected: IfMatch,
    Body(request): Body<ChangedIdentityProvider>,
) -> Result<Committed<Success<IdentityProviderView>>, Problem> {
    let scene = scene(&guard, &sso);
    let caller = guard.caller()?;
    let mut tx = scene.tenant.begin()?;
    let old: IdentityProvider = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?.into();
    guard.permit(&old)?;
    expected.check(old.version)?;
    let new = changed(&scene, &old, request, Some(caller.user)).await?;
    keeps_its_people(&mut tx, &old, &new).await?;
    may_set(&mut tx, &caller.grants, &catalogue, Some(&old), &new).await?;
    let change = Change::between(&old, &new);
    if change.is_empty() {
        return Ok(tx.unchanged(Success::ok(view(&scene, old))).await?);
    }
    tx.queue(save(&new));
    tx.announce(Topic::Clients);
    Ok(tx.commit(change, Success::ok(view(&scene, new))).await.map_err(Error::of_write)?)
}

/// Take a provider away, and what its groups gave.
pub(super) async fn remove(tx: &mut TenantTx, id: IdentityProviderId) -> Result<(), Problem> {
    let conferred = tx.read(store::conferred_by(id)).await?;
    take_roles(tx, conferred.into_iter().map(|one| (one.user_id, one.role_id)).collect()).await?;
    tx.queue(store::delete(id));
    tx.announce(Topic::Clients);
    Ok(())
}

/// Delete an identity provider, every link to accounts there, and the roles that its groups gave. Its users stay.
pub(crate) async fn delete(
    guard: Guard<DeleteIdentityProvider>,
    Path(id): Path<IdentityProviderId>,
    expected: IfMatch,
) -> Result<Committed<Success<Message>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    let old: IdentityProvider = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?.into();
    guard.permit(&old)?;
    expected.check(old.version)?;
    remove(&mut tx, id).await?;
    let message = Success::ok(Message::new("Identity provider deleted successfully"));
    Ok(tx.commit(Change::deleted(&old), message).await?)
}
