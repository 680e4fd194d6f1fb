//! Something may have ended sessions: find the clients to tell, and queue a message to each.

use futures_util::future::BoxFuture;
use serde_json::json;
use tenantry_db::{Change, TenantDb};
use tenantry_events::{CloudEvent, Handler, Job, JobError, JobRow, queue};
use tenantry_kernel::{SessionId, UserId};

use super::{deliver, store};
use crate::service::Sso;

/// How often a message is sent before it is given up: over about an hour.
const ATTEMPTS: u32 = 12;

/// Finds the clients to tell.
pub(super) struct Notice(pub(super) Sso);

impl Handler for Notice {
    fn kind(&self) -> &'static str {
        "sso.sessions_ended"
    }

    fn run<'a>(&'a self, tenant: TenantDb, job: &'a JobRow) -> BoxFuture<'a, Result<(), JobError>> {
        Box::pin(async move {
            let event = CloudEvent::of_job(&tenant, job).await?;
            // A page is a transaction; each takes away what the next would find.
            while self.tell(&tenant, &event.subject).await? {}
            Ok(())
        })
    }
}

impl Notice {
    /// Queue messages to the clients of one page; whether there may be more.
    async fn tell(&self, tenant: &TenantDb, subject: &str) -> Result<bool, JobError> {
        let (kind, id) = subject.split_once('/').unwrap_or_default();
        let untold = match (kind, id.parse::<UserId>()) {
            ("session", Ok(id)) => {
                tenant.read(store::untold_of_session(SessionId::from_uuid(id.as_uuid()))).await?
            }
            ("user", Ok(id)) => tenant.read(store::untold_of_user(id)).await?,
            _ => tenant.read(store::untold_of_all()).await?,
        };
        if untold.is_empty() {
            return Ok(false);
        }
        let (clock, rng) = (&self.0.clock, &self.0.rng);
        let mut tx = tenant.begin()?;
        let mut count = 0;
        for one in &untold {
            if tx.run(store::note_told(one.session_id, one.client_id, clock.now())).await?.0 == 0 {
                continue;
            }
            let payload =
                json!({"client_id": one.client_id, "session_id": one.session_id, "user_id": one.user_id});
            queue(&mut tx, clock, rng, Job::new(deliver::KIND, payload).max_attempts(ATTEMPTS)).await?;
            count += 1;
        }
        let change = Change::named("session", None, "clients_told", json!({"messages": count}));
        tx.commit(change.action("oauth:backchannel_logout").without_event(), ()).await?;
        Ok(true)
    }
}
