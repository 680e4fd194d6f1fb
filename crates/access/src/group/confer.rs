//! What a group gives, for whoever wants to put someone into it: nobody gives what they do not hold.

use tenantry_db::TenantTx;
use tenantry_kernel::FieldError;
use tenantry_web::ports::Grants;

use super::{GroupId, store};
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
    for row in tx.read(store::conferred(group)).await? {
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
    })
}
