//! CloudEvents 1.0, in the JSON format.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use tenantry_db::TenantDb;
use tenantry_kernel::{EventId, RequestId, TenantId, UserId};
use tenantry_web::View;
use tenantry_web::ports::{Fact, FactKind, Facts, Resource, ResourceInfo};
use uuid::Uuid;

use super::{own, store};
use crate::job::{JobError, JobRow};

/// An event (CloudEvents 1.0).
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CloudEvent {
    /// `1.0`.
    pub specversion: &'static str,
    /// The event: the same in every delivery.
    pub id: EventId,
    /// `/tenants/<id>`.
    pub source: String,
    /// What happened: `tenantry.<resource>.<verb>`, or a type of the tenant's own.
    #[serde(rename = "type")]
    pub event_type: String,
    /// What it happened to: `<aggregate type>/<id>`, or what the tenant called it.
    pub subject: String,
    /// When.
    pub time: Timestamp,
    /// `application/json`.
    pub datacontenttype: &'static str,
    /// What changed.
    pub data: Value,
    /// The place in the tenant's stream (CloudEvents sequence extension): 19 digits, so that it sorts as text too.
    pub sequence: String,
    /// The user who caused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actorid: Option<UserId>,
    /// The request that caused it.
    pub requestid: RequestId,
}

impl View for CloudEvent {}

tenantry_db::row! {
    /// A numbered event in the outbox.
    pub(crate) struct EventRow {
        pub(crate) id: EventId,
        pub(crate) event_type: String,
        pub(crate) aggregate_type: String,
        pub(crate) aggregate_id: Uuid,
        pub(crate) actor_id: Option<UserId>,
        pub(crate) request_id: RequestId,
        pub(crate) data: Value,
        pub(crate) at: Timestamp,
        pub(crate) seq: Option<i64>,
    }
}

/// An event, as policies see it.
pub(crate) const RESOURCE: ResourceInfo = ResourceInfo {
    name: "event",
    plural: "events",
    attributes: &[
        ("event_type", FactKind::Text),
        ("subject_type", FactKind::Text),
        ("time", FactKind::Instant),
    ],
};

impl Resource for EventRow {
    const TYPE: &'static str = "event";

    fn facts(&self) -> Facts {
        Facts::from([
            ("event_type".into(), Fact::Text(self.event_type.clone())),
            ("subject_type".into(), Fact::Text(self.aggregate_type.clone())),
            ("time".into(), Fact::Instant(self.at)),
        ])
    }

    fn id(&self) -> Option<Uuid> {
        Some(self.id.as_uuid())
    }

    /// Who caused it owns it.
    fn owner(&self) -> Option<UserId> {
        self.actor_id
    }
}

impl EventRow {
    pub(crate) fn number(&self) -> i64 {
        self.seq.unwrap_or_default()
    }

    pub(crate) fn show(self, tenant: TenantId) -> CloudEvent {
        let sequence = sequence(self.number());
        let subject = format!("{}/{}", self.aggregate_type, self.aggregate_id);
        let (subject, data) = own::unfold(&self.aggregate_type, subject, self.data);
        CloudEvent {
            specversion: "1.0",
            id: self.id,
            source: format!("/tenants/{tenant}"),
            event_type: self.event_type,
            subject,
            time: self.at,
            datacontenttype: "application/json",
            data,
            sequence,
            actorid: self.actor_id,
            requestid: self.request_id,
        }
    }
}

/// A sequence number as text that sorts like the number.
pub(crate) fn sequence(number: i64) -> String {
    format!("{number:019}")
}

impl CloudEvent {
    /// The event that a [`Subscriber`](crate::Subscriber)'s job is about.
    pub async fn of_job(tenant: &TenantDb, job: &JobRow) -> Result<Self, JobError> {
        let id = job.payload.get("event_id").and_then(Value::as_str).and_then(|id| id.parse().ok());
        let Some(id) = id else { return Err(JobError::Discard("the job names no event".to_owned())) };
        let row = tenant.read(store::find(id)).await?;
        row.map(|row| row.show(tenant.tenant_id()))
            .ok_or_else(|| JobError::Discard(format!("the event {id} is gone")))
    }
}
