//! SQL of projects.

use jiff::Timestamp;
use tenantry_db::{Scalar, Written};
use tenantry_kernel::UserId;
use tenantry_web::stats::{Counted, Daily};
use uuid::Uuid;

use super::{Project, ProjectId, ProjectStatus};

macro_rules! project {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, description, status, owner_id, version, created_at, updated_at, created_by, updated_by ",
            "FROM projects WHERE tenant_id = $1 ",
            $rest
        )
    };
}

tenantry_db::statements! {
    /// One project.
    pub(crate) read find(id: ProjectId) -> Option<Project> = project!("AND id = $2");

    /// One project, locked.
    pub(crate) write find_for_update(id: ProjectId) -> Option<Project> = project!("AND id = $2 FOR UPDATE");

    /// Projects, newest first.
    pub(crate) read list_newest(at: Timestamp, id: Uuid) -> Vec<Project>
        = project!("AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT 101");

    /// Projects, oldest first.
    pub(crate) read list_oldest(at: Timestamp, id: Uuid) -> Vec<Project>
        = project!("AND (created_at, id) > ($2, $3) ORDER BY created_at, id LIMIT 101");

    /// Projects in a state, newest first.
    pub(crate) read list_in(at: Timestamp, id: Uuid, status: ProjectStatus) -> Vec<Project>
        = project!("AND status = $4 AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT 101");

    /// Projects of an owner, newest first, also only those in a state.
    pub(crate) read list_of(at: Timestamp, id: Uuid, owner: UserId, status: Option<ProjectStatus>) -> Vec<Project>
        = project!("AND owner_id = $4 AND (created_at, id) < ($2, $3) AND ($5::text IS NULL OR status = $5) \
            ORDER BY created_at DESC, id DESC LIMIT 101");

    /// The twenty newest projects: the first page of the usual size.
    pub(crate) read list_first() -> Vec<Project> = project!("ORDER BY created_at DESC, id DESC LIMIT 21");

    /// How many projects fit.
    pub(crate) read count(owner: Option<UserId>, status: Option<ProjectStatus>) -> Option<Scalar<i64>>
        = "SELECT count(*) FROM projects WHERE tenant_id = $1 AND ($2::uuid IS NULL OR owner_id = $2) \
           AND ($3::text IS NULL OR status = $3)";

    /// Projects whose name is in a range of keys, newest first.
    pub(crate) read list_matching(
        at: Timestamp, id: Uuid, owner: Option<UserId>, status: Option<ProjectStatus>, from: String, until: String
    ) -> Vec<Project> = project!("AND (created_at, id) < ($2, $3) AND ($4::uuid IS NULL OR owner_id = $4) \
        AND ($5::text IS NULL OR status = $5) AND name_key >= $6 AND name_key < $7 \
        ORDER BY created_at DESC, id DESC LIMIT 101");

    /// How many projects match.
    pub(crate) read count_matching(
        owner: Option<UserId>, status: Option<ProjectStatus>, from: String, until: String
    ) -> Option<Scalar<i64>> = "SELECT count(*) FROM projects WHERE tenant_id = $1 AND ($2::uuid IS NULL OR owner_id = $2) \
        AND ($3::text IS NULL OR status = $3) AND name_key >= $4 AND name_key < $5";

    /// How many projects are in each state.
    pub(crate) read count_by_status(only: Option<UserId>) -> Vec<Counted>
        = "SELECT status AS name, count(*) AS count FROM projects WHERE tenant_id = $1 \
           AND ($2::uuid IS NULL OR owner_id = $2) GROUP BY status";

    /// How many projects were created on each day since an instant.
    pub(crate) read created_per_day(since: Timestamp, only: Option<UserId>) -> Vec<Daily>
        = "SELECT (created_at AT TIME ZONE 'UTC')::date AS day, count(*) AS count FROM projects WHERE tenant_id = $1 \
           AND created_at >= $2 AND ($3::uuid IS NULL OR owner_id = $3) GROUP BY 1";

    /// A new project.
    pub(crate) write insert(
        id: ProjectId, name: String, description: Option<String>, status: ProjectStatus, owner: UserId, at: Timestamp,
        by: UserId, name_key: String
    ) -> Written = "INSERT INTO projects (tenant_id, id, name, description, status, owner_id, version, created_at, \
        updated_at, created_by, updated_by, name_key) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $7, $8, $8, $9)";

    /// A project's new values.
    pub(crate) write save(
        id: ProjectId, name: String, description: Option<String>, status: ProjectStatus, owner: UserId, version: i64,
        at: Timestamp, by: UserId, name_key: String
    ) -> Written = "UPDATE projects SET name = $3, description = $4, status = $5, owner_id = $6, version = $7, \
        updated_at = $8, updated_by = $9, name_key = $10 WHERE tenant_id = $1 AND id = $2";

    /// A project no longer.
    pub(crate) write delete(id: ProjectId) -> Written = "DELETE FROM projects WHERE tenant_id = $1 AND id = $2";
}
