//! The permission catalogue, and what the system roles grant.
//!
//! Permissions come from the code's actions, and system roles from this page, so that a new module's permissions reach
//! the administrators of every tenant without a migration.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use tenantry_kernel::TenantId;
use tenantry_web::ports::{Extent, ResourceInfo};
use tenantry_web::{ActionInfo, Audience};

tenantry_kernel::text_enum! {
    /// What a role is for (document B).
    pub enum RoleFamily {
        /// People who provide services.
        Provider = "Provider",
        /// People who work for the tenant.
        Internal = "Internal",
        /// People who use the tenant's services.
        Customer = "Customer",
    }
}

/// A role that every tenant (or only the root tenant) has.
#[derive(Debug, Clone, Copy)]
pub struct SystemRole {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub family: RoleFamily,
    /// Its description.
    pub description: &'static str,
    /// Only in the platform's own tenant.
    pub is_root_only: bool,
}

/// The role of a tenant's administrators.
pub const TENANT_ADMIN: &str = "tenant_admin";
/// The role of operators, in the root tenant only.
pub const SUPER_ADMIN: &str = "super_admin";

const fn role(
    name: &'static str,
    family: RoleFamily,
    description: &'static str,
    is_root_only: bool,
) -> SystemRole {
    SystemRole { name, family, description, is_root_only }
}

/// Every system role: document D's four, B's families' basic roles, and the operators'.
pub const SYSTEM_ROLES: &[SystemRole] = &[
    role(TENANT_ADMIN, RoleFamily::Internal, "Everything in this organisation", false),
    role("project_manager", RoleFamily::Internal, "All projects and documents; sees users", false),
    role("user", RoleFamily::Internal, "Reads and creates projects and documents; changes its own", false),
    role("viewer", RoleFamily::Internal, "Reads projects and documents", false),
    role("customer", RoleFamily::Customer, "A customer: what is its own", false),
    role("provider", RoleFamily::Provider, "A provider: what is its own", false),
    role(SUPER_ADMIN, RoleFamily::Internal, "Operates the platform", true),
];

/// How far a system role grants an action: document D's default matrix.
pub fn system_grant(role: &str, action: &ActionInfo) -> Option<Extent> {
    let (resource, verb) = action.name.split_once(':')?;
    let is_business = matches!(resource, "projects" | "documents");
    match (action.audience, role) {
        (Audience::Platform, SUPER_ADMIN) | (Audience::Tenant, SUPER_ADMIN | TENANT_ADMIN) => {
            Some(Extent::Any)
        }
        (Audience::Tenant, "project_manager") if is_business || action.name == "users:read" => {
            Some(Extent::Any)
        }
        (Audience::Tenant, "user") if is_business && matches!(verb, "read" | "create" | "download") => {
            Some(Extent::Any)
        }
        (Audience::Tenant, "user") if is_business && verb == "update" => Some(Extent::Own),
        (Audience::Tenant, "viewer") if is_business && verb == "read" => Some(Extent::Any),
        _ => None,
    }
}

fn sorted(actions: impl IntoIterator<Item = ActionInfo>) -> Vec<ActionInfo> {
    let mut actions: Vec<ActionInfo> = actions.into_iter().collect();
    actions.sort_by_key(|action| action.name);
    actions.dedup_by_key(|action| action.name);
    actions
}

/// Every permission of the product, and what each system role holds.
#[derive(Debug, Clone)]
pub struct Catalogue {
    actions: Arc<[ActionInfo]>,
    /// What anybody who is signed in may do on what is their own.
    own: Arc<[ActionInfo]>,
    system: Arc<HashMap<&'static str, HashMap<&'static str, Extent>>>,
    resources: Arc<[ResourceInfo]>,
    root: TenantId,
}

impl Catalogue {
    /// Collect the modules' actions and types of resources.
    pub fn new(
        actions: impl IntoIterator<Item = ActionInfo>,
        resources: impl IntoIterator<Item = ResourceInfo>,
        root: TenantId,
    ) -> Self {
        let (own, others): (Vec<_>, Vec<_>) =
            actions.into_iter().partition(|action| action.audience == Audience::Own);
        let actions = sorted(
            others
                .into_iter()
                .filter(|action| matches!(action.audience, Audience::Tenant | Audience::Platform)),
        );
        let system = SYSTEM_ROLES
            .iter()
            .map(|role| {
                let grants =
                    actions.iter().filter_map(|action| Some((action.name, system_grant(role.name, action)?)));
                (role.name, grants.collect())
            })
            .collect();
        let shipped = crate::policy::language::schema::SHIPPED.iter().copied();
        Self {
            actions: actions.into(),
            own: sorted(own).into(),
            system: Arc::new(system),
            resources: resources.into_iter().chain(shipped).collect(),
            root,
        }
    }

    /// The types of resources that policies can speak of, in every tenant.
    pub fn resources(&self) -> impl Iterator<Item = &ResourceInfo> {
        self.resources.iter()
    }

    /// Whether a tenant is the platform's own.
    pub fn is_root(&self, tenant: TenantId) -> bool {
        tenant == self.root
    }

    /// The product's own action of this name, when roles or policies can grant it.
    pub fn action(&self, name: &str) -> Option<&ActionInfo> {
        let index = self.actions.binary_search_by_key(&name, |action| action.name).ok()?;
        self.actions.get(index)
    }

    /// The product's own action of this name, also one that everybody may on what is their own.
    pub(crate) fn guarded(&self, name: &str) -> Option<&ActionInfo> {
        let own = || self.own.iter().find(|action| action.name == name);
        self.action(name).or_else(own)
    }

    /// The permissions that roles of a tenant can grant, by name. Platform permissions exist in the root tenant only.
    pub fn permissions(&self, is_root: bool) -> impl Iterator<Item = &ActionInfo> {
        self.actions.iter().filter(move |action| is_root || action.audience == Audience::Tenant)
    }

    /// What a system role grants.
    pub fn system_grants(&self, role: &str) -> impl Iterator<Item = (Cow<'static, str>, Extent)> {
        self.system.get(role).into_iter().flatten().map(|(name, extent)| (Cow::Borrowed(*name), *extent))
    }

    /// The product's own spelling of a permission, which needs no allocation.
    pub fn intern(&self, permission: String) -> Cow<'static, str> {
        match self.actions.binary_search_by_key(&permission.as_str(), |action| action.name) {
            Ok(index) => {
                self.actions.get(index).map_or(Cow::Owned(permission), |action| Cow::Borrowed(action.name))
            }
            Err(_) => Cow::Owned(permission),
        }
    }
}
