//! Answers that can be kept, so that a repeated request gets the very same bytes.

use serde::{Deserialize, Serialize};

/// An HTTP answer in full: what an idempotency key replays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredReply {
    /// The status code.
    pub status: u16,
    /// Headers that belong to the answer itself (`ETag`, `Location`, `Content-Type`).
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Something a transaction can end with.
pub trait Reply {
    /// The answer as it will be sent, and kept under the idempotency key.
    fn stored(&self) -> StoredReply;
}

impl Reply for () {
    fn stored(&self) -> StoredReply {
        StoredReply { status: 204, headers: Vec::new(), body: Vec::new() }
    }
}

/// Proof that the transaction committed, with the answer that was kept.
#[derive(Debug)]
pub struct Committed<T> {
    /// What the handler answered.
    pub value: T,
    /// The same, as bytes.
    pub reply: StoredReply,
}
