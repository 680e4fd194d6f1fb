//! OpenID AuthZEN Authorization API 1.0: `/access/v1/evaluation`, `/access/v1/evaluations`, and the metadata.
//!
//! Bodies are exactly the standard's: no envelope, 400 for what cannot be read, 200 with `"decision": false` for a denial.

use schemars::JsonSchema;
use serde_json::{Map, Value, json};
use tenantry_db::TenantDb;
use tenantry_kernel::{Clock, UserId};
use tenantry_web::ports::{Decision, Fact, Facts};
use tenantry_web::{Guard, Plain, Problem, RawJson, Use};

use super::answer::{Bench, Person};
use super::check::Decided;
use super::question::{Known, fact};
use crate::decisions::Shared;
use crate::policy::language::schema::Vocabulary;
use crate::policy::language::tree::Subject;
use crate::policy::load::vocabulary;
use crate::{Catalogue, CheckAccess};

/// The most evaluations of one request.
const MOST: usize = 200;

/// One evaluation, read.
struct Tuple {
    subject_type: String,
    subject: String,
    of_subject: Map<String, Value>,
    action: String,
    resource_type: String,
    resource: String,
    of_resource: Map<String, Value>,
    context: Map<String, Value>,
}

fn malformed(pointer: &str, detail: &str) -> Problem {
    Problem::malformed("invalid_request", pointer, detail)
}

fn object<'a>(of: &'a Map<String, Value>, name: &str, at: &str) -> Result<&'a Map<String, Value>, Problem> {
    let found = of.get(name).ok_or_else(|| malformed(&format!("{at}/{name}"), "this is missing"))?;
    found.as_object().ok_or_else(|| malformed(&format!("{at}/{name}"), "this must be an object"))
}

fn optional(of: &Map<String, Value>, name: &str, at: &str) -> Result<Map<String, Value>, Problem> {
    match of.get(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(object)) => Ok(object.clone()),
        Some(_) => Err(malformed(&format!("{at}/{name}"), "this must be an object")),
    }
}

fn text(of: &Map<String, Value>, name: &str, at: &str) -> Result<String, Problem> {
    let place = format!("{at}/{name}");
    match of.get(name) {
        Some(Value::String(text)) if !text.is_empty() && text.len() <= 500 => Ok(text.clone()),
        Some(Value::String(_)) => Err(malformed(&place, "this must have 1 to 500 bytes")),
        Some(_) => Err(malformed(&place, "this must be text")),
        None => Err(malformed(&place, "this is missing")),
    }
}

impl Tuple {
    /// Read one evaluation. Fields that the standard does not know are ignored.
    fn read(value: &Map<String, Value>, at: &str) -> Result<Self, Problem> {
        let subject = object(value, "subject", at)?;
        let action = object(value, "action", at)?;
        let resource = object(value, "resource", at)?;
        let within = |name: &str| format!("{at}/{name}");
        // Read for its form only: actions have no attributes in policies.
        optional(action, "properties", &within("action"))?;
        Ok(Self {
            subject_type: text(subject, "type", &within("subject"))?,
            subject: text(subject, "id", &within("subject"))?,
            of_subject: optional(subject, "properties", &within("subject"))?,
            action: text(action, "name", &within("action"))?,
            resource_type: text(resource, "type", &within("resource"))?,
            resource: text(resource, "id", &within("resource"))?,
            of_resource: optional(resource, "properties", &within("resource"))?,
            context: optional(value, "context", at)?,
        })
    }

