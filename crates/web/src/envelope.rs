//! Answers: `{"status":"success","data":…}`, lists with `meta`, and what else a handler may return.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode, header};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use tenantry_db::{Committed, Reply, StoredReply};
use tenantry_kernel::Page;

use crate::describe::OperationDoc;

/// What a client sees of a resource.
pub trait View: Serialize + JsonSchema + Send + 'static {
    /// The resource's version: its `ETag` is `"<version>"`.
    fn version(&self) -> Option<i64> {
        None
    }
}

/// One resource: `{"status":"success","data":…}`, with an `ETag` when the view has a version.
#[derive(Debug)]
pub struct Success<T> {
    status: StatusCode,
    data: T,
    location: Option<String>,
}

impl<T: View> Success<T> {
    /// 200.
    pub const fn ok(data: T) -> Self {
        Self { status: StatusCode::OK, data, location: None }
    }

    /// 201 with `Location`, relative to the API base.
    pub const fn created(data: T, location: String) -> Self {
        Self { status: StatusCode::CREATED, data, location: Some(location) }
    }

    /// What is answered.
    pub fn data(&self) -> &T {
        &self.data
    }
}

impl<T: View> Reply for Success<T> {
    fn stored(&self) -> StoredReply {
        let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        if let Some(version) = self.data.version() {
            headers.push(("etag".to_owned(), format!("\"{version}\"")));
        }
        if let Some(location) = &self.location {
            headers.push(("location".to_owned(), location.clone()));
        }
        let body = serde_json::to_vec(&Envelope { status: "success", data: &self.data, meta: None });
        StoredReply { status: self.status.as_u16(), headers, body: body.unwrap_or_default() }
    }
}

#[derive(Serialize)]
struct Envelope<'a, T> {
    status: &'static str,
    data: &'a T,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<Meta>,
}

/// What a list says of itself.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Meta {
    /// Send this as `cursor` to get the next page; absent on the last page.
    pub next_cursor: Option<String>,
    /// How many items the whole list has; only with `count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

/// A page of a list: `{"status":"success","data":[…],"meta":{"next_cursor":…}}`.
#[derive(Debug)]
pub struct Listing<T> {
    page: Page<T>,
    total: Option<i64>,
}

impl<T: View> Listing<T> {
    /// A page, with the total when it was asked for.
    pub const fn new(page: Page<T>, total: Option<i64>) -> Self {
        Self { page, total }
    }
}

/// Text in another media type than JSON, such as CSV.
#[derive(Debug)]
pub struct Download {
    /// `text/csv; charset=utf-8`.
    pub media_type: &'static str,
    /// A file name for the browser.
    pub file_name: String,
    /// The text.
    pub body: Bytes,
}

/// A response that is sent while it is being made, such as an event stream.
pub struct Streaming(pub Response);

/// JSON without an envelope, as a standard wants it.
#[derive(Debug)]
pub struct Plain(pub serde_json::Value);

impl Output for Plain {
    fn into_response(self) -> Response {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        response_of(StoredReply { status: 200, headers, body: self.0.to_string().into_bytes() })
    }

    fn describe(operation: &mut OperationDoc) {
        operation.answer(json!({"type": "object"}));
    }
}

/// What a handler may return.
pub trait Output: Send {
    /// The response.
    fn into_response(self) -> Response;

    /// What the OpenAPI document says of it.
    fn describe(operation: &mut OperationDoc);
}

/// What an answer says, for a page that shows it: its `data`, and nothing where it has none.
pub async fn said(answer: impl Output) -> serde_json::Value {
    let body = axum::body::to_bytes(answer.into_response().into_body(), usize::MAX).await.unwrap_or_default();
    let mut answer: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    answer.get_mut("data").map(serde_json::Value::take).unwrap_or_default()
}

/// Turn a kept answer into a response.
pub(crate) fn response_of(stored: StoredReply) -> Response {
    let mut response = Response::new(Body::from(stored.body));
    *response.status_mut() = StatusCode::from_u16(stored.status).unwrap_or(StatusCode::OK);
    for (name, value) in stored.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Nothing to say: 204.
impl Output for () {
    fn into_response(self) -> Response {
        response_of(self.stored())
    }

    fn describe(_: &mut OperationDoc) {}
}

impl Output for Committed<()> {
    fn into_response(self) -> Response {
        response_of(self.reply)
    }

    fn describe(_: &mut OperationDoc) {}
}

impl<T: View> Output for Success<T> {
    fn into_response(self) -> Response {
        response_of(self.stored())
    }

    fn describe(operation: &mut OperationDoc) {
        let data = operation.schema::<T>();
        operation.answer(json!({
            "type": "object", "required": ["status", "data"],
            "properties": {"status": {"const": "success"}, "data": data},
        }));
    }
}

impl<T: View> Output for Committed<Success<T>> {
    fn into_response(self) -> Response {
        response_of(self.reply)
    }

    fn describe(operation: &mut OperationDoc) {
        <Success<T> as Output>::describe(operation);
    }
}

impl<T: View> Output for Listing<T> {
    fn into_response(self) -> Response {
        let meta = Meta { next_cursor: self.page.next.map(|cursor| cursor.to_string()), total: self.total };
        let body =
            serde_json::to_vec(&Envelope { status: "success", data: &self.page.items, meta: Some(meta) });
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        response_of(StoredReply { status: 200, headers, body: body.unwrap_or_default() })
    }

    fn describe(operation: &mut OperationDoc) {
        let data = operation.schema::<T>();
        let meta = operation.schema::<Meta>();
        operation.answer(json!({
            "type": "object", "required": ["status", "data", "meta"],
            "properties": {"status": {"const": "success"}, "data": {"type": "array", "items": data}, "meta": meta},
        }));
    }
}

impl Output for Download {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        if let Ok(value) = HeaderValue::try_from(format!("attachment; filename=\"{}\"", self.file_name)) {
            headers.insert(header::CONTENT_DISPOSITION, value);
        }
        response
    }

    fn describe(operation: &mut OperationDoc) {
        operation.answer_media("text/csv", json!({"type": "string"}));
    }
}

impl Output for Streaming {
    fn into_response(self) -> Response {
        self.0
    }

    fn describe(operation: &mut OperationDoc) {
        operation.answer_media("text/event-stream", json!({"type": "string"}));
    }
}

/// A plain sentence, as documents B and D answer some calls: `{"message": …}`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Message {
    /// The sentence.
    pub message: String,
}

impl Message {
    /// A message.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl View for Message {}
