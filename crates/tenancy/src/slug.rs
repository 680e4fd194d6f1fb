//! Slugs: a tenant's short name in addresses.

/// A tenant's short name: 2 to 63 characters of a–z, 0–9 and hyphens, as a DNS label (RFC 1123).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slug(String);

/// Why a text is not a slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    /// It has other characters, or too few or too many.
    #[error(
        "a slug has 2 to 63 characters of a–z, 0–9 and hyphens, and begins and ends with a letter or digit"
    )]
    Malformed,
    /// It means something else.
    #[error("this slug is reserved")]
    Reserved,
}

/// Names that mean something else in a host or a path.
const RESERVED: &[&str] = &[
    "about",
    "account",
    "accounts",
    "admin",
    "api",
    "app",
    "apps",
    "assets",
    "auth",
    "billing",
    "blog",
    "cdn",
    "console",
    "create",
    "dashboard",
    "docs",
    "events",
    "ftp",
    "health",
    "help",
    "id",
    "imap",
    "internal",
    "localhost",
    "login",
    "mail",
    "me",
    "metrics",
    "mx",
    "ns",
    "ns1",
    "ns2",
    "oauth",
    "oauth2",
    "platform",
    "pop",
    "public",
    "ready",
    "root",
    "saml",
    "scim",
    "security",
    "sign-in",
    "signin",
    "smtp",
    "sso",
    "static",
    "stats",
    "status",
    "support",
    "system",
    "t",
    "tenant",
    "tenantry",
    "tenants",
    "test",
    "webmail",
    "well-known",
    "www",
];

impl Slug {
    /// Read a slug that somebody chose.
    pub fn parse(text: &str) -> Result<Self, SlugError> {
        let is_edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        let is_inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let fits = (2..=63).contains(&text.len())
            && text.chars().all(is_inner)
            && is_edge(text.chars().next())
            && is_edge(text.chars().last())
            && !text.starts_with("xn--");
        // A slug that reads as an id could be taken for one.
        if !fits || text.parse::<tenantry_kernel::TenantId>().is_ok() {
            return Err(SlugError::Malformed);
        }
        if RESERVED.contains(&text) { Err(SlugError::Reserved) } else { Ok(Self(text.to_owned())) }
    }

    /// The slug of the platform's own tenant, which nobody can choose.
    pub(crate) fn root() -> Self {
        Self(crate::ROOT_SLUG.to_owned())
    }

    /// A slug made from a name (or the first label of a domain).
    pub fn derive(name: &str) -> Result<Self, SlugError> {
        let mut slug = String::new();
        for c in name.chars().flat_map(char::to_lowercase) {
            if c.is_ascii_alphanumeric() {
                slug.push(c);
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.truncate(63);
        Self::parse(slug.trim_matches('-'))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_and_misshapen_names_are_refused() {
        assert_eq!(Slug::parse("platform"), Err(SlugError::Reserved));
        for text in ["", "a", "-a", "a-", "A b", "xn--abc", "a.b", "ünder", &"a".repeat(64)] {
            assert_eq!(Slug::parse(text), Err(SlugError::Malformed), "{text}");
        }
        assert_eq!(Slug::derive("Acme Corporation").map(|slug| slug.0), Ok("acme-corporation".into()));
    }

    proptest::proptest! {
        #[test]
        fn what_is_derived_is_a_slug(name: String) {
            if let Ok(slug) = Slug::derive(&name) {
                proptest::prop_assert_eq!(Slug::parse(slug.as_str()), Ok(slug));
            }
        }
    }
}
