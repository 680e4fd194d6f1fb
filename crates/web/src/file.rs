//! Bytes that are no JSON: files that clients send, and files that pages show.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderValue, header};
use serde_json::json;

use crate::Problem;
use crate::describe::OperationDoc;
use crate::dispatch::Call;
use crate::envelope::Output;
use crate::extract::Extract;

/// The body as it is. What it is, its first bytes say; what the client says of it does not count.
#[derive(Debug)]
pub struct Upload(pub Bytes);

impl Extract for Upload {
    fn extract(call: &mut Call) -> Result<Self, Problem> {
        Ok(Self(std::mem::take(&mut call.body)))
    }

    fn describe(operation: &mut OperationDoc) {
        operation.request_bytes();
    }
}

/// A picture whose address never stands for another one. Browsers keep it, take it for nothing else, and run nothing of it.
#[derive(Debug)]
pub struct Picture {
    /// `image/png`
    pub media_type: &'static str,
    /// The bytes.
    pub body: Bytes,
    /// Which picture it is, in quotes: whoever has it is told so, and no more.
    pub etag: String,
}

impl Output for Picture {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        if let Ok(etag) = HeaderValue::try_from(self.etag) {
            response.headers_mut().insert(header::ETAG, etag);
        }
        for (name, value) in [
            (header::CONTENT_TYPE, self.media_type),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; sandbox"),
        ] {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }

    fn describe(operation: &mut OperationDoc) {
        operation.answer_media("image/*", json!({"type": "string", "format": "binary"}));
    }
}
