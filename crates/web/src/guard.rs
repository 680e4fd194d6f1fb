//! The guard: proof that the caller may try an action, and the way to the tenant's rows.

use std::marker::PhantomData;
use std::sync::Arc;

use tenantry_db::{Actor, Change, Origin, Placement, PlatformTx, Purpose, TenantDb, Topic};
use tenantry_kernel::{RequestId, SessionId, TenantId, UserId};

use crate::Problem;
use crate::action::{Action, ActionInfo, Audience, PlatformAction};
use crate::ports::{
    Extent, Facts, Grants, Identity, ListScope, Means, Question, Resource, Standing, TenantInfo,
    TenantPolicies,
};
use crate::services::Services;

/// Who is calling.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The user.
    pub user: UserId,
    /// The session.
    pub session: SessionId,
    /// Who really acts, when the user is being impersonated.
    pub impersonator: Option<UserId>,
    /// By what they have shown who they are.
    pub means: Means,
    /// When the access token expires.
    pub expires_at: jiff::Timestamp,
    /// What the user's roles grant.
    pub grants: Arc<Grants>,
    /// The tenant's policies, when it has any.
    pub policies: Option<TenantPolicies>,
    /// What policies may ask of the device that the session has begun on, when some policy asks.
    pub device: Option<Arc<Facts>>,
}

impl Caller {
    /// Whether the caller is refused from now on: what takes long has to end.
    pub fn is_ended_by(&self, topic: &Topic, tenant: TenantId) -> bool {
        let Topic::Revocation { subject, .. } = topic else { return false };
        let own = [self.session.as_uuid(), self.user.as_uuid(), tenant.as_uuid()];
        let of_operator = match &self.means {
            Means::Proxy(proxy) => vec![proxy.operator.as_uuid(), proxy.session.as_uuid()],
            Means::Session | Means::Key(_) => Vec::new(),
        };
        own.contains(subject) || of_operator.contains(subject)
    }
}

/// What the dispatcher has found out before it calls a handler; opaque outside this crate.
pub struct Admission {
    pub(crate) services: Arc<Services>,
    pub(crate) tenant: Arc<TenantInfo>,
    /// Whether the request came to the domain that the tenant's issuer lives at.
    pub(crate) is_at_issuer: bool,
    pub(crate) caller: Option<Caller>,
    pub(crate) origin: Arc<Origin>,
    pub(crate) action: ActionInfo,
    /// One of the tenant's places, held while the request runs.
    pub(crate) _slot: Option<tokio::sync::OwnedSemaphorePermit>,
}

/// Proof that the caller is authenticated, that the module is on, and that some grant could allow `A`.
///
/// Every route's handler takes one as its first argument; a route without it does not compile.
pub struct Guard<A: Action> {
    admission: Admission,
    action: PhantomData<fn() -> A>,
}

/// Proof that the caller may do `A` to one resource: views and stores ask for it.
#[derive(Debug)]
pub struct Permit<A: Action>(PhantomData<fn() -> A>);

/// The collection of a resource type, for actions on no single resource (list, create).
#[derive(Debug, Clone, Copy)]
pub struct Collection<R>(PhantomData<fn() -> R>);

impl<R> Default for Collection<R> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<R: Resource> Resource for Collection<R> {
    const TYPE: &'static str = R::TYPE;

    fn id(&self) -> Option<uuid::Uuid> {
        None
    }

    fn owner(&self) -> Option<UserId> {
        None
    }
}

impl<A: Action> Guard<A> {
    /// What the roles of another user of the tenant grant.
    pub async fn grants_of_other(&self, user: UserId) -> Result<Arc<Grants>, Problem> {
        Ok(self.admission.services.decisions.standing(self.tenant(), user).await?.grants)
    }

    pub(crate) const fn new(admission: Admission) -> Self {
        Self { admission, action: PhantomData }
    }

