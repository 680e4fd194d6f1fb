//! The access module as the guard sees it.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tenantry_db::{Authority, Listener, TenantDb};
use tenantry_kernel::{RequestId, SessionId, UserId};
use tenantry_web::ports::{
    Decision, Decisions, Extent, Facts, Grants, ListScope, Question, Standing, TenantInfo, TenantPolicies,
};
use tenantry_web::{ActionInfo, Audience, Problem};

use crate::ask::answer::Person;
use crate::ask::question::Known;
use crate::devices::DeviceCache;
use crate::policy::decide::judge::judge;
use crate::policy::decide::set::{Entry, Policies};
use crate::policy::decide::world::{World, assignees};
use crate::policy::language::tree::Effect;
use crate::policy::load::PolicyCache;
use crate::{Catalogue, Error, engine, grants, log, memo};

/// Decides: by roles and the default policies, and by the tenant's own policies where they concern the question.
pub struct Access {
    memo: memo::Memo,
    grants: grants::GrantCache,
    policies: PolicyCache,
    devices: DeviceCache,
    catalogue: Catalogue,
    log: log::DecisionLog,
}

impl Access {
    /// Start deciding; grants and policies are kept until `listener` hears of a change.
    pub fn start(
        authority: &Arc<Authority>,
        listener: &Listener,
        catalogue: Catalogue,
    ) -> Result<Self, Error> {
        Ok(Self {
            memo: memo::Memo::new(&engine::Engine::new()?)?,
            grants: grants::GrantCache::start(listener, catalogue.clone()),
            policies: PolicyCache::start(listener, catalogue.clone()),
            devices: DeviceCache::start(listener),
            catalogue,
            log: log::DecisionLog::start(Arc::clone(authority)),
        })
    }

    /// What Cedar says of common questions.
    pub(crate) const fn memo(&self) -> &memo::Memo {
        &self.memo
    }

    /// What a user's roles grant now.
    pub(crate) async fn grants_of(&self, tenant: &TenantDb, user: UserId) -> Result<Arc<Grants>, Error> {
        self.grants.get(tenant, user).await
    }

    /// The tenant's enabled policies, when it has any.
    pub(crate) async fn policies_of(&self, tenant: &TenantDb) -> Result<Option<Arc<Policies>>, Error> {
        self.policies.get(tenant).await
    }

    /// Write down a decision that another service asked for.
    pub(crate) fn note_asked(
        &self,
        tenant: &TenantInfo,
        asked: (RequestId, Timestamp),
        person: &Person,
        known: &Known,
        decision: &Decision,
    ) {
        self.log.note_asked(tenant, asked, person, known, decision);
    }

    /// The type of resource that an action is on: `projects:read` is on `project`.
    fn kind_of<'a>(&'a self, action: &'a str) -> (&'a str, &'a str) {
        let (resource, verb) = action.split_once(':').unwrap_or((action, ""));
        let known = self.catalogue.resources().find(|info| info.plural == resource);
        (known.map_or(resource, |info| info.name), verb)
    }

    /// The policies that concern a question, from the highest priority to the lowest.
    fn concerned<'a>(&self, question: &Question<'a>) -> Option<(&'a Policies, Vec<&'a Entry>)> {
        let policies = policies_of(question.policies)?;
        if !are_for_policies(&question.action) {
            return None;
        }
        let (kind, verb) = self.kind_of(question.action.name);
        // No allocation until something is found.
        let found = policies.candidates(kind, verb, Assignees::of(question));
        (!found.is_empty()).then_some((policies, found))
    }
}

/// The access module, as handlers take it.
pub(crate) type Shared = Arc<Access>;

/// The policies behind the opaque handle.
pub(crate) fn policies_of(handle: Option<&TenantPolicies>) -> Option<&Policies> {
    handle.and_then(|handle| handle.downcast_ref::<Policies>())
}

