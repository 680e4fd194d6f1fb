use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tenantry_kernel::TenantId;

use crate::{Message, MessageId, SendError};

/// Brings messages to people: the port behind which SMTP, gateways and the capture are.
///
/// A message may come twice with the same id, after a crash between sending and noting it.
pub trait Messenger: Send + Sync + 'static {
    /// Send a message, at `at`.
    fn send<'a>(
        &'a self,
        tenant: TenantId,
        id: MessageId,
        message: &'a Message,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<(), SendError>>;
}
