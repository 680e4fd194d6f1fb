//! GET /permissions

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_kernel::{Cursor, Page, PageSize, Permission};
use tenantry_web::{Guard, Listing, Problem, Query, Use};
use uuid::Uuid;

use super::{PermissionView, store};
use crate::role::Role;
use crate::{Catalogue, ReadRoles};

/// What to look for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Filter {
    /// Only permissions on this resource.
    resource: Option<String>,
    /// Only those of the product, or only those that the tenant declared.
    is_system: Option<bool>,
    /// Items on a page: 10, 20, 50 or 100.
    limit: Option<PageSize>,
    /// Where to go on.
    cursor: Option<Cursor>,
}

/// One item with its place: the product's permissions come first, each at its number.
type Placed = (Cursor, PermissionView);

/// List every permission that a role of the tenant can grant: the product's by name, then the tenant's own, oldest first.
pub(crate) async fn list(
    guard: Guard<ReadRoles>,
    Query(filter): Query<Filter>,
    Use(catalogue): Use<Catalogue>,
) -> Result<Listing<PermissionView>, Problem> {
    guard.permit_all::<Role>()?;
    let start = filter.cursor.unwrap_or_else(Cursor::oldest);
    let mut items: Vec<Placed> = Vec::new();
    if filter.is_system != Some(false) && start.at == Timestamp::UNIX_EPOCH {
        items.extend(of_product(&catalogue, guard.tenant_info().is_root, &filter, start));
    }
    if filter.is_system != Some(true) {
        let from = filter.resource.as_ref().map(|resource| format!("{resource}:"));
        // The character after the colon: all names that begin with `resource:` lie between.
        let to = filter.resource.as_ref().map(|resource| format!("{resource};"));
        let declared = guard.tenant().read(store::list(start.at, start.id, from, to)).await?;
        items.extend(declared.into_iter().filter_map(|one| {
            let permission = one.name.parse().ok()?;
            let place = Cursor { at: one.created_at, id: one.id };
            Some((place, view(Some(one.id), permission, one.description, false)))
        }));
    }
    let page = Page::cut(items, filter.limit.unwrap_or_default(), |(place, _)| *place);
    Ok(Listing::new(page.map(|(_, view)| view), None))
}

fn of_product<'a>(
    catalogue: &'a Catalogue,
    is_root: bool,
    filter: &'a Filter,
    start: Cursor,
) -> impl Iterator<Item = Placed> + 'a {
    let placed = (1_u128..).zip(catalogue.permissions(is_root)).map(|(number, info)| {
        let place = Cursor { at: Timestamp::UNIX_EPOCH, id: Uuid::from_u128(number) };
        let description = Some(info.description.to_owned());
        (place, view(None, Permission::from_static(info.name), description, true))
    });
    placed.filter(move |(place, view)| {
        place.id > start.id && filter.resource.as_ref().is_none_or(|resource| *resource == view.resource)
    })
}

pub(super) fn view(
    id: Option<Uuid>,
    permission: Permission,
    description: Option<String>,
    is_system: bool,
) -> PermissionView {
    PermissionView {
        id,
        resource: permission.resource().to_owned(),
        action: permission.action().to_owned(),
        name: permission.to_string(),
        description,
        is_system,
    }
}
