//! Role families: the product's three, and those that a tenant defines beside them.

use garde::Validate;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tenantry_db::{Change, Committed, Scalar, TenantTx, Written};
use tenantry_kernel::{Clock, FieldError, Page, Rng, UserId};
use tenantry_web::{Body, Guard, Listing, Message, Path, Problem, Success, View, not_blank};
use uuid::Uuid;

use crate::role::Role;
use crate::{CreateRole, DeleteRole, Error, ReadRoles, RoleFamily};

tenantry_kernel::id! {
    /// A role family that a tenant defines.
    RoleFamilyId,
}

tenantry_db::row! {
    /// A family as it is stored.
    pub(crate) struct Defined {
        id: Uuid,
        name: String,
        description: Option<String>,
        created_at: Option<Timestamp>,
    }
}

tenantry_db::statements! {
    /// The tenant's own families.
    read list_own() -> Vec<Defined>
        = "SELECT id, name, description, created_at FROM role_families WHERE tenant_id = $1 ORDER BY name LIMIT 200";

    /// One of the tenant's own families.
    read find(id: RoleFamilyId) -> Option<Defined>
        = "SELECT id, name, description, created_at FROM role_families WHERE tenant_id = $1 AND id = $2";

    /// Whether the tenant has defined it.
    read is_defined(name: String) -> Option<Scalar<bool>>
        = "SELECT true FROM role_families WHERE tenant_id = $1 AND name = $2";

    /// Whether a role is of the family.
    read is_used(name: String) -> Option<Scalar<bool>>
        = "SELECT true FROM roles WHERE tenant_id = $1 AND role_family = $2 LIMIT 1";

    /// One more.
    write insert(id: RoleFamilyId, name: String, description: Option<String>, at: Timestamp, by: UserId) -> Written
        = "INSERT INTO role_families (tenant_id, id, name, description, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6)";

    /// One less.
    write remove(id: RoleFamilyId) -> Written = "DELETE FROM role_families WHERE tenant_id = $1 AND id = $2";
}

/// A role family as a client sees it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct FamilyView {
    /// Only of families that the tenant defined.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    name: String,
    description: Option<String>,
    /// Whether it is part of the product.
    is_system: bool,
}

impl View for FamilyView {}

/// A family to define.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFamily {
    /// Unique in the tenant, and none of the product's.
    #[garde(length(chars, min = 1, max = 50), custom(not_blank))]
    name: String,
    #[garde(inner(length(chars, max = 1000)))]
    description: Option<String>,
}

/// List role families: the product's, then the tenant's own by name. They come on one page.
pub(crate) async fn list(guard: Guard<ReadRoles>) -> Result<Listing<FamilyView>, Problem> {
    guard.permit_all::<Role>()?;
    let own = guard.tenant().read(list_own()).await?;
    let mut items: Vec<FamilyView> = RoleFamily::ALL
        .iter()
        .map(|family| FamilyView {
            id: None,
            name: family.as_str().to_owned(),
            description: None,
            is_system: true,
        })
        .collect();
    items.extend(own.into_iter().map(|Defined { id, name, description, .. }| FamilyView {
        id: Some(id),
        name,
        description,
        is_system: false,
    }));
    Ok(Listing::new(Page { items, next: None }, None))
}

/// Define a role family.
pub(crate) async fn create(
    guard: Guard<CreateRole>,
    clock: Clock,
    rng: Rng,
    Body(request): Body<NewFamily>,
) -> Result<Committed<Success<FamilyView>>, Problem> {
    guard.permit_all::<Role>()?;
    if request.name.parse::<RoleFamily>().is_ok() {
        return Err(Error::FamilyTaken.into());
    }
    let id = RoleFamilyId::new(&clock, &rng);
    let mut tx = guard.tenant().begin()?;
    let NewFamily { name, description } = request;
    tx.run(insert(id, name.clone(), description.clone(), clock.now(), guard.caller()?.user)).await.map_err(
        |error| match error.constraint() {
            Some("role_families_name_key") => Error::FamilyTaken,
            _ => error.into(),
        },
    )?;
    let values = json!({"name": name, "description": description});
    let change = Change::named("role_family", Some(id.as_uuid()), "created", values);
    let view = FamilyView { id: Some(id.as_uuid()), name, description, is_system: false };
    Ok(tx.commit(change, Success::created(view, format!("/role-families/{id}"))).await?)
}

/// Delete a role family that no role is of.
pub(crate) async fn delete(
    guard: Guard<DeleteRole>,
    Path(id): Path<RoleFamilyId>,
) -> Result<Committed<Success<Message>>, Problem> {
    guard.permit_all::<Role>()?;
    let mut tx = guard.tenant().begin()?;
    let family = tx.read(find(id)).await?.ok_or(Error::NotFound)?;
    // After this, no role of the family can be made: the row is what `known` looks for.
    tx.run(remove(id)).await?;
    if tx.read(is_used(family.name.clone())).await?.is_some() {
        return Err(Error::FamilyInUse.into());
    }
    let change = Change::named("role_family", Some(id.as_uuid()), "deleted", json!({"name": family.name}));
    Ok(tx.commit(change, Success::ok(Message::new("Role family deleted successfully"))).await?)
}

/// Refuse a family that neither the product nor the tenant has.
pub(crate) async fn known(tx: &mut TenantTx, name: &str) -> Result<(), Error> {
    if name.parse::<RoleFamily>().is_ok() || tx.read(is_defined(name.to_owned())).await?.is_some() {
        return Ok(());
    }
    let detail = "there is no such role family: Provider, Internal, Customer or one that you have defined";
    Err(Error::Fields(vec![FieldError::new("#/role_family", detail)]))
}
