//! Answering: the same engine that guards the product's own routes.

use std::sync::Arc;

use tenantry_db::TenantDb;
use tenantry_kernel::UserId;
use tenantry_web::Audience;
use tenantry_web::ports::{Decision, Facts, Grants, TenantInfo};
use uuid::Uuid;

use super::question::Known;
use crate::decisions::{Access, are_for_policies};
use crate::engine::{Common, Relation};
use crate::memo::Memo;
use crate::policy::decide::judge::judge;
use crate::policy::decide::set::Policies;
use crate::policy::decide::world::{World, assignees, of_tenant, of_user};
use crate::{Catalogue, Error};

/// Who asks, as far as it is known.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// The user's id, or what somebody else calls the subject.
    pub(crate) id: String,
    /// The user, when it is one of the tenant.
    pub(crate) user: Option<UserId>,
    pub(crate) grants: Arc<Grants>,
    /// Attributes that the question itself says.
    pub(crate) said: Facts,
}

/// What decides: roles and default policies, and the policies of a tenant.
#[derive(Clone, Copy)]
pub(crate) struct Bench<'a> {
    pub(crate) memo: &'a Memo,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) policies: Option<&'a Policies>,
}

impl Person {
    /// A user of the tenant with what decides about them.
    pub(crate) async fn of(access: &Access, tenant: &TenantDb, user: UserId) -> Result<Self, Error> {
        let grants = access.grants_of(tenant, user).await?;
        Ok(Self { id: user.to_string(), user: Some(user), grants, said: Facts::new() })
    }

    /// Whether there is such a user in the tenant.
    pub(crate) fn is_known(&self) -> bool {
        self.grants.person.status.is_some()
    }

    /// The user, roles and groups that policies are assigned to.
    pub(crate) fn assignees(&self) -> impl Iterator<Item = Uuid> + Clone + '_ {
        let found: Vec<Uuid> = assignees(self.user.map(UserId::as_uuid), &self.grants).collect();
        found.into_iter()
    }
}

/// All that is known, put together.
pub(crate) fn world(person: &Person, known: &Known, tenant: &TenantInfo) -> World {
    // What is stored of a user counts more than what a question says.
    let mut facts = person.said.clone();
    facts.extend(of_user(&person.id, &person.grants));
    World {
        user: person.id.clone(),
        kind: known.kind.clone(),
        resource: known.resource.clone(),
        permission: known.permission.clone(),
        of_user: facts,
        of_resource: known.of_resource.clone(),
        of_environment: known.of_environment.clone(),
        of_device: known.of_device.clone(),
        of_tenant: of_tenant(tenant),
        at: known.at,
    }
}

impl Bench<'_> {
    /// What roles, ownership and the boundaries say.
    pub(crate) fn base(&self, person: &Person, known: &Known, is_root: bool) -> Decision {
        let audience =
            self.catalogue.guarded(&known.permission).map_or(Audience::Tenant, |action| action.audience);
        // What is one's own is on oneself, whatever the action is called after.
        let is_on_users = known.kind == "user" || audience == Audience::Own;
        let is_caller = is_on_users && known.resource.as_ref() == Some(&person.id);
        let relation = match (&known.resource, &known.owner) {
            _ if is_caller => Relation::Caller,
            (None, Some(owner)) if *owner == person.id => Relation::OwnCollection,
            (None, _) => Relation::Collection,
            (Some(_), None) => Relation::Unowned,
            (Some(_), Some(owner)) if *owner == person.id => Relation::Own,
            (Some(_), Some(_)) => Relation::Foreign,
        };
        self.memo.of(Common {
            extent: person.grants.extent(&known.permission),
            audience,
            is_operator: is_root,
            relation,
            is_same_tenant: true,
        })
    }

    /// Decide.
    pub(crate) fn decide(&self, person: &Person, known: &Known, tenant: &TenantInfo) -> Decision {
        if person.grants.person.status.as_deref().is_some_and(|status| status != "active") {
            let none: Arc<[String]> = Arc::new([]);
            let reason = "the user is not active".into();
            return Decision { is_allowed: false, policies: Arc::clone(&none), reason, missing: none };
        }
        let base = self.base(person, known, tenant.is_root);
        let Some(policies) = self.concerned(known) else { return base };
        let candidates = policies.candidates(&known.kind, &known.verb, person.assignees());
        if candidates.is_empty() {
            base
        } else {
            judge(policies, &candidates, &world(person, known, tenant), base)
        }
    }
}

impl<'a> Bench<'a> {
    /// The policies, where they have a say: the same as where the product's own routes are guarded. They have one in whatever a
    /// tenant has declared.
    pub(crate) fn concerned(&self, known: &Known) -> Option<&'a Policies> {
        let action = self.catalogue.guarded(&known.permission);
        self.policies.filter(|_| action.is_none_or(are_for_policies))
    }
}
