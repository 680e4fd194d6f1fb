//! SQL of events, as the application's role.

use tenantry_db::Scalar;
use tenantry_kernel::{EventId, UserId};

use super::model::EventRow;

macro_rules! events {
    ($where:literal) => {
        concat!(
            "SELECT id, type AS event_type, aggregate_type, aggregate_id, actor_id, request_id, data, at, seq \
             FROM outbox WHERE tenant_id = $1 AND ",
            $where
        )
    };
}

tenantry_db::statements! {
    /// Numbered events after a sequence number; with an actor, only what that user caused.
    pub(crate) read list(after: i64, actor: Option<UserId>) -> Vec<EventRow>
        = events!("seq > $2 AND ($3::uuid IS NULL OR actor_id = $3) ORDER BY seq LIMIT 101");

    /// The same, of one type.
    pub(crate) read list_of_type(after: i64, actor: Option<UserId>, event_type: String) -> Vec<EventRow>
        = events!("type = $4 AND seq > $2 AND ($3::uuid IS NULL OR actor_id = $3) ORDER BY seq LIMIT 101");

    /// One event.
    pub(crate) read find(id: EventId) -> Option<EventRow> = events!("id = $2");

    /// The last number that was given.
    pub(crate) read last() -> Option<Scalar<i64>> = "SELECT last_seq FROM event_stream WHERE tenant_id = $1";
}
