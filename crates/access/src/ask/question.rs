//! A question as JSON, and what it says of the world.

use std::borrow::Cow;

use garde::Validate;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tenantry_kernel::FieldError;
use tenantry_web::ports::{Fact, FactKind, Facts};

use crate::policy::language::schema::Vocabulary;
use crate::policy::language::target::escaped;
use crate::policy::language::tree::Subject;

/// What is asked about.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AskedResource {
    /// Default: that of the action.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(min = 1, max = 100)))]
    pub(crate) kind: Option<String>,
    /// Absent for the collection.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(min = 1, max = 500)))]
    pub(crate) id: Option<String>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(max = 500)))]
    pub(crate) owner: Option<String>,
    /// Its attributes.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[garde(skip)]
    pub(crate) properties: Map<String, Value>,
}

/// Under what circumstances.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Circumstances {
    /// Default: now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub(crate) time: Option<Timestamp>,
    /// The client's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(max = 50)))]
    pub(crate) ip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(max = 300)))]
    pub(crate) user_agent: Option<String>,
    /// `id`, `name`, `trusted`.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[garde(skip)]
    pub(crate) device: Map<String, Value>,
}

/// What is known of a question, besides who asks.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) kind: String,
    pub(crate) verb: String,
    pub(crate) permission: String,
    pub(crate) resource: Option<String>,
    pub(crate) owner: Option<String>,
    pub(crate) of_resource: Facts,
    pub(crate) of_environment: Facts,
    pub(crate) of_device: Facts,
    pub(crate) at: Timestamp,
}

/// `booking:cancel` or `booking.cancel`, as a type and an action.
pub(crate) fn action(words: &Vocabulary, name: &str) -> Result<(String, String, String), String> {
    let (resource, verb) = name
        .split_once(':')
        .or_else(|| name.split_once('.'))
        .filter(|(resource, verb)| !resource.is_empty() && !verb.is_empty())
        .ok_or("an action is `resource:action`")?;
    let kind = words.type_of(resource).to_owned();
    let permission = words.permission(&kind, verb);
    Ok((kind, verb.to_owned(), permission))
}

/// Read what a question knows; errors point into it.
pub(crate) fn read(
    words: &Vocabulary,
    name: &str,
    resource: &AskedResource,
    context: &Circumstances,
    now: Timestamp,
) -> Result<Known, Vec<FieldError>> {
    let (kind, verb, permission) =
        action(words, name).map_err(|detail| vec![FieldError::new("#/action", detail)])?;
    let mut errors = Vec::new();
    if let Some(named) = &resource.kind
        && words.type_of(named) != kind
    {
        errors.push(FieldError::new("#/resource/type", format!("the action is on {kind}")));
    }
    let of_resource = facts(&resource.properties, "#/resource/properties", &mut errors, |name| {
        words.of_type(&kind, name).ok_or_else(|| {
            format!(
                "{kind} has no attribute {name}; it has {}",
                words.names_of(Subject::Resource, Some(&kind))
            )
        })
    });
    let of_device = facts(&context.device, "#/context/device", &mut errors, |name| {
        words.of_subject(Subject::Device, name).ok_or_else(|| format!("devices have no attribute {name}"))
    });
    let at = context.time.unwrap_or(now);
    let mut of_environment = Facts::from([("time".into(), Fact::Instant(at))]);
    if let Some(ip) = &context.ip {
        match ip.parse() {
            Ok(ip) => drop(of_environment.insert("ip".into(), Fact::Address(ip))),
            Err(_) => errors.push(FieldError::new("#/context/ip", "this is no IP address")),
        }
    }
    if let Some(agent) = &context.user_agent {
        of_environment.insert("user_agent".into(), Fact::Text(agent.clone()));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut known = Known {
        kind,
        verb,
        permission,
        resource: resource.id.clone(),
        owner: resource.owner.clone(),
        of_resource,
        of_environment,
        of_device,
        at,
    };
    known.complete();
    Ok(known)
}

impl Known {
    /// What every resource has.
    pub(crate) fn complete(&mut self) {
        let text = |text: &str| Fact::Text(text.to_owned());
        self.of_resource.insert("type".into(), text(&self.kind));
        if let Some(id) = &self.resource {
            self.of_resource.insert("id".into(), text(id));
        }
        if let Some(owner) = &self.owner {
            self.of_resource.insert("owner".into(), text(owner));
        }
    }
}

fn facts(
    values: &Map<String, Value>,
    at: &str,
    errors: &mut Vec<FieldError>,
    kind_of: impl Fn(&str) -> Result<FactKind, String>,
) -> Facts {
    let mut facts = Facts::new();
    for (name, value) in values.iter().filter(|(_, value)| !value.is_null()) {
        let read =
            kind_of(name).and_then(|kind| fact(kind, value).ok_or_else(|| format!("this is no {kind}")));
        match read {
            Ok(fact) => drop(facts.insert(Cow::Owned(name.clone()), fact)),
            Err(detail) => errors.push(FieldError::new(format!("{at}/{}", escaped(name)), detail)),
        }
    }
    facts
}

/// A JSON value as a fact of a kind.
pub(crate) fn fact(kind: FactKind, value: &Value) -> Option<Fact> {
    Some(match kind {
        FactKind::Text => Fact::Text(value.as_str()?.to_owned()),
        FactKind::Number => Fact::Number(value.as_i64()?),
        FactKind::Flag => Fact::Flag(value.as_bool()?),
        FactKind::Instant => Fact::Instant(value.as_str()?.parse().ok()?),
        FactKind::Address => Fact::Address(value.as_str()?.parse().ok()?),
        FactKind::Texts => {
            let items = value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned));
            Fact::Texts(items.collect::<Option<_>>()?)
        }
    })
}

/// A fact as JSON.
pub(crate) fn json(fact: &Fact) -> Value {
    match fact {
        Fact::Text(text) => Value::from(text.as_str()),
        Fact::Number(number) => Value::from(*number),
        Fact::Flag(flag) => Value::from(*flag),
        Fact::Instant(instant) => Value::from(instant.to_string()),
        Fact::Address(address) => Value::from(address.to_string()),
        Fact::Texts(texts) => Value::from(texts.clone()),
    }
}
