//! POST /events

use garde::Validate;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenantry_db::{Change, Committed};
use tenantry_kernel::{Clock, EventId, Rng};
use tenantry_web::{Body, Guard, Problem, Success, View};

use super::model::EventRow;
use super::own;
use crate::policy::CreateEvents;

/// An event of the tenant's own.
#[derive(Debug, Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEvent {
    /// What happened: `a`–`z`, `0`–`9`, `_` and `.`, beginning with a letter; `tenantry.` is the product's own.
    #[serde(rename = "type")]
    #[schemars(with = "String", regex(pattern = "^[a-z][a-z0-9_.]{0,99}$"))]
    #[garde(skip)]
    event_type: OwnType,
    /// What it happened to; subscribers get the events of one subject in order.
    #[garde(inner(length(chars, min = 1, max = 200)))]
    subject: Option<String>,
    /// Anything that subscribers need to know.
    #[serde(default)]
    #[garde(skip)]
    data: Value,
}

/// An event type that is not the product's.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct OwnType(String);

impl TryFrom<String> for OwnType {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_.".contains(&byte);
        let begins_well = text.starts_with(|first: char| first.is_ascii_lowercase());
        if !begins_well || !text.bytes().all(is_fine) || text.len() > 100 {
            return Err("1 to 100 of a–z, 0–9, _ and ., beginning with a letter");
        }
        if text.starts_with("tenantry.") {
            return Err("types that begin with `tenantry.` are the product's own");
        }
        Ok(Self(text))
    }
}

/// The event as it was accepted; its sequence number follows in the stream.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Accepted {
    /// The event.
    id: EventId,
    /// What happened.
    #[serde(rename = "type")]
    event_type: String,
    /// What it happened to.
    subject: String,
    /// When it was accepted.
    time: Timestamp,
}

impl View for Accepted {}

/// Publish an event of your own.
///
/// It is delivered like the product's events: at least once, to every subscriber of its type, and through `/events`.
pub(crate) async fn create(
    guard: Guard<CreateEvents>,
    clock: Clock,
    rng: Rng,
    Body(new): Body<NewEvent>,
) -> Result<Committed<Success<Accepted>>, Problem> {
    guard.permit_all::<EventRow>()?;
    let id = EventId::new(&clock, &rng);
    let subject = new.subject.as_deref();
    let aggregate = subject.map_or(id.as_uuid(), own::aggregate_of);
    let change = Change::named(own::AGGREGATE, Some(aggregate), "created", own::fold(subject, &new.data))
        .publish_as(id, new.event_type.0.as_str());
    let subject = new.subject.unwrap_or_else(|| format!("{}/{aggregate}", own::AGGREGATE));
    let accepted = Accepted { id, event_type: new.event_type.0, subject, time: clock.now() };
    let tx = guard.tenant().begin()?;
    Ok(tx.commit(change, Success::created(accepted, "/events".to_owned())).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_products_own_types_are_refused() {
        assert!(OwnType::try_from("order.paid".to_owned()).is_ok());
        for text in ["tenantry.project.created", "", "Order", "1st", ".a", "a-b", "ä", &"a".repeat(101)] {
            assert!(OwnType::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
