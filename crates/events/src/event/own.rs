//! Tenants' own events: how a subject of the tenant's own words is kept in the outbox.
//!
//! Such an event belongs to the aggregate type `event`; its aggregate id stands for the subject, so that events with the same
//! subject are one ordered aggregate; subject and data lie together in the `data` column.

use serde_json::{Value, json};
use uuid::{Builder, Uuid};

/// The aggregate type of tenants' own events.
pub(super) const AGGREGATE: &str = "event";

/// The aggregate that a subject stands for: FNV-1a of 128 bits, as a UUIDv8. (Subjects that collide would merely share their
/// order.)
pub(super) fn aggregate_of(subject: &str) -> Uuid {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let hash = subject.bytes().fold(OFFSET, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME));
    Builder::from_custom_bytes(hash.to_be_bytes()).into_uuid()
}

/// What is kept in the `data` column.
pub(super) fn fold(subject: Option<&str>, data: &Value) -> Value {
    json!({"subject": subject, "data": data})
}

/// Subject and data as the tenant sent them; other aggregates' are left as they are.
pub(super) fn unfold(aggregate: &str, subject: String, data: Value) -> (String, Value) {
    match data {
        Value::Object(mut fields) if aggregate == AGGREGATE => {
            let subject = fields.get("subject").and_then(Value::as_str).map_or(subject, str::to_owned);
            (subject, fields.remove("data").unwrap_or_default())
        }
        data => (subject, data),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_own_event_reads_back() {
        let kept = fold(Some("order/7"), &json!([1, 2]));
        assert_eq!(unfold(AGGREGATE, "event/x".into(), kept), ("order/7".into(), json!([1, 2])));
        let kept = fold(None, &Value::Null);
        assert_eq!(unfold(AGGREGATE, "event/x".into(), kept), ("event/x".into(), Value::Null));
    }

    #[test]
    fn a_subject_always_stands_for_the_same_aggregate() {
        assert_eq!(aggregate_of("order/7").to_string(), aggregate_of("order/7").to_string());
        assert_ne!(aggregate_of("order/7"), aggregate_of("order/8"));
        assert_eq!(aggregate_of("order/7").get_version_num(), 8);
    }
}
