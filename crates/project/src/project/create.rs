//! POST /projects

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_db::{Change, Committed};
use tenantry_kernel::{Clock, Rng};
use tenantry_web::{Body, Guard, Problem, Success, not_blank, search_key};

use super::{Project, ProjectId, ProjectStatus, ProjectView, store};
use crate::Error;
use crate::policy::Create;

/// A new project.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewProject {
    /// At least three characters (document E).
    #[garde(length(chars, min = 3, max = 200), custom(not_blank))]
    name: String,
    #[garde(inner(length(chars, max = 10_000)))]
    description: Option<String>,
}

/// Create a project; it is the caller's own.
pub(crate) async fn create(
    guard: Guard<Create>,
    clock: Clock,
    rng: Rng,
    Body(request): Body<NewProject>,
) -> Result<Committed<Success<ProjectView>>, Problem> {
    let (by, now) = (guard.caller()?.user, clock.now());
    let project = Project {
        id: ProjectId::new(&clock, &rng),
        name: request.name,
        description: request.description,
        status: ProjectStatus::Active,
        owner_id: by,
        version: 1,
        created_at: now,
        updated_at: now,
        created_by: by,
        updated_by: by,
    };
    let permit = guard.permit_new(&project)?;
    let mut tx = guard.tenant().begin()?;
    let Project { id, name, description, status, .. } = project.clone();
    let key = search_key(&name);
    tx.queue(store::insert(id, name, description, status, by, now, by, key));
    let change = Change::created(&project);
    let view = Success::created(ProjectView::new(&permit, project), format!("/projects/{id}"));
    Ok(tx.commit(change, view).await.map_err(Error::of_write)?)
}
