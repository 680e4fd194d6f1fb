//! The statements that every commit carries: audit row, event, stored reply.

use jiff::Timestamp;
use serde_json::Value;
use tenantry_kernel::{AuditId, Clock, EventId, RequestId, Rng, TenantId, UserId};
use uuid::Uuid;

use crate::change::Change;
use crate::error::Error;
use crate::origin::{Actor, Idempotency, Origin};
use crate::reply::StoredReply;
use crate::row::{Scalar, Written};
use crate::statement::Step;

/// How a refused or successful action is written down.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outcome {
    Success,
    Refused,
}

crate::statements! {
    /// One row of the audit trail.
    write insert_audit(
        id: AuditId, at: Timestamp, actor_type: &'static str, actor_id: Option<UserId>, impersonator: Option<UserId>,
        session_id: Option<tenantry_kernel::SessionId>, action: String, outcome: &'static str, resource: &'static str,
        resource_id: Option<Uuid>, old: Option<Value>, new: Option<Value>, reason: Option<String>, ip: Option<String>,
        user_agent: Option<String>, request_id: RequestId
    ) -> Written = "INSERT INTO audit_log (tenant_id, id, at, actor_type, actor_id, impersonator_id, session_id, \
        action, outcome, resource_type, resource_id, old_values, new_values, reason, ip, user_agent, request_id) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";

    /// One event, waiting for its sequence number.
    write insert_event(
        id: EventId, kind: String, aggregate: &'static str, aggregate_id: Uuid, version: i64, actor: Option<UserId>,
        request_id: RequestId, data: Value, at: Timestamp, traceparent: Option<String>
    ) -> Written = "INSERT INTO outbox (tenant_id, id, type, aggregate_type, aggregate_id, aggregate_version, \
        actor_id, request_id, data, at, traceparent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

    /// Whether this request is the only one at work under its key; held until the transaction ends.
    pub(crate) control lock_key(lock: i64) -> Option<Scalar<bool>> = "SELECT pg_try_advisory_xact_lock($1)";

    /// What an earlier request with the key was answered.
    pub(crate) read find_reply(key: String) -> Option<Kept>
        = "SELECT fingerprint, status, headers, body FROM idempotency_keys WHERE tenant_id = $1 AND key = $2";

    /// Keep the answer for the next request with the key.
    write insert_reply(
        key: String, fingerprint: Vec<u8>, status: i16, headers: Value, body: Vec<u8>, at: Timestamp
    ) -> Written = "INSERT INTO idempotency_keys (tenant_id, key, fingerprint, status, headers, body, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";

    /// Tell every node, when the transaction commits.
    pub(crate) control notify(message: String) -> Option<Scalar<bool>> = "SELECT true FROM pg_notify('tenantry', $1)";
}

crate::row! {
    /// A kept answer.
    pub(crate) struct Kept {
        fingerprint: Vec<u8>,
        status: i16,
        headers: Value,
        body: Vec<u8>,
    }
}

impl Kept {
    /// Decide what a request under this key gets: the kept answer, or a refusal when it is a different request.
    pub(crate) fn answer(self, asked: &Idempotency) -> Error {
        if self.fingerprint != asked.fingerprint {
            return Error::IdempotencyMismatch;
        }
        Error::Replay(std::sync::Arc::new(StoredReply {
            status: u16::try_from(self.status).unwrap_or(500),
            headers: serde_json::from_value(self.headers).unwrap_or_default(),
            body: self.body,
        }))
    }
}

/// Makes ids and tells the time for the trail.
#[derive(Debug, Clone)]
pub(crate) struct Pen {
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
}

impl Pen {
    /// The audit row and the event of one change.
    pub(crate) fn write(
        &self,
        tenant: TenantId,
        origin: &Origin,
        outcome: Outcome,
        change: Change,
    ) -> Vec<Step> {
        let at = self.clock.now();
        let (session, impersonator) = match &origin.actor {
            Actor::User { session, impersonator, .. } => (Some(*session), *impersonator),
            _ => (None, None),
        };
        let mut steps = Vec::with_capacity(2);
        if let (Outcome::Success, true, Some(id)) = (outcome, change.is_event, change.resource_id) {
            let data = change.new.clone().or_else(|| change.old.clone()).unwrap_or(Value::Null);
            steps.push(Step::bound(
                insert_event(
                    change
                        .published
                        .as_ref()
                        .map_or_else(|| EventId::new(&self.clock, &self.rng), |(id, _)| *id),
                    change.event_type(),
                    change.resource,
                    id,
                    change.version,
                    origin.actor.user_id(),
                    origin.request_id,
                    data,
                    at,
                    tenantry_kernel::trace::current(),
                ),
                Some(tenant),
            ));
        }
        steps.push(Step::bound(
            insert_audit(
                AuditId::new(&self.clock, &self.rng),
                at,
                origin.actor.kind(),
                origin.actor.user_id(),
                impersonator,
                session,
                change.action.unwrap_or(origin.action).to_owned(),
                match outcome {
                    Outcome::Success => "success",
                    Outcome::Refused => "refused",
                },
                change.resource,
                change.resource_id,
                change.old,
                change.new,
                change.reason,
                origin.ip.clone(),
                origin.user_agent.clone(),
                origin.request_id,
            ),
            Some(tenant),
        ));
        steps
    }

    /// Keep `reply` under the request's key.
    pub(crate) fn keep(&self, tenant: TenantId, key: &Idempotency, reply: &StoredReply) -> Step {
        let headers = serde_json::to_value(&reply.headers).unwrap_or(Value::Null);
        Step::bound(
            insert_reply(
                key.key.clone(),
                key.fingerprint.clone(),
                i16::try_from(reply.status).unwrap_or(i16::MAX),
                headers,
                reply.body.clone(),
                self.clock.now(),
            ),
            Some(tenant),
        )
    }
}

/// The advisory lock that stands for a tenant's idempotency key.
pub(crate) fn lock_of(tenant: TenantId, key: &str) -> i64 {
    let mut input = tenant.as_uuid().as_bytes().to_vec();
    input.extend_from_slice(key.as_bytes());
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &input);
    digest.as_ref().first_chunk::<8>().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}
