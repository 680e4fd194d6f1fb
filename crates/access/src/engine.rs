//! Cedar over the default policies: the source of every entry of the memo.
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
use tenantry_web::ports::{Decision, Extent};

use crate::Error;

/// The policies that every tenant has.
const DEFAULT_POLICIES: &str = include_str!("default.cedar");

/// All that the default policies look at: a small closed set of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Common {
    /// How far the caller's roles grant the action.
    pub(crate) extent: Option<Extent>,
    /// Whom the action is for.
    pub(crate) audience: Audience,
    /// Whether the caller's tenant is the platform's own.
    pub(crate) is_operator: bool,
    /// What the resource is to the caller.
    pub(crate) relation: Relation,
    /// Whether the resource belongs to the caller's tenant.
    pub(crate) is_same_tenant: bool,
}

/// What a resource is to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    /// The caller itself.
    Caller,
    /// No single resource.
    Collection,
    /// No single resource, with the caller as its owner.
    OwnCollection,
    /// A resource without an owner.
    Unowned,
    /// The caller's own.
    Own,
    /// Somebody else's.
    Foreign,
}

/// Evaluates the default policies.
pub(crate) struct Engine {
    authorizer: Authorizer,
    policies: PolicySet,
}

impl Engine {
    /// Compile the default policies.
    pub(crate) fn new() -> Result<Self, Error> {
        let parsed = PolicySet::from_str(DEFAULT_POLICIES).map_err(unreadable)?;
        let mut policies = PolicySet::new();
        for policy in parsed.policies() {
            let id = policy.annotation("id").unwrap_or_default().to_owned();
            policies.add(policy.new_id(cedar_policy::PolicyId::new(id))).map_err(unreadable)?;
        }
        Ok(Self { authorizer: Authorizer::new(), policies })
    }

    /// Evaluate.
    pub(crate) fn decide(&self, common: Common) -> Result<Decision, Error> {
        let uid = |kind: &str, id: &str| -> Result<EntityUid, Error> {
            let kind = EntityTypeName::from_str(kind).map_err(unreadable)?;
            Ok(EntityUid::from_type_name_and_id(kind, EntityId::new(id)))
        };
        let reference = |to: &EntityUid| RestrictedExpression::new_entity_uid(to.clone());
        let (tenant, elsewhere) = (uid("Tenant", "this")?, uid("Tenant", "another")?);
        let principal = uid("User", "caller")?;
        let resource = match common.relation {
            Relation::Caller => principal.clone(),
            _ => uid("Resource", "this")?,
        };
        let owner = match common.relation {
            Relation::Own | Relation::OwnCollection => Some(principal.clone()),
            Relation::Foreign => Some(uid("User", "another")?),
            Relation::Caller | Relation::Collection | Relation::Unowned => None,
        };
        let of_principal = HashMap::from([
            ("tenant".to_owned(), reference(&tenant)),
            ("is_operator".to_owned(), RestrictedExpression::new_bool(common.is_operator)),
        ]);
        let mut entities =
            vec![Entity::new(principal.clone(), of_principal, HashSet::new()).map_err(unreadable)?];
        if resource != principal {
            let of = if common.is_same_tenant { &tenant } else { &elsewhere };
            let mut of_resource = HashMap::from([("tenant".to_owned(), reference(of))]);
            if let Some(owner) = owner {
                of_resource.insert("owner".to_owned(), reference(&owner));
            }
            entities.push(Entity::new(resource.clone(), of_resource, HashSet::new()).map_err(unreadable)?);
        }
        let entities = Entities::from_entities(entities, None).map_err(unreadable)?;
        let is_collection = matches!(common.relation, Relation::Collection | Relation::OwnCollection);
        let text = |text: &str| RestrictedExpression::new_string(text.to_owned());
        let context = Context::from_pairs([
            ("extent".to_owned(), text(common.extent.map_or("none", Extent::as_str))),
            ("audience".to_owned(), text(audience_name(common.audience))),
            ("is_collection".to_owned(), RestrictedExpression::new_bool(is_collection)),
        ])
        .map_err(unreadable)?;
        let action = uid("Action", "this")?;
        let request = Request::new(principal, action, resource, context, None).map_err(unreadable)?;
        let response = self.authorizer.is_authorized(&request, &self.policies, &entities);
        let mut policies: Vec<String> = response.diagnostics().reason().map(ToString::to_string).collect();
        policies.sort();
        let is_allowed = response.decision() == cedar_policy::Decision::Allow;
        Ok(Decision {
            is_allowed,
            reason: reason(is_allowed, &policies).into(),
            policies: policies.into(),
            missing: std::sync::Arc::new([]),
        })
    }
}

fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::Policy(error.to_string())
}

const fn audience_name(audience: Audience) -> &'static str {
    match audience {
        Audience::Public => "public",
        Audience::Own => "own",
        Audience::Tenant => "tenant",
        Audience::Platform => "platform",
    }
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
