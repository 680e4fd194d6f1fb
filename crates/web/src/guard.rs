//! The guard: proof that the caller may try an action, and the way to the tenant's rows.

use std::marker::PhantomData;
use std::sync::Arc;

use tenantry_db::{Origin, Placement, PlatformTx, Purpose, TenantDb};
use tenantry_kernel::{RequestId, SessionId, UserId};

use crate::Problem;
use crate::action::{Action, ActionInfo, Audience, PlatformAction};
use crate::ports::{Extent, Grants, Question, Resource, TenantInfo};
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
    /// When the access token expires.
    pub expires_at: jiff::Timestamp,
    /// What the user's roles grant.
    pub grants: Arc<Grants>,
}

/// What the dispatcher has found out before it calls a handler; opaque outside this crate.
pub struct Admission {
    pub(crate) services: Arc<Services>,
    pub(crate) tenant: Arc<TenantInfo>,
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
    pub fn permit<R: Resource>(&self, resource: &R) -> Result<Permit<A>, Problem> {
        let caller = self.caller()?;
        let question = self.admission.question(caller, R::TYPE, resource.id(), resource.owner());
        let decision = self.admission.services.decisions.decide(&question);
        if decision.is_allowed {
            return Ok(Permit(PhantomData));
        }
        let may_read = !A::INFO.is_read() && {
            let read = format!("{}:read", A::INFO.name.split(':').next().unwrap_or_default());
            match caller.grants.extent(&read) {
                Some(Extent::Any) => true,
                Some(Extent::Own) => resource.owner() == Some(caller.user),
                None => false,
            }
        };
        Err(if may_read { forbidden() } else { Problem::not_found() })
    }

    /// Decide whether the caller may do this to the collection of `R`, and to whose members.
    ///
    /// A list must be filtered by the owner in the answer: `None` is every member, `Some` only that user's own.
    pub fn permit_all<R: Resource>(&self) -> Result<(Permit<A>, Option<UserId>), Problem> {
        let permit = self.permit(&Collection::<R>::default())?;
        let owner = match self.extent() {
            Extent::Any => None,
            Extent::Own => Some(self.caller()?.user),
        };
        Ok((permit, owner))
    }
}

impl Guard<crate::action::Public> {
    /// Enter the tenant before anyone is known, for a purpose.
    pub fn enter(&self, purpose: Purpose) -> TenantDb {
        let origin = (*self.admission.origin).clone();
        self.admission.services.authority.enter(&self.admission.tenant.placement, purpose, origin)
    }

    /// What the roles of a user grant who has just proved who they are.
    pub async fn grants_of(&self, user: UserId) -> Result<Arc<Grants>, Problem> {
        self.admission.services.decisions.grants(self.enter(Purpose::Authorize), user).await
    }
}

impl<A: PlatformAction> Guard<A> {
    /// Work on the platform's own tables, for a written reason.
    pub fn platform(&self, reason: &str) -> Result<PlatformTx, Problem> {
        const { assert!(matches!(A::INFO.audience, Audience::Platform), "only platform actions") };
        Ok(self.admission.services.authority.platform(Arc::clone(&self.admission.origin), reason)?)
    }

    /// Enter another tenant as an operator; what is done there shows in that tenant's own trail.
    pub fn operate(&self, placement: &Arc<Placement>) -> Result<TenantDb, Problem> {
        const { assert!(matches!(A::INFO.audience, Audience::Platform), "only platform actions") };
        let mut origin = (*self.admission.origin).clone();
        origin.actor = tenantry_db::Actor::Operator { id: self.caller()?.user };
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
    ) -> Question<'a> {
        Question {
            tenant: &self.tenant,
            user: caller.user,
            grants: &caller.grants,
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
