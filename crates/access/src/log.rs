//! The decision log: every denial, and a sample of what was allowed, written in batches.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tenantry_db::{Authority, Log, Origin, Placement, Purpose, Written};
use tenantry_kernel::{AuditId, RequestId, TenantId, UserId};
use tenantry_web::ports::{Decision, Question};
use tokio::sync::mpsc;
use uuid::Uuid;

tenantry_db::statements! {
    /// One decision.
    log insert_decision(
        id: AuditId, at: Timestamp, user: Option<UserId>, action: &'static str, resource: &'static str,
        resource_id: Option<Uuid>, decision: &'static str, policies: Vec<String>, reason: String,
        request_id: RequestId
    ) -> Written = "INSERT INTO access_log (tenant_id, id, at, user_id, action, resource_type, resource_id, decision, \
        policies, reason, request_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
}

/// Of how many allowed decisions one is kept.
const SAMPLE: u8 = 64;

struct Entry {
    placement: Arc<Placement>,
    at: Timestamp,
    user: UserId,
    action: &'static str,
    resource: &'static str,
    resource_id: Option<Uuid>,
    decision: Decision,
    request: RequestId,
}

/// Takes decisions without waiting; a full queue drops them and counts what it dropped.
#[derive(Clone)]
pub(crate) struct DecisionLog(mpsc::Sender<Entry>);

impl DecisionLog {
    pub(crate) fn start(authority: Arc<Authority>) -> Self {
        let (sender, receiver) = mpsc::channel(8192);
        tokio::spawn(write_batches(authority, receiver));
        Self(sender)
    }

    pub(crate) fn note(&self, question: &Question<'_>, decision: &Decision) {
        let sampled = question.request.as_uuid().as_bytes().last().is_some_and(|byte| byte % SAMPLE == 0);
        if decision.is_allowed && !sampled {
            return;
        }
        let entry = Entry {
            placement: Arc::clone(&question.tenant.placement),
            at: question.at,
            user: question.user,
            action: question.action.name,
            resource: question.resource_type,
            resource_id: question.resource_id,
            decision: decision.clone(),
            request: question.request,
        };
        if self.0.try_send(entry).is_err() {
            metrics::counter!("tenantry_decision_log_dropped_total").increment(1);
        }
    }
}

async fn write_batches(authority: Arc<Authority>, mut receiver: mpsc::Receiver<Entry>) {
    let mut batch = Vec::new();
    while receiver.recv_many(&mut batch, 512).await > 0 {
        let mut tenants: HashMap<TenantId, Vec<Entry>> = HashMap::new();
        for entry in batch.drain(..) {
            tenants.entry(entry.placement.tenant).or_default().push(entry);
        }
        for entries in tenants.into_values() {
            if let Err(error) = write(&authority, entries).await {
                tracing::warn!(error = %error, "decisions could not be logged");
            }
        }
        // Let a batch gather.
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn write(authority: &Authority, entries: Vec<Entry>) -> BoxFuture<'_, Result<(), tenantry_db::Error>> {
    Box::pin(async move {
        let (clock, rng) = (authority.databases().clock(), authority.databases().rng());
        let Some(first) = entries.first() else { return Ok(()) };
        let origin = Origin::system(first.request, first.at, "access:log");
        let tenant = authority.enter(&first.placement, Purpose::Log, origin);
        let rows: Vec<Log<Written>> = entries
            .into_iter()
            .map(|entry| {
                let decision = if entry.decision.is_allowed { "allow" } else { "deny" };
                insert_decision(
                    AuditId::new(clock, rng),
                    entry.at,
                    Some(entry.user),
                    entry.action,
                    entry.resource,
                    entry.resource_id,
                    decision,
                    entry.decision.policies.to_vec(),
                    entry.decision.reason.into_owned(),
                    entry.request,
                )
            })
            .collect();
        tenant.log(rows).await
    })
}
