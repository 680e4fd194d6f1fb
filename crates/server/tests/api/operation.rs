//! The OpenAPI document as a list of operations, each with the places that take an id.

use serde_json::Value;

/// One operation under one base.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) method: String,
    /// The path with its placeholders.
    pub(crate) path: String,
    pub(crate) audience: String,
    pub(crate) action: String,
    pub(crate) success: u16,
    /// It has a body and changes nothing.
    pub(crate) only_asks: bool,
    /// It reads `Idempotency-Key`.
    pub(crate) takes_key: bool,
    pub(crate) ids: Vec<IdPlace>,
    /// The name of the body's schema.
    pub(crate) body: Option<String>,
    /// The fields of the body, when it is a form.
    pub(crate) form: Vec<String>,
    /// The parameters of the query.
    pub(crate) query: Vec<String>,
}

/// Where an id goes, and of what kind it is.
#[derive(Debug, Clone)]
pub(crate) struct IdPlace {
    pub(crate) place: Place,
    pub(crate) kind: String,
}

/// A place in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Path(String),
    Query(String),
    /// A JSON pointer.
    Body(String),
}

impl Operation {
    /// Every operation of the document whose path begins with `base`.
    pub(crate) fn all(base: &str) -> Vec<Self> {
        let document = tenantry_server::modules::openapi();
        let paths = document["paths"].as_object().unwrap();
        let under_base = paths.iter().filter(|(path, _)| path.starts_with(base));
        under_base
            .flat_map(|(path, methods)| {
                let methods = methods.as_object().unwrap();
                methods.iter().map(|(method, operation)| Self::read(&document, path, method, operation))
            })
            .collect()
    }

    fn read(document: &Value, path: &str, method: &str, operation: &Value) -> Self {
        let mut ids = Vec::new();
        let mut takes_key = false;
        for parameter in operation["parameters"].as_array().unwrap() {
            let name = parameter["name"].as_str().unwrap().to_owned();
            takes_key |= name == "Idempotency-Key";
            let Some(kind) = kind_of(&name, &parameter["schema"]) else { continue };
            let place = match parameter["in"].as_str().unwrap() {
                "path" => Place::Path(name),
                "query" => Place::Query(name),
                other => panic!("{method} {path} takes an id in its {other}"),
            };
            ids.push(IdPlace { place, kind });
        }
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        ids_in(document, schema, "", "", &mut ids);
        let form =
            &operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]["$ref"];
        let form = form.as_str().map(|at| document.pointer(at.trim_start_matches('#')).unwrap());
        let form = form.and_then(|form| form["properties"].as_object());
        let parameters = operation["parameters"].as_array().unwrap().iter();
        let query = parameters.filter(|one| one["in"] == "query");
        let responses = operation["responses"].as_object().unwrap();
        Self {
            method: method.to_uppercase(),
            path: path.to_owned(),
            action: operation["x-action"].as_str().unwrap().to_owned(),
            audience: operation["x-audience"].as_str().unwrap().to_owned(),
            takes_key,
            only_asks: operation["x-only-asks"] == true,
            success: responses.keys().find_map(|status| status.parse().ok()).unwrap(),
            ids,
            form: form.into_iter().flat_map(serde_json::Map::keys).cloned().collect(),
            query: query.map(|one| one["name"].as_str().unwrap().to_owned()).collect(),
            body: schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()).map(str::to_owned),
        }
    }

    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub(crate) fn is(&self, method: &str, end: &str) -> bool {
        self.method == method && self.path.ends_with(end)
    }

    pub(crate) fn is_public(&self) -> bool {
        self.audience == "public"
    }

    /// Whether it takes more than a request to succeed: an identity provider (federation.rs), an authenticator (mfa.rs,
    /// devices.rs, and the browser tests of the console).
    pub(crate) fn needs_more(&self) -> bool {
        let ends = [
            "/users/me/identities",
            "/identity-providers/{provider_id}/test",
            "/auth/mfa/verify",
            "/auth/reauthenticate/send",
            "/auth/mfa/backup-codes",
            "/devices/{device_id}/trust",
            "/auth/passkeys/begin",
            "/auth/passkeys",
        ];
        self.method == "POST" && ends.iter().any(|end| self.path.ends_with(end))
    }

    /// Whether it changes something.
    pub(crate) fn is_mutation(&self) -> bool {
        self.method != "GET" && !self.only_asks
    }
}

/// The kind of an id, when the schema is one's. An e-mail address in a query finds a user as an id does.
fn kind_of(name: &str, schema: &Value) -> Option<String> {
    if let Some(kind) = schema["x-id"].as_str() {
        return Some(kind.to_owned());
    }
    match (schema["format"].as_str(), name) {
        (Some("uuid"), _) => Some(format!("uuid {name}")),
        (_, "email") => Some("email".to_owned()),
        _ => None,
    }
}

/// The ids in a body, at any depth.
fn ids_in(document: &Value, schema: &Value, name: &str, at: &str, ids: &mut Vec<IdPlace>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let schema = document.pointer(reference.trim_start_matches('#')).unwrap();
        return ids_in(document, schema, name, at, ids);
    }
    let is_id = schema["x-id"].is_string() || schema["format"] == "uuid";
    if let (true, Some(kind)) = (is_id, kind_of(name, schema)) {
        ids.push(IdPlace { place: Place::Body(at.to_owned()), kind });
    }
    for one in ["anyOf", "oneOf", "allOf"].iter().filter_map(|key| schema[*key].as_array()).flatten() {
        ids_in(document, one, name, at, ids);
    }
    if schema["items"].is_object() {
        ids_in(document, &schema["items"], name, &format!("{at}/0"), ids);
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        ids_in(document, field, name, &format!("{at}/{name}"), ids);
    }
}

#[test]
fn ids_are_found_in_path_query_and_body() {
    let all = Operation::all("/api/v1");
    let places = |method: &str, end: &str| -> Vec<(Place, String)> {
        let found = all.iter().find(|operation| operation.is(method, end)).unwrap();
        found.ids.iter().map(|id| (id.place.clone(), id.kind.clone())).collect()
    };
    let project = (Place::Path("project_id".into()), "ProjectId".to_owned());
    let owner = (Place::Body("/owner_id".into()), "UserId".to_owned());
    assert_eq!(places("PUT", "/projects/{project_id}"), [project, owner]);
    assert_eq!(places("GET", "/api/v1/projects"), [(Place::Query("owner_id".into()), "UserId".to_owned())]);
}
