//! What the guard needs from others: the directory of tenants, sessions, and decisions.
//!
//! The traits are here, so that `web` stays below the crates that implement them; `server` wires them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use tenantry_db::{Placement, TenantDb};
use tenantry_kernel::{RoleId, SessionId, TenantId, UserId};
use uuid::Uuid;

use crate::Problem;
pub use crate::means::{Means, Proxy, Scopes};

tenantry_kernel::text_enum! {
    /// The states of a tenant.
    pub enum TenantStatus {
        /// Being created.
        Provisioning = "provisioning",
        /// In use.
        Active = "active",
        /// Switched off by its owner.
        Inactive = "inactive",
        /// Switched off by an operator.
        Suspended = "suspended",
        /// Gone; its data waits for destruction.
        Deleted = "deleted",
    }
}

/// What the guard knows of a tenant.
#[derive(Debug, Clone)]
pub struct TenantInfo {
    /// Its id.
    pub id: TenantId,
    /// Its short name in addresses.
    pub slug: String,
    /// Its display name.
    pub name: String,
    /// Whether its people may use it.
    pub status: TenantStatus,
    /// What it has subscribed to.
    pub plan: String,
    /// Where its rows live.
    pub placement: Arc<Placement>,
    /// The domain that its issuer lives at; none when that is a path of the public address.
    pub issuer_domain: Option<String>,
    /// Whether it is the platform's own tenant.
    pub is_root: bool,
}

/// Finds tenants; answers come from a cache that every change invalidates.
pub trait TenantDirectory: Send + Sync {
    /// By id.
    fn by_id(&self, id: TenantId) -> BoxFuture<'_, Result<Option<Arc<TenantInfo>>, Problem>>;
    /// By slug.
    fn by_slug<'a>(&'a self, slug: &'a str) -> BoxFuture<'a, Result<Option<Arc<TenantInfo>>, Problem>>;
    /// By verified custom domain.
    fn by_domain<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Result<Option<Arc<TenantInfo>>, Problem>>;
}

/// Who a token stands for.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The user.
    pub user: UserId,
    /// The session; the key's id, when a key was shown, and the impersonation's, when somebody acts in the user's name.
    pub session: SessionId,
    /// By what they have shown it.
    pub means: Means,
    /// When the token expires.
    pub expires_at: jiff::Timestamp,
}

/// Tells who a bearer token stands for.
pub trait Authenticator: Send + Sync {
    /// The tenant that the token claims; only to choose the keys it is verified with.
    fn claimed_tenant(&self, token: &str) -> Option<TenantId>;

    /// Verify the token against the tenant's keys, and that neither session, user nor tenant is revoked.
    fn authenticate<'a>(
        &'a self,
        tenant: &'a TenantInfo,
        token: &'a str,
    ) -> BoxFuture<'a, Result<Identity, Problem>>;
}

tenantry_kernel::text_enum! {
    /// How far a grant reaches.
    pub enum Extent {
        /// Only resources that are the caller's own.
        Own = "own",
        /// Every resource of the tenant.
        Any = "any",
    }
}

/// What a user's roles grant: the permissions, and the roles they come from.
#[derive(Debug, Clone, Default)]
pub struct Grants {
    /// The permissions, each with the widest extent that any role gives.
    pub permissions: HashMap<Cow<'static, str>, Extent>,
    /// The roles, also those inherited from groups: id and name.
    pub roles: Vec<(RoleId, String)>,
    /// The families of the roles.
    pub families: Vec<String>,
    /// The groups, also those that the user is in through another: id and name.
    pub groups: Vec<(Uuid, String)>,
    /// What else policies may ask of the user.
    pub person: Person,
    /// Whether they are what is left by an API key: policies can only take from them, and being an administrator adds
    /// nothing.
    pub is_bounded: bool,
}

/// What policies may ask of a user, besides roles and groups.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// The e-mail address.
    pub email: Option<String>,
    /// The state: `active` and so on.
    pub status: Option<String>,
    /// Whether the address is verified.
    pub email_verified: bool,
    /// Whether signing in takes a second factor.
    pub mfa_enabled: bool,
    /// Since when the user exists.
    pub created_at: Option<jiff::Timestamp>,
}

impl Grants {
    /// How far `permission` is granted.
    pub fn extent(&self, permission: &str) -> Option<Extent> {
        self.permissions.get(permission).copied()
    }
}

tenantry_kernel::text_enum! {
    /// The kinds of values that policies can ask about.
    pub enum FactKind {
        /// Text.
        Text = "string",
        /// A whole number of 64 bits.
        Number = "number",
        /// True or false.
        Flag = "boolean",
        /// An instant, to the millisecond.
        Instant = "datetime",
        /// An IP address.
        Address = "ip",
        /// A set of texts.
        Texts = "strings",
    }
}

/// A value that policies can ask about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// Text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// True or false.
    Flag(bool),
    /// An instant; policies see its milliseconds.
    Instant(jiff::Timestamp),
    /// An IP address.
    Address(std::net::IpAddr),
    /// A set of texts.
    Texts(Vec<String>),
}