    /// The tenant's rows, in the caller's name.
    pub fn tenant(&self) -> TenantDb {
        self.admission
            .services
            .authority
            .tenant(&self.admission.tenant.placement, Arc::clone(&self.admission.origin))
    }

    /// What is known of the tenant.
    pub fn tenant_info(&self) -> &TenantInfo {
        &self.admission.tenant
    }

    /// The domain that the tenant's issuer lives at, when the request came to it.
    pub fn at_issuer_domain(&self) -> Option<&str> {
        let domain = self.admission.tenant.issuer_domain.as_deref();
        domain.filter(|_| self.admission.is_at_issuer)
    }

    /// The caller.
    ///
    /// # Errors
    /// 401 when the action is public and nobody has signed in.
    pub fn caller(&self) -> Result<&Caller, Problem> {
        self.admission.caller.as_ref().ok_or_else(Problem::unauthenticated)
    }

    /// The request.
    pub fn request_id(&self) -> RequestId {
        self.admission.origin.request_id
    }

    /// The client's address, when it is known.
    pub fn ip(&self) -> Option<&str> {
        self.admission.origin.ip.as_deref()
    }

    /// The client's `User-Agent`.
    pub fn user_agent(&self) -> Option<&str> {
        self.admission.origin.user_agent.as_deref()
    }

    /// Leave a line in the platform's own trail, about what operators have to know of a tenant.
    pub async fn tell_operators(&self, change: Change) -> Result<(), Problem> {
        let services = &self.admission.services;
        let root = services.directory.by_id(services.authority.root()).await?;
        let root = root.ok_or_else(Problem::tenant_unknown)?;
        let mut origin = (*self.admission.origin).clone();
        let operator = self.admission.caller.as_ref().and_then(|caller| caller.impersonator);
        origin.actor = operator.map_or(Actor::System, |id| Actor::Operator { id });
        origin.idempotency = None;
        let scope = services.authority.enter(&root.placement, Purpose::Operate, origin);
        scope.begin()?.commit(change, ()).await?;
        Ok(())
    }

    /// How far the caller's roles grant this action; `Any` for what is the caller's own by nature.
    pub fn extent(&self) -> Extent {
        match (A::INFO.audience, &self.admission.caller) {
            (Audience::Tenant | Audience::Platform, Some(caller)) => {
                caller.grants.extent(A::INFO.name).unwrap_or(Extent::Own)
            }
            _ => Extent::Own,
        }
    }

    /// Decide whether the caller may do this to `resource`.
    ///
    /// # Errors
    /// 404 when the caller may not read it (the same answer as for an unknown id), 403 when the caller may read it but
    /// not do this.
    pub fn permit<R: Resource + Sync>(&self, resource: &R) -> Result<Permit<A>, Problem> {
        let caller = self.caller()?;
        let facts = || resource.facts();
        let question = self.admission.question(caller, R::TYPE, resource.id(), resource.owner(), &facts);
        let decisions = &self.admission.services.decisions;
        let decision = decisions.decide(&question);
        decisions.note(&question, &decision);
        if decision.is_allowed {
            return Ok(Permit(PhantomData));
        }
        let may_read = !A::INFO.is_read() && decisions.may_read(&question);
        Err(if may_read { forbidden() } else { Problem::not_found() })
    }

    /// Decide whether the caller may make `resource`, which does not exist yet.
    ///
    /// # Errors
    /// 403.
    pub fn permit_new<R: Resource + Sync>(&self, resource: &R) -> Result<Permit<A>, Problem> {
        let caller = self.caller()?;
        let facts = || resource.facts();
        let question = self.admission.question(caller, R::TYPE, None, resource.owner(), &facts);
        let decision = self.admission.services.decisions.decide(&question);
        self.admission.services.decisions.note(&question, &decision);
        if decision.is_allowed { Ok(Permit(PhantomData)) } else { Err(forbidden()) }
    }

