//! Writing a message in the transaction of the change that causes it.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use tenantry_db::TenantTx;
use tenantry_events::{Job, queue};
use tenantry_kernel::{Clock, Rng};
use tenantry_vault::{KeySource, Place, Sealed};

use crate::{Error, Message, MessageId};

/// The kind of the jobs that send messages.
pub(crate) const KIND: &str = "messages.send";

/// Takes messages to be sent. Cheap to clone.
#[derive(Clone)]
pub struct Messages {
    keys: Arc<dyn KeySource>,
    clock: Clock,
    rng: Rng,
}

/// What a job says of its message.
#[derive(Serialize, Deserialize)]
pub(crate) struct Envelope {
    pub(crate) message_id: MessageId,
    /// The message as JSON, sealed under the tenant's data key; base64.
    sealed: String,
}

/// Where a message is sealed: its own id is the row, because a dead letter that is run again is another job.
const fn place(id: MessageId) -> Place {
    Place { table: "jobs", column: "payload", row: id.as_uuid() }
}

impl Messages {
    /// A letter box.
    pub fn new(keys: Arc<dyn KeySource>, clock: Clock, rng: Rng) -> Self {
        Self { keys, clock, rng }
    }

    /// Send a message when this transaction commits, and only then.
    ///
    /// It is sealed under the tenant's own key until it is sent.
    ///
    /// # Errors
    /// Those of the database and the vault.
    pub async fn post(&self, tx: &mut TenantTx, message: Message) -> Result<MessageId, Error> {
        let id = MessageId::new(&self.clock, &self.rng);
        let keyring = self.keys.keyring(tx.tenant_id()).await?;
        let sealed = keyring.seal(place(id), &serde_json::to_vec(&message)?, &self.rng)?;
        let envelope = Envelope { message_id: id, sealed: STANDARD.encode(sealed.as_bytes()) };
        queue(tx, &self.clock, &self.rng, Job::new(KIND, serde_json::to_value(envelope)?)).await?;
        Ok(id)
    }
}

impl Envelope {
    /// Open the message again.
    pub(crate) fn open(&self, keyring: &tenantry_vault::Keyring) -> Result<Message, Error> {
        let bytes = STANDARD.decode(&self.sealed).unwrap_or_default();
        let opened = keyring.open(place(self.message_id), &Sealed::from_bytes(bytes)?)?;
        Ok(serde_json::from_slice(&opened)?)
    }
}
