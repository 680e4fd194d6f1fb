//! Policy tests as files: policies, questions and the expected answers. Run by POST /policies/test and by
//! `tenantry policy test FILE`.

use std::collections::BTreeMap;
use std::sync::Arc;

use garde::Validate;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tenantry_db::{Mode, Placement};
use tenantry_kernel::{Clock, FieldError, RoleId, TenantId};
use tenantry_web::ports::{FactKind, Facts, Grants, TenantInfo, TenantStatus};
use tenantry_web::{Body, Guard, Problem, Success, Use, View};
use uuid::Uuid;

use super::answer::{Bench, Person};
use super::check::{Answer, Decided, below};
use super::question::{self, AskedResource, Circumstances};
use crate::engine::Engine;
use crate::memo::Memo;
use crate::policy::change::NewPolicy;
use crate::policy::decide::set::{Entry, Policies};
use crate::policy::held::checked;
use crate::policy::language::schema::Vocabulary;
use crate::policy::load::{readable_entries, vocabulary};
use crate::policy::store;
use crate::role::GrantSpec;
use crate::{Catalogue, Error, SimulatePolicies};

/// A file of policy tests.
#[derive(Debug, Default, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Suite {
    /// Types of resources beside those of the product: names, with the names and kinds of their attributes.
    #[garde(skip)]
    resource_types: BTreeMap<String, BTreeMap<String, FactKind>>,
    /// The policies to test; in the API, those of the tenant when there are none.
    #[garde(dive)]
    policies: Option<Vec<NewPolicy>>,
    /// The tests.
    #[garde(length(min = 1, max = 1000), dive)]
    tests: Vec<Case>,
}

/// Who asks in a test.
#[derive(Debug, Default, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields, default)]
struct Actor {
    /// Default: `somebody`.
    #[garde(inner(length(max = 200)))]
    id: Option<String>,
    #[garde(inner(length(max = 300)))]
    email: Option<String>,
    /// Names of roles.
    #[garde(length(max = 100))]
    roles: Vec<String>,
    /// Names of groups.
    #[garde(length(max = 100))]
    groups: Vec<String>,
    /// Names of role families.
    #[garde(length(max = 100))]
    families: Vec<String>,
    /// What the roles grant: `projects:read`, `projects:update:own`.
    #[garde(length(max = 500))]
    permissions: Vec<GrantSpec>,
    /// Attributes that the type `user` of `resource_types` has.
    #[garde(skip)]
    properties: Map<String, Value>,
}

tenantry_kernel::text_enum! {
    /// What a test expects.
    enum Expected {
        /// It is allowed.
        Allow = "allow",
        /// It is denied.
        Deny = "deny",
    }
}

/// One test.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What it shows.
    #[garde(length(min = 1, max = 300))]
    name: String,
    #[serde(default)]
    #[garde(dive)]
    user: Actor,
    /// `booking:cancel`, or B's `booking.cancel`.
    #[garde(length(min = 1, max = 200))]
    action: String,
    #[serde(default)]
    #[garde(dive)]
    resource: AskedResource,
    /// `time` stands still here, so that the test means the same tomorrow.
    #[serde(default)]
    #[garde(dive)]
    context: Circumstances,
    #[garde(skip)]
    expect: Expected,
    /// The name of a policy that must be among those that decided.
    #[garde(inner(length(max = 255)))]
    because: Option<String>,
}

/// What a test found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Verdict {
    /// The test.
    pub name: String,
    /// Whether it found what it expects.
    pub passed: bool,
    /// What was answered; policies by name.
    pub(crate) answer: Answer,
}

/// What the tests found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Report {
    /// How many found what they expect.
    pub passed: usize,
    /// How many did not.
    pub failed: usize,
    /// One for each test, in order.
    pub results: Vec<Verdict>,
}

impl View for Report {}

/// Run the tests of a file by itself, without a server: roles are what the tests say.
pub fn run_suite(catalogue: &Catalogue, text: &str) -> Result<Report, Vec<FieldError>> {
    let whole = |error: &dyn std::fmt::Display| vec![FieldError::new("#", error.to_string())];
    let suite: Suite = serde_json::from_str(text).map_err(|error| whole(&error))?;
    suite.validate().map_err(|error| whole(&error))?;
    let words = Vocabulary {
        catalogue: catalogue.clone(),
        is_root: false,
        declared: Arc::new(suite.resource_types.clone()),
    };
    let policies = policies(&suite, &words)?.unwrap_or_default();
    let epoch = Timestamp::UNIX_EPOCH;
    examine(&suite, &words, policies, epoch).map_err(|error| match error {
        Error::Fields(fields) => fields,
        other => whole(&other),
    })
}

