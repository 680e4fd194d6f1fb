//! Who is asking, from where, and why: bound to every scope, and written into every trail.

use jiff::Timestamp;
use tenantry_kernel::{RequestId, SessionId, UserId};

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in user of the tenant.
    User {
        /// The user.
        id: UserId,
        /// The session whose token was shown.
        session: SessionId,
        /// Who really acts, when the user is being impersonated.
        impersonator: Option<UserId>,
    },
    /// A user of the root tenant, acting on another tenant.
    Operator {
        /// The operator.
        id: UserId,
    },
    /// The product itself: jobs, provisioning, the command line.
    System,
    /// Nobody known yet: signing in, registering, resetting a password.
    Anonymous,
}

impl Actor {
    /// The acting user or operator.
    pub const fn user_id(&self) -> Option<UserId> {
        match self {
            Self::User { id, .. } | Self::Operator { id } => Some(*id),
            Self::System | Self::Anonymous => None,
        }
    }

    /// The name in `audit_log.actor_type`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::User { .. } => "user",
            Self::Operator { .. } => "operator",
            Self::System => "system",
            Self::Anonymous => "anonymous",
        }
    }
}

/// Why a tenant is entered before (or without) a signed-in actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Checking a password, a refresh token or a session.
    SignIn,
    /// Loading the roles and grants that a decision needs.
    Authorize,
    /// Creating the tenant's first rows.
    Provision,
    /// Running a job or delivering an event.
    Job,
    /// An operator's action on this tenant.
    Operate,
    /// Writing decision logs.
    Log,
}

/// One request's identity for retries: the same key with the same fingerprint is the same request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The `Idempotency-Key` header.
    pub key: String,
    /// SHA-256 over method, path, caller and body.
    pub fingerprint: Vec<u8>,
}

/// Where a change comes from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The request, as told in `X-Request-Id`.
    pub request_id: RequestId,
    /// When the request arrived.
    pub at: Timestamp,
    /// Who acts.
    pub actor: Actor,
    /// The action that the guard let through (`projects:update`).
    pub action: &'static str,
    /// The client's address.
    pub ip: Option<String>,
    /// The client's `User-Agent`, shortened.
    pub user_agent: Option<String>,
    /// The retry identity, when the client gave one.
    pub idempotency: Option<Idempotency>,
}

impl Origin {
    /// The product itself acts, at `at`, for the given reason.
    pub const fn system(request_id: RequestId, at: Timestamp, action: &'static str) -> Self {
        Self { request_id, at, actor: Actor::System, action, ip: None, user_agent: None, idempotency: None }
    }
}
