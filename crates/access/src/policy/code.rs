//! Policies as code: GET /policies/export, POST /policies/import, POST /policies/validate

use garde::Validate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenantry_db::{Change, Committed, Reply as _, Topic};
use tenantry_kernel::{Clock, FieldError, Rng};
use tenantry_web::{Body, Guard, Problem, Success, Use, View};

use super::change::{Desk, NewPolicy};
use super::held::checked;
use super::load::vocabulary;
use super::model::{Document, Policy, PolicyId};
use super::store;
use crate::{Catalogue, CreatePolicy, Error, ReadPolicies, UpdatePolicy};

/// Policies as code.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Bundle {
    policies: Vec<Document>,
}

impl View for Bundle {}

/// Policies to import.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct Import {
    /// Those whose names the tenant has are changed, the others made.
    #[garde(length(max = 1000), dive)]
    policies: Vec<NewPolicy>,
    /// Delete policies that are not among them. Default: no.
    #[garde(skip)]
    #[serde(default)]
    prune: bool,
    /// Only say what would change. Default: no.
    #[garde(skip)]
    #[serde(default)]
    dry_run: bool,
}

/// What an import changed.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct Imported {
    created: Vec<String>,
    updated: Vec<String>,
    unchanged: Vec<String>,
    deleted: Vec<String>,
}

impl View for Imported {}

/// What is known of a policy that was only checked.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Checked {
    /// The policy as Cedar.
    cedar: String,
    /// The permissions that it is about.
    permissions: Vec<String>,
}

impl View for Checked {}

/// Export all policies as code.
pub(crate) async fn export(guard: Guard<ReadPolicies>) -> Result<Success<Bundle>, Problem> {
    guard.permit_all::<Policy>()?;
    let policies = guard.tenant().read(store::every()).await?;
    Ok(Success::ok(Bundle { policies: policies.iter().map(Policy::document).collect() }))
}

/// Check a policy without saving it.
pub(crate) async fn validate(
    guard: Guard<ReadPolicies>,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<NewPolicy>,
) -> Result<Success<Checked>, Problem> {
    guard.permit_all::<Policy>()?;
    let types = guard.tenant().read(store::types()).await?;
    let words = vocabulary(&catalogue, guard.tenant_info().is_root, types);
    let entry = checked("draft", &request.document(), &words).map_err(Error::Fields)?;
    let permissions = entry.target.permissions(&words).0.into_iter().map(|(name, _)| name).collect();
    Ok(Success::ok(Checked { cedar: entry.text, permissions }))
}

/// Import policies: all of them, or none.
pub(crate) async fn import(
    guard: Guard<CreatePolicy>,
    clock: Clock,
    rng: Rng,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<Import>,
) -> Result<Committed<Success<Imported>>, Problem> {
    guard.permit_all::<Policy>()?;
    let mut desk = Desk::open(&guard, &catalogue, &clock).await?;
    let present = desk.tx.read(store::every()).await?;
    let (mut done, mut changes) = (Imported::default(), Vec::new());
    let mut named: Vec<String> = Vec::new();
    for (index, policy) in request.policies.into_iter().enumerate() {
        let document = policy.document();
        if named.contains(&document.name) {
            let place = format!("#/policies/{index}/name");
            return Err(Problem::invalid(vec![FieldError::new(place, "this name is there twice")]));
        }
        named.push(document.name.clone());
        let existing = present.iter().find(|one| one.name == document.name);
        if existing.is_some_and(|one| one.document() == document) {
            done.unchanged.push(document.name);
            continue;
        }
        let id = existing.map_or_else(|| PolicyId::new(&clock, &rng), |one| one.id);
        desk.check(&id.to_string(), &document).map_err(|error| below(error, index))?;
        if let Some(existing) = existing {
            may_also::<UpdatePolicy>(&guard)?;
            desk.may_touch(existing).map_err(|error| below(error, index))?;
            done.updated.push(document.name.clone());
            let saved = desk.save(existing, document).await?;
            changes.push(Change::between(existing, &saved));
        } else {
            done.created.push(document.name.clone());
            changes.push(Change::created(&desk.insert(id, document).await?));
        }
    }
    for gone in present.iter().filter(|one| request.prune && !named.contains(&one.name)) {
        may_also::<crate::DeletePolicy>(&guard)?;
        desk.may_touch(gone)?;
        desk.tx.run(store::delete(gone.id)).await?;
        desk.tx.announce(Topic::Access);
        done.deleted.push(gone.name.clone());
        changes.push(Change::deleted(gone));
    }
    if request.dry_run {
        // The transaction is dropped: nothing of it stays.
        let value = Success::ok(done);
        return Ok(Committed { reply: value.stored(), value });
    }
    if changes.is_empty() {
        changes.push(
            Change::named("policy", None, "imported", serde_json::json!({"changed": 0})).without_event(),
        );
    }
    Ok(desk.tx.commit_all(changes, Success::ok(done)).await?)
}

/// An import that changes or deletes needs the permission for that as well.
fn may_also<A: tenantry_web::Action>(guard: &Guard<CreatePolicy>) -> Result<(), Problem> {
    if guard.caller()?.grants.extent(A::INFO.name).is_some() {
        return Ok(());
    }
    let detail = format!("this import needs {}", A::INFO.name);
    Err(Problem::new(tenantry_kernel::ErrorKind::Forbidden, "permission_denied", detail))
}

/// The errors of one policy, at its place in the import.
fn below(error: Error, index: usize) -> Error {
    let moved = |fields: Vec<FieldError>| {
        let place = |pointer: &str| match pointer.strip_prefix("#") {
            Some(rest) => format!("#/policies/{index}{rest}"),
            None => format!("#/policies/{index}"),
        };
        fields.into_iter().map(|field| FieldError::new(place(&field.pointer), field.detail)).collect()
    };
    match error {
        Error::Fields(fields) => Error::Fields(moved(fields)),
        Error::BeyondOwn(fields) => Error::BeyondOwn(moved(fields)),
        other => other,
    }
}
