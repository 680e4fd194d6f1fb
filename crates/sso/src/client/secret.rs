//! Secrets of clients: made here, shown once, kept as hashes; POST /oauth/clients/{client_id}/secret

use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tenantry_db::{Change, Reply, StoredReply, Topic, Write, Written};
use tenantry_kernel::{Clock, Rng};
use tenantry_vault::hash_token;
use tenantry_web::{Body, Guard, OperationDoc, Output, Path, Problem, Success, View};

use super::model::{ClientId, ClientView, SecretId};
use super::store;
use crate::{Error, UpdateClient};

/// A new secret: 256 random bits, told once.
pub(super) struct NewSecret {
    id: SecretId,
    pub(super) text: String,
}

impl NewSecret {
    pub(super) fn make(clock: &Clock, rng: &Rng) -> Self {
        let text = format!("tcs_{}", URL_SAFE_NO_PAD.encode(rng.bytes::<32>()));
        Self { id: SecretId::new(clock, rng), text }
    }

    /// The statement that keeps its hash.
    pub(super) fn insert(&self, client: ClientId, at: Timestamp) -> Write<Written> {
        store::insert_secret(self.id, client, hash_token(&self.text).to_vec(), at)
    }
}

/// A client with its secret, told once: the answer that is kept for a repeated request does not have it.
pub(crate) struct Told<T> {
    pub(super) answer: Success<T>,
    pub(super) shown: Option<Success<WithSecret<T>>>,
}

/// A view with the secret beside its fields.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "{T}WithSecret")]
pub(crate) struct WithSecret<T> {
    #[serde(flatten)]
    view: T,
    /// The secret, shown in this answer only.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
}

impl<T: View> View for WithSecret<T> {
    fn version(&self) -> Option<i64> {
        self.view.version()
    }
}

impl<T: View + Clone> Told<T> {
    pub(super) fn new(
        answer: impl Fn(T) -> Success<T>,
        shown: impl Fn(WithSecret<T>) -> Success<WithSecret<T>>,
        view: T,
        secret: Option<String>,
    ) -> Self {
        let shown =
            secret.map(|secret| shown(WithSecret { view: view.clone(), client_secret: Some(secret) }));
        Self { answer: answer(view), shown }
    }
}

impl<T: View> Reply for Told<T> {
    fn stored(&self) -> StoredReply {
        self.answer.stored()
    }
}

impl<T: View> Output for Told<T> {
    fn into_response(self) -> Response {
        match self.shown {
            Some(shown) => shown.into_response(),
            None => self.answer.into_response(),
        }
    }

    fn describe(operation: &mut OperationDoc) {
        <Success<WithSecret<T>> as Output>::describe(operation);
    }
}

/// How long the older secrets still count.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretRotation {
    /// 0 to 604800 (a week); by default one day. 0 ends them at once.
    #[garde(inner(range(max = 604_800)))]
    overlap_seconds: Option<u32>,
}

/// Give the client a new secret; the older ones count for a while longer.
pub(crate) async fn rotate(
    guard: Guard<UpdateClient>,
    clock: Clock,
    rng: Rng,
    Path(id): Path<ClientId>,
    Body(request): Body<SecretRotation>,
) -> Result<Told<ClientView>, Problem> {
    let now = clock.now();
    let mut tx = guard.tenant().begin()?;
    let client = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    let permit = guard.permit(&client)?;
    if !client.has_secret() {
        return Err(Error::WithoutSecret.into());
    }
    let overlap = request.overlap_seconds.unwrap_or(86_400);
    let until = now + SignedDuration::from_secs(i64::from(overlap));
    let secret = NewSecret::make(&clock, &rng);
    tx.run((store::delete_expired_secrets(id, now), store::retire_secrets(id, until))).await?;
    tx.queue(secret.insert(id, now));
    tx.announce(Topic::Clients);
    let values = json!({"name": client.name, "overlap_seconds": overlap});
    let change = Change::named("client", Some(id.as_uuid()), "secret_rotated", values);
    let told = Told::new(Success::ok, Success::ok, ClientView::new(&permit, client), Some(secret.text));
    Ok(tx.commit(change, told).await?.value)
}
