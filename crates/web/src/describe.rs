//! What a route says of itself: one operation of the OpenAPI document.

use std::any::TypeId;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// An OpenAPI operation in the making; extractors and outputs add to it.
pub struct OperationDoc {
    pub(crate) generator: SchemaGenerator,
    pub(crate) parameters: Vec<Value>,
    pub(crate) path_types: Vec<Value>,
    pub(crate) body: Option<Value>,
    pub(crate) answer: Option<(String, Value)>,
    pub(crate) needs: Vec<(TypeId, &'static str)>,
}

impl OperationDoc {
    pub(crate) fn new(generator: SchemaGenerator) -> Self {
        Self {
            generator,
            parameters: Vec::new(),
            path_types: Vec::new(),
            body: None,
            answer: None,
            needs: Vec::new(),
        }
    }

    pub(crate) fn generator() -> SchemaGenerator {
        SchemaSettings::draft2020_12()
            .with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
            })
            .into_generator()
    }

    /// A reference to the schema of `T`, which is added to the document's components.
    pub fn schema<T: JsonSchema>(&mut self) -> Value {
        self.generator.subschema_for::<T>().to_value()
    }

    /// The success answer, as JSON.
    pub fn answer(&mut self, schema: Value) {
        self.answer = Some(("application/json".to_owned(), schema));
    }

    /// The success answer, in another media type.
    pub fn answer_media(&mut self, media: &str, schema: Value) {
        self.answer = Some((media.to_owned(), schema));
    }

    /// The JSON request body.
    pub fn request_body<T: JsonSchema>(&mut self) {
        let schema = self.schema::<T>();
        self.body = Some(json!({"required": true, "content": {"application/json": {"schema": schema}}}));
    }

    /// The request body, as a form.
    pub fn request_form<T: JsonSchema>(&mut self) {
        let schema = self.schema::<T>();
        let media = "application/x-www-form-urlencoded";
        self.body = Some(json!({"required": true, "content": {media: {"schema": schema}}}));
    }

    /// The request body, as bytes of any kind.
    pub fn request_bytes(&mut self) {
        let schema = json!({"type": "string", "format": "binary"});
        self.body =
            Some(json!({"required": true, "content": {"application/octet-stream": {"schema": schema}}}));
    }

    /// The next path parameter's schema.
    pub fn path_parameter<T: JsonSchema>(&mut self) {
        let schema = self.schema::<T>();
        self.path_types.push(schema);
    }

    /// One query parameter for each field of `T`.
    pub fn query_parameters<T: JsonSchema>(&mut self) {
        let schema = self.generator.root_schema_for::<T>().to_value();
        let required: Vec<&Value> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().collect();
        let empty = Map::new();
        let fields = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        for (name, field) in fields {
            let mut field = field.clone();
            let description = field.as_object_mut().and_then(|field| field.remove("description"));
            self.parameters.push(json!({
                "name": name, "in": "query", "required": required.iter().any(|r| *r == name),
                "description": description.unwrap_or(Value::Null), "schema": field,
            }));
        }
    }

    /// A header that the operation reads.
    pub fn header(&mut self, name: &str, description: &str) {
        self.parameters.push(json!({
            "name": name, "in": "header", "required": false, "description": description, "schema": {"type": "string"},
        }));
    }

    /// The handler needs a value of `T` among the services; checked when the server starts.
    pub fn needs<T: 'static>(&mut self) {
        self.needs.push((TypeId::of::<T>(), std::any::type_name::<T>()));
    }
}