    /// What the evaluation knows. Properties that no type has, or that are of another kind, are unknown to policies.
    fn known(&self, words: &Vocabulary, now: jiff::Timestamp) -> Known {
        let (named, verb) = self.action.split_once(':').unwrap_or((&self.resource_type, &self.action));
        let kind = words.type_of(named).to_owned();
        let said = |values: &Map<String, Value>,
                    kind_of: &dyn Fn(&str) -> Option<tenantry_web::ports::FactKind>| {
            let facts = values
                .iter()
                .filter_map(|(name, value)| Some((name.clone().into(), fact(kind_of(name)?, value)?)));
            facts.collect::<Facts>()
        };
        let time = self.context.get("time").and_then(|time| time.as_str()?.parse().ok());
        let at = time.unwrap_or(now);
        let mut of_environment = said(&self.context, &|name| words.of_subject(Subject::Environment, name));
        of_environment.insert("time".into(), Fact::Instant(at));
        let device = self.context.get("device").and_then(Value::as_object).cloned().unwrap_or_default();
        let owner = ["owner", "owner_id", "ownerID"]
            .into_iter()
            .find_map(|name| self.of_resource.get(name)?.as_str());
        let mut known = Known {
            permission: words.permission(&kind, verb),
            verb: verb.to_owned(),
            resource: Some(self.resource.clone()),
            owner: owner.map(str::to_owned),
            of_resource: said(&self.of_resource, &|name| words.of_type(&kind, name)),
            of_device: said(&device, &|name| words.of_subject(Subject::Device, name)),
            of_environment,
            kind,
            at,
        };
        known.complete();
        known
    }

    /// The subject: a user by id or address, or somebody whom only the caller knows.
    async fn person(
        &self,
        access: &Shared,
        tenant: &TenantDb,
        words: &Vocabulary,
    ) -> Result<Person, Problem> {
        let facts = self.of_subject.iter().filter_map(|(name, value)| {
            let kind = words.declared.get("user")?.get(name)?;
            Some((name.clone().into(), fact(*kind, value)?))
        });
        let said: Facts = facts.collect();
        let user: Option<UserId> = match self.subject.parse() {
            _ if self.subject_type != "user" => None,
            Ok(user) => Some(user),
            Err(_) if self.subject.contains('@') => {
                let found =
                    tenant.read(crate::role::store::user_by_email(self.subject.to_lowercase())).await?;
                found.map(|found| found.0)
            }
            Err(_) => None,
        };
        let person = match user {
            Some(user) => Some(Person::of(access, tenant, user).await?).filter(Person::is_known),
            None => None,
        };
        Ok(match person {
            Some(person) => Person { said, ..person },
            None => Person { id: self.subject.clone(), user: None, grants: std::sync::Arc::default(), said },
        })
    }
}

/// What the standard answers.
fn evaluated(decision: &Decision) -> Value {
    if decision.is_allowed {
        return json!({"decision": true});
    }
    let mut context = json!({"reason": decision.reason});
    if let (Some(context), false) = (context.as_object_mut(), decision.missing.is_empty()) {
        context.insert("missing".to_owned(), json!(&*decision.missing));
    }
    json!({"decision": false, "context": context})
}

/// Everything that an evaluation needs.
struct Room<'a> {
    guard: &'a Guard<CheckAccess>,
    tenant: TenantDb,
    access: Shared,
    words: Vocabulary,
    policies: Option<std::sync::Arc<crate::policy::decide::set::Policies>>,
    now: jiff::Timestamp,
}

impl<'a> Room<'a> {
    async fn open(
        guard: &'a Guard<CheckAccess>,
        clock: &Clock,
        catalogue: &Catalogue,
        access: Shared,
    ) -> Result<Self, Problem> {
        guard.permit_all::<Decided>()?;
        let tenant = guard.tenant();
        let policies = access.policies_of(&tenant).await?;
        let words = match &policies {
            // Without policies, no declared type matters.
            None => vocabulary(catalogue, guard.tenant_info().is_root, Vec::new()),
            Some(policies) => policies.words(catalogue, guard.tenant_info().is_root),
        };
        Ok(Self { guard, tenant, access, words, policies, now: clock.now() })
    }

    async fn decide(&self, tuple: &Tuple) -> Result<Decision, Problem> {
        let person = tuple.person(&self.access, &self.tenant, &self.words).await?;
        let known = tuple.known(&self.words, self.now);
        let bench = Bench {
            memo: self.access.memo(),
            catalogue: &self.words.catalogue,
            policies: self.policies.as_deref(),
        };
        let decision = bench.decide(&person, &known, self.guard.tenant_info());
        let asked = (self.guard.request_id(), self.now);
        self.access.note_asked(self.guard.tenant_info(), asked, &person, &known, &decision);
        Ok(decision)
    }
}

