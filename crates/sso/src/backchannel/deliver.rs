//! One message to one client: a logout token, by a form.

use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Value, json};
use tenantry_db::TenantDb;
use tenantry_events::{Handler, JobError, JobRow};
use tenantry_kernel::{RequestId, SessionId, UserId};

use crate::client::{ClientId, store};
use crate::service::Sso;

/// The kind of the job.
pub(super) const KIND: &str = "sso.logout_token";
/// The header's `typ` (Back-Channel Logout 1.0, 2.4): no other token can be taken for this one, nor this one for another.
const TYPE: &str = "logout+jwt";
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// How long a token counts, in seconds: a new one is made for each attempt.
const SECONDS: i64 = 120;

/// Sends messages.
pub(super) struct Deliver(pub(super) Sso);

/// Whom to tell of what.
#[derive(Deserialize)]
struct Message {
    client_id: ClientId,
    session_id: SessionId,
    user_id: UserId,
}

impl Handler for Deliver {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run<'a>(&'a self, tenant: TenantDb, job: &'a JobRow) -> BoxFuture<'a, Result<(), JobError>> {
        Box::pin(async move {
            let message: Message = serde_json::from_value(job.payload.clone())
                .map_err(|_| JobError::Discard("the message cannot be read".to_owned()))?;
            let client = tenant.read(store::find(message.client_id)).await?;
            // A client that is gone, or wants nothing any more, is not told.
            let Some(client) = client.filter(|client| client.is_active) else { return Ok(()) };
            let Some(address) = client.backchannel_logout_uri.as_deref() else { return Ok(()) };
            let token = self.token(&tenant, &message).await?;
            let sent = self.0.fetcher.post(address, &[("logout_token", &token)], None, 16_384).await;
            let name = if sent.as_ref().is_ok_and(|answer| answer.status < 300) { "told" } else { "failed" };
            metrics::counter!("tenantry_backchannel_logouts_total", "outcome" => name).increment(1);
            match sent {
                Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
                Ok(answer) => {
                    Err(JobError::Retry(format!("the client answers with status {}", answer.status)))
                }
                Err(tenantry_fetch::Error::Refused(why)) => {
                    Err(JobError::Discard(format!("the client may not be asked: {why}")))
                }
                Err(error) => Err(JobError::Retry(error.to_string())),
            }
        })
    }
}

impl Deliver {
    async fn token(&self, tenant: &TenantDb, message: &Message) -> Result<String, JobError> {
        let sso = &self.0;
        let id = tenant.tenant_id();
        let info = sso.directory.by_id(id).await;
        let info = info.map_err(|problem| JobError::Retry(problem.code().to_owned()))?;
        let info = info.ok_or_else(|| JobError::Discard("the tenant is gone".to_owned()))?;
        let keys = sso.keys.signing(id).await.map_err(|error| JobError::Retry(error.to_string()))?;
        let claims = claims(
            &sso.tokens.issuer(&info),
            message,
            sso.clock.now().as_second(),
            RequestId::new(&sso.clock, &sso.rng),
        );
        keys.current.sign(TYPE, &claims).map_err(|error| JobError::Retry(error.to_string()))
    }
}

/// The claims; never a nonce, so that nobody takes them for those of an ID token.
fn claims(issuer: &str, message: &Message, now: i64, id: RequestId) -> Value {
    json!({
        "iss": issuer, "aud": message.client_id, "iat": now, "exp": now + SECONDS, "jti": id,
        "sub": message.user_id, "sid": message.session_id, "events": {EVENT: {}},
    })
}
