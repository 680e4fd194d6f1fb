//! Rules that several requests share.

use serde::{Deserialize, Deserializer};

/// A text that says something: not only white space. For `#[garde(custom(not_blank))]`.
///
/// # Errors
/// When there is nothing but white space.
pub fn not_blank(text: &str, _: &()) -> garde::Result {
    if text.trim().is_empty() { Err(garde::Error::new("this must not be blank")) } else { Ok(()) }
}

/// A field that can be left out, be `null`, or have a value: `Option<Option<T>>` with
/// `#[serde(default, deserialize_with = "present")]`. Left out is `None`, `null` is `Some(None)`.
///
/// # Errors
/// Those of `T`.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(input: D) -> Result<Option<T>, D::Error> {
    T::deserialize(input).map(Some)
}
