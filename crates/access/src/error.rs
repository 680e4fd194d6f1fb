//! What can go wrong with roles and permissions.

use tenantry_kernel::{ErrorKind, FieldError, Kind};

/// An error of the access module.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error("the database")]
    Db(#[from] tenantry_db::Error),
    /// A policy cannot be compiled or evaluated.
    #[error("policy: {0}")]
    Policy(String),
    /// No such role, user or permission.
    #[error("not found")]
    NotFound,
    /// A role with this name exists.
    #[error("a role with this name exists")]
    NameTaken,
    /// A permission with this name exists.
    #[error("a permission with this name exists")]
    PermissionTaken,
    /// System roles are part of the product.
    #[error("system roles cannot be changed; copy it into a role of your own")]
    SystemRole,
    /// The role is still assigned to users.
    #[error("the role is still assigned to users")]
    RoleInUse,
    /// Nobody grants what they do not hold.
    #[error("you cannot grant what you do not hold")]
    BeyondOwn(Vec<FieldError>),
    /// Permissions that do not exist.
    #[error("some permissions do not exist")]
    UnknownPermissions(Vec<FieldError>),
    /// A group with this name exists.
    #[error("a group with this name exists")]
    GroupTaken,
    /// A group would be inside itself.
    #[error("the group would be inside itself")]
    Circle,
    /// A role family with this name exists.
    #[error("a role family with this name exists")]
    FamilyTaken,
    /// Roles are of the family.
    #[error("roles are of this family")]
    FamilyInUse,
    /// Roles grant the permission.
    #[error("roles grant this permission")]
    PermissionInUse,
    /// A policy with this name exists.
    #[error("a policy with this name exists")]
    PolicyTaken,
    /// The policy is assigned so already.
    #[error("the policy is assigned so already")]
    AssignedAlready,
    /// Without its last assignment, an enabled policy would concern everybody.
    #[error("without this assignment, the policy would concern everybody: disable it first")]
    LastAssignment,
    /// A type of resource with this name exists.
    #[error("a type of resource with this name exists")]
    TypeTaken,
    /// A policy speaks of the type or the attribute.
    #[error("the policy {1} could not be read any more")]
    TypeInUse(String, String),
    /// Some fields are wrong.
    #[error("some fields are wrong")]
    Fields(Vec<FieldError>),
    /// The last administrator would be gone.
    #[error("the organisation needs at least one administrator")]
    LastAdministrator,
}

impl Kind for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Db(error) => error.kind(),
            Self::Policy(_) => ErrorKind::Internal,
            Self::NotFound => ErrorKind::NotFound,
            Self::NameTaken
            | Self::PermissionTaken
            | Self::SystemRole
            | Self::RoleInUse
            | Self::GroupTaken
            | Self::Circle
            | Self::FamilyTaken
            | Self::FamilyInUse
            | Self::PermissionInUse
            | Self::PolicyTaken
            | Self::AssignedAlready
            | Self::LastAssignment
            | Self::TypeTaken
            | Self::TypeInUse(..)
            | Self::LastAdministrator => ErrorKind::Conflict,
            Self::BeyondOwn(_) => ErrorKind::Forbidden,
            Self::UnknownPermissions(_) | Self::Fields(_) => ErrorKind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Db(error) => error.code(),
            Self::Policy(_) => "internal",
            Self::NotFound => "not_found",
            Self::NameTaken => "role_name_taken",
            Self::PermissionTaken => "permission_taken",
            Self::SystemRole => "system_role",
            Self::RoleInUse => "role_in_use",
            Self::BeyondOwn(_) => "privilege_escalation",
            Self::UnknownPermissions(_) => "unknown_permission",
            Self::GroupTaken => "group_name_taken",
            Self::Circle => "group_circle",
            Self::FamilyTaken => "role_family_taken",
            Self::FamilyInUse => "role_family_in_use",
            Self::PermissionInUse => "permission_in_use",
            Self::PolicyTaken => "policy_name_taken",
            Self::AssignedAlready => "already_assigned",
            Self::LastAssignment => "last_assignment",
            Self::TypeTaken => "resource_type_taken",
            Self::TypeInUse(..) => "resource_type_in_use",
            Self::Fields(_) => "validation_failed",
            Self::LastAdministrator => "last_administrator",
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::BeyondOwn(fields) | Self::UnknownPermissions(fields) | Self::Fields(fields) => {
                fields.clone()
            }
            Self::Circle => vec![FieldError::new("#/group_id", self.to_string())],
            Self::NameTaken
            | Self::PermissionTaken
            | Self::GroupTaken
            | Self::FamilyTaken
            | Self::PolicyTaken
            | Self::TypeTaken => {
                vec![FieldError::new("#/name", self.to_string())]
            }
            Self::TypeInUse(pointer, _) => vec![FieldError::new(pointer.clone(), self.to_string())],
            _ => Vec::new(),
        }
    }
}
