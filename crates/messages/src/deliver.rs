//! The job that sends a message.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tenantry_db::TenantDb;
use tenantry_events::{Handler, JobError, JobRow};
use tenantry_kernel::{Clock, TenantId};
use tenantry_vault::KeySource;

use crate::post::{Envelope, KIND};
use crate::{Channel, Error, Message, Messenger, SendError};

/// Opens messages and hands them to the messenger of their channel.
pub struct Delivery {
    keys: Arc<dyn KeySource>,
    clock: Clock,
    mail: Arc<dyn Messenger>,
    sms: Arc<dyn Messenger>,
}

impl Delivery {
    /// Send e-mails by one messenger, text messages by another.
    pub fn new(
        keys: Arc<dyn KeySource>,
        clock: Clock,
        mail: Arc<dyn Messenger>,
        sms: Arc<dyn Messenger>,
    ) -> Self {
        Self { keys, clock, mail, sms }
    }

    async fn open(&self, tenant: TenantId, envelope: &Envelope) -> Result<Message, JobError> {
        let keyring = self.keys.keyring(tenant).await.map_err(|error| JobError::Retry(error.to_string()))?;
        envelope.open(&keyring).map_err(|error| match error {
            // Perhaps the key has come on another node, and this one has not heard yet.
            Error::Vault(tenantry_vault::Error::UnknownKey(_)) => JobError::Retry(error.to_string()),
            _ => JobError::Discard("the message cannot be opened".to_owned()),
        })
    }

    async fn send(&self, tenant: TenantId, job: &JobRow) -> Result<(), JobError> {
        let envelope: Envelope = serde_json::from_value(job.payload.clone())
            .map_err(|_| JobError::Discard("this is no message".to_owned()))?;
        let message = self.open(tenant, &envelope).await?;
        let now = self.clock.now();
        if message.until.is_some_and(|until| until <= now) {
            return Err(JobError::Discard("it was not sent in time".to_owned()));
        }
        let messenger = match message.channel {
            Channel::Email => &self.mail,
            Channel::Sms => &self.sms,
        };
        let sent = messenger.send(tenant, envelope.message_id, &message, now).await;
        let outcome = match &sent {
            Ok(()) => "sent",
            Err(SendError::Later(_)) => "later",
            Err(SendError::Never(_)) => "refused",
        };
        let channel = message.channel.as_str();
        metrics::counter!("tenantry_messages_total", "channel" => channel, "outcome" => outcome).increment(1);
        sent.map_err(|error| match error {
            SendError::Later(why) => JobError::Retry(why),
            SendError::Never(why) => JobError::Discard(why),
        })
    }
}

impl Handler for Delivery {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run<'a>(&'a self, tenant: TenantDb, job: &'a JobRow) -> BoxFuture<'a, Result<(), JobError>> {
        Box::pin(async move { self.send(tenant.tenant_id(), job).await })
    }
}
