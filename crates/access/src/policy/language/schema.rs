//! What policies of a tenant can speak of: types of resources and their attributes, the user's and the environment's.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use tenantry_web::ports::{FactKind, ResourceInfo};

use super::tree::{Path, Subject};
use crate::Catalogue;

/// What every resource can be asked, besides its own attributes.
const OF_EVERY_RESOURCE: &[(&str, FactKind)] =
    &[("id", FactKind::Text), ("type", FactKind::Text), ("owner", FactKind::Text)];

/// What users can be asked.
const OF_USERS: &[(&str, FactKind)] = &[
    ("id", FactKind::Text),
    ("email", FactKind::Text),
    ("status", FactKind::Text),
    ("role", FactKind::Texts),
    ("group", FactKind::Texts),
    ("family", FactKind::Texts),
    ("email_verified", FactKind::Flag),
    ("mfa_enabled", FactKind::Flag),
    ("created_at", FactKind::Instant),
];

const OF_ENVIRONMENT: &[(&str, FactKind)] =
    &[("time", FactKind::Instant), ("ip", FactKind::Address), ("user_agent", FactKind::Text)];

const OF_DEVICE: &[(&str, FactKind)] = &[
    ("id", FactKind::Text),
    ("name", FactKind::Text),
    ("known", FactKind::Flag),
    ("trusted", FactKind::Flag),
];

const OF_TENANT: &[(&str, FactKind)] = &[
    ("id", FactKind::Text),
    ("slug", FactKind::Text),
    ("name", FactKind::Text),
    ("region", FactKind::Text),
    ("plan", FactKind::Text),
];

const OF_PLAN: &[(&str, FactKind)] = &[("name", FactKind::Text)];

/// Types that are shipped beside those of the modules, so that policies can be written before the module is used.
pub(crate) const SHIPPED: &[ResourceInfo] = &[ResourceInfo {
    name: "booking",
    plural: "booking",
    attributes: &[
        ("scheduled_time", FactKind::Instant),
        ("created_at", FactKind::Instant),
        ("status", FactKind::Text),
        ("reference", FactKind::Text),
        ("customer_id", FactKind::Text),
        ("provider_id", FactKind::Text),
        ("service", FactKind::Text),
        ("price", FactKind::Number),
    ],
}];

/// The attributes of the types that a tenant has declared.
pub(crate) type Declared = BTreeMap<String, BTreeMap<String, FactKind>>;

/// What a tenant's policies can speak of.
#[derive(Debug, Clone)]
pub(crate) struct Vocabulary {
    pub(crate) catalogue: Catalogue,
    pub(crate) is_root: bool,
    pub(crate) declared: Arc<Declared>,
}

