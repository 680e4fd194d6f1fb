//! Trying drafts: POST /access/simulate against questions, POST /access/shadow against recorded decisions.

use garde::Validate;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenantry_db::TenantDb;
use tenantry_kernel::{Clock, Cursor, Page, PageSize};
use tenantry_web::ports::Facts;
use tenantry_web::{Body, Guard, Listing, Problem, Success, Use, View};
use uuid::Uuid;

use super::answer::Person;
use super::check::{Answer, Check, Decided, below, bench};
use super::journal::{self, DecisionView, Outcome};
use super::question::{self, Known};
use crate::decisions::Shared;
use crate::policy::change::NewPolicy;
use crate::policy::decide::set::{Entry, Policies};
use crate::policy::held::checked;
use crate::policy::language::schema::Vocabulary;
use crate::policy::language::tree::Subject;
use crate::policy::load::{readable_entries, vocabulary};
use crate::policy::model::PolicyId;
use crate::policy::store;
use crate::role::store::user_exists;
use crate::{Catalogue, Error, SimulatePolicies};

/// A policy that is only tried.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct Draft {
    /// Takes the place of the policy of the same name.
    #[garde(dive)]
    policy: NewPolicy,
    /// Users, roles and groups that it concerns; everybody when there are none.
    #[garde(length(max = 100))]
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    assigned_to: Vec<Uuid>,
}

/// What is different in the trial.
#[derive(Debug, Default, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Trial {
    /// Policies to try.
    #[garde(length(max = 100), dive)]
    drafts: Vec<Draft>,
    /// Policies to leave out.
    #[garde(length(max = 100))]
    #[schemars(with = "Vec<String>")]
    without: Vec<PolicyId>,
}

/// Questions to put before and after.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct Simulation {
    /// What is different.
    #[serde(default)]
    #[garde(dive)]
    trial: Trial,
    #[garde(length(min = 1, max = 200), dive)]
    checks: Vec<Check>,
}

/// Which recorded decisions to try.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shadow {
    /// What is different.
    #[serde(default)]
    #[garde(dive)]
    trial: Trial,
    /// Decisions looked at for a page: 10, 20, 50 or 100.
    #[garde(skip)]
    limit: Option<PageSize>,
    /// Where to go on.
    #[garde(skip)]
    cursor: Option<Cursor>,
}

/// An answer before and after.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Compared {
    now: Answer,
    trial: Answer,
    /// Whether they differ in what is allowed.
    differs: bool,
}

/// Answers in the order of the questions.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Simulated {
    answers: Vec<Compared>,
}

impl View for Simulated {}

/// A recorded decision that the trial would decide otherwise.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Changed {
    recorded: DecisionView,
    trial: Answer,
}

impl View for Changed {}

/// The tenant's policies with what is tried.
struct Tried {
    words: Vocabulary,
    now: Policies,
    trial: Policies,
}

async fn tried(
    tenant: &TenantDb,
    catalogue: &Catalogue,
    is_root: bool,
    trial: Trial,
) -> Result<Tried, Problem> {
    let (rows, types) = tenant.read((store::enabled(), store::types())).await?;
    let assigned = tenant.read(store::assigned()).await?;
    let words = vocabulary(catalogue, is_root, types);
    let mut drafts: Vec<Entry> = Vec::new();
    for (index, draft) in trial.drafts.into_iter().enumerate() {
        let document = draft.policy.document();
        let id = format!("draft:{}", document.name);
        let mut entry = checked(&id, &document, &words)
            .map_err(|errors| Error::Fields(below(errors, &format!("#/trial/drafts/{index}/policy"))))?;
        entry.assignees = draft.assigned_to;
        if document.is_enabled {
            drafts.push(entry);
        }
    }
    let left = |entry: &Entry| {
        !drafts.iter().any(|draft| draft.name == entry.name)
            && !trial.without.iter().any(|id| id.to_string() == entry.id)
    };
    let mut after: Vec<Entry> = readable_entries(&rows, &assigned, &words).into_iter().filter(left).collect();
    after.append(&mut drafts);
    Ok(Tried {
        now: Policies::new(readable_entries(&rows, &assigned, &words), words.declared.clone()),
        trial: Policies::new(after, words.declared.clone()),
        words,
    })
}

