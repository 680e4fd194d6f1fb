//! Types of resources that a tenant declares, so that its policies can speak of them: /resource-types

use std::collections::BTreeMap;

use garde::Validate;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenantry_db::{Change, Committed, TenantTx, Topic, Written};
use tenantry_kernel::{Clock, FieldError, Page, Rng, UserId};
use tenantry_web::ports::{FactKind, Resource};
use tenantry_web::{Body, Guard, IfMatch, Listing, Message, Path, Problem, Success, Use, View};
use uuid::Uuid;

use super::held::checked;
use super::load::{attributes, vocabulary};
use super::store;
use crate::{Catalogue, CreatePolicy, DeletePolicy, Error, ReadPolicies, UpdatePolicy};

tenantry_kernel::id! {
    /// A declared type of resource.
    ResourceTypeId,
}

tenantry_db::row! {
    /// A declared type of resource.
    #[derive(Debug, Clone)]
    pub(crate) struct ResourceType {
        id: ResourceTypeId,
        name: String,
        description: Option<String>,
        attributes: Value,
        version: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
    }
}

tenantry_db::statements! {
    /// Every declared type; a tenant has at most two hundred.
    read list_all() -> Vec<ResourceType>
        = "SELECT id, name, description, attributes, version, created_at, updated_at FROM resource_types \
           WHERE tenant_id = $1 ORDER BY name";

    /// One type.
    write find_for_update(id: ResourceTypeId) -> Option<ResourceType>
        = "SELECT id, name, description, attributes, version, created_at, updated_at FROM resource_types \
           WHERE tenant_id = $1 AND id = $2 FOR UPDATE";

    /// A new type.
    write insert(id: ResourceTypeId, name: String, description: Option<String>, attributes: Value, at: Timestamp, by: UserId) -> Written
        = "INSERT INTO resource_types (tenant_id, id, name, description, attributes, version, created_at, updated_at, \
           created_by, updated_by) VALUES ($1, $2, $3, $4, $5, 1, $6, $6, $7, $7)";

    /// A type's new values.
    write save(id: ResourceTypeId, description: Option<String>, attributes: Value, version: i64, at: Timestamp, by: UserId) -> Written
        = "UPDATE resource_types SET description = $3, attributes = $4, version = $5, updated_at = $6, updated_by = $7 \
           WHERE tenant_id = $1 AND id = $2";

    /// A type no longer.
    write remove(id: ResourceTypeId) -> Written = "DELETE FROM resource_types WHERE tenant_id = $1 AND id = $2";
}

impl Resource for ResourceType {
    const TYPE: &'static str = "policy";

    fn id(&self) -> Option<Uuid> {
        Some(self.id.as_uuid())
    }

    fn owner(&self) -> Option<UserId> {
        None
    }
}

/// A type of resource as a client sees it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct ResourceTypeView {
    /// Only of types that the tenant declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<ResourceTypeId>,
    name: String,
    description: Option<String>,
    /// Names and kinds. Every type also has `id`, `type` and `owner`.
    attributes: BTreeMap<String, FactKind>,
    /// Whether it is part of the product.
    is_system: bool,
    #[serde(skip)]
    version: Option<i64>,
}

impl View for ResourceTypeView {
    fn version(&self) -> Option<i64> {
        self.version
    }
}

impl ResourceTypeView {
    fn new(one: ResourceType) -> Self {
        Self {
            id: Some(one.id),
            attributes: attributes(&one.attributes),
            name: one.name,
            description: one.description,
            is_system: false,
            version: Some(one.version),
        }
    }
}

/// A type of resource to declare. `user` adds attributes to users: only questions that say them know them.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewResourceType {
    /// `a–z`, `0–9` and `_`, beginning with a letter; unique in the tenant, and none of the product's, except `user`.
    #[garde(length(min = 1, max = 50))]
    name: String,
    #[garde(inner(length(chars, max = 1000)))]
    description: Option<String>,
    /// Names and kinds.
    #[garde(length(max = 100))]
    attributes: BTreeMap<String, FactKind>,
}

/// What to change of a declared type.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedResourceType {
    #[garde(inner(length(chars, max = 1000)))]
    description: Option<String>,
    /// All attributes from now on; policies that ask for others must be changed before.
    #[garde(inner(length(max = 100)))]
    attributes: Option<BTreeMap<String, FactKind>>,
}

/// List the types of resources that policies can speak of: the product's, then the tenant's own by name. They come on
/// one page.
pub(crate) async fn list(
    guard: Guard<ReadPolicies>,
    Use(catalogue): Use<Catalogue>,
) -> Result<Listing<ResourceTypeView>, Problem> {
    guard.permit_all::<ResourceType>()?;
    let own = guard.tenant().read(list_all()).await?;
    let mut items: Vec<ResourceTypeView> = catalogue
        .resources()
        .map(|info| ResourceTypeView {
            id: None,
            name: info.name.to_owned(),
            description: None,
            attributes: info.attributes.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect(),
            is_system: true,
            version: None,
        })
        .collect();
    items.extend(own.into_iter().map(ResourceTypeView::new));
    Ok(Listing::new(Page { items, next: None }, None))
}