    /// Decide whether the caller may do this to the collection of `R`, and to whose members.
    ///
    /// A list must be filtered by the owner in the answer: `None` is every member, `Some` only that user's own. Policies
    /// that look at single resources cannot allow here, and deny; lists that ask about each row use
    /// [`permit_each`](Self::permit_each).
    pub fn permit_all<R: Resource>(&self) -> Result<(Permit<A>, Option<UserId>), Problem> {
        let caller = self.caller()?;
        let question = self.admission.question(caller, R::TYPE, None, None, &Facts::new);
        let decision = self.admission.services.decisions.decide(&question);
        self.admission.services.decisions.note(&question, &decision);
        if !decision.is_allowed {
            return Err(forbidden());
        }
        Ok((Permit(PhantomData), Self::owner(caller)))
    }

    /// Decide which members of the collection of `R` the caller may do this to: filter by the owner in SQL, then
    /// [`Each::keep`] what policies let through.
    pub fn permit_each<R: Resource>(&self) -> Result<Each<'_, A, R>, Problem> {
        let caller = self.caller()?;
        let question = self.admission.question(caller, R::TYPE, None, None, &Facts::new);
        let decisions = &self.admission.services.decisions;
        let (owner, is_filtered) = match decisions.scope(&question) {
            ListScope::Each(owner) => (owner, true),
            ListScope::Whole(decision) => {
                decisions.note(&question, &decision);
                if !decision.is_allowed {
                    return Err(forbidden());
                }
                (Self::owner(caller), false)
            }
        };
        Ok(Each {
            guard: self,
            caller,
            owner,
            is_filtered,
            permit: Permit(PhantomData),
            resource: PhantomData,
        })
    }

    /// Whether policies let a row through, of a collection that [`permit_each`](Self::permit_each) said to filter: for
    /// streams, which outlive [`Each`].
    pub fn lets_through<R: Resource + Sync>(&self, row: &R) -> bool {
        self.caller().is_ok_and(|caller| self.lets(caller, row))
    }

    fn lets<R: Resource + Sync>(&self, caller: &Caller, row: &R) -> bool {
        let facts = || row.facts();
        let question = self.admission.question(caller, R::TYPE, row.id(), row.owner(), &facts);
        self.admission.services.decisions.decide(&question).is_allowed
    }

    /// Whose resources a grant on one's own reaches; nobody's in particular where a policy allowed it.
    fn owner(caller: &Caller) -> Option<UserId> {
        let is_own = caller.grants.extent(A::INFO.name) == Some(Extent::Own)
            || matches!(A::INFO.audience, Audience::Own | Audience::Public);
        is_own.then_some(caller.user)
    }
}

/// Which members of a collection the caller may see.
pub struct Each<'a, A: Action, R> {
    guard: &'a Guard<A>,
    caller: &'a Caller,
    owner: Option<UserId>,
    is_filtered: bool,
    permit: Permit<A>,
    resource: PhantomData<fn() -> R>,
}

impl<A: Action, R: Resource + Sync> Each<'_, A, R> {
    /// Whose resources these are at most; filter by it in SQL.
    pub const fn owner(&self) -> Option<UserId> {
        self.owner
    }

    /// Whether policies may leave out some rows: a total would count them, and is not told.
    pub const fn is_filtered(&self) -> bool {
        self.is_filtered
    }

    /// The proof for what [`keep`](Self::keep) leaves.
    pub const fn permit(&self) -> &Permit<A> {
        &self.permit
    }

    /// The rows of a page that policies let through. The page may get shorter; its cursor stays.
    #[must_use]
    pub fn keep(&self, mut page: tenantry_kernel::Page<R>) -> tenantry_kernel::Page<R> {
        if self.is_filtered {
            page.items.retain(|row| self.guard.lets(self.caller, row));
        }
        page
    }
}

impl Guard<crate::action::Public> {
    /// Enter the tenant before anyone is known, for a purpose.
    pub fn enter(&self, purpose: Purpose) -> TenantDb {
        let origin = (*self.admission.origin).clone();
        self.admission.services.authority.enter(&self.admission.tenant.placement, purpose, origin)
    }

