use std::str::FromStr;

/// Which event types are meant: one (`tenantry.project.created`), all with a prefix (`tenantry.project.*`), or all (`*`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// Read a pattern.
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Whether an event type is meant.
    pub fn matches(&self, event_type: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(prefix) if prefix.is_empty() || prefix.ends_with('.') => event_type.starts_with(prefix),
            _ => self.0 == event_type,
        }
    }
}

impl FromStr for Pattern {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_whole_parts_only() {
        let means = |pattern: &str, event_type: &str| Pattern::new(pattern).matches(event_type);
        assert!(means("*", "order.paid"));
        assert!(means("tenantry.project.*", "tenantry.project.created"));
        assert!(!means("tenantry.project.*", "tenantry.projects.created"));
        assert!(!means("tenantry.proj*", "tenantry.project.created"));
        assert!(means("order.paid", "order.paid") && !means("order.paid", "order.paid.twice"));
    }
}