impl Verdict {
    /// What was answered, in one line.
    pub fn found(&self) -> String {
        let word = if self.answer.allowed { "allow" } else { "deny" };
        let mut text = format!("{word}: {}", self.answer.reason);
        if !self.answer.policies.is_empty() {
            text = format!("{text} ({})", self.answer.policies.join(", "));
        }
        if !self.answer.missing.is_empty() {
            text = format!("{text}; not known: {}", self.answer.missing.join(", "));
        }
        text
    }
}

/// POST /policies/test: run tests against the tenant's policies, or against those that come with them.
pub(crate) async fn test(
    guard: Guard<SimulatePolicies>,
    clock: Clock,
    Use(catalogue): Use<Catalogue>,
    Body(suite): Body<Suite>,
) -> Result<Success<Report>, Problem> {
    guard.permit_all::<Decided>()?;
    let tenant = guard.tenant();
    let (rows, types) = tenant.read((store::enabled(), store::types())).await?;
    let mut words = vocabulary(&catalogue, guard.tenant_info().is_root, types);
    Arc::make_mut(&mut words.declared).extend(suite.resource_types.clone());
    let policies = match policies(&suite, &words).map_err(Error::Fields)? {
        Some(policies) => policies,
        // Tests name roles, not ids: assignments mean nothing here, so assigned policies concern whoever the test says.
        None => readable_entries(&rows, &[], &words),
    };
    Ok(Success::ok(examine(&suite, &words, policies, clock.now())?))
}

/// The policies of a file.
fn policies(suite: &Suite, words: &Vocabulary) -> Result<Option<Vec<Entry>>, Vec<FieldError>> {
    let Some(list) = &suite.policies else { return Ok(None) };
    let mut entries = Vec::new();
    for (index, policy) in list.iter().enumerate() {
        let document = policy.document();
        let entry = checked(&document.name, &document, words)
            .map_err(|errors| below(errors, &format!("#/policies/{index}")))?;
        if document.is_enabled {
            entries.push(entry);
        }
    }
    Ok(Some(entries))
}

fn examine(suite: &Suite, words: &Vocabulary, entries: Vec<Entry>, now: Timestamp) -> Result<Report, Error> {
    let memo = Memo::new(&Engine::new()?)?;
    let names: BTreeMap<String, String> =
        entries.iter().map(|entry| (entry.id.clone(), entry.name.clone())).collect();
    let policies = Policies::new(entries, words.declared.clone());
    let bench = Bench { memo: &memo, catalogue: &words.catalogue, policies: Some(&policies) };
    let tenant = nowhere();
    let mut results = Vec::new();
    for (index, case) in suite.tests.iter().enumerate() {
        let known = question::read(words, &case.action, &case.resource, &case.context, now)
            .map_err(|errors| Error::Fields(below(errors, &format!("#/tests/{index}"))))?;
        let mut answer: Answer = bench.decide(&case.user.person(words), &known, &tenant).into();
        for policy in &mut answer.policies {
            if let Some(name) = names.get(policy) {
                policy.clone_from(name);
            }
        }
        let is_expected = answer.allowed == (case.expect == Expected::Allow);
        let is_because = case.because.as_ref().is_none_or(|name| answer.policies.contains(name));
        results.push(Verdict { name: case.name.clone(), passed: is_expected && is_because, answer });
    }
    let passed = results.iter().filter(|verdict| verdict.passed).count();
    Ok(Report { passed, failed: results.len() - passed, results })
}

impl Actor {
    fn person(&self, words: &Vocabulary) -> Person {
        let mut grants = Grants::default();
        for spec in &self.permissions {
            grants.permissions.insert(spec.permission.to_string().into(), spec.extent);
        }
        let nobody = Uuid::nil();
        grants.roles = self.roles.iter().map(|name| (RoleId::from_uuid(nobody), name.clone())).collect();
        grants.groups = self.groups.iter().map(|name| (nobody, name.clone())).collect();
        grants.families.clone_from(&self.families);
        let own = words.declared.get("user");
        let mut said: Facts = self
            .properties
            .iter()
            .filter_map(|(name, value)| Some((name.clone().into(), question::fact(*own?.get(name)?, value)?)))
            .collect();
        if let Some(email) = &self.email {
            said.insert("email".into(), tenantry_web::ports::Fact::Text(email.clone()));
        }
        let id = self.id.clone().unwrap_or_else(|| "somebody".to_owned());
        Person { id, user: None, grants: Arc::new(grants), said }
    }
}

/// A tenant that only tests know.
fn nowhere() -> TenantInfo {
    let id = TenantId::from_uuid(Uuid::nil());
    let text = || "test".to_owned();
    TenantInfo {
        id,
        slug: text(),
        name: text(),
        status: TenantStatus::Active,
        plan: "basic".to_owned(),
        placement: Arc::new(Placement {
            tenant: id,
            cell: text(),
            mode: Mode::Pooled,
            database: text(),
            schema: text(),
            region: text(),
        }),
        issuer_domain: None,
        is_root: false,
    }
}