    /// The same request in the name of somebody, for what is their own: a page of an issuer has a session of its own kind, and
    /// does for its person what the API's handlers do. `who` is what that session stands for, checked by the caller just now.
    pub async fn in_the_name_of<A: Action>(&self, who: Identity) -> Result<Guard<A>, Problem> {
        const { assert!(matches!(A::INFO.audience, Audience::Own), "only what is one's own") };
        let services = Arc::clone(&self.admission.services);
        let Standing { grants, policies } =
            services.decisions.standing(self.enter(Purpose::Authorize), who.user).await?;
        let Identity { user, session, means, expires_at } = who;
        let impersonator = means.operator();
        let mut origin = (*self.admission.origin).clone();
        origin.actor = Actor::User { id: user, session, impersonator };
        origin.action = A::INFO.name;
        let grants = means.narrow(grants);
        // Policies have no say in what is one's own.
        let device = None;
        let caller = Caller { user, session, impersonator, means, expires_at, grants, policies, device };
        Ok(Guard::new(Admission {
            services,
            tenant: Arc::clone(&self.admission.tenant),
            is_at_issuer: self.admission.is_at_issuer,
            caller: Some(caller),
            origin: Arc::new(origin),
            action: A::INFO,
            // The request itself holds its place.
            _slot: None,
        }))
    }

    /// What the roles of a user grant who has just proved who they are.
    pub async fn grants_of(&self, user: UserId) -> Result<Arc<Grants>, Problem> {
        Ok(self.admission.services.decisions.standing(self.enter(Purpose::Authorize), user).await?.grants)
    }
}

impl<A: PlatformAction> Guard<A> {
    /// Work on the platform's own tables, for a written reason.
    pub fn platform(&self, reason: &str) -> Result<PlatformTx, Problem> {
        const { assert!(matches!(A::INFO.audience, Audience::Platform), "only platform actions") };
        Ok(self.admission.services.authority.platform(Arc::clone(&self.admission.origin), reason)?)
    }

    /// What is known of any tenant.
    pub async fn tenant_of(&self, id: TenantId) -> Result<Option<Arc<TenantInfo>>, Problem> {
        const { assert!(matches!(A::INFO.audience, Audience::Platform), "only platform actions") };
        self.admission.services.directory.by_id(id).await
    }

    /// Enter another tenant as an operator; what is done there shows in that tenant's own trail.
    pub fn operate(&self, placement: &Arc<Placement>) -> Result<TenantDb, Problem> {
        const { assert!(matches!(A::INFO.audience, Audience::Platform), "only platform actions") };
        let mut origin = (*self.admission.origin).clone();
        origin.actor = Actor::Operator { id: self.caller()?.user };
        origin.idempotency = None;
        Ok(self.admission.services.authority.enter(placement, Purpose::Operate, origin))
    }
}

impl Admission {
    pub(crate) fn question<'a>(
        &'a self,
        caller: &'a Caller,
        resource_type: &'static str,
        resource_id: Option<uuid::Uuid>,
        owner: Option<UserId>,
        facts: &'a (dyn Fn() -> Facts + Sync),
    ) -> Question<'a> {
        Question {
            tenant: &self.tenant,
            user: caller.user,
            grants: &caller.grants,
            policies: caller.policies.as_ref(),
            facts,
            device: caller.device.as_deref(),
            ip: self.origin.ip.as_deref(),
            user_agent: self.origin.user_agent.as_deref(),
            action: self.action,
            resource_type,
            resource_id,
            owner,
            request: self.origin.request_id,
            at: self.origin.at,
        }
    }
}

pub(crate) fn forbidden() -> Problem {
    Problem::new(
        tenantry_kernel::ErrorKind::Forbidden,
        "permission_denied",
        "Your roles do not allow this; an administrator of your organisation can change that.",
    )
}
