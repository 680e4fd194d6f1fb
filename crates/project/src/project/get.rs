//! GET /projects/{project_id}

use tenantry_web::{Guard, Path, Problem, Success};

use super::{ProjectId, ProjectView, store};
use crate::{Error, policy::Read};

/// Get a project.
pub(crate) async fn get(
    guard: Guard<Read>,
    Path(id): Path<ProjectId>,
) -> Result<Success<ProjectView>, Problem> {
    let project = guard.tenant().read(store::find(id)).await?.ok_or(Error::NotFound)?;
    let permit = guard.permit(&project)?;
    Ok(Success::ok(ProjectView::new(&permit, project)))
}
