//! Settings whose empty text means "not set".

use std::{fmt::Display, str::FromStr};

use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de::Error as _};

/// Read a text; the empty one is none. Unlike a plain `Option`, the key itself must be there.
pub(super) fn parsed<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    match String::deserialize(deserializer)?.as_str() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(D::Error::custom),
    }
}

/// Read a secret; the empty one is none.
pub(super) fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    parsed::<D, String>(deserializer).map(|text| text.map(SecretString::from))
}
