#![doc = include_str!("../README.md")]

mod ask;
mod catalogue;
mod decisions;
mod devices;
mod engine;
mod error;
mod family;
mod grants;
mod group;
mod log;
mod memo;
mod permission;
mod policy;
mod role;

use tenantry_db::{Cut, Kept, Statement};
use tenantry_web::ports::ResourceInfo;
use tenantry_web::{ActionInfo, Routes};

pub use ask::authzen::metadata as authzen_metadata;
pub use ask::suite::{Report, Verdict, run_suite};
pub use catalogue::{
    Catalogue, RoleFamily, SUPER_ADMIN, SYSTEM_ROLES, SystemRole, TENANT_ADMIN, system_grant,
};
pub use decisions::Access;
pub use error::Error;
pub use grants::held_by;
pub use role::give::{check_giving, existing_roles, give_roles, holds_role, role_named};
pub use role::rules::{covers, scopes_within};
pub use role::seed::{assign_role, confer_roles, keep_an_administrator, may_confer, seed_roles, take_roles};
pub use role::{GrantSpec, RoleSummary, roles_of};

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
    /// See policies, their versions and whom they are assigned to
    Tenant ReadPolicies = "policies:read";
    /// Create policies and declare types of resources
    Tenant CreatePolicy = "policies:create";
    /// Change, assign and roll back policies
    Tenant UpdatePolicy = "policies:update";
    /// Delete policies
    Tenant DeletePolicy = "policies:delete";
    /// Ask what anybody may do
    Tenant CheckAccess = "access:check";
    /// See what was decided
    Tenant ReadDecisions = "access:read";
    /// Try policies before they are saved
    Tenant SimulatePolicies = "access:simulate";
}

/// The routes.
pub fn routes() -> Vec<Routes> {
    vec![role_routes(), group_routes(), policy_routes(), ask_routes()]
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

fn policy_routes() -> Routes {
    use policy::{assign, change, code, kinds, list, version};
    Routes::new("Policies")
        .get::<ReadPolicies, _>("/policies", "List policies", list::list)
        .create::<CreatePolicy, _>("/policies", "Create a policy", change::create)
        .get::<ReadPolicies, _>("/policies/export", "Export policies as code", code::export)
        .post::<CreatePolicy, _>("/policies/import", "Import policies as code", code::import)
        .post::<ReadPolicies, _>("/policies/validate", "Check a policy without saving it", code::validate)
        .that_only_asks()
        .get::<ReadPolicies, _>("/policies/{policy_id}", "Get a policy", list::get)
        .put::<UpdatePolicy, _>("/policies/{policy_id}", "Change a policy", change::update)
        .delete::<DeletePolicy, _>("/policies/{policy_id}", "Delete a policy", change::delete)
        .get::<ReadPolicies, _>("/policies/{policy_id}/versions", "List a policy's versions", version::list)
        .get::<ReadPolicies, _>("/policies/{policy_id}/diff", "Compare versions of a policy", version::diff)
        .post::<UpdatePolicy, _>("/policies/{policy_id}/rollback", "Go back to a version", change::rollback)
        .get::<ReadPolicies, _>("/policies/{policy_id}/assignments", "List assignments", assign::list)
        .create::<UpdatePolicy, _>("/policies/{policy_id}/assignments", "Assign a policy", assign::assign)
        .delete::<UpdatePolicy, _>(
            "/policies/{policy_id}/assignments/{assignment_id}",
            "Take an assignment away",
            assign::unassign,
        )
        .get::<ReadPolicies, _>("/resource-types", "List types of resources", kinds::list)
        .create::<CreatePolicy, _>("/resource-types", "Declare a type of resource", kinds::create)
        .put::<UpdatePolicy, _>("/resource-types/{type_id}", "Change a declared type", kinds::update)
        .delete::<DeletePolicy, _>("/resource-types/{type_id}", "Withdraw a declared type", kinds::delete)
}

fn ask_routes() -> Routes {
    use ask::{authzen, check, journal, simulate, suite, who};
    Routes::new("Decisions")
        .post::<CheckAccess, _>("/access/check", "Ask whether a user may do something", check::check)
        .that_only_asks()
        .post::<CheckAccess, _>("/access/check/bulk", "Ask many questions at once", check::bulk)
        .that_only_asks()
        .get::<CheckAccess, _>("/access/who", "List who can do something", who::who)
        .get::<CheckAccess, _>("/users/{user_id}/permissions", "List what a user can do", who::abilities)
        .get::<ReadDecisions, _>("/access/logs", "List decisions", journal::read)
        .post::<SimulatePolicies, _>("/access/simulate", "Try policies on questions", simulate::simulate)
        .that_only_asks()
        .post::<SimulatePolicies, _>("/access/shadow", "Try policies on recorded decisions", simulate::shadow)
        .that_only_asks()
        .post::<SimulatePolicies, _>("/policies/test", "Run policy tests", suite::test)
        .that_only_asks()
        .post::<CheckAccess, _>("/access/v1/evaluation", "AuthZEN evaluation", authzen::evaluation)
        .of_a_standard()
        .that_only_asks()
        .post::<CheckAccess, _>("/access/v1/evaluations", "AuthZEN evaluations", authzen::evaluations)
        .of_a_standard()
        .that_only_asks()
}

/// The actions, for the permission catalogue.
pub const fn actions() -> &'static [ActionInfo] {
    ACTIONS
}

/// The types of resources, as policies see them.
pub const fn resources() -> &'static [ResourceInfo] {
    &[role::RESOURCE, group::RESOURCE, ResourceInfo { name: "policy", plural: "policies", attributes: &[] }]
}

/// The table whose rows leave by partitions; decisions are kept for so many days.
pub fn cuts(decisions_days: u16) -> [Cut; 1] {
    [Cut { table: "access_log", days: 30, kept: Kept::Days(decisions_days) }]
}

/// The statements, for the tests that check them.
pub fn statements() -> impl Iterator<Item = &'static Statement> {
    [
        ask::journal::STATEMENTS,
        ask::who::STATEMENTS,
        family::STATEMENTS,
        grants::STATEMENTS,
        devices::STATEMENTS,
        group::store::STATEMENTS,
        log::STATEMENTS,
        permission::store::STATEMENTS,
        policy::kinds::STATEMENTS,
        policy::store::STATEMENTS,
        role::store::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}
