#![doc = include_str!("../README.md")]

mod catalogue;
mod engine;
mod error;
mod family;
mod grants;
mod group;
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
    /// See groups, their members and roles
    Tenant ReadGroups = "groups:read";
    /// Create groups
    Tenant CreateGroup = "groups:create";
    /// Rename groups
    Tenant UpdateGroup = "groups:update";
    /// Delete groups
    Tenant DeleteGroup = "groups:delete";
    /// Put users, groups and roles into groups and take them out
    Tenant ManageGroup = "groups:manage";
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
pub fn routes() -> Vec<Routes> {
    vec![role_routes(), group_routes()]
}

fn role_routes() -> Routes {
    use permission::{create as create_permission, delete as delete_permission, list as list_permissions};
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
        .get::<ReadRoles, _>("/role-families", "List role families", family::list)
        .create::<CreateRole, _>("/role-families", "Define a role family", family::create)
        .delete::<DeleteRole, _>("/role-families/{family_id}", "Delete a role family", family::delete)
        .get::<ReadRoles, _>("/permissions", "List permissions", list_permissions::list)
        .create::<CreateRole, _>("/permissions", "Declare a permission", create_permission::create)
        .delete::<DeleteRole, _>(
            "/permissions/{permission_id}",
            "Withdraw a declared permission",
            delete_permission::delete,
        )
}

fn group_routes() -> Routes {
    use group::{change, child, list, member, role};
    Routes::new("Groups")
        .get::<ReadGroups, _>("/groups", "List groups", list::list)
        .create::<CreateGroup, _>("/groups", "Create a group", change::create)
        .get::<ReadGroups, _>("/groups/{group_id}", "Get a group", list::get)
        .put::<UpdateGroup, _>("/groups/{group_id}", "Change a group", change::update)
        .delete::<DeleteGroup, _>("/groups/{group_id}", "Delete a group", change::delete)
        .get::<ReadGroups, _>("/groups/{group_id}/members", "List a group's members", member::list)
        .post::<ManageGroup, _>("/groups/{group_id}/members", "Add a user to a group", member::add)
        .delete::<ManageGroup, _>(
            "/groups/{group_id}/members/{user_id}",
            "Take a user out of a group",
            member::remove,
        )
        .get::<ReadGroups, _>("/groups/{group_id}/groups", "List the groups in a group", child::list)
        .post::<ManageGroup, _>("/groups/{group_id}/groups", "Put a group into a group", child::add)
        .delete::<ManageGroup, _>(
            "/groups/{group_id}/groups/{child_id}",
            "Take a group out of a group",
            child::remove,
        )
        .get::<ReadGroups, _>("/groups/{group_id}/roles", "List a group's roles", role::list)
        .post::<ManageGroup, _>("/groups/{group_id}/roles", "Give a role to a group", role::add)
        .delete::<ManageGroup, _>(
            "/groups/{group_id}/roles/{role_id}",
            "Take a role from a group",
            role::remove,
        )
        .get::<ReadGroups, _>("/users/{user_id}/groups", "List a user's groups", list::of_user)
}

/// The actions, for the permission catalogue.
pub const fn actions() -> &'static [ActionInfo] {
    ACTIONS
}

/// The statements, for the tests that check them.
pub fn statements() -> impl Iterator<Item = &'static Statement> {
    [
        family::STATEMENTS,
        grants::STATEMENTS,
        group::store::STATEMENTS,
        log::STATEMENTS,
        permission::store::STATEMENTS,
        role::store::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}
