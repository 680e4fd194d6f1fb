//! SQL of the audit trail: one statement for each index that a filter can use.

use tenantry_kernel::UserId;
use uuid::Uuid;

use super::model::AuditView;
use super::stats::DailyOutcome;

macro_rules! list {
    ($which:literal, $size:literal) => {
        concat!(
            "SELECT id, at, actor_type, actor_id, impersonator_id, session_id, action, outcome, resource_type, ",
            "resource_id, old_values, new_values, reason, ip, user_agent, request_id ",
            "FROM audit_log WHERE tenant_id = $1 AND id >= $2 AND id < $3 AND ($4::text IS NULL OR outcome = $4) ",
            "AND ($5::text IS NULL OR action = $5) AND ($6::text IS NULL OR resource_type = $6) ",
            "AND ($7::uuid IS NULL OR resource_id = $7) AND ($8::uuid IS NULL OR actor_id = $8) ",
            $which,
            " ORDER BY id DESC LIMIT ",
            $size
        )
    };
}

tenantry_db::statements! {
    /// How many entries of each outcome there are on each day since an id, also only an actor's.
    pub(crate) read count_per_day(from: Uuid, only: Option<UserId>) -> Vec<DailyOutcome>
        = "SELECT (at AT TIME ZONE 'UTC')::date AS day, outcome, count(*) AS count FROM audit_log WHERE tenant_id = $1 \
           AND id >= $2 AND ($3::uuid IS NULL OR actor_id = $3) GROUP BY 1, 2";

    /// Entries between two ids, newest first.
    pub(crate) read list(
        from: Uuid, before: Uuid, outcome: Option<&'static str>, action: Option<String>, resource: Option<String>,
        resource_id: Option<Uuid>, actor: Option<UserId>
    ) -> Vec<AuditView> = list!("", "101");

    /// Entries of one actor.
    pub(crate) read list_of_actor(
        from: Uuid, before: Uuid, outcome: Option<&'static str>, action: Option<String>, resource: Option<String>,
        resource_id: Option<Uuid>, actor: Option<UserId>
    ) -> Vec<AuditView> = list!("AND actor_id = $8", "101");

    /// Entries of one resource.
    pub(crate) read list_of_resource(
        from: Uuid, before: Uuid, outcome: Option<&'static str>, action: Option<String>, resource: Option<String>,
        resource_id: Option<Uuid>, actor: Option<UserId>
    ) -> Vec<AuditView> = list!("AND resource_type = $6 AND resource_id = $7", "101");

    /// Entries of one action.
    pub(crate) read list_of_action(
        from: Uuid, before: Uuid, outcome: Option<&'static str>, action: Option<String>, resource: Option<String>,
        resource_id: Option<Uuid>, actor: Option<UserId>
    ) -> Vec<AuditView> = list!("AND action = $5", "101");
}