/// Put questions to the policies as they are, and as they would be.
pub(crate) async fn simulate(
    guard: Guard<SimulatePolicies>,
    clock: Clock,
    Use(catalogue): Use<Catalogue>,
    Use(access): Use<Shared>,
    Body(request): Body<Simulation>,
) -> Result<Success<Simulated>, Problem> {
    guard.permit_all::<Decided>()?;
    let tenant = guard.tenant();
    let tried = tried(&tenant, &catalogue, guard.tenant_info().is_root, request.trial).await?;
    let mut answers = Vec::new();
    for (index, check) in request.checks.iter().enumerate() {
        let Check { user_id, action, resource, context } = check;
        let known = question::read(&tried.words, action, resource, context, clock.now())
            .map_err(|errors| Problem::invalid(below(errors, &format!("#/checks/{index}"))))?;
        let user = match user_id {
            Some(user) => {
                tenant.read(user_exists(*user)).await?.ok_or(Error::NotFound)?;
                *user
            }
            None => guard.caller()?.user,
        };
        let person = Person::of(&access, &tenant, user).await?;
        let decide = |policies| {
            bench(&access, &catalogue, Some(policies)).decide(&person, &known, guard.tenant_info())
        };
        let (now, trial) = (decide(&tried.now), decide(&tried.trial));
        answers.push(Compared {
            differs: now.is_allowed != trial.is_allowed,
            now: now.into(),
            trial: trial.into(),
        });
    }
    Ok(Success::ok(Simulated { answers }))
}

/// Decide recorded questions again as the policies would be, with what users hold today; list those that come out
/// otherwise than they were recorded. A page may be empty while there is a next one.
pub(crate) async fn shadow(
    guard: Guard<SimulatePolicies>,
    Use(catalogue): Use<Catalogue>,
    Use(access): Use<Shared>,
    Body(request): Body<Shadow>,
) -> Result<Listing<Changed>, Problem> {
    guard.permit_all::<Decided>()?;
    let tenant = guard.tenant();
    let tried = tried(&tenant, &catalogue, guard.tenant_info().is_root, request.trial).await?;
    let start = request.cursor.unwrap_or_else(Cursor::newest);
    let rows = tenant.read(journal::list(start.at, start.id)).await?;
    let page = Page::cut(rows, request.limit.unwrap_or_default(), |row| Cursor { at: row.at, id: row.id });
    let mut items = Vec::new();
    for recorded in page.items {
        let person = match (recorded.user_id, &recorded.subject) {
            (Some(user), _) => Person::of(&access, &tenant, tenantry_kernel::UserId::from_uuid(user)).await?,
            (None, Some(subject)) => Person {
                id: subject.clone(),
                user: None,
                grants: std::sync::Arc::default(),
                said: Facts::new(),
            },
            (None, None) => continue,
        };
        let Some(known) = replayed(&tried.words, &recorded) else { continue };
        let trial =
            bench(&access, &catalogue, Some(&tried.trial)).decide(&person, &known, guard.tenant_info());
        if trial.is_allowed != (recorded.decision == Outcome::Allow) {
            items.push(Changed { recorded, trial: trial.into() });
        }
    }
    Ok(Listing::new(Page { items, next: page.next }, None))
}

/// A recorded question, as far as it was recorded.
fn replayed(words: &Vocabulary, recorded: &DecisionView) -> Option<Known> {
    let (kind, verb, permission) = question::action(words, &recorded.action).ok()?;
    let part =
        |name: &str| recorded.facts.as_ref().and_then(|facts| facts.get(name)).and_then(Value::as_object);
    let facts = |name: &str, kind_of: &dyn Fn(&str) -> Option<tenantry_web::ports::FactKind>| -> Facts {
        let values = part(name).into_iter().flatten();
        values
            .filter_map(|(name, value)| Some((name.clone().into(), question::fact(kind_of(name)?, value)?)))
            .collect()
    };
    let owner = part("resource").and_then(|facts| facts.get("owner")?.as_str()).map(str::to_owned);
    let mut of_environment = facts("environment", &|name| words.of_subject(Subject::Environment, name));
    // A question may have been about another time than that at which it was asked.
    let said = part("environment").and_then(|facts| facts.get("time")?.as_str()?.parse().ok());
    let at: Timestamp = said.unwrap_or(recorded.at);
    of_environment.insert("time".into(), tenantry_web::ports::Fact::Instant(at));
    let mut known = Known {
        of_resource: facts("resource", &|name| words.of_type(&kind, name)),
        of_device: facts("device", &|name| words.of_subject(Subject::Device, name)),
        of_environment,
        resource: recorded.resource_id.map(|id| id.to_string()).or_else(|| recorded.resource_name.clone()),
        owner,
        kind,
        verb,
        permission,
        at,
    };
    known.complete();
    Some(known)
}
