//! Permissions: `resource:action`.

use std::borrow::Cow;

/// The right to do one action on one kind of resource, written `resource:action` (document D).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct Permission(Cow<'static, str>);

/// A text that is not a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a permission is `resource:action`, each of a–z, 0–9 and _ and starting with a letter, at most 100 characters"
)]
pub struct PermissionParseError;

impl Permission {
    /// A permission known when the program was written.
    pub const fn from_static(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the colon.
    pub fn resource(&self) -> &str {
        self.0.split_once(':').map_or("", |(resource, _)| resource)
    }

    /// The part after the colon.
    pub fn action(&self) -> &str {
        self.0.split_once(':').map_or("", |(_, action)| action)
    }
}

impl std::fmt::Display for Permission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Permission {
    type Err = PermissionParseError;

    /// Reads `resource:action`, and document B's `resource.action` as the same.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (resource, action) =
            text.split_once(':').or_else(|| text.split_once('.')).ok_or(PermissionParseError)?;
        if text.len() > 100 || !is_word(resource) || !is_word(action) {
            return Err(PermissionParseError);
        }
        Ok(Self(Cow::Owned(format!("{resource}:{action}"))))
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_is_read_as_a_colon() {
        assert_eq!(
            "booking.cancel".parse::<Permission>().map(|p| p.to_string()),
            Ok("booking:cancel".into())
        );
    }

    #[test]
    fn wild_cards_and_spaces_are_refused() {
        for text in ["*", "users:*", "users", ":", "users:", "Users:read", "users: read", "a:b:c"] {
            assert_eq!(text.parse::<Permission>(), Err(PermissionParseError), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_parses_reads_back(text in ".{0,120}") {
            if let Ok(permission) = text.parse::<Permission>() {
                proptest::prop_assert_eq!(permission.as_str().parse(), Ok(permission));
            }
        }
    }
}
