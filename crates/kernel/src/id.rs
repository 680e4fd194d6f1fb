//! Typed ids: one newtype per noun, all UUIDv7.

use crate::{Clock, Rng};

/// A text that is not an id: ids are UUIDs in their hyphenated form (RFC 9562).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID")]
pub struct IdParseError;

/// Make a UUIDv7 from the given clock and randomness, greater than every one made from this clock before (RFC 9562,
/// section 6.2, method 3: `rand_a` is the fraction of the millisecond).
pub(crate) fn new_v7(clock: &Clock, rng: &Rng) -> uuid::Uuid {
    let tick = clock.tick();
    let mut random: [u8; 10] = rng.id_bytes();
    let [.., high, low] = tick.to_be_bytes();
    (random[0], random[1]) = (high & 0x0f, low);
    uuid::Builder::from_unix_timestamp_millis(tick >> 12, &random).into_uuid()
}

/// Declare a typed id.
///
/// The type is a UUIDv7 on the wire, in JSON and in PostgreSQL, and cannot be mixed up with another noun's id.
#[macro_export]
macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            $crate::serde::Serialize, $crate::serde::Deserialize,
        )]
        #[serde(transparent, crate = "tenantry_kernel::serde")]
        pub struct $name($crate::uuid::Uuid);

        impl $name {
            /// A new id (UUIDv7), greater than all that were made from this clock before.
            pub fn new(clock: &$crate::Clock, rng: &$crate::Rng) -> Self {
                Self($crate::new_uuid(clock, rng))
            }

            /// The id with this value.
            pub const fn from_uuid(value: $crate::uuid::Uuid) -> Self {
                Self(value)
            }

            /// The bare value, for the wire.
            pub const fn as_uuid(self) -> $crate::uuid::Uuid {
                self.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::IdParseError;

            /// Reads the hyphenated form only: one id has one spelling.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                if text.len() != 36 {
                    return Err($crate::IdParseError);
                }
                $crate::uuid::Uuid::try_parse(text).map(Self).map_err(|_| $crate::IdParseError)
            }
        }

        impl $crate::schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(
                _: &mut $crate::schemars::SchemaGenerator,
            ) -> $crate::schemars::Schema {
                $crate::schemars::json_schema!({
                    "type": "string", "format": "uuid", "x-id": stringify!($name),
                })
            }
        }

        impl $crate::postgres_types::ToSql for $name {
            fn to_sql(
                &self,
                ty: &$crate::postgres_types::Type,
                out: &mut $crate::BytesMut,
            ) -> Result<
                $crate::postgres_types::IsNull,
                Box<dyn ::std::error::Error + Sync + Send>,
            > {
                $crate::postgres_types::ToSql::to_sql(&self.0, ty, out)
            }

            fn accepts(ty: &$crate::postgres_types::Type) -> bool {
                <$crate::uuid::Uuid as $crate::postgres_types::ToSql>::accepts(ty)
            }

            $crate::postgres_types::to_sql_checked!();
        }

        impl<'a> $crate::postgres_types::FromSql<'a> for $name {
            fn from_sql(
                ty: &$crate::postgres_types::Type,
                raw: &'a [u8],
            ) -> Result<Self, Box<dyn ::std::error::Error + Sync + Send>> {
                $crate::postgres_types::FromSql::from_sql(ty, raw).map(Self)
            }

            fn accepts(ty: &$crate::postgres_types::Type) -> bool {
                <$crate::uuid::Uuid as $crate::postgres_types::FromSql>::accepts(ty)
            }
        }
    )+};
}

/// The ids that more than one crate speaks of.
mod shared {
    crate::id!(
        /// A tenant: one customer organisation.
        TenantId,
        /// Where a tenant's rows live.
        PlacementId,
        /// A user of one tenant.
        UserId,
        /// A signed-in session of a user.
        SessionId,
        /// A role of one tenant.
        RoleId,
        /// One HTTP request, as told in `X-Request-Id`.
        RequestId,
        /// An event in the outbox (the CloudEvents `id`).
        EventId,
        /// A job waiting to be run.
        JobId,
        /// A row of the audit trail.
        AuditId,
        /// An encryption or signing key.
        KeyId,
    );
}
pub use shared::*;

/// Used by [`id!`].
#[doc(hidden)]
pub fn new_uuid(clock: &Clock, rng: &Rng) -> uuid::Uuid {
    new_v7(clock, rng)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let id = TenantId::new(&Clock::system(), &Rng::system());
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.as_uuid().simple().to_string().parse::<TenantId>(), Err(IdParseError));
        assert_eq!(format!("{{{id}}}").parse::<TenantId>(), Err(IdParseError));
    }

    #[test]
    fn ids_of_one_instant_keep_their_order() {
        let clock = Clock::at(jiff::Timestamp::UNIX_EPOCH);
        let ids: Vec<_> = (0..10_000).map(|_| EventId::new(&clock, &Rng::system())).collect();
        assert!(ids.is_sorted_by(|one, next| one < next));
        let own = ids.first().map(|id| id.as_uuid().get_version_num());
        assert_eq!(own, Some(7));
    }

    proptest::proptest! {
        #[test]
        fn parsing_never_panics(text: String) {
            let _ = text.parse::<UserId>();
        }

        #[test]
        fn ids_made_later_sort_later(a in 0_i64..4_000_000_000_000, b in 0_i64..4_000_000_000_000) {
            let at = |millis| Clock::at(jiff::Timestamp::from_millisecond(millis).expect("in range"));
            let (first, second) = (UserId::new(&at(a), &Rng::system()), UserId::new(&at(b), &Rng::system()));
            proptest::prop_assume!(a != b);
            proptest::prop_assert_eq!(first < second, a < b);
        }
    }
}
