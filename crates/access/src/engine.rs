//! The evaluator: Cedar, over the decisions that roles have prepared.
//!
//! Roles are resolved in Rust into how far a permission reaches (`any`, `own`, nothing); Cedar decides whether that
//! covers this resource. The boundary policies hold whatever anyone is granted.

use std::collections::{HashMap, HashSet};
use std::str::FromStr as _;

use cedar_policy::{
    Authorizer, Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression,
};
use tenantry_web::Audience;
use tenantry_web::ports::{Decision, Extent, Question};

use crate::Error;

/// The policies that every tenant has.
const DEFAULT_POLICIES: &str = include_str!("default.cedar");

/// Evaluates questions. Compiled once, shared by all tenants.
pub(crate) struct Engine {
    authorizer: Authorizer,
    policies: PolicySet,
    names: Names,
}

struct Names {
    tenant: EntityTypeName,
    user: EntityTypeName,
    action: EntityTypeName,
}

impl Engine {
    /// Compile the default policies.
    pub(crate) fn new() -> Result<Self, Error> {
        let unreadable = |error: &dyn std::fmt::Display| Error::Policy(error.to_string());
        let parsed = PolicySet::from_str(DEFAULT_POLICIES).map_err(|error| unreadable(&error))?;
        let mut policies = PolicySet::new();
        for policy in parsed.policies() {
            let id = policy.annotation("id").unwrap_or_default().to_owned();
            policies
                .add(policy.new_id(cedar_policy::PolicyId::new(id)))
                .map_err(|error| unreadable(&error))?;
        }
        let name = |text: &str| EntityTypeName::from_str(text).map_err(|error| unreadable(&error));
        let names = Names { tenant: name("Tenant")?, user: name("User")?, action: name("Action")? };
        Ok(Self { authorizer: Authorizer::new(), policies, names })
    }

    /// Decide. An error in evaluation is a denial.
    pub(crate) fn decide(&self, question: &Question<'_>) -> Decision {
        match self.evaluate(question) {
            Ok(decision) => decision,
            Err(error) => {
                tracing::error!(error = %error, action = question.action.name, "a decision could not be made");
                Decision { is_allowed: false, policies: Vec::new(), reason: "the decision could not be made" }
            }
        }
    }

    fn evaluate(&self, question: &Question<'_>) -> Result<Decision, Error> {
        let unreadable = |error: &dyn std::fmt::Display| Error::Policy(error.to_string());
        let uid = |kind: &EntityTypeName, id: &str| {
            EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
        };
        let tenant = uid(&self.names.tenant, &question.tenant.id.to_string());
        let principal = uid(&self.names.user, &question.user.to_string());
        let action = uid(&self.names.action, question.action.name);
        let kind = EntityTypeName::from_str(&type_name(question.resource_type))
            .map_err(|error| unreadable(&error))?;
        let id = question.resource_id.map_or_else(|| "*".to_owned(), |id| id.to_string());
        let resource = uid(&kind, &id);

        let reference = |to: &EntityUid| RestrictedExpression::new_entity_uid(to.clone());
        let mut of_resource = HashMap::from([("tenant".to_owned(), reference(&tenant))]);
        if let Some(owner) = question.owner {
            of_resource.insert("owner".to_owned(), reference(&uid(&self.names.user, &owner.to_string())));
        }
        let of_principal = HashMap::from([
            ("tenant".to_owned(), reference(&tenant)),
            ("is_operator".to_owned(), RestrictedExpression::new_bool(question.tenant.is_root)),
        ]);
        let mut entities = vec![
            Entity::new(principal.clone(), of_principal, HashSet::new())
                .map_err(|error| unreadable(&error))?,
        ];
        if resource != principal {
            entities.push(
                Entity::new(resource.clone(), of_resource, HashSet::new())
                    .map_err(|error| unreadable(&error))?,
            );
        }
        let entities = Entities::from_entities(entities, None).map_err(|error| unreadable(&error))?;
        let text = |text: &str| RestrictedExpression::new_string(text.to_owned());
        let context = Context::from_pairs([
            ("extent".to_owned(), text(extent_of(question))),
            ("audience".to_owned(), text(audience_name(question.action.audience))),
            ("is_collection".to_owned(), RestrictedExpression::new_bool(question.resource_id.is_none())),
        ])
        .map_err(|error| unreadable(&error))?;
        let request =
            Request::new(principal, action, resource, context, None).map_err(|error| unreadable(&error))?;
        let response = self.authorizer.is_authorized(&request, &self.policies, &entities);
        let policies: Vec<String> = response.diagnostics().reason().map(ToString::to_string).collect();
        let is_allowed = response.decision() == cedar_policy::Decision::Allow;
        Ok(Decision { is_allowed, reason: reason(is_allowed, &policies), policies })
    }
}

fn extent_of(question: &Question<'_>) -> &'static str {
    question.grants.extent(question.action.name).map_or("none", Extent::as_str)
}

const fn audience_name(audience: Audience) -> &'static str {
    match audience {
        Audience::Public => "public",
        Audience::Own => "own",
        Audience::Tenant => "tenant",
        Audience::Platform => "platform",
    }
}

/// `project` as the Cedar type `Project`; nothing as `Nothing`.
fn type_name(resource: &str) -> String {
    let mut name = String::with_capacity(resource.len());
    for word in resource.split('_').filter(|word| !word.is_empty()) {
        let mut chars = word.chars();
        name.extend(chars.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(chars.as_str());
    }
    if name.is_empty() { "Nothing".to_owned() } else { name }
}

fn reason(is_allowed: bool, policies: &[String]) -> &'static str {
    match policies.first().map(String::as_str) {
        Some("rbac.any") => "a role grants it on every resource",
        Some("rbac.own") => "a role grants it on the caller's own",
        Some("self.own") => "it is the caller's own",
        Some("boundary.tenant") => "the resource belongs to another tenant",
        Some("boundary.platform") => "only operators may",
        _ if is_allowed => "a policy allows it",
        _ => "nothing allows it",
    }
}
