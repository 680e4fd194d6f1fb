//! POST /policies, PUT and DELETE /policies/{policy_id}, POST /policies/{policy_id}/rollback

use garde::Validate;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use tenantry_db::{Change, Committed, TenantTx, Topic};
use tenantry_kernel::{Clock, FieldError, Rng, UserId};
use tenantry_web::ports::Grants;
use tenantry_web::{Body, Guard, IfMatch, Message, Path, Problem, Success, Use, not_blank, present};

use super::held::{checked, held, words};
use super::language::schema::Vocabulary;
use super::model::{Document, Policy, PolicyId, PolicyView};
use super::store;
use crate::group::store::advance;
use crate::{Catalogue, CreatePolicy, DeletePolicy, Error, UpdatePolicy};

/// A policy to create (document B): `target` and `rules`, or `cedar`.
#[derive(Debug, Clone, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPolicy {
    /// Unique in the tenant.
    #[garde(length(chars, min = 1, max = 255), custom(not_blank))]
    pub(crate) name: String,
    #[garde(inner(length(chars, max = 1000)))]
    pub(crate) description: Option<String>,
    /// What it is about: `{"resource": "booking", "action": "cancel"}`, with lists and `*`.
    #[garde(skip)]
    pub(crate) target: Option<Value>,
    /// `{"effect": "allow", "conditions": [{"user.role": "PremiumCustomer"}]}`.
    #[garde(skip)]
    pub(crate) rules: Option<Value>,
    /// One policy of Cedar, instead of `target` and `rules`.
    #[garde(inner(length(max = 20_000)))]
    pub(crate) cedar: Option<String>,
    /// The highest in which any policy applies decides; roles are at 0.
    #[serde(default)]
    #[garde(range(min = -1000, max = 1000))]
    pub(crate) priority: i32,
    /// Default: yes.
    #[garde(skip)]
    pub(crate) is_enabled: Option<bool>,
}

impl NewPolicy {
    pub(crate) fn document(&self) -> Document {
        let Self { name, description, target, rules, cedar, priority, is_enabled } = self.clone();
        Document { name, description, target, rules, cedar, priority, is_enabled: is_enabled.unwrap_or(true) }
    }
}

/// What to change of a policy; what is absent stays.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedPolicy {
    #[garde(inner(length(chars, min = 1, max = 255), custom(not_blank)))]
    name: Option<String>,
    /// `null` removes it.
    #[garde(inner(inner(length(chars, max = 1000))))]
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Option<String>")]
    description: Option<Option<String>>,
    #[garde(skip)]
    target: Option<Value>,
    #[garde(skip)]
    rules: Option<Value>,
    /// Takes the place of `target` and `rules`, as they take its place.
    #[garde(inner(length(max = 20_000)))]
    cedar: Option<String>,
    #[garde(inner(range(min = -1000, max = 1000)))]
    priority: Option<i32>,
    #[garde(skip)]
    is_enabled: Option<bool>,
}

/// Which version to go back to.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rollback {
    #[garde(range(min = 1))]
    version: i64,
}

/// A transaction in which policies change, one after the other in a tenant.
pub(crate) struct Desk<'a> {
    pub(crate) tx: TenantTx,
    pub(crate) words: Vocabulary,
    pub(crate) caller: &'a Grants,
    pub(crate) by: UserId,
    pub(crate) now: Timestamp,
}

impl<'a> Desk<'a> {
    pub(crate) async fn open<A: tenantry_web::Action>(
        guard: &'a Guard<A>,
        catalogue: &Catalogue,
        clock: &Clock,
    ) -> Result<Self, Problem> {
        let caller = guard.caller()?;
        let mut tx = guard.tenant().begin()?;
        tx.run(advance()).await?;
        let words = words(&mut tx, catalogue).await?;
        Ok(Self { tx, words, caller: &caller.grants, by: caller.user, now: clock.now() })
    }

    /// Refuse a policy that cannot be read, or that is about more than the caller holds.
    pub(crate) fn check(&self, id: &str, document: &Document) -> Result<(), Error> {
        let entry = checked(id, document, &self.words).map_err(Error::Fields)?;
        held(&entry, &self.words, self.caller, if document.cedar.is_some() { "#/cedar" } else { "#/target" })
    }

    /// Refuse to touch a stored policy that is about more than the caller holds.
    pub(crate) fn may_touch(&self, policy: &Policy) -> Result<(), Error> {
        match checked(&policy.id.to_string(), &policy.document(), &self.words) {
            Ok(entry) => held(&entry, &self.words, self.caller, "path/policy_id"),
            // Nobody knows what it is about: administrators only.
            Err(_) if crate::role::rules::is_administrator(self.caller) => Ok(()),
            Err(_) => {
                Err(Error::BeyondOwn(vec![FieldError::new("path/policy_id", "it cannot be read any more")]))
            }
        }
    }

    /// Insert a policy that has been checked.
    pub(crate) async fn insert(&mut self, id: PolicyId, document: Document) -> Result<Policy, Error> {
        let policy = Policy {
            id,
            body: document.body(),
            name: document.name,
            description: document.description,
            priority: document.priority,
            is_enabled: document.is_enabled,
            version: 1,
            created_at: self.now,
            updated_at: self.now,
        };
        let Policy { name, description, body, priority, is_enabled, .. } = policy.clone();
        let insert = store::insert(id, name, description, body, priority, is_enabled, self.now, self.by);
        self.tx.run(insert).await.map_err(name_taken)?;
        self.keep_version(&policy);
        Ok(policy)
    }

