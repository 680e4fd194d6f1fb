//! Enums that are text on the wire and in PostgreSQL (`text` with a CHECK, never a PostgreSQL enum).

/// Declare an enum whose variants have one spelling each, in JSON, in the OpenAPI document and in PostgreSQL.
///
/// PostgreSQL enums are avoided because their comparison is not leak-proof, so that row-level security would hide
/// their indexes.
#[macro_export]
macro_rules! text_enum {
    ($(#[$doc:meta])* $vis:vis enum $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord,
            $crate::serde::Serialize, $crate::serde::Deserialize, $crate::schemars::JsonSchema,
        )]
        #[serde(crate = "tenantry_kernel::serde")]
        #[schemars(crate = "tenantry_kernel::schemars")]
        $vis enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            #[allow(dead_code, clippy::allow_attributes, reason = "not every enum is listed")]
            $vis const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The spelling on the wire.
            $vis const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err([$($text),+].join(", ")),
                }
            }
        }

        impl $crate::postgres_types::ToSql for $name {
            fn to_sql(
                &self,
                ty: &$crate::postgres_types::Type,
                out: &mut $crate::BytesMut,
            ) -> Result<$crate::postgres_types::IsNull, Box<dyn ::std::error::Error + Sync + Send>> {
                $crate::postgres_types::ToSql::to_sql(&self.as_str(), ty, out)
            }

            fn accepts(ty: &$crate::postgres_types::Type) -> bool {
                <&str as $crate::postgres_types::ToSql>::accepts(ty)
            }

            $crate::postgres_types::to_sql_checked!();
        }

        impl<'a> $crate::postgres_types::FromSql<'a> for $name {
            fn from_sql(
                ty: &$crate::postgres_types::Type,
                raw: &'a [u8],
            ) -> Result<Self, Box<dyn ::std::error::Error + Sync + Send>> {
                let text = <&str as $crate::postgres_types::FromSql>::from_sql(ty, raw)?;
                text.parse().map_err(|allowed| {
                    format!(concat!(stringify!($name), " is none of {}: {}"), allowed, text).into()
                })
            }

            fn accepts(ty: &$crate::postgres_types::Type) -> bool {
                <&str as $crate::postgres_types::FromSql>::accepts(ty)
            }
        }
    };
}
