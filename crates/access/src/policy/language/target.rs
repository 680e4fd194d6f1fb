//! What a policy is about: resources and actions, with wildcards.

use serde_json::Value;
use tenantry_kernel::FieldError;

use super::schema::Vocabulary;

/// A word, in which `*` stands for any characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Pattern(String);

impl Pattern {
    /// The word, when it has no `*`.
    pub(crate) fn exact(&self) -> Option<&str> {
        (!self.0.contains('*')).then_some(self.0.as_str())
    }

    /// Whether a word fits.
    pub(crate) fn fits(&self, word: &str) -> bool {
        like(&self.0, word)
    }

    /// The pattern as it is written.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// One word exactly.
    pub(crate) fn word(word: &str) -> Self {
        Self(word.to_owned())
    }
}

/// Whether `text` fits `pattern`, in which `*` stands for any characters.
pub(crate) fn like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.len() >= last.len() && rest.ends_with(last)
}

/// What a policy is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// Types of resources.
    pub(crate) resources: Vec<Pattern>,
    /// Actions on them.
    pub(crate) actions: Vec<Pattern>,
}

impl Target {
    /// Whether an action on a type of resource is meant.
    pub(crate) fn covers(&self, kind: &str, verb: &str) -> bool {
        self.resources.iter().any(|pattern| pattern.fits(kind))
            && self.actions.iter().any(|pattern| pattern.fits(verb))
    }

    /// Read B's `target`; errors are told at their place below `at`.
    pub(crate) fn read(value: &Value, at: &str, words: &Vocabulary) -> Result<Self, Vec<FieldError>> {
        let Some(object) = value.as_object() else {
            return Err(vec![FieldError::new(at, "this must be an object with `resource` and `action`")]);
        };
        let mut errors: Vec<FieldError> = object
            .keys()
            .filter(|key| !["resource", "action"].contains(&key.as_str()))
            .map(|key| {
                FieldError::new(
                    format!("{at}/{}", escaped(key)),
                    "unknown field: a target has resource and action",
                )
            })
            .collect();
        let mut list = |name: &str| {
            let at = format!("{at}/{name}");
            let Some(value) = object.get(name) else {
                errors.push(FieldError::new(at, format!("missing field `{name}`")));
                return Vec::new();
            };
            patterns(value, &at, &mut errors)
        };
        let (resources, actions) = (list("resource"), list("action"));
        let mut target = Self {
            resources: Vec::new(),
            actions: actions.iter().map(|(pattern, _)| pattern.clone()).collect(),
        };
        for (pattern, place) in resources {
            if let Some(word) = pattern.exact() {
                let kind = words.type_of(word);
                if words.has_type(kind) {
                    errors.extend(unknown_actions(words, word, kind, &actions));
                } else {
                    let detail = format!("there is no type of resource {word}; declare it first");
                    errors.push(FieldError::new(place, detail));
                }
                target.resources.push(Pattern::word(kind));
            } else if words.types().iter().any(|kind| pattern.fits(kind)) {
                target.resources.push(pattern);
            } else {
                errors.push(FieldError::new(place, "no type of resource fits this"));
            }
        }
        if errors.is_empty() { Ok(target) } else { Err(errors) }
    }

    /// The types of resources that are meant.
    pub(crate) fn types(&self, words: &Vocabulary) -> Vec<String> {
        let fits = |kind: &String| self.resources.iter().any(|pattern| pattern.fits(kind));
        words.types().into_iter().filter(fits).collect()
    }

    /// Every permission that is meant and has a name: the product's, and those that are spelt out. The flag says that
    /// there may be others.
    pub(crate) fn permissions(&self, words: &Vocabulary) -> (Vec<(String, String)>, bool) {
        let mut found: Vec<(String, String)> = words
            .known_actions()
            .into_iter()
            .filter(|(name, kind)| name.split_once(':').is_some_and(|(_, verb)| self.covers(kind, verb)))
            .collect();
        let mut is_open = false;
        for kind in self.types(words) {
            for pattern in &self.actions {
                match pattern.exact() {
                    Some(verb) => found.push((words.permission(&kind, verb), kind.clone())),
                    None => {
                        is_open |= words.declared.contains_key(&kind)
                            || super::schema::SHIPPED.iter().any(|info| info.name == kind);
                    }
                }
            }
        }
        found.sort();
        found.dedup();
        (found, is_open)
    }
}

/// In the product's own spelling (`projects`), actions are the product's.
fn unknown_actions(
    words: &Vocabulary,
    word: &str,
    kind: &str,
    actions: &[(Pattern, String)],
) -> Vec<FieldError> {
    if word == kind {
        return Vec::new();
    }
    let is_known = |pattern: &Pattern| {
        words.catalogue.permissions(words.is_root).any(|info| {
            info.name.split_once(':').is_some_and(|(resource, verb)| resource == word && pattern.fits(verb))
        })
    };
    let unknown = actions.iter().filter(|(pattern, _)| !is_known(pattern));
    unknown
        .map(|(pattern, place)| {
            FieldError::new(place.clone(), format!("{word} has no action {}", pattern.as_str()))
        })
        .collect()
}

fn patterns(value: &Value, at: &str, errors: &mut Vec<FieldError>) -> Vec<(Pattern, String)> {
    let items: Vec<(&Value, String)> = match value {
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, item)| (item, format!("{at}/{index}"))).collect()
        }
        one => vec![(one, at.to_owned())],
    };
    if items.is_empty() || items.len() > 50 {
        errors.push(FieldError::new(at, "name one to fifty"));
    }
    let mut found = Vec::new();
    for (item, place) in items {
        match item.as_str() {
            Some(text) if is_pattern(text) => found.push((Pattern(text.to_owned()), place)),
            _ => errors.push(FieldError::new(
                place,
                "this must be a word of letters, digits, _ and -, in which * stands for any characters",
            )),
        }
    }
    found
}

fn is_pattern(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '*'))
}

/// A member's name in a JSON pointer (RFC 6901).
pub(crate) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, text) in [
            ("*", ""),
            ("*", "x"),
            ("can_*", "can_read"),
            ("*_todo", "can_read_todo"),
            ("a*b*c", "abbc"),
            ("**", "x"),
        ] {
            assert!(like(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("", "x"), ("can_*", "could"), ("a*a", "a"), ("a*b*c", "acb"), ("*x", "y")] {
            assert!(!like(pattern, text), "{pattern} {text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_pattern_made_from_a_text_fits_it(parts in proptest::collection::vec("[ab]{0,3}", 1..5), between in proptest::collection::vec("[abc]{0,3}", 5)) {
            let pattern = parts.join("*");
            let mut text = parts[0].clone();
            for (part, filling) in parts.iter().skip(1).zip(&between) {
                text.push_str(filling);
                text.push_str(part);
            }
            proptest::prop_assert!(like(&pattern, &text));
        }
    }
}