    /// Save a policy that has been checked, as its next version.
    pub(crate) async fn save(&mut self, policy: &Policy, document: Document) -> Result<Policy, Error> {
        let changed = Policy {
            body: document.body(),
            name: document.name,
            description: document.description,
            priority: document.priority,
            is_enabled: document.is_enabled,
            version: policy.version + 1,
            updated_at: self.now,
            ..policy.clone()
        };
        let Policy { id, name, description, body, priority, is_enabled, version, .. } = changed.clone();
        let save = store::save(id, name, description, body, priority, is_enabled, version, self.now, self.by);
        self.tx.run(save).await.map_err(name_taken)?;
        self.keep_version(&changed);
        Ok(changed)
    }

    fn keep_version(&mut self, policy: &Policy) {
        let document = json!(policy.document());
        self.tx.queue(store::insert_version(policy.id, policy.version, document, self.now, self.by));
        self.tx.announce(Topic::Access);
    }
}

/// Create a policy. Nobody can allow or deny by it what they do not hold themselves.
pub(crate) async fn create(
    guard: Guard<CreatePolicy>,
    clock: Clock,
    rng: Rng,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<NewPolicy>,
) -> Result<Committed<Success<PolicyView>>, Problem> {
    guard.permit_all::<Policy>()?;
    let mut desk = Desk::open(&guard, &catalogue, &clock).await?;
    let (id, document) = (PolicyId::new(&clock, &rng), request.document());
    desk.check(&id.to_string(), &document)?;
    let policy = desk.insert(id, document).await?;
    let view = Success::created(PolicyView::new(&policy), format!("/policies/{id}"));
    Ok(desk.tx.commit(Change::created(&policy), view).await?)
}

/// Change a policy: a new version of it.
pub(crate) async fn update(
    guard: Guard<UpdatePolicy>,
    clock: Clock,
    Path(id): Path<PolicyId>,
    expected: IfMatch,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<ChangedPolicy>,
) -> Result<Committed<Success<PolicyView>>, Problem> {
    let mut desk = Desk::open(&guard, &catalogue, &clock).await?;
    let policy = desk.tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&policy)?;
    expected.check(policy.version)?;
    desk.may_touch(&policy)?;
    let mut document = policy.document();
    let ChangedPolicy { name, description, target, rules, cedar, priority, is_enabled } = request;
    if cedar.is_some() && target.is_none() && rules.is_none() {
        (document.target, document.rules) = (None, None);
    } else if cedar.is_none() && (target.is_some() || rules.is_some()) {
        document.cedar = None;
    }
    document.name = name.unwrap_or(document.name);
    document.description = description.unwrap_or(document.description);
    document.target = target.or(document.target);
    document.rules = rules.or(document.rules);
    document.cedar = cedar.or(document.cedar);
    document.priority = priority.unwrap_or(document.priority);
    document.is_enabled = is_enabled.unwrap_or(document.is_enabled);
    desk.check(&id.to_string(), &document)?;
    let changed = desk.save(&policy, document).await?;
    let change = Change::between(&policy, &changed);
    Ok(desk.tx.commit(change, Success::ok(PolicyView::new(&changed))).await?)
}

/// Delete a policy. Its versions are kept.
pub(crate) async fn delete(
    guard: Guard<DeletePolicy>,
    clock: Clock,
    Path(id): Path<PolicyId>,
    expected: IfMatch,
    Use(catalogue): Use<Catalogue>,
) -> Result<Committed<Success<Message>>, Problem> {
    let mut desk = Desk::open(&guard, &catalogue, &clock).await?;
    let policy = desk.tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&policy)?;
    expected.check(policy.version)?;
    desk.may_touch(&policy)?;
    desk.tx.run(store::delete(id)).await?;
    desk.tx.announce(Topic::Access);
    let done = Success::ok(Message::new("Policy deleted successfully"));
    Ok(desk.tx.commit(Change::deleted(&policy), done).await?)
}

/// Make an earlier version the newest one.
pub(crate) async fn rollback(
    guard: Guard<UpdatePolicy>,
    clock: Clock,
    Path(id): Path<PolicyId>,
    expected: IfMatch,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<Rollback>,
) -> Result<Committed<Success<PolicyView>>, Problem> {
    let mut desk = Desk::open(&guard, &catalogue, &clock).await?;
    let policy = desk.tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&policy)?;
    expected.check(policy.version)?;
    desk.may_touch(&policy)?;
    let unknown = || Error::Fields(vec![FieldError::new("#/version", "there is no such version")]);
    let version = desk.tx.read(store::version(id, request.version)).await?.ok_or_else(unknown)?;
    let document: Document =
        serde_json::from_value(version.document).map_err(|error| Error::Policy(error.to_string()))?;
    desk.check(&id.to_string(), &document)?;
    let changed = desk.save(&policy, document).await?;
    let change = Change::between(&policy, &changed).verb("rolled_back");
    Ok(desk.tx.commit(change, Success::ok(PolicyView::new(&changed))).await?)
}

fn name_taken(error: tenantry_db::Error) -> Error {
    if error.constraint() == Some("policies_name_key") { Error::PolicyTaken } else { error.into() }
}
