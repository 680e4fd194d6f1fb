//! PUT /projects/{project_id}

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_db::{Change, Committed};
use tenantry_kernel::{Clock, UserId};
use tenantry_web::{Body, Guard, IfMatch, Path, Problem, Success, not_blank, present, search_key};

use super::{Project, ProjectId, ProjectStatus, ProjectView, store};
use crate::Error;
use crate::policy::Update;

/// What to change of a project; what is absent stays.
#[derive(Debug, Default, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedProject {
    /// At least three characters (document E).
    #[garde(inner(length(chars, min = 3, max = 200), custom(not_blank)))]
    pub(crate) name: Option<String>,
    /// `null` removes it.
    #[garde(inner(inner(length(chars, max = 10_000))))]
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Option<String>")]
    pub(crate) description: Option<Option<String>>,
    #[garde(skip)]
    pub(crate) status: Option<ProjectStatus>,
    /// Give it to another user of the tenant.
    #[garde(skip)]
    pub(crate) owner_id: Option<UserId>,
}

/// Change a project.
///
/// Two round trips: the locked row, then the change with its trail and `COMMIT`.
pub(crate) async fn update(
    guard: Guard<Update>,
    clock: Clock,
    Path(id): Path<ProjectId>,
    expected: IfMatch,
    Body(request): Body<ChangedProject>,
) -> Result<Committed<Success<ProjectView>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    let project = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    let permit = guard.permit(&project)?;
    expected.check(project.version)?;

    let changed = project.changed(request, guard.caller()?.user, clock.now());
    let change = Change::between(&project, &changed);
    if change.is_empty() {
        return Ok(tx
            .unchanged(Success::ok(ProjectView::new(&permit, project)))
            .await
            .map_err(Error::of_write)?);
    }
    let Project { name, description, status, owner_id, version, updated_at, updated_by, .. } =
        changed.clone();
    let key = search_key(&name);
    tx.queue(store::save(id, name, description, status, owner_id, version, updated_at, updated_by, key));
    Ok(tx.commit(change, Success::ok(ProjectView::new(&permit, changed))).await.map_err(Error::of_write)?)
}
