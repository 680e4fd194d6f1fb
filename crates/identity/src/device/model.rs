//! What a device is.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use tenantry_db::Change;
use tenantry_kernel::{Clock, EventId, Rng, UserId};
use tenantry_web::View;

tenantry_kernel::id! {
    /// A device of a user's.
    DeviceId,
}

tenantry_db::row! {
    /// A device, as signing in needs it.
    #[derive(Debug, Clone)]
    pub(crate) struct Device {
        pub(crate) id: DeviceId,
        pub(crate) name: String,
        pub(crate) token_hash: Option<Vec<u8>>,
        pub(crate) user_agent: Option<String>,
        pub(crate) trusted_at: Option<Timestamp>,
        pub(crate) trusted_until: Option<Timestamp>,
    }
}

impl Device {
    /// Whether it stands for a second factor. `days` are those that the tenant allows now, `since` is when the password was
    /// chosen: trust does not outlive either.
    pub(crate) fn is_trusted(&self, days: i32, since: Option<Timestamp>, now: Timestamp) -> bool {
        let (Some(at), Some(until)) = (self.trusted_at, self.trusted_until) else { return false };
        let longest = trusted_until(at, days);
        now < until && now < longest && since.is_none_or(|since| since <= at)
    }
}

/// Until when trust that is given at an instant lasts.
pub(crate) fn trusted_until(at: Timestamp, days: i32) -> Timestamp {
    at.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(at)
}

tenantry_db::row! {
    /// A device, as it is shown.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub(crate) struct DeviceView {
        pub(crate) id: DeviceId,
        /// The person's own name for it; at first the same as `platform`.
        pub(crate) name: String,
        pub(crate) user_agent: Option<String>,
        /// `Firefox on Linux`, as far as the device says.
        pub(crate) platform: String,
        pub(crate) first_seen_at: Timestamp,
        pub(crate) last_seen_at: Timestamp,
        pub(crate) last_ip: Option<String>,
        /// Until when it stands for the second factor; none when it does not.
        pub(crate) trusted_until: Option<Timestamp>,
        /// Whether it is the one that asks.
        pub(crate) is_current: bool,
    }
}

impl View for DeviceView {}

/// What has happened to a user's device: in the trail it is the user's, so that it shows among their security events.
pub(crate) fn told(
    (clock, rng): (&Clock, &Rng),
    user: UserId,
    (verb, action): (&str, &'static str),
    values: Value,
) -> Change {
    let event = format!("tenantry.device.{verb}");
    Change::named("user", Some(user.as_uuid()), &format!("device_{verb}"), values)
        .action(action)
        .publish_as(EventId::new(clock, rng), event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_ends_with_its_date_the_policy_and_the_password() {
        let at = |day: i64| Timestamp::from_second(1_000_000 + day * 86_400).unwrap();
        let device = |trusted: Option<(i64, i64)>| Device {
            id: DeviceId::from_uuid(uuid::Uuid::nil()),
            name: String::new(),
            token_hash: None,
            user_agent: None,
            trusted_at: trusted.map(|(from, _)| at(from)),
            trusted_until: trusted.map(|(_, until)| at(until)),
        };
        for (trusted, days, since, now, expected) in [
            (Some((10, 40)), 30, Some(9), 39, true),
            (Some((10, 40)), 30, None, 39, true),
            (Some((10, 40)), 30, Some(10), 39, true),
            (None, 30, None, 39, false),
            (Some((10, 40)), 30, None, 40, false),
            (Some((10, 40)), 90, None, 40, false),
            (Some((10, 40)), 7, None, 16, true),
            (Some((10, 40)), 7, None, 17, false),
            (Some((10, 40)), 0, None, 10, false),
            (Some((10, 40)), 30, Some(11), 12, false),
        ] {
            let is_trusted = device(trusted).is_trusted(days, since.map(at), at(now));
            assert_eq!(is_trusted, expected, "{trusted:?} {days} {since:?} {now}");
        }
    }
}
