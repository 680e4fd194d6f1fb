//! Searching by the beginning of a name or an address.
//!
//! A key is what is compared: lower case, without space around it. It is kept beside the text in a plain column of the
//! collation `C`, so that a search is a range of an index, which row-level security lets PostgreSQL use.

use schemars::JsonSchema;
use serde::Deserialize;

/// What a text is found by.
pub fn search_key(text: &str) -> String {
    text.trim().to_lowercase()
}

/// The beginning of what is looked for; 1 to 100 characters, upper and lower case alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search(String);

impl Search {
    /// The smallest key that begins so.
    pub fn from(&self) -> String {
        self.0.clone()
    }

    /// A key that is greater than every key that begins so.
    pub fn until(&self) -> String {
        format!("{}\u{10ffff}", self.0)
    }

    /// Whether a key begins so.
    pub fn finds(&self, key: &str) -> bool {
        key.starts_with(&self.0)
    }
}

impl<'de> Deserialize<'de> for Search {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let key = search_key(&String::deserialize(input)?);
        let is_fine = (1..=100).contains(&key.chars().count());
        is_fine.then_some(Self(key)).ok_or_else(|| serde::de::Error::custom("send 1 to 100 characters"))
    }
}

impl JsonSchema for Search {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Search".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "minLength": 1, "maxLength": 100})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_begins_so_lies_in_the_range(text in "[a-zA-ZäÖ ]{1,8}", rest in "[a-zé漢🦀]{0,8}") {
            let search = Search(search_key(&text));
            let key = search_key(&format!("{}{rest}", search.0));
            if search.finds(&key) {
                proptest::prop_assert!(search.from() <= key && key < search.until());
            }
        }
    }
}