/// AuthZEN: one evaluation.
pub(crate) async fn evaluation(
    guard: Guard<CheckAccess>,
    clock: Clock,
    Use(catalogue): Use<Catalogue>,
    Use(access): Use<Shared>,
    RawJson(request, _): RawJson<EvaluationRequest>,
) -> Result<Plain, Problem> {
    let room = Room::open(&guard, &clock, &catalogue, access).await?;
    let tuple = Tuple::read(&request, "#")?;
    Ok(Plain(evaluated(&room.decide(&tuple).await?)))
}

/// When a list of evaluations ends early.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Semantic {
    All,
    FirstDeny,
    FirstPermit,
}

fn semantic(request: &Map<String, Value>) -> Result<Semantic, Problem> {
    let options = optional(request, "options", "#")?;
    match options.get("evaluations_semantic").map(|value| value.as_str()) {
        None | Some(Some("execute_all")) => Ok(Semantic::All),
        Some(Some("deny_on_first_deny")) => Ok(Semantic::FirstDeny),
        Some(Some("permit_on_first_permit")) => Ok(Semantic::FirstPermit),
        Some(_) => Err(malformed(
            "#/options/evaluations_semantic",
            "this must be execute_all, deny_on_first_deny or permit_on_first_permit",
        )),
    }
}

/// AuthZEN: many evaluations, with defaults for what they have in common.
pub(crate) async fn evaluations(
    guard: Guard<CheckAccess>,
    clock: Clock,
    Use(catalogue): Use<Catalogue>,
    Use(access): Use<Shared>,
    RawJson(request, _): RawJson<EvaluationsRequest>,
) -> Result<Plain, Problem> {
    let room = Room::open(&guard, &clock, &catalogue, access).await?;
    let semantic = semantic(&request)?;
    let items = match request.get("evaluations") {
        None => Vec::new(),
        Some(Value::Array(items)) if items.len() > MOST => {
            return Err(malformed("#/evaluations", "there are at most 200 evaluations in a request"));
        }
        Some(Value::Array(items)) => items.clone(),
        Some(_) => return Err(malformed("#/evaluations", "this must be a list")),
    };
    // Without a list, it is a single evaluation.
    if items.is_empty() {
        let tuple = Tuple::read(&request, "#")?;
        return Ok(Plain(evaluated(&room.decide(&tuple).await?)));
    }
    let mut tuples = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let at = format!("#/evaluations/{index}");
        let own = item.as_object().ok_or_else(|| malformed(&at, "this must be an object"))?;
        let mut whole = own.clone();
        for name in ["subject", "action", "resource", "context"] {
            if let (false, Some(default)) = (whole.contains_key(name), request.get(name)) {
                whole.insert(name.to_owned(), default.clone());
            }
        }
        tuples.push(Tuple::read(&whole, &at)?);
    }
    let mut answers = Vec::with_capacity(tuples.len());
    for tuple in &tuples {
        let decision = room.decide(tuple).await?;
        answers.push(evaluated(&decision));
        match (semantic, decision.is_allowed) {
            (Semantic::FirstDeny, false) | (Semantic::FirstPermit, true) => break,
            _ => {}
        }
    }
    Ok(Plain(json!({"evaluations": answers})))
}

/// AuthZEN's metadata: `/.well-known/authzen-configuration`.
pub fn metadata(public_url: &str) -> Value {
    let base = public_url.trim_end_matches('/');
    json!({
        "policy_decision_point": base,
        "access_evaluation_endpoint": format!("{base}/access/v1/evaluation"),
        "access_evaluations_endpoint": format!("{base}/access/v1/evaluations"),
    })
}

/// An evaluation request of the standard, for the API's description.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "EvaluationRequest")]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct EvaluationRequest {
    subject: Entity,
    action: NamedAction,
    resource: Entity,
    context: Option<Map<String, Value>>,
}

/// Evaluations of the standard, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct EvaluationsRequest {
    subject: Option<Entity>,
    action: Option<NamedAction>,
    resource: Option<Entity>,
    context: Option<Map<String, Value>>,
    evaluations: Option<Vec<Map<String, Value>>>,
    options: Option<Map<String, Value>>,
}

/// A subject or a resource.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "AuthzenEntity")]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct Entity {
    #[schemars(rename = "type")]
    kind: String,
    id: String,
    properties: Option<Map<String, Value>>,
}

/// An action.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "AuthzenAction")]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct NamedAction {
    name: String,
    properties: Option<Map<String, Value>>,
}