impl Vocabulary {
    /// The type that a resource's name stands for: `projects` and `project` are one.
    pub(crate) fn type_of<'a>(&self, name: &'a str) -> &'a str
    where
        Self: 'a,
    {
        self.catalogue.resources().find(|info| info.plural == name).map_or(name, |info| info.name)
    }

    /// The permission for an action on a type: the product's own spelling where it has one.
    pub(crate) fn permission(&self, kind: &str, verb: &str) -> String {
        let product = self
            .catalogue
            .resources()
            .find(|info| info.name == kind)
            .map(|info| format!("{}:{verb}", info.plural))
            .filter(|name| self.catalogue.permissions(true).any(|action| action.name == name));
        product.unwrap_or_else(|| format!("{kind}:{verb}"))
    }

    /// Every type by name.
    pub(crate) fn types(&self) -> Vec<String> {
        let of_product = self.catalogue.resources().map(|info| info.name.to_owned());
        let mut names: Vec<String> = of_product.chain(self.declared.keys().cloned()).collect();
        for action in self.catalogue.permissions(self.is_root) {
            if let Some((resource, _)) = action.name.split_once(':') {
                names.push(self.type_of(resource).to_owned());
            }
        }
        names.sort();
        names.dedup();
        names
    }

    /// Whether it is a type of the product or the tenant.
    pub(crate) fn has_type(&self, kind: &str) -> bool {
        self.types().iter().any(|name| name == kind)
    }

    /// The kind of a type's attribute.
    pub(crate) fn of_type(&self, kind: &str, name: &str) -> Option<FactKind> {
        let fixed =
            |list: &[(&str, FactKind)]| list.iter().find(|(one, _)| *one == name).map(|(_, kind)| *kind);
        fixed(OF_EVERY_RESOURCE)
            .or_else(|| {
                self.catalogue
                    .resources()
                    .find(|info| info.name == kind)
                    .and_then(|info| fixed(info.attributes))
            })
            .or_else(|| self.declared.get(kind)?.get(name).copied())
    }

    /// The kind of an attribute of anything but a resource.
    pub(crate) fn of_subject(&self, subject: Subject, name: &str) -> Option<FactKind> {
        fixed_of(subject).iter().find(|(one, _)| *one == name).map(|(_, kind)| *kind).or_else(
            || match subject {
                Subject::User => self.declared.get("user")?.get(name).copied(),
                _ => None,
            },
        )
    }

    /// The names of the attributes, for error messages.
    pub(crate) fn names_of(&self, subject: Subject, kind: Option<&str>) -> String {
        let mut names: Vec<&str> = match (subject, kind) {
            (Subject::Resource, kind) => {
                let info = self.catalogue.resources().find(|info| Some(info.name) == kind);
                let of_info = info.map_or(&[][..], |info| info.attributes);
                OF_EVERY_RESOURCE.iter().chain(of_info).map(|(name, _)| *name).collect()
            }
            (other, _) => fixed_of(other).iter().map(|(name, _)| *name).collect(),
        };
        let kind = if subject == Subject::User { Some("user") } else { kind };
        if let Some(own) = kind.and_then(|kind| self.declared.get(kind)) {
            names.extend(own.keys().map(String::as_str));
        }
        names.join(", ")
    }

    /// The schema that Cedar checks a policy against: for each action that is given, the types it is about.
    pub(crate) fn cedar(&self, actions: &[(String, String)], zones: &[&str]) -> Value {
        let mut types = Map::new();
        for name in self.types().iter().chain(actions.iter().map(|(_, kind)| kind)) {
            types.insert(name.clone(), json!({"shape": self.shape_of_type(name)}));
        }
        let own = self.declared.get("user");
        let of_user = own.into_iter().flatten().map(|(name, kind)| (name.as_str(), *kind));
        types.insert("User".to_owned(), json!({"shape": record(OF_USERS.iter().copied().chain(of_user))}));
        let mut context = Map::new();
        for subject in [Subject::Environment, Subject::Device, Subject::Tenant, Subject::Plan] {
            context.insert(subject.as_str().to_owned(), record(fixed_of(subject).iter().copied()));
        }
        context.insert("now".to_owned(), kind_of(FactKind::Instant));
        for zone in zones {
            context.insert(format!("minute in {zone}"), json!({"type": "Long"}));
            context.insert(format!("day in {zone}"), json!({"type": "Long"}));
        }
        let context = json!({"type": "Record", "attributes": context});
        let actions: Map<String, Value> = actions
            .iter()
            .map(|(name, kind)| {
                let applies =
                    json!({"principalTypes": ["User"], "resourceTypes": [kind], "context": context});
                (name.clone(), json!({"appliesTo": applies}))
            })
            .collect();
        json!({"": {"entityTypes": types, "actions": actions}})
    }

    fn shape_of_type(&self, name: &str) -> Value {
        let of_product =
            self.catalogue.resources().filter(|info| info.name == name).flat_map(|info| info.attributes);
        let own = self.declared.get(name).into_iter().flatten().map(|(name, kind)| (name.as_str(), *kind));
        record(OF_EVERY_RESOURCE.iter().chain(of_product).copied().chain(own))
    }

    /// Every action of the tenant that the product knows, with its type.
    pub(crate) fn known_actions(&self) -> Vec<(String, String)> {
        self.catalogue
            .permissions(self.is_root)
            .filter_map(|action| {
                let (resource, _) = action.name.split_once(':')?;
                Some((action.name.to_owned(), self.type_of(resource).to_owned()))
            })
            .collect()
    }
}

