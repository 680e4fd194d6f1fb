use tenantry_web::Routes;

use crate::policy::{CreateEvents, ReadEvents, ReadJobs, RetryJobs};
use crate::{event, job};

/// The routes.
pub fn routes() -> Routes {
    Routes::new("Events")
        .get::<ReadEvents, _>("/events", "List events, oldest first", event::list::list)
        .create::<CreateEvents, _>("/events", "Publish an event of your own", event::create::create)
        .get::<ReadEvents, _>("/events/stream", "Follow events as they happen (SSE)", event::stream::stream)
        .streaming()
        .get::<ReadJobs, _>("/jobs", "List background jobs, newest first", job::list::list)
        .post::<RetryJobs, _>("/jobs/{job_id}/retry", "Run a dead letter again", job::retry::retry)
}
