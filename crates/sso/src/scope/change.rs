//! GET and POST /oauth/scopes, GET, PUT and DELETE /oauth/scopes/{scope_id}

use std::collections::BTreeMap;

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use tenantry_db::{Change, Committed, Topic};
use tenantry_kernel::{Clock, FieldError, Page, Rng};
use tenantry_web::{Body, Guard, IfMatch, Listing, Message, Path, Problem, Success};

use super::model::OauthScopeView;
use super::{Scope, ScopeId, Source, store};
use crate::{CreateScope, DeleteScope, Error, ReadScopes, UpdateScope};

/// How many scopes of its own a tenant can have.
const MOST: i64 = 200;

/// A new scope.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOauthScope {
    /// What clients ask for, such as `orders:read`; for good.
    #[garde(skip)]
    name: String,
    /// What people read when a client asks for it, 1 to 200 characters.
    #[garde(skip)]
    description: String,
    /// The description in other languages, by their tags: `en`, `de`, `hi`.
    #[garde(skip)]
    #[serde(default)]
    translations: BTreeMap<String, String>,
    /// The claims that it stands for, at most 50, and where each comes from.
    #[garde(skip)]
    #[serde(default)]
    claims: BTreeMap<String, Source>,
    /// Whether ID tokens have its claims, too.
    #[garde(skip)]
    #[serde(default)]
    in_id_token: bool,
}

/// What to change of a scope; what is absent stays.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedOauthScope {
    #[garde(skip)]
    description: Option<String>,
    #[garde(skip)]
    translations: Option<BTreeMap<String, String>>,
    #[garde(skip)]
    claims: Option<BTreeMap<String, Source>>,
    #[garde(skip)]
    in_id_token: Option<bool>,
}

fn checked(scope: Scope) -> Result<Scope, Error> {
    let wrong = scope.faults();
    if wrong.is_empty() { Ok(scope) } else { Err(Error::Fields(wrong)) }
}

/// List the tenant's own scopes, by name. They come on one page.
pub(crate) async fn list(guard: Guard<ReadScopes>) -> Result<Listing<OauthScopeView>, Problem> {
    let seen = guard.permit_each::<Scope>()?;
    let rows = guard.tenant().read(store::list()).await?;
    let page = seen.keep(Page { items: rows.into_iter().map(Scope::from).collect(), next: None });
    Ok(Listing::new(page.map(OauthScopeView::from), None))
}

/// Get one of the tenant's own scopes.
pub(crate) async fn get(
    guard: Guard<ReadScopes>,
    Path(id): Path<ScopeId>,
) -> Result<Success<OauthScopeView>, Problem> {
    let scope: Scope = guard.tenant().read(store::find(id)).await?.ok_or(Error::NotFound)?.into();
    guard.permit(&scope)?;
    Ok(Success::ok(scope.into()))
}

/// Say what a scope of the tenant's own means.
pub(crate) async fn create(
    guard: Guard<CreateScope>,
    clock: Clock,
    rng: Rng,
    Body(request): Body<NewOauthScope>,
) -> Result<Committed<Success<OauthScopeView>>, Problem> {
    let (now, caller) = (clock.now(), Some(guard.caller()?.user));
    let NewOauthScope { name, description, translations, claims, in_id_token } = request;
    let scope = checked(Scope {
        id: ScopeId::new(&clock, &rng),
        name,
        description,
        translations,
        claims,
        in_id_token,
        version: 1,
        created_at: now,
        updated_at: now,
        created_by: caller,
        updated_by: caller,
    })?;
    guard.permit_new(&scope)?;
    let mut tx = guard.tenant().begin()?;
    if tx.read(store::count()).await?.is_some_and(|count| count.0 >= MOST) {
        let fault = FieldError::new("#/name", "a tenant has at most 200 scopes of its own");
        return Err(Error::Fields(vec![fault]).into());
    }
    tx.queue(store::insert(
        scope.id,
        scope.name.clone(),
        scope.description.clone(),
        json!(scope.translations),
        json!(scope.claims),
        in_id_token,
        now,
        caller,
    ));
    tx.announce(Topic::Clients);
    let change = Change::created(&scope);
    let location = format!("/oauth/scopes/{}", scope.id);
    Ok(tx.commit(change, Success::created(scope.into(), location)).await.map_err(Error::of_write)?)
}

/// Change a scope. Clients that have it notice at their next request.
pub(crate) async fn update(
    guard: Guard<UpdateScope>,
    clock: Clock,
    Path(id): Path<ScopeId>,
    expected: IfMatch,
    Body(request): Body<ChangedOauthScope>,
) -> Result<Committed<Success<OauthScopeView>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    let old: Scope = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?.into();
    guard.permit(&old)?;
    expected.check(old.version)?;
    let mut new = old.clone();
    new.description = request.description.unwrap_or(new.description);
    new.translations = request.translations.unwrap_or(new.translations);
    new.claims = request.claims.unwrap_or(new.claims);
    new.in_id_token = request.in_id_token.unwrap_or(new.in_id_token);
    (new.version, new.updated_at, new.updated_by) =
        (old.version + 1, clock.now(), Some(guard.caller()?.user));
    let new = checked(new)?;
    let change = Change::between(&old, &new);
    if change.is_empty() {
        return Ok(tx.unchanged(Success::ok(old.into())).await?);
    }
    tx.queue(store::save(
        id,
        new.description.clone(),
        json!(new.translations),
        json!(new.claims),
        new.in_id_token,
        new.version,
        new.updated_at,
        new.updated_by,
    ));
    tx.announce(Topic::Clients);
    Ok(tx.commit(change, Success::ok(new.into())).await?)
}

/// Delete what is known of a scope: clients can still ask for it, and it stands for no claims.
pub(crate) async fn delete(
    guard: Guard<DeleteScope>,
    Path(id): Path<ScopeId>,
    expected: IfMatch,
) -> Result<Committed<Success<Message>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    let old: Scope = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?.into();
    guard.permit(&old)?;
    expected.check(old.version)?;
    tx.queue(store::delete(id));
    tx.announce(Topic::Clients);
    Ok(tx.commit(Change::deleted(&old), Success::ok(Message::new("Scope deleted successfully"))).await?)
}
