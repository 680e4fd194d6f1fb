//! GET /access/logs: the decision log.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenantry_kernel::{Cursor, Page, PageSize, RequestId, UserId};
use tenantry_web::{Guard, Listing, Problem, Query, View};
use uuid::Uuid;

use super::check::Decided;
use crate::ReadDecisions;

tenantry_kernel::text_enum! {
    /// What was decided.
    pub(crate) enum Outcome {
        /// It was allowed. One in 64 of these is kept.
        Allow = "allow",
        /// It was denied. All of these are kept.
        Deny = "deny",
    }
}

tenantry_db::row! {
    /// A decision.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub(crate) struct DecisionView {
        pub(crate) id: Uuid,
        pub(crate) at: Timestamp,
        /// Who asked, when it was a user of the tenant.
        pub(crate) user_id: Option<Uuid>,
        /// Who asked, when only another service knows them.
        pub(crate) subject: Option<String>,
        pub(crate) action: String,
        pub(crate) resource_type: String,
        pub(crate) resource_id: Option<Uuid>,
        /// The resource, when its id is no UUID.
        pub(crate) resource_name: Option<String>,
        pub(crate) decision: Outcome,
        /// What decided.
        pub(crate) policies: Vec<String>,
        /// Why, as a sentence.
        pub(crate) reason: String,
        /// What was known of the resource and the circumstances.
        pub(crate) facts: Option<Value>,
        pub(crate) request_id: RequestId,
    }
}

impl View for DecisionView {}

macro_rules! decision {
    ($rest:literal) => {
        concat!(
            "SELECT id, at, user_id, subject, action, resource_type, resource_id, resource_name, decision, policies, reason, ",
            "facts, request_id FROM access_log WHERE tenant_id = $1 AND (at, id) < ($2, $3) ",
            $rest,
            " ORDER BY at DESC, id DESC LIMIT 101"
        )
    };
}

tenantry_db::statements! {
    /// Decisions, newest first.
    pub(crate) read list(at: Timestamp, id: Uuid) -> Vec<DecisionView> = decision!("");

    /// Decisions of one kind.
    read list_decided(at: Timestamp, id: Uuid, decision: Outcome) -> Vec<DecisionView> = decision!("AND decision = $4");

    /// Decisions about an action, also only of one kind.
    read list_action(at: Timestamp, id: Uuid, action: String, decision: Option<Outcome>) -> Vec<DecisionView>
        = decision!("AND action = $4 AND ($5::text IS NULL OR decision = $5)");

    /// Decisions about a user, also only about an action or of one kind.
    read list_user(at: Timestamp, id: Uuid, user: UserId, action: Option<String>, decision: Option<Outcome>) -> Vec<DecisionView>
        = decision!("AND user_id = $4 AND ($5::text IS NULL OR action = $5) AND ($6::text IS NULL OR decision = $6)");
}

/// What to look for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Filter {
    /// Only decisions about this user.
    user_id: Option<UserId>,
    /// Only decisions about this action.
    action: Option<String>,
    /// Only what was allowed, or only what was denied.
    decision: Option<Outcome>,
    /// Items on a page: 10, 20, 50 or 100.
    limit: Option<PageSize>,
    /// Where to go on.
    cursor: Option<Cursor>,
}

/// List decisions, newest first. They are written in batches: a decision is here after a moment.
pub(crate) async fn read(
    guard: Guard<ReadDecisions>,
    Query(filter): Query<Filter>,
) -> Result<Listing<DecisionView>, Problem> {
    guard.permit_all::<Decided>()?;
    let start = filter.cursor.unwrap_or_else(Cursor::newest);
    let statement = match (filter.user_id, filter.action, filter.decision) {
        (Some(user), action, decision) => list_user(start.at, start.id, user, action, decision),
        (None, Some(action), decision) => list_action(start.at, start.id, action, decision),
        (None, None, Some(decision)) => list_decided(start.at, start.id, decision),
        (None, None, None) => list(start.at, start.id),
    };
    let rows = guard.tenant().read(statement).await?;
    let page = Page::cut(rows, filter.limit.unwrap_or_default(), |row| Cursor { at: row.at, id: row.id });
    Ok(Listing::new(page, None))
}