/// Declare a type of resource.
pub(crate) async fn create(
    guard: Guard<CreatePolicy>,
    clock: Clock,
    rng: Rng,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<NewResourceType>,
) -> Result<Committed<Success<ResourceTypeView>>, Problem> {
    guard.permit_all::<ResourceType>()?;
    let NewResourceType { name, description, attributes } = request;
    check_name("#/name", &name)?;
    check_names(&attributes)?;
    let is_taken = |info: &tenantry_web::ports::ResourceInfo| info.name == name || info.plural == name;
    if name != "user" && catalogue.resources().any(is_taken) {
        return Err(Error::TypeTaken.into());
    }
    let mut tx = guard.tenant().begin()?;
    tx.run(crate::group::store::advance()).await?;
    let (id, now, by) = (ResourceTypeId::new(&clock, &rng), clock.now(), guard.caller()?.user);
    tx.run(insert(id, name.clone(), description.clone(), json!(attributes), now, by)).await.map_err(
        |error| match error.constraint() {
            Some("resource_types_name_key") => Error::TypeTaken,
            _ => error.into(),
        },
    )?;
    tx.announce(Topic::Access);
    let values = json!({"name": name, "description": description, "attributes": attributes});
    let change = Change::named("resource_type", Some(id.as_uuid()), "created", values);
    let view =
        ResourceTypeView { id: Some(id), name, description, attributes, is_system: false, version: Some(1) };
    Ok(tx.commit(change, Success::created(view, format!("/resource-types/{id}"))).await?)
}

/// Change a declared type. Policies must still be readable afterwards.
pub(crate) async fn update(
    guard: Guard<UpdatePolicy>,
    clock: Clock,
    Path(id): Path<ResourceTypeId>,
    expected: IfMatch,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<ChangedResourceType>,
) -> Result<Committed<Success<ResourceTypeView>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    tx.run(crate::group::store::advance()).await?;
    let one = tx.run(find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&one)?;
    expected.check(one.version)?;
    let attributes = request.attributes.unwrap_or_else(|| attributes(&one.attributes));
    check_names(&attributes)?;
    let changed = ResourceType {
        description: request.description.or_else(|| one.description.clone()),
        attributes: json!(attributes),
        version: one.version + 1,
        updated_at: clock.now(),
        ..one.clone()
    };
    let ResourceType { description, attributes, version, updated_at, .. } = changed.clone();
    tx.run(save(id, description, attributes, version, updated_at, guard.caller()?.user)).await?;
    still_readable(&mut tx, &catalogue, "#/attributes").await?;
    tx.announce(Topic::Access);
    let values =
        json!({"name": one.name, "attributes": changed.attributes, "description": changed.description});
    let change = Change::named("resource_type", Some(id.as_uuid()), "updated", values);
    Ok(tx.commit(change, Success::ok(ResourceTypeView::new(changed))).await?)
}

/// Withdraw a declared type that no policy speaks of.
pub(crate) async fn delete(
    guard: Guard<DeletePolicy>,
    Path(id): Path<ResourceTypeId>,
    expected: IfMatch,
    Use(catalogue): Use<Catalogue>,
) -> Result<Committed<Success<Message>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    tx.run(crate::group::store::advance()).await?;
    let one = tx.run(find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&one)?;
    expected.check(one.version)?;
    tx.run(remove(id)).await?;
    still_readable(&mut tx, &catalogue, "path/type_id").await?;
    tx.announce(Topic::Access);
    let change = Change::named("resource_type", Some(id.as_uuid()), "deleted", json!({"name": one.name}));
    Ok(tx.commit(change, Success::ok(Message::new("Resource type deleted successfully"))).await?)
}

/// Refuse when some policy, also a disabled one, could not be read any more.
async fn still_readable(tx: &mut TenantTx, catalogue: &Catalogue, pointer: &str) -> Result<(), Error> {
    let is_root = catalogue.is_root(tx.tenant_id());
    let (policies, types) = tx.read((store::every(), store::types())).await?;
    let words = vocabulary(catalogue, is_root, types);
    match policies.iter().find(|one| checked(&one.id.to_string(), &one.document(), &words).is_err()) {
        Some(policy) => Err(Error::TypeInUse(pointer.to_owned(), policy.name.clone())),
        None => Ok(()),
    }
}

fn check_names(attributes: &BTreeMap<String, FactKind>) -> Result<(), Error> {
    for name in attributes.keys() {
        let at = format!("#/attributes/{}", super::language::target::escaped(name));
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.len() <= 50
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !is_name || ["id", "type", "owner"].contains(&name.as_str()) {
            let detail =
                "a name has letters, digits and _, begins with a letter, and is not id, type or owner";
            return Err(Error::Fields(vec![FieldError::new(at, detail)]));
        }
    }
    Ok(())
}

/// Words that mean something else in conditions or in Cedar.
const RESERVED: &[&str] = &[
    "resource",
    "environment",
    "env",
    "device",
    "tenant",
    "plan",
    "all",
    "any",
    "not",
    "true",
    "false",
    "if",
    "then",
    "else",
    "in",
    "is",
    "like",
    "has",
    "principal",
    "action",
    "context",
    "permit",
    "forbid",
    "when",
    "unless",
];

fn check_name(at: &str, name: &str) -> Result<(), Error> {
    let is_word = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if is_word && !RESERVED.contains(&name) {
        return Ok(());
    }
    let detail =
        "a type is a word of a–z, 0–9 and _, begins with a letter, and is not a word of the language";
    Err(Error::Fields(vec![FieldError::new(at, detail)]))
}