/// Whether policies have a say in an action. What is one's own is nobody's to grant, and who may change policies is
/// decided by roles alone, so that no policy can lock everybody out.
pub(crate) fn are_for_policies(action: &ActionInfo) -> bool {
    matches!(action.audience, Audience::Tenant | Audience::Platform) && !action.name.starts_with("policies:")
}

/// The user, roles and groups of a question, one after the other.
#[derive(Clone)]
struct Assignees<'a> {
    question: &'a Question<'a>,
    next: usize,
}

impl<'a> Assignees<'a> {
    const fn of(question: &'a Question<'a>) -> Self {
        Self { question, next: 0 }
    }
}

impl Iterator for Assignees<'_> {
    type Item = uuid::Uuid;

    fn next(&mut self) -> Option<uuid::Uuid> {
        let found = assignees(Some(self.question.user.as_uuid()), self.question.grants).nth(self.next);
        self.next += 1;
        found
    }
}

impl Decisions for Access {
    fn standing(&self, tenant: TenantDb, user: UserId) -> BoxFuture<'_, Result<Standing, Problem>> {
        Box::pin(async move {
            let grants = self.grants.get(&tenant, user).await?;
            let policies = self.policies.get(&tenant).await?;
            Ok(Standing { grants, policies: policies.map(|policies| policies as TenantPolicies) })
        })
    }

    fn device<'a>(
        &'a self,
        tenant: TenantDb,
        session: Option<SessionId>,
        policies: &'a TenantPolicies,
    ) -> BoxFuture<'a, Result<Option<Arc<Facts>>, Problem>> {
        Box::pin(async move {
            let asks = policies_of(Some(policies)).is_some_and(|policies| policies.asks_about_devices);
            if asks { Ok(Some(self.devices.get(&tenant, session).await?)) } else { Ok(None) }
        })
    }

    fn could(&self, question: &Question<'_>) -> bool {
        if question.grants.extent(question.action.name).is_some() {
            return true;
        }
        !question.grants.is_bounded
            && self
                .concerned(question)
                .is_some_and(|(_, found)| found.iter().any(|entry| entry.effect == Effect::Allow))
    }

    fn decide(&self, question: &Question<'_>) -> Decision {
        let base = self.memo.decide(question);
        match self.concerned(question) {
            None => base,
            Some((policies, candidates)) => {
                let (kind, _) = self.kind_of(question.action.name);
                let judged = judge(policies, &candidates, &World::of(question, kind), base.clone());
                // A key does what roles grant its owner: policies can only take from that.
                let is_beyond = question.grants.is_bounded && judged.is_allowed && !base.is_allowed;
                if is_beyond { base } else { judged }
            }
        }
    }

    fn may_read(&self, question: &Question<'_>) -> bool {
        let (resource, _) = question.action.name.split_once(':').unwrap_or_default();
        let Some(read) = self.catalogue.action(&format!("{resource}:read")) else { return false };
        let question = Question { action: *read, ..*question };
        self.decide(&question).is_allowed
    }

    fn scope(&self, question: &Question<'_>) -> ListScope {
        let looks_closer = |entry: &&Entry| entry.looks_at_resource();
        match self.concerned(question) {
            Some((_, candidates)) if candidates.iter().any(looks_closer) => {
                let any_allows = !question.grants.is_bounded
                    && candidates.iter().any(|entry| entry.effect == Effect::Allow);
                let extent = question.grants.extent(question.action.name);
                let is_own = !any_allows && extent == Some(Extent::Own);
                ListScope::Each(is_own.then_some(question.user))
            }
            _ => ListScope::Whole(self.decide(question)),
        }
    }

    fn note(&self, question: &Question<'_>, decision: &Decision) {
        self.log.note(question, decision);
    }

    fn refused(&self, question: &Question<'_>, reason: &'static str) {
        let none: Arc<[String]> = Arc::new([]);
        let decision =
            Decision { is_allowed: false, policies: Arc::clone(&none), reason: reason.into(), missing: none };
        self.log.note(question, &decision);
    }
}
