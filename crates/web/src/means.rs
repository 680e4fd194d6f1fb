//! By what a caller has shown who they are. A session of one's own may do all that its user may; everything else does less.
//!
//! An API key does what its scopes name, as far as its owner's roles grant it, and nothing that concerns its owner's own
//! account. Who acts in another's name reads, or works in the modules that say so (`for proxies`); credentials, roles,
//! keys and exports stay the user's own. What nobody has thought of is refused.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use http::Method;
use tenantry_kernel::{ErrorKind, SessionId, UserId};

use crate::Problem;
use crate::action::Audience;
use crate::guard::forbidden;
use crate::ports::{Extent, Grants};
use crate::route::Route;

/// The permission to act in the name of a tenant's user.
pub const IMPERSONATE: &str = "impersonation:create";

/// The action that ends acting in another's name.
pub const END_IMPERSONATION: &str = "self:end_impersonation";

/// What an API key is for: permissions, each with the widest extent that the key may use of it.
pub type Scopes = HashMap<Cow<'static, str>, Extent>;

/// By what a caller has shown who they are.
#[derive(Debug, Clone, Default)]
pub enum Means {
    /// A session of their own.
    #[default]
    Session,
    /// An API key.
    Key(Arc<Scopes>),
    /// An operator, in a user's name.
    Proxy(Proxy),
}

/// An operator who acts in a user's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proxy {
    /// The operator, a user of the platform's own tenant.
    pub operator: UserId,
    /// The operator's own session, which this ends with.
    pub session: SessionId,
    /// Whether more than reading is allowed.
    pub may_write: bool,
}

impl Means {
    /// Whether it is a session of the caller's own.
    pub const fn is_session(&self) -> bool {
        matches!(self, Self::Session)
    }

    /// Who really acts, when it is not the user.
    pub const fn operator(&self) -> Option<UserId> {
        match self {
            Self::Proxy(proxy) => Some(proxy.operator),
            Self::Session | Self::Key(_) => None,
        }
    }

    /// Refuse what these means are not for, whatever the user may do.
    pub(crate) fn admit(&self, route: &Route) -> Result<(), Problem> {
        match self {
            Self::Session if route.action.name == END_IMPERSONATION => Err(no_impersonation()),
            Self::Session => Ok(()),
            Self::Key(scopes) => of_key(scopes, route),
            Self::Proxy(proxy) => of_proxy(*proxy, route),
        }
    }

    /// What is left of the user's grants.
    pub(crate) fn narrow(&self, grants: Arc<Grants>) -> Arc<Grants> {
        let Self::Key(scopes) = self else { return grants };
        let both = |(name, most): (&Cow<'static, str>, &Extent)| {
            let held = grants.extent(name)?;
            Some((name.clone(), held.min(*most)))
        };
        Arc::new(Grants {
            permissions: scopes.iter().filter_map(both).collect(),
            roles: grants.roles.clone(),
            families: grants.families.clone(),
            groups: grants.groups.clone(),
            person: grants.person.clone(),
            is_bounded: true,
        })
    }
}

fn of_key(scopes: &Scopes, route: &Route) -> Result<(), Problem> {
    let action = route.action;
    let may = match action.audience {
        Audience::Public => true,
        Audience::Own => action.is_read(),
        Audience::Tenant | Audience::Platform => scopes.contains_key(action.name),
    };
    if may { Ok(()) } else { Err(forbidden()) }
}

fn of_proxy(proxy: Proxy, route: &Route) -> Result<(), Problem> {
    let action = route.action;
    let reads = route.method == Method::GET || route.is_question;
    let may = match action.audience {
        Audience::Public => true,
        Audience::Own => action.name == END_IMPERSONATION || (reads && action.is_read()),
        Audience::Platform => false,
        Audience::Tenant => !is_private(route) && (reads || action.is_for_proxies),
    };
    if !may {
        let detail = "Nobody may do this in another's name.";
        return Err(Problem::new(ErrorKind::Forbidden, "impersonation_forbidden", detail));
    }
    if reads || proxy.may_write || action.name == END_IMPERSONATION {
        return Ok(());
    }
    let detail = "This impersonation is for reading only.";
    Err(Problem::new(ErrorKind::Forbidden, "impersonation_read_only", detail))
}

/// What stays between a user and the tenant, also for reading: credentials in any form, and everything at once.
fn is_private(route: &Route) -> bool {
    let (resource, verb) = route.action.name.split_once(':').unwrap_or_default();
    let is_export = verb == "export" || route.path.split('/').any(|part| part == "export");
    is_export
        || matches!(
            resource,
            "sessions" | "devices" | "user_security" | "api_keys" | "service_accounts" | "impersonations"
        )
}

fn no_impersonation() -> Problem {
    let detail = "You act in nobody's name but your own.";
    Problem::new(ErrorKind::Conflict, "not_impersonating", detail)
}
