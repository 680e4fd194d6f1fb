//! What a transaction changed: the audit row and the event are made from it.

use serde_json::Value;
use tenantry_kernel::EventId;
use uuid::Uuid;

/// A resource whose changes leave a trail.
///
/// `snapshot` must not hold secrets: passwords, tokens and sealed columns are left out or masked.
pub trait Audited {
    /// The resource's name in the singular: `project`.
    const RESOURCE: &'static str;

    /// Its id.
    fn resource_id(&self) -> Uuid;

    /// Its version after the change; events of one resource are delivered in this order.
    fn version(&self) -> i64;

    /// The values that the trail may show.
    fn snapshot(&self) -> Value;
}

/// One change: what the trail says of it.
#[derive(Debug, Clone)]
pub struct Change {
    pub(crate) resource: &'static str,
    pub(crate) resource_id: Option<Uuid>,
    pub(crate) version: i64,
    pub(crate) verb: String,
    pub(crate) old: Option<Value>,
    pub(crate) new: Option<Value>,
    pub(crate) action: Option<&'static str>,
    pub(crate) reason: Option<String>,
    pub(crate) is_event: bool,
    pub(crate) published: Option<(EventId, String)>,
}

impl Change {
    /// Something new exists.
    pub fn created(new: &impl Audited) -> Self {
        Self::of(new, "created", None, Some(new.snapshot()))
    }

    /// Something is different; only the fields that differ are kept.
    pub fn between<T: Audited>(old: &T, new: &T) -> Self {
        let (before, after) = differing(old.snapshot(), new.snapshot());
        Self::of(new, "updated", Some(before), Some(after))
    }

    /// Something no longer exists.
    pub fn deleted(old: &impl Audited) -> Self {
        let mut change = Self::of(old, "deleted", Some(old.snapshot()), None);
        change.version += 1;
        change
    }

    /// A change of a resource that has no snapshot, such as a sign-in.
    pub fn named(resource: &'static str, id: Option<Uuid>, verb: &str, values: Value) -> Self {
        Self {
            resource,
            resource_id: id,
            version: 0,
            verb: verb.to_owned(),
            old: None,
            new: Some(values),
            action: None,
            reason: None,
            is_event: true,
            published: None,
        }
    }

    fn of<T: Audited>(what: &T, verb: &str, old: Option<Value>, new: Option<Value>) -> Self {
        Self {
            resource: T::RESOURCE,
            resource_id: Some(what.resource_id()),
            version: what.version(),
            verb: verb.to_owned(),
            old,
            new,
            action: None,
            reason: None,
            is_event: true,
            published: None,
        }
    }

    /// Whether the values before and after are the same: nothing to tell of.
    pub fn is_empty(&self) -> bool {
        let is_nothing = |value: &Option<Value>| {
            value.as_ref().and_then(Value::as_object).is_some_and(serde_json::Map::is_empty)
        };
        is_nothing(&self.old) && is_nothing(&self.new)
    }

    /// Say the verb in the domain's own words (`deactivated`), in the past tense.
    #[must_use]
    pub fn verb(mut self, verb: &str) -> Self {
        verb.clone_into(&mut self.verb);
        self
    }

    /// Name another action than the guard's.
    #[must_use]
    pub fn action(mut self, action: &'static str) -> Self {
        self.action = Some(action);
        self
    }

    /// Why: given by an operator, or the cause of a refusal.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Leave only the audit row: nobody needs to react to this.
    #[must_use]
    pub fn without_event(mut self) -> Self {
        self.is_event = false;
        self
    }

    /// Publish under a type (and an id) of the caller's own, instead of `tenantry.<resource>.<verb>`.
    #[must_use]
    pub fn publish_as(mut self, id: EventId, event_type: impl Into<String>) -> Self {
        self.published = Some((id, event_type.into()));
        self
    }

    /// The CloudEvents `type`.
    pub(crate) fn event_type(&self) -> String {
        match &self.published {
            Some((_, event_type)) => event_type.clone(),
            None => format!("tenantry.{}.{}", self.resource, self.verb),
        }
    }
}

/// Keep the fields whose values differ.
fn differing(old: Value, new: Value) -> (Value, Value) {
    let (Value::Object(mut old), Value::Object(mut new)) = (old.clone(), new.clone()) else {
        return (old, new);
    };
    let same: Vec<String> =
        old.iter().filter(|(key, value)| new.get(*key) == Some(*value)).map(|(key, _)| key.clone()).collect();
    for key in same {
        old.remove(&key);
        new.remove(&key);
    }
    (Value::Object(old), Value::Object(new))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_kept() {
        let (old, new) = differing(json!({"a": 1, "b": 2, "c": 3}), json!({"a": 1, "b": 5, "d": 4}));
        assert_eq!((old, new), (json!({"b": 2, "c": 3}), json!({"b": 5, "d": 4})));
    }
}
