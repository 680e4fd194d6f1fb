//! Who may grant what: nobody more than they hold.

use tenantry_kernel::FieldError;
use tenantry_web::ports::{Extent, Grants};

use super::model::GrantSpec;
use super::store::StoredGrant;
use crate::{Catalogue, Error, SUPER_ADMIN, TENANT_ADMIN};

/// The most permissions that one role may list.
pub(crate) const MOST: usize = 500;

/// Refuse permissions that do not exist: an unknown action of a resource of the product, or one for operators only.
///
/// Resources that the product does not know are the tenant's own.
pub(crate) fn exist(catalogue: &Catalogue, is_root: bool, grants: &[GrantSpec]) -> Result<(), Error> {
    let of_product = |resource: &str| {
        catalogue.permissions(true).any(|info| info.name.split(':').next() == Some(resource))
    };
    let errors: Vec<FieldError> = grants
        .iter()
        .enumerate()
        .filter(|(_, grant)| {
            of_product(grant.permission.resource())
                && !catalogue.permissions(is_root).any(|info| info.name == grant.permission.as_str())
        })
        .map(|(index, grant)| {
            FieldError::new(format!("#/permissions/{index}"), format!("there is no permission {grant}"))
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(Error::UnknownPermissions(errors)) }
}

/// Whether the caller is an administrator of the tenant, who holds also what only the tenant knows.
pub(crate) fn is_administrator(caller: &Grants) -> bool {
    !caller.is_bounded && caller.roles.iter().any(|(_, name)| name == TENANT_ADMIN || name == SUPER_ADMIN)
}

/// Refuse grants that the caller does not hold as far.
pub(crate) fn held(catalogue: &Catalogue, caller: &Grants, grants: &[GrantSpec]) -> Result<(), Error> {
    let is_administrator = is_administrator(caller);
    let holds = |grant: &GrantSpec| {
        let name = grant.permission.as_str();
        let is_own = is_administrator && !catalogue.permissions(true).any(|info| info.name == name);
        is_own || caller.extent(name).is_some_and(|extent| extent >= grant.extent)
    };
    let errors: Vec<FieldError> = grants
        .iter()
        .enumerate()
        .filter(|(_, grant)| !holds(grant))
        .map(|(index, grant)| {
            FieldError::new(format!("#/permissions/{index}"), format!("you do not hold {grant}"))
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(Error::BeyondOwn(errors)) }
}

/// Whether the caller holds everything that somebody else holds: whoever does not, must not act on that person's account.
pub fn covers(catalogue: &Catalogue, caller: &Grants, theirs: &Grants) -> bool {
    let is_administrator = is_administrator(caller);
    theirs.permissions.iter().all(|(name, extent)| {
        caller.extent(name).is_some_and(|held| held >= *extent)
            || (is_administrator && !catalogue.permissions(true).any(|info| info.name == *name))
    })
}

/// Refuse scopes of an API key that do not exist, or that the caller does not hold as far.
///
/// # Errors
/// 422 and 403, with pointers into `#/scopes`.
pub fn scopes_within(
    catalogue: &Catalogue,
    is_root: bool,
    caller: &Grants,
    scopes: &[GrantSpec],
) -> Result<(), Error> {
    let moved = |fields: Vec<FieldError>| {
        let moved = |field: FieldError| {
            FieldError::new(field.pointer.replacen("#/permissions", "#/scopes", 1), field.detail)
        };
        fields.into_iter().map(moved).collect()
    };
    exist(catalogue, is_root, scopes).and_then(|()| held(catalogue, caller, scopes)).map_err(|error| {
        match error {
            Error::UnknownPermissions(fields) => Error::UnknownPermissions(moved(fields)),
            Error::BeyondOwn(fields) => Error::BeyondOwn(moved(fields)),
            other => other,
        }
    })
}

/// What a stored role grants.
pub(crate) fn specs(stored: Vec<StoredGrant>) -> Vec<GrantSpec> {
    let spec = |grant: StoredGrant| {
        Some(GrantSpec { permission: grant.permission.parse().ok()?, extent: grant.extent })
    };
    stored.into_iter().filter_map(spec).collect()
}

/// What a role grants, be it of the system or the tenant's own.
pub(crate) fn grants_of(
    catalogue: &Catalogue,
    role: &super::Role,
    stored: Vec<StoredGrant>,
) -> Vec<GrantSpec> {
    if !role.is_system {
        return specs(stored);
    }
    system_specs(catalogue, &role.name)
}

/// What a system role grants.
pub(crate) fn system_specs(catalogue: &Catalogue, role: &str) -> Vec<GrantSpec> {
    let spec = |(name, extent): (std::borrow::Cow<'static, str>, Extent)| {
        Some(GrantSpec { permission: name.parse().ok()?, extent })
    };
    let mut grants: Vec<GrantSpec> = catalogue.system_grants(role).filter_map(spec).collect();
    grants.sort_by(|a, b| a.permission.cmp(&b.permission));
    grants
}

/// Refuse the name of a system role, also of one that this tenant does not have: names decide who is an administrator.
pub(crate) fn free(name: &str) -> Result<(), Error> {
    if crate::SYSTEM_ROLES.iter().any(|role| role.name == name) { Err(Error::NameTaken) } else { Ok(()) }
}

/// A list of grants without repetitions.
pub(crate) fn distinct(mut grants: Vec<GrantSpec>) -> Vec<GrantSpec> {
    grants.sort_by(|a, b| (&a.permission, b.extent).cmp(&(&b.permission, a.extent)));
    grants.dedup_by(|a, b| a.permission == b.permission);
    grants
}
