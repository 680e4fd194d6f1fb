//! What a group gives, for whoever wants to put someone into it: nobody gives what they do not hold.

use tenantry_db::TenantTx;
use tenantry_kernel::FieldError;
use tenantry_web::ports::Grants;
use uuid::Uuid;

use super::{GroupId, store};
use crate::policy::held::{Given, through};
use crate::role::{GrantSpec, rules};
use crate::{Catalogue, Error};

/// Refuse unless the caller holds all that being in `group` gives; `pointer` is the field to blame.
pub(super) async fn held(
    tx: &mut TenantTx,
    catalogue: &Catalogue,
    caller: &Grants,
    group: GroupId,
    pointer: &str,
) -> Result<(), Error> {
    let mut specs: Vec<GrantSpec> = Vec::new();
    let (rows, groups) = tx.read((store::conferred(group), store::all_above(group))).await?;
    let mut roles: Vec<(Uuid, String, String)> = Vec::new();
    for row in rows {
        if roles.last().is_none_or(|(id, ..)| *id != row.role_id.as_uuid()) {
            roles.push((row.role_id.as_uuid(), row.name.clone(), row.role_family));
        }
        if row.is_system {
            specs.extend(rules::system_specs(catalogue, &row.name));
        }
        if let (Some(permission), Some(extent)) = (row.permission, row.extent)
            && let Ok(permission) = permission.parse()
        {
            specs.push(GrantSpec { permission, extent });
        }
    }
    rules::held(catalogue, caller, &specs).map_err(|error| match error {
        Error::BeyondOwn(_) => {
            Error::BeyondOwn(vec![FieldError::new(pointer, "the group grants more than you hold")])
        }
        other => other,
    })?;
    let given = Given {
        ids: roles.iter().map(|(id, ..)| *id).chain(groups.iter().map(|group| group.id.as_uuid())).collect(),
        roles: roles.iter().map(|(_, name, _)| name.as_str()).collect(),
        groups: groups.iter().map(|group| group.name.as_str()).collect(),
        families: roles.iter().map(|(.., family)| family.as_str()).collect(),
    };
    through(tx, catalogue, caller, &given, pointer).await
}
