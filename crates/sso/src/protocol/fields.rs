//! The parameters of a request: each at most once, and an empty one is none (RFC 6749, 3.1).

use tenantry_web::Pairs;

use super::refusal::OAuthError;

/// Parameters by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(Pairs);

impl Fields {
    /// Parameters that come once.
    ///
    /// # Errors
    /// `invalid_request` when one comes twice.
    pub(crate) fn read(pairs: Pairs) -> Result<Self, OAuthError> {
        let fields = Self::first(pairs);
        let is_unique = |(index, (name, _)): (usize, &(String, String))| {
            !fields.0.iter().skip(index + 1).any(|(other, _)| other == name)
        };
        // More than any request has; so that looking for repetitions stays cheap.
        if fields.0.len() <= 64 && fields.0.iter().enumerate().all(is_unique) {
            Ok(fields)
        } else {
            Err(OAuthError::request("a parameter came more than once"))
        }
    }

    /// Parameters as they come: of one that is repeated, the first counts.
    pub(crate) fn first(mut pairs: Pairs) -> Self {
        pairs.retain(|(_, value)| !value.is_empty());
        Self(pairs)
    }

    /// A form's.
    ///
    /// # Errors
    /// `invalid_request` when the body is no form, or a parameter comes twice.
    pub(crate) fn of_form(form: Option<Pairs>) -> Result<Self, OAuthError> {
        Self::read(form.ok_or(OAuthError::request("send application/x-www-form-urlencoded"))?)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// A parameter that must be there.
    pub(crate) fn need(&self, name: &str, or: &'static str) -> Result<&str, OAuthError> {
        self.get(name).ok_or(OAuthError::request(or))
    }

    /// All of them as a query, but for some.
    pub(crate) fn query_without(&self, left_out: &[&str]) -> String {
        let kept = self.0.iter().filter(|(name, _)| !left_out.contains(&name.as_str()));
        form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish()
    }
}

/// The words of a list with spaces between, each once.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()).take(100) {
        if !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    words
}
