//! DELETE /projects/{project_id}

use tenantry_db::{Change, Committed};
use tenantry_web::{Guard, IfMatch, Message, Path, Problem, Success};

use super::{ProjectId, store};
use crate::Error;
use crate::policy::Delete;

/// Delete a project. Deleting it twice is 404.
pub(crate) async fn delete(
    guard: Guard<Delete>,
    Path(id): Path<ProjectId>,
    expected: IfMatch,
) -> Result<Committed<Success<Message>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    let project = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&project)?;
    expected.check(project.version)?;
    tx.queue(store::delete(id));
    Ok(tx
        .commit(Change::deleted(&project), Success::ok(Message::new("Project deleted successfully")))
        .await?)
}
