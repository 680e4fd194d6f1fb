//! POST /access/check and /access/check/bulk

use garde::Validate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenantry_kernel::{Clock, FieldError, UserId};
use tenantry_web::ports::{Decision, Resource};
use tenantry_web::{Body, Guard, Problem, Success, Use, View};
use uuid::Uuid;

use super::answer::{Bench, Person};
use super::question::{self, AskedResource, Circumstances};
use crate::decisions::Shared;
use crate::policy::load::vocabulary;
use crate::policy::{decide::set::Policies, store};
use crate::role::store::user_exists;
use crate::{Catalogue, CheckAccess, Error};

/// Decisions as a resource: whoever may ask, may ask about everybody.
pub(crate) struct Decided;

impl Resource for Decided {
    const TYPE: &'static str = "access";

    fn id(&self) -> Option<Uuid> {
        None
    }

    fn owner(&self) -> Option<UserId> {
        None
    }
}

/// May somebody do something?
#[derive(Debug, Clone, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct Check {
    /// Default: the caller.
    #[garde(skip)]
    pub(crate) user_id: Option<UserId>,
    /// `booking:cancel`, or B's `booking.cancel`.
    #[garde(length(min = 1, max = 200))]
    pub(crate) action: String,
    #[serde(default)]
    #[garde(dive)]
    pub(crate) resource: AskedResource,
    #[serde(default)]
    #[garde(dive)]
    pub(crate) context: Circumstances,
}

/// Many questions at once.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct Checks {
    /// Answered in the same order.
    #[garde(length(min = 1, max = 200), dive)]
    checks: Vec<Check>,
}

/// An answer, explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Answer {
    pub(crate) allowed: bool,
    /// Why, as a sentence.
    pub(crate) reason: String,
    /// What decided: ids of the tenant's policies, or names of the product's such as `rbac.any`.
    pub(crate) policies: Vec<String>,
    /// Attributes that an allowing policy asked about and nobody knew.
    pub(crate) missing: Vec<String>,
}

impl View for Answer {}

/// Answers in the order of the questions.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answers {
    answers: Vec<Answer>,
}

impl View for Answers {}

impl From<Decision> for Answer {
    fn from(decision: Decision) -> Self {
        Self {
            allowed: decision.is_allowed,
            reason: decision.reason.into_owned(),
            policies: decision.policies.to_vec(),
            missing: decision.missing.to_vec(),
        }
    }
}

/// Ask whether a user may do something, and why.
pub(crate) async fn check(
    guard: Guard<CheckAccess>,
    clock: Clock,
    Use(catalogue): Use<Catalogue>,
    Use(access): Use<Shared>,
    Body(request): Body<Check>,
) -> Result<Success<Answer>, Problem> {
    let answers = answer(&guard, &clock, &catalogue, &access, &[request], None).await?;
    answers.into_iter().next().map(Success::ok).ok_or_else(|| Error::NotFound.into())
}

/// Ask many questions at once.
pub(crate) async fn bulk(
    guard: Guard<CheckAccess>,
    clock: Clock,
    Use(catalogue): Use<Catalogue>,
    Use(access): Use<Shared>,
    Body(request): Body<Checks>,
) -> Result<Success<Answers>, Problem> {
    let answers = answer(&guard, &clock, &catalogue, &access, &request.checks, Some("#/checks")).await?;
    Ok(Success::ok(Answers { answers }))
}

async fn answer(
    guard: &Guard<CheckAccess>,
    clock: &Clock,
    catalogue: &Catalogue,
    access: &Shared,
    checks: &[Check],
    list: Option<&str>,
) -> Result<Vec<Answer>, Problem> {
    guard.permit_all::<Decided>()?;
    let tenant = guard.tenant();
    let words = vocabulary(catalogue, guard.tenant_info().is_root, tenant.read(store::types()).await?);
    let policies = access.policies_of(&tenant).await?;
    let mut answers = Vec::with_capacity(checks.len());
    for (index, check) in checks.iter().enumerate() {
        let Check { user_id, action, resource, context } = check;
        let known = question::read(&words, action, resource, context, clock.now()).map_err(|errors| {
            Problem::invalid(match list {
                Some(list) => below(errors, &format!("{list}/{index}")),
                None => errors,
            })
        })?;
        let user = match user_id {
            Some(user) => {
                tenant.read(user_exists(*user)).await?.ok_or(Error::NotFound)?;
                *user
            }
            None => guard.caller()?.user,
        };
        let person = Person::of(access, &tenant, user).await?;
        answers.push(
            bench(access, catalogue, policies.as_deref()).decide(&person, &known, guard.tenant_info()).into(),
        );
    }
    Ok(answers)
}

/// What decides.
pub(crate) fn bench<'a>(
    access: &'a Shared,
    catalogue: &'a Catalogue,
    policies: Option<&'a Policies>,
) -> Bench<'a> {
    Bench { memo: access.memo(), catalogue, policies }
}

/// Errors of one item of a list, at its place.
pub(crate) fn below(errors: Vec<FieldError>, at: &str) -> Vec<FieldError> {
    let moved = errors.into_iter().map(|error| {
        let rest = error.pointer.strip_prefix('#').unwrap_or_default();
        FieldError::new(format!("{at}{rest}"), error.detail)
    });
    moved.collect()
}
