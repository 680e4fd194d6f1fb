//! The decision log: every denial, and a sample of what was allowed, written in batches.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tenantry_db::{Authority, Log, Origin, Placement, Purpose, Written};
use tenantry_kernel::{AuditId, RequestId, TenantId, UserId};
use tenantry_web::ports::{Decision, Facts, Question, TenantInfo};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::ask::answer::Person;
use crate::ask::question::{self, Known};

tenantry_db::statements! {
    /// One decision.
    log insert_decision(
        id: AuditId, at: Timestamp, user: Option<UserId>, subject: Option<String>, action: String, resource: String,
        resource_id: Option<Uuid>, resource_name: Option<String>, decision: &'static str, policies: Vec<String>,
        reason: String, facts: Value, request_id: RequestId
    ) -> Written = "INSERT INTO access_log (tenant_id, id, at, user_id, subject, action, resource_type, resource_id, \
        resource_name, decision, policies, reason, facts, request_id) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
}

/// Of how many allowed decisions one is kept.
const SAMPLE: u8 = 64;

/// The most that is written at once: more would keep PostgreSQL busy for long enough that others notice.
const BATCH: usize = 64;
/// How long a batch gathers.
const GATHERING: Duration = Duration::from_millis(20);

struct Entry {
    placement: Arc<Placement>,
    at: Timestamp,
    user: Option<UserId>,
    /// Of somebody who is no user of the tenant.
    subject: Option<String>,
    action: Cow<'static, str>,
    resource: Cow<'static, str>,
    resource_id: Option<Uuid>,
    /// Of a resource whose id is no UUID.
    resource_name: Option<String>,
    facts: Value,
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
        if decision.is_allowed && !is_sampled(question.request) {
            return;
        }
        let mut environment = Map::new();
        for (name, value) in [("ip", question.ip), ("user_agent", question.user_agent)] {
            if let Some(value) = value {
                environment.insert(name.to_owned(), Value::from(value));
            }
        }
        let mut resource = as_json(&(question.facts)());
        if let (Some(owner), Some(resource)) = (question.owner, resource.as_object_mut()) {
            resource.insert("owner".to_owned(), Value::from(owner.to_string()));
        }
        self.send(Entry {
            placement: Arc::clone(&question.tenant.placement),
            at: question.at,
            user: Some(question.user),
            subject: None,
            action: question.action.name.into(),
            resource: question.resource_type.into(),
            resource_id: question.resource_id,
            resource_name: None,
            facts: json!({"resource": resource, "environment": environment}),
            decision: decision.clone(),
            request: question.request,
        });
    }

    /// The same for a question of another service.
    pub(crate) fn note_asked(
        &self,
        tenant: &TenantInfo,
        (request, at): (RequestId, Timestamp),
        person: &Person,
        known: &Known,
        decision: &Decision,
    ) {
        if decision.is_allowed && !is_sampled(request) {
            return;
        }
        let id = known.resource.as_ref().and_then(|id| id.parse::<Uuid>().ok());
        self.send(Entry {
            placement: Arc::clone(&tenant.placement),
            at,
            user: person.user,
            subject: person.user.is_none().then(|| person.id.clone()),
            action: known.permission.clone().into(),
            resource: known.kind.clone().into(),
            resource_id: id,
            resource_name: if id.is_none() { known.resource.clone() } else { None },
            facts: json!({
                "resource": as_json(&known.of_resource), "environment": as_json(&known.of_environment),
                "device": as_json(&known.of_device),
            }),
            decision: decision.clone(),
            request,
        });
    }

    fn send(&self, entry: Entry) {
        if self.0.try_send(entry).is_err() {
            metrics::counter!("tenantry_decision_log_dropped_total").increment(1);
        }
    }
}

fn is_sampled(request: RequestId) -> bool {
    request.as_uuid().as_bytes().last().is_some_and(|byte| byte % SAMPLE == 0)
}

fn as_json(facts: &Facts) -> Value {
    facts.iter().map(|(name, fact)| (name.to_string(), question::json(fact))).collect::<Map<_, _>>().into()
}

async fn write_batches(authority: Arc<Authority>, mut receiver: mpsc::Receiver<Entry>) {
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        let count = receiver.recv_many(&mut batch, BATCH).await;
        if count == 0 {
            return;
        }
        let mut tenants: HashMap<TenantId, Vec<Entry>> = HashMap::new();
        for entry in batch.drain(..) {
            tenants.entry(entry.placement.tenant).or_default().push(entry);
        }
        for entries in tenants.into_values() {
            if let Err(error) = write(&authority, entries).await {
                tracing::warn!(error = %error, "decisions could not be logged");
            }
        }
        if count < BATCH {
            tokio::time::sleep(GATHERING).await;
        }
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
                    entry.user,
                    entry.subject,
                    entry.action.into_owned(),
                    entry.resource.into_owned(),
                    entry.resource_id,
                    entry.resource_name,
                    decision,
                    entry.decision.policies.to_vec(),
                    entry.decision.reason.into_owned(),
                    entry.facts,
                    entry.request,
                )
            })
            .collect();
        tenant.log(rows).await
    })
}