impl Fact {
    /// What kind of value it is.
    pub const fn kind(&self) -> FactKind {
        match self {
            Self::Text(_) => FactKind::Text,
            Self::Number(_) => FactKind::Number,
            Self::Flag(_) => FactKind::Flag,
            Self::Instant(_) => FactKind::Instant,
            Self::Address(_) => FactKind::Address,
            Self::Texts(_) => FactKind::Texts,
        }
    }
}

/// Named values; what is not there is not known.
pub type Facts = std::collections::BTreeMap<Cow<'static, str>, Fact>;

/// A type of resource of the product, as policies see it.
#[derive(Debug, Clone, Copy)]
pub struct ResourceInfo {
    /// Its type in policies: `project`.
    pub name: &'static str,
    /// Its name in permissions: `projects`.
    pub plural: &'static str,
    /// What policies may ask of it, besides `id`, `type` and `owner`.
    pub attributes: &'static [(&'static str, FactKind)],
}

/// A resource in a decision.
pub trait Resource {
    /// Its type in policies: `project`.
    const TYPE: &'static str;

    /// What policies may ask of it, besides its id, type and owner; the names are those of its [`ResourceInfo`].
    fn facts(&self) -> Facts {
        Facts::new()
    }

    /// Its id; none for the collection.
    fn id(&self) -> Option<Uuid>;
    /// Whose it is.
    fn owner(&self) -> Option<UserId>;
}

/// The policies of a tenant, compiled; only the policy engine can look inside.
pub type TenantPolicies = Arc<dyn std::any::Any + Send + Sync>;

/// What decides about a caller.
#[derive(Debug, Clone)]
pub struct Standing {
    /// What the caller's roles grant.
    pub grants: Arc<Grants>,
    /// The tenant's policies, when it has any.
    pub policies: Option<TenantPolicies>,
}

/// A question to the policy engine.
pub struct Question<'a> {
    /// The tenant of caller and resource.
    pub tenant: &'a TenantInfo,
    /// The caller.
    pub user: UserId,
    /// What the caller's roles grant.
    pub grants: &'a Grants,
    /// The tenant's policies, when it has any.
    pub policies: Option<&'a TenantPolicies>,
    /// The action.
    pub action: crate::ActionInfo,
    /// The resource's type.
    pub resource_type: &'static str,
    /// The resource's id.
    pub resource_id: Option<Uuid>,
    /// Whose the resource is.
    pub owner: Option<UserId>,
    /// What else policies may ask of the resource; looked at only when some policy may.
    pub facts: &'a (dyn Fn() -> Facts + Sync),
    /// What policies may ask of the device that the caller's session has begun on, when some policy asks.
    pub device: Option<&'a Facts>,
    /// The client's address.
    pub ip: Option<&'a str>,
    /// The client's `User-Agent`.
    pub user_agent: Option<&'a str>,
    /// The request that asks.
    pub request: tenantry_kernel::RequestId,
    /// Under what conditions: the time.
    pub at: jiff::Timestamp,
}

/// An answer of the policy engine. Cheap to clone: most answers are kept and given many times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether the caller may.
    pub is_allowed: bool,
    /// The policies that decided.
    pub policies: Arc<[String]>,
    /// Why, for people.
    pub reason: Cow<'static, str>,
    /// Attributes that allowing policies asked about and nobody knew.
    pub missing: Arc<[String]>,
}

/// How a list is to be filtered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListScope {
    /// No policy looks at single resources: the decision holds for all of them, as far as the grant reaches.
    Whole(Decision),
    /// Each resource is to be decided about; only those of this owner can be allowed.
    Each(Option<UserId>),
}

/// Decides who may do what.
pub trait Decisions: Send + Sync {
    /// What decides about the user now. `tenant` is the tenant's scope for authorization.
    fn standing(&self, tenant: TenantDb, user: UserId) -> BoxFuture<'_, Result<Standing, Problem>>;

    /// What policies may ask of the device that a session has begun on; none when no policy asks. `tenant` is the tenant's scope for
    /// authorization.
    fn device<'a>(
        &'a self,
        tenant: TenantDb,
        session: Option<SessionId>,
        policies: &'a TenantPolicies,
    ) -> BoxFuture<'a, Result<Option<Arc<Facts>>, Problem>>;

    /// Whether any grant or policy could allow the action, whatever the resource.
    fn could(&self, question: &Question<'_>) -> bool;

    /// Decide and explain.
    fn decide(&self, question: &Question<'_>) -> Decision;

    /// Whether the caller may read what the question is about.
    fn may_read(&self, question: &Question<'_>) -> bool;

    /// How a list of such resources is to be filtered.
    fn scope(&self, question: &Question<'_>) -> ListScope;

    /// Write a decision down.
    fn note(&self, question: &Question<'_>, decision: &Decision);

    /// Write down that a request was refused before any resource was known.
    fn refused(&self, question: &Question<'_>, reason: &'static str);
}
