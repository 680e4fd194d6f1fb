//! The table of contents: method, path, action, handler.

use tenantry_web::Routes;

use crate::policy::{Create, Delete, Read, Update};
use crate::project::{create, delete, get, list, stats, update};

/// The routes.
pub fn routes() -> Routes {
    Routes::new("Projects")
        .get::<Read, _>("/projects", "List projects", list::list)
        .get::<Read, _>("/projects/stats", "Count projects by state and day", stats::stats)
        .create::<Create, _>("/projects", "Create a project", create::create)
        .get::<Read, _>("/projects/{project_id}", "Get a project", get::get)
        .put::<Update, _>("/projects/{project_id}", "Change a project", update::update)
        .delete::<Delete, _>("/projects/{project_id}", "Delete a project", delete::delete)
}
