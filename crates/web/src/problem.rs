//! Errors as RFC 9457 `application/problem+json`.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};
use tenantry_db::StoredReply;
use tenantry_kernel::{ErrorKind, FieldError, Kind, RequestId};

/// What the client is told.
///
/// The body has `type`, `title`, `status`, `detail`, `code`, `request_id` and, when fields are wrong, `errors`.
#[derive(Debug)]
pub struct Problem {
    kind: ErrorKind,
    code: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    retry_after: Option<u64>,
    cause: Option<Box<str>>,
    replay: Option<Arc<StoredReply>>,
    extensions: Option<Box<Map<String, Value>>>,
}

impl Problem {
    /// A problem that no error type stands for.
    pub fn new(kind: ErrorKind, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            cause: None,
            replay: None,
            extensions: None,
        }
    }

    /// The thing is not there, or the caller may not know that it is: the same answer for both.
    pub fn not_found() -> Self {
        Self::new(ErrorKind::NotFound, "not_found", "There is nothing here that you may see.")
    }

    /// The caller is not known.
    pub fn unauthenticated() -> Self {
        Self::new(
            ErrorKind::Unauthenticated,
            "unauthenticated",
            "Sign in, and send the access token as a bearer token.",
        )
    }

    /// No tenant could be told from the request, or there is none by that name.
    pub fn tenant_unknown() -> Self {
        Self::new(ErrorKind::NotFound, "tenant_unknown", "No tenant answers to this address or name.")
    }

    /// Several fields are wrong.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [only] => format!("{}: {}", only.pointer, only.detail),
            many => format!("{} fields are wrong.", many.len()),
        };
        Self { errors, ..Self::new(ErrorKind::Invalid, "validation_failed", detail) }
    }

    /// The request cannot be read, because of `pointer`.
    pub fn malformed(code: &'static str, pointer: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let errors = vec![FieldError::new(pointer, detail.clone())];
        Self { errors, ..Self::new(ErrorKind::Malformed, code, format!("{pointer}: {detail}")) }
    }

    /// The same, with another kind.
    #[must_use]
    pub const fn of_kind(mut self, kind: ErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// The same, with a time to try again.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The same, with one more member (RFC 9457, 3.2).
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Value) -> Self {
        self.extensions.get_or_insert_default().insert(name.to_owned(), value);
        self
    }

    /// The machine-readable code.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// The kind.
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether this is not a failure, but the kept answer of an earlier request.
    pub const fn is_replay(&self) -> bool {
        self.replay.is_some()
    }

    /// Which fields are wrong.
    pub fn fields(&self) -> &[FieldError] {
        &self.errors
    }

    /// The operator's half of the message.
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// The body, for the given request.
    pub fn body(&self, request: RequestId) -> Value {
        let status = status_of(self.kind);
        let mut body = json!({
            "type": format!("https://tenantry.dev/problems/{}", self.code),
            "title": status.canonical_reason().unwrap_or("Error"),
            "status": status.as_u16(),
            "detail": self.detail,
            "code": self.code,
            "request_id": request,
        });
        if let (Some(map), false) = (body.as_object_mut(), self.errors.is_empty()) {
            map.insert("errors".to_owned(), json!(self.errors));
        }
        if let (Some(map), Some(extensions)) = (body.as_object_mut(), &self.extensions) {
            map.extend(extensions.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        body
    }

    /// The response, for the given request; or the kept one, when this request was answered before.
    pub fn into_response(self, request: RequestId) -> Response {
        if let Some(kept) = &self.replay {
            let mut response = crate::envelope::response_of((**kept).clone());
            response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
            return response;
        }
        let mut response = Response::new(Body::from(self.body(request).to_string()));
        *response.status_mut() = status_of(self.kind);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.kind == ErrorKind::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The HTTP status of a kind.
pub const fn status_of(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::Stale => StatusCode::PRECONDITION_FAILED,
        ErrorKind::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
        ErrorKind::Malformed => StatusCode::BAD_REQUEST,
        ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::PaymentRequired => StatusCode::PAYMENT_REQUIRED,
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorKind::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::TimedOut => StatusCode::GATEWAY_TIMEOUT,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl<E: Kind> From<E> for Problem {
    fn from(error: E) -> Self {
        let kind = error.kind();
        let mut chain = error.to_string();
        let mut replay = None;
        let mut errors = error.fields();
        let mut spoken = error.to_string();
        let mut link: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(at) = link {
            if let Some(inner) = at.downcast_ref::<tenantry_db::Error>() {
                if let tenantry_db::Error::Replay(kept) = inner {
                    replay = Some(Arc::clone(kept));
                }
                // A module says only "the database"; what the database layer has to say is clearer.
                if errors.is_empty() {
                    errors = inner.fields();
                }
                spoken = inner.to_string();
            }
            link = at.source();
            if let Some(next) = link {
                chain = format!("{chain}: {next}");
            }
        }
        // What went wrong inside is for the operator; the client learns that it did.
        let detail = match kind {
            ErrorKind::Internal => {
                "Something went wrong on our side; the request id tells us what.".to_owned()
            }
            ErrorKind::NotFound => "There is nothing here that you may see.".to_owned(),
            _ => match errors.as_slice() {
                [only] => format!("{}: {}", only.pointer, only.detail),
                _ => sentence(&spoken),
            },
        };
        Self {
            kind,
            code: error.code(),
            detail,
            errors,
            retry_after: error.retry_after_seconds(),
            cause: Some(chain.into()),
            replay,
            extensions: None,
        }
    }
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return String::new() };
    let text: String = first.to_uppercase().chain(chars).collect();
    if text.ends_with('.') { text } else { format!("{text}.") }
}
