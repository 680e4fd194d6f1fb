#![doc = include_str!("../README.md")]

mod catalogue;
mod engine;
mod error;
mod grants;
mod log;
mod memo;
mod permission;
mod role;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tenantry_db::{Authority, Listener, Statement, TenantDb};
use tenantry_kernel::UserId;
use tenantry_web::ports::{Decision, Decisions, Grants, Question};
use tenantry_web::{ActionInfo, Problem, Routes};

pub use catalogue::{
    Catalogue, RoleFamily, SUPER_ADMIN, SYSTEM_ROLES, SystemRole, TENANT_ADMIN, system_grant,
};
pub use error::Error;
pub use role::seed::{assign_role, keep_an_administrator, seed_roles};
pub use role::{RoleSummary, roles_of};

tenantry_web::actions! {
    module "core";
    /// See roles and what they grant
    Tenant ReadRoles = "roles:read";
    /// Create roles
    Tenant CreateRole = "roles:create";
    /// Change roles
    Tenant UpdateRole = "roles:update";
    /// Delete roles
    Tenant DeleteRole = "roles:delete";
    /// Give roles to users and take them away
    Tenant AssignRole = "roles:assign";
}

/// The access module as the guard sees it.
pub struct Access {
    memo: memo::Memo,
    cache: grants::GrantCache,
    log: log::DecisionLog,
}

impl Access {
    /// Start deciding; grants are kept until `listener` hears of a change.
    pub fn start(
        authority: &Arc<Authority>,
        listener: &Listener,
        catalogue: Catalogue,
    ) -> Result<Self, Error> {
        Ok(Self {
            memo: memo::Memo::new(&engine::Engine::new()?)?,
            cache: grants::GrantCache::start(listener, catalogue),
            log: log::DecisionLog::start(Arc::clone(authority)),
        })
    }
}

impl Decisions for Access {
    fn grants(&self, tenant: TenantDb, user: UserId) -> BoxFuture<'_, Result<Arc<Grants>, Problem>> {
        Box::pin(async move { Ok(self.cache.get(&tenant, user).await?) })
    }

    fn decide(&self, question: &Question<'_>) -> Decision {
        let decision = self.memo.decide(question);
        self.log.note(question, &decision);
        decision
    }

    fn refused(&self, question: &Question<'_>, reason: &'static str) {
        let decision = Decision { is_allowed: false, policies: Arc::new([]), reason: reason.into() };
        self.log.note(question, &decision);
    }
}

/// The routes.
pub fn routes() -> Routes {
    use permission::{create as create_permission, list as list_permissions};
    use role::{assign, create, delete, get, list, update};
    Routes::new("Roles and permissions")
        .get::<ReadRoles, _>("/roles", "List roles", list::list)
        .create::<CreateRole, _>("/roles", "Create a role", create::create)
        .get::<ReadRoles, _>("/roles/{role_id}", "Get a role and what it grants", get::get)
        .put::<UpdateRole, _>("/roles/{role_id}", "Change a role", update::update)
        .delete::<DeleteRole, _>("/roles/{role_id}", "Delete a role", delete::delete)
        .get::<ReadRoles, _>("/users/{user_id}/roles", "List a user's roles", assign::list)
        .post::<AssignRole, _>("/users/{user_id}/roles", "Give a role to a user", assign::assign)
        .delete::<AssignRole, _>(
            "/users/{user_id}/roles/{role_id}",
            "Take a role from a user",
            assign::unassign,
        )
        .get::<ReadRoles, _>("/permissions", "List permissions", list_permissions::list)
        .create::<CreateRole, _>("/permissions", "Declare a permission", create_permission::create)
}

/// The actions, for the permission catalogue.
pub const fn actions() -> &'static [ActionInfo] {
    ACTIONS
}

/// The statements, for the tests that check them.
pub fn statements() -> impl Iterator<Item = &'static Statement> {
    [grants::STATEMENTS, log::STATEMENTS, role::store::STATEMENTS, permission::store::STATEMENTS]
        .into_iter()
        .flatten()
        .copied()
}