const fn fixed_of(subject: Subject) -> &'static [(&'static str, FactKind)] {
    match subject {
        Subject::User => OF_USERS,
        Subject::Resource => OF_EVERY_RESOURCE,
        Subject::Environment => OF_ENVIRONMENT,
        Subject::Device => OF_DEVICE,
        Subject::Tenant => OF_TENANT,
        Subject::Plan => OF_PLAN,
    }
}

fn record<'a>(attributes: impl Iterator<Item = (&'a str, FactKind)>) -> Value {
    let attributes: Map<String, Value> = attributes
        .map(|(name, kind)| {
            let mut kind = kind_of(kind);
            if let Some(kind) = kind.as_object_mut() {
                kind.insert("required".to_owned(), json!(false));
            }
            (name.to_owned(), kind)
        })
        .collect();
    json!({"type": "Record", "attributes": attributes})
}

fn kind_of(kind: FactKind) -> Value {
    match kind {
        FactKind::Text => json!({"type": "String"}),
        FactKind::Number => json!({"type": "Long"}),
        FactKind::Flag => json!({"type": "Boolean"}),
        FactKind::Instant => json!({"type": "Extension", "name": "datetime"}),
        FactKind::Address => json!({"type": "Extension", "name": "ipaddr"}),
        FactKind::Texts => json!({"type": "Set", "element": {"type": "String"}}),
    }
}

/// The subject of a path, when its first word is one's name.
pub(crate) fn subject(word: &str) -> Option<Subject> {
    Some(match word {
        "user" => Subject::User,
        "resource" => Subject::Resource,
        "environment" | "env" => Subject::Environment,
        "device" => Subject::Device,
        "tenant" => Subject::Tenant,
        "plan" => Subject::Plan,
        _ => return None,
    })
}

impl Vocabulary {
    /// The attribute that a path names, in a policy about resources of these types.
    pub(crate) fn path(&self, text: &str, types: &[String]) -> Result<Path, String> {
        let (first, name) = text.split_once('.').ok_or_else(|| {
            format!("{text} is no attribute: write `user.role`, `resource.status`, `environment.ip` …")
        })?;
        let name = match (first, name) {
            ("user", "roles") => "role",
            ("user", "groups") => "group",
            ("user", "families" | "role_family") => "family",
            (_, name) => name,
        };
        let unknown = |subject, kind: Option<&str>| {
            format!("{first} has no attribute {name}; it has {}", self.names_of(subject, kind))
        };
        let path = |subject, only, kind| Path { subject, only, name: name.to_owned(), kind };
        match subject(first) {
            Some(Subject::Resource) => {
                let kinds: Vec<Option<FactKind>> =
                    types.iter().map(|kind| self.of_type(kind, name)).collect();
                let Some(Some(kind)) = kinds.first().copied() else {
                    return Err(unknown(Subject::Resource, types.first().map(String::as_str)));
                };
                if kinds.iter().any(|other| *other != Some(kind)) {
                    return Err(format!(
                        "not every resource that the target covers has {name}: name the type, as in `booking.{name}`"
                    ));
                }
                Ok(path(Subject::Resource, None, kind))
            }
            Some(subject) => {
                let kind = self.of_subject(subject, name).ok_or_else(|| unknown(subject, None))?;
                Ok(path(subject, None, kind))
            }
            None => {
                let of = self.type_of(first);
                if !self.has_type(of) {
                    return Err(format!(
                        "there is no type of resource {first}; declare it first, or write user, resource, environment, \
                         device, tenant or plan"
                    ));
                }
                if !types.iter().any(|kind| kind == of) {
                    return Err(format!("the target does not cover {first}"));
                }
                let kind = self.of_type(of, name).ok_or_else(|| unknown(Subject::Resource, Some(of)))?;
                Ok(path(Subject::Resource, Some(of.to_owned()), kind))
            }
        }
    }
}
