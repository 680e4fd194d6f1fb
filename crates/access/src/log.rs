//! The decision log: every denial, and a sample of what was allowed, written in batches.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tenantry_db::{Authority, Origin, Placement, Purpose, Written};
use tenantry_kernel::{AuditId, RequestId, TenantId, UserId};
use tenantry_web::ports::{Decision, Facts, Question, TenantInfo};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::ask::answer::Person;
use crate::ask::question::{self, Known};

tenantry_db::statements! {
    /// Decisions, each an object with the columns' names.
    // check-sql: allow(insert-select) the rows are the parameter's, none is read from a table
    log insert_decisions(decisions: Value) -> Written
        = "INSERT INTO access_log (tenant_id, id, at, user_id, subject, action, resource_type, resource_id, resource_name, \
           decision, policies, reason, facts, request_id) \
           SELECT $1, id, at, user_id, subject, action, resource_type, resource_id, resource_name, decision, policies, \
           reason, facts, request_id FROM jsonb_to_recordset($2) AS given (id uuid, at timestamptz, user_id uuid, \
           subject text, action text, resource_type text, resource_id uuid, resource_name text, decision text, \
           policies text[], reason text, facts jsonb, request_id uuid)";
}

/// Of how many allowed decisions one is kept.
const SAMPLE: u8 = 64;

/// The most that is written at once: more would keep PostgreSQL busy for long enough that others notice.
const BATCH: usize = 16;
/// How long a batch gathers.
const GATHERING: Duration = Duration::from_millis(5);

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

impl Entry {
    fn row(self, id: AuditId) -> Value {
        json!({
            "id": id, "at": self.at, "user_id": self.user, "subject": self.subject, "action": self.action,
            "resource_type": self.resource, "resource_id": self.resource_id, "resource_name": self.resource_name,
            "decision": if self.decision.is_allowed { "allow" } else { "deny" },
            "policies": &*self.decision.policies, "reason": self.decision.reason, "facts": self.facts,
            "request_id": self.request,
        })
    }
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
        let rows: Value = entries.into_iter().map(|entry| entry.row(AuditId::new(clock, rng))).collect();
        tenant.log(vec![insert_decisions(rows)]).await
    })
}
