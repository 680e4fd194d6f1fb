//! GET /jobs

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenantry_kernel::{Cursor, JobId, Page, PageSize, UserId};
use tenantry_web::ports::{Fact, FactKind, Facts, Resource, ResourceInfo};
use tenantry_web::{Guard, Listing, Problem, Query, View};
use uuid::Uuid;

use super::model::{JobState, Lane};
use super::store;
use crate::policy::ReadJobs;

tenantry_db::row! {
    /// A background job. Its payload is not shown: it may hold what the reader may not see elsewhere.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct JobView {
        /// The job.
        pub id: JobId,
        /// What is to be done.
        pub kind: String,
        /// `ready`, `running`, `done` or `dead`.
        pub state: JobState,
        /// `default`, or `retry` after the first few attempts.
        pub lane: Lane,
        /// Jobs with the same key run one after the other.
        pub ordering_key: Option<String>,
        /// How often it was tried.
        pub attempts: i32,
        /// After how many attempts it is given up, when that differs from the server's setting.
        pub max_attempts: Option<i32>,
        /// When it may run (next).
        pub due_at: Timestamp,
        /// Why the last attempt failed.
        pub last_error: Option<String>,
        /// When it was queued.
        pub created_at: Timestamp,
        /// When it succeeded or was given up.
        pub finished_at: Option<Timestamp>,
    }
}

impl View for JobView {}

/// A job, as policies see it.
pub(crate) const RESOURCE: ResourceInfo = ResourceInfo {
    name: "job",
    plural: "jobs",
    attributes: &[("kind", FactKind::Text), ("state", FactKind::Text), ("created_at", FactKind::Instant)],
};

pub(super) fn facts(kind: &str, state: JobState, created_at: Timestamp) -> Facts {
    Facts::from([
        ("kind".into(), Fact::Text(kind.to_owned())),
        ("state".into(), Fact::Text(state.as_str().to_owned())),
        ("created_at".into(), Fact::Instant(created_at)),
    ])
}

impl Resource for JobView {
    const TYPE: &'static str = "job";

    fn facts(&self) -> Facts {
        facts(&self.kind, self.state, self.created_at)
    }

    fn id(&self) -> Option<Uuid> {
        Some(self.id.as_uuid())
    }

    /// Nobody owns a job.
    fn owner(&self) -> Option<UserId> {
        None
    }
}

/// What to look for.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Filter {
    /// Only jobs in this state.
    state: Option<JobState>,
    /// Items on a page: 10, 20, 50 or 100.
    limit: Option<PageSize>,
    /// Where to go on.
    cursor: Option<Cursor>,
}

/// List the tenant's background jobs, newest first.
///
/// Finished jobs are kept for seven days.
pub(crate) async fn list(
    guard: Guard<ReadJobs>,
    Query(filter): Query<Filter>,
) -> Result<Listing<JobView>, Problem> {
    let seen = guard.permit_each::<JobView>()?;
    if seen.owner().is_some() {
        // Jobs are nobody's own.
        return Ok(Listing::new(Page { items: Vec::new(), next: None }, None));
    }
    let statement = match filter.state {
        None => store::list,
        Some(JobState::Ready) => store::list_ready,
        Some(JobState::Running) => store::list_running,
        Some(JobState::Done) => store::list_done,
        Some(JobState::Dead) => store::list_dead,
    };
    let before = filter.cursor.map_or(Uuid::max(), |cursor| cursor.id);
    let rows = guard.tenant().read(statement(before)).await?;
    let page = Page::cut(rows, filter.limit.unwrap_or_default(), |row| Cursor {
        at: row.created_at,
        id: row.id.as_uuid(),
    });
    Ok(Listing::new(seen.keep(page), None))
}
