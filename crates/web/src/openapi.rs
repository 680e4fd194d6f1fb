//! The OpenAPI 3.1 document, made from the route table.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::action::Audience;
use crate::describe::OperationDoc;
use crate::route::{Route, Routes};

/// The document for these routes, under both bases.
pub fn document(modules: &[Routes], version: &str) -> Value {
    let mut generator = OperationDoc::generator();
    let problem = problem_schema();
    let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for route in modules.iter().flat_map(|module| &module.routes) {
        let mut doc = OperationDoc::new(generator);
        (route.describe)(&mut doc);
        for base in route.bases() {
            let entry = paths.entry(format!("{base}{}", route.path)).or_default();
            entry.insert(route.method.as_str().to_lowercase(), operation(route, &doc, base));
        }
        generator = doc.generator;
    }
    let mut schemas: Map<String, Value> = generator.take_definitions(true).into_iter().collect();
    schemas.insert("Problem".into(), problem);
    schemas.sort_keys();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tenantry", "version": version, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "Every route is served under `/api/v1` and, with the tenant in the path, under `/v1/{tenant}`.",
        },
        "servers": [{"url": "/"}],
        "tags": modules.iter().map(|module| json!({"name": module.tag})).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": security_schemes(),
        },
    })
}

fn security_schemes() -> Value {
    json!({
        "bearer": {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "An access token, or an API key (`tnk_…`).",
        },
        "session": {
            "type": "apiKey", "in": "cookie", "name": "__Host-tenantry-{slug}",
            "description": "The session of a browser, set by `POST /auth/session`. What changes something also carries \
                `X-Tenantry-CSRF: 1`.",
        },
    })
}

fn operation(route: &Route, doc: &OperationDoc, base: &str) -> Value {
    let has_tenant = base.contains("{tenant}") || route.path.contains("{tenant}");
    let mut parameters = Vec::new();
    if has_tenant {
        parameters.push(json!({
            "name": "tenant", "in": "path", "required": true, "description": "The tenant's id or slug.",
            "schema": {"type": "string"},
        }));
    }
    let names = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let names = names.filter(|name| *name != "tenant");
    for (name, schema) in names.zip(&doc.path_types) {
        parameters.push(json!({"name": name, "in": "path", "required": true, "schema": schema}));
    }
    parameters.extend(doc.parameters.iter().cloned());
    if crate::idempotency::applies(route) {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false, "schema": {"type": "string", "maxLength": 255},
            "description": "The same key with the same request gets the same answer for 24 hours.",
        }));
    }
    let suffix = match base {
        "" if route.is_of_issuer => "",
        "" => "_at_root",
        _ if has_tenant => "_in_tenant",
        _ => "",
    };
    let name = route.path.trim_matches('/').replace(['/', '-'], "_").replace(['{', '}'], "");
    let is_public = route.action.audience == Audience::Public;
    let security = if is_public { json!([]) } else { json!([{"bearer": []}, {"session": []}]) };
    let mut operation = json!({
        "operationId": format!("{}_{name}{suffix}", route.method.as_str().to_lowercase()),
        "tags": [route.tag],
        "summary": route.summary,
        "x-action": route.action.name,
        "x-audience": format!("{:?}", route.action.audience).to_lowercase(),
        "security": security,
        "parameters": parameters,
        "responses": responses(route, doc),
    });
    if let (true, Some(map)) = (route.is_question, operation.as_object_mut()) {
        map.insert("x-only-asks".into(), json!(true));
    }
    if let (Some(body), Some(map)) = (&doc.body, operation.as_object_mut()) {
        map.insert("requestBody".into(), body.clone());
    }
    operation
}

fn responses(route: &Route, doc: &OperationDoc) -> Value {
    let mut responses = Map::new();
    let content = doc.answer.as_ref().map(|(media, schema)| json!({media.as_str(): {"schema": schema}}));
    responses.insert(
        route.status.to_string(),
        json!({"description": "Done.", "content": content.unwrap_or(json!({}))}),
    );
    let problem = |text: &str| {
        json!({
            "description": text,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        })
    };
    responses.insert(
        "4XX".into(),
        problem("The request was refused; `code` says why and `errors` names the fields."),
    );
    responses.insert("5XX".into(), problem("Something went wrong on the server's side."));
    Value::Object(responses)
}

fn problem_schema() -> Value {
    json!({
        "type": "object", "description": "RFC 9457.",
        "required": ["type", "title", "status", "detail", "code", "request_id"],
        "properties": {
            "type": {"type": "string", "format": "uri"}, "title": {"type": "string"},
            "status": {"type": "integer"}, "detail": {"type": "string"},
            "code": {"type": "string", "description": "Stable and machine-readable."},
            "request_id": {"type": "string", "format": "uuid"},
            "errors": {"type": "array", "items": {
                "type": "object", "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            }},
        },
    })
}
