//! What the endpoints answer: JSON of the standards, never an envelope.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use tenantry_web::{OperationDoc, Output, Problem};

/// An error of RFC 6749, 5.2 and its relatives.
#[derive(Debug, Clone)]
pub(crate) struct OAuthError {
    pub(crate) error: &'static str,
    pub(crate) description: &'static str,
    pub(crate) status: StatusCode,
    pub(crate) challenge: Option<&'static str>,
}

impl OAuthError {
    pub(crate) const fn new(error: &'static str, description: &'static str) -> Self {
        Self { error, description, status: StatusCode::BAD_REQUEST, challenge: None }
    }

    pub(crate) const fn request(description: &'static str) -> Self {
        Self::new("invalid_request", description)
    }

    /// The one answer to whatever is wrong with a code, a refresh token or the like.
    pub(crate) const fn grant() -> Self {
        Self::new("invalid_grant", "this is not valid, has expired, has been used, or is another client's")
    }

    /// The one answer to a client that cannot prove who it is.
    pub(crate) const fn client() -> Self {
        let description = "the client is unknown, switched off, or has not proved who it is";
        let (status, challenge) = (StatusCode::UNAUTHORIZED, Some("Basic realm=\"clients\""));
        Self { error: "invalid_client", description, status, challenge }
    }

    /// The one answer to a bad access token (RFC 6750, 3.1).
    pub(crate) const fn token() -> Self {
        let challenge = Some("Bearer error=\"invalid_token\"");
        let description = "the access token is not valid";
        Self { error: "invalid_token", description, status: StatusCode::UNAUTHORIZED, challenge }
    }
}

/// Why there is no answer: an error of the protocol, or something that no protocol knows (the database, a limit).
#[derive(Debug)]
pub(crate) enum Refusal {
    OAuth(OAuthError),
    Problem(Problem),
}

impl From<OAuthError> for Refusal {
    fn from(error: OAuthError) -> Self {
        Self::OAuth(error)
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

macro_rules! problems {
    ($($error:ty),+) => {$(
        impl From<$error> for Refusal {
            fn from(error: $error) -> Self {
                Self::Problem(error.into())
            }
        }
    )+};
}
problems!(
    tenantry_access::Error,
    tenantry_db::Error,
    tenantry_vault::Error,
    tenantry_identity::Error,
    crate::Error
);

/// An answer of an endpoint.
#[derive(Debug)]
pub(crate) struct Answer(Result<Option<Value>, OAuthError>, StatusCode);

impl Answer {
    /// JSON, or the error; problems stay problems.
    pub(crate) fn of(outcome: Result<Value, Refusal>) -> Result<Self, Problem> {
        match outcome {
            Ok(value) => Ok(Self(Ok(Some(value)), StatusCode::OK)),
            Err(Refusal::OAuth(error)) => Ok(Self(Err(error), StatusCode::OK)),
            Err(Refusal::Problem(problem)) => Err(problem),
        }
    }

    /// JSON about something new: 201.
    pub(crate) fn made(outcome: Result<Value, Refusal>) -> Result<Self, Problem> {
        Self::of(outcome).map(|answer| Self(answer.0, StatusCode::CREATED))
    }

    /// 200 without a body.
    pub(crate) fn silent(outcome: Result<(), Refusal>) -> Result<Self, Problem> {
        match outcome {
            Ok(()) => Ok(Self(Ok(None), StatusCode::OK)),
            Err(refusal) => Self::of(Err(refusal)),
        }
    }
}

impl Output for Answer {
    fn into_response(self) -> Response {
        let (status, body, challenge) = match self.0 {
            Ok(body) => (self.1, body, None),
            Err(error) => {
                let body = json!({"error": error.error, "error_description": error.description});
                (error.status, Some(body), error.challenge)
            }
        };
        let has_body = body.is_some();
        let mut response = Response::new(body.map_or_else(Body::empty, |body| Body::from(body.to_string())));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        if has_body {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
        if let Some(challenge) = challenge {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }

    fn describe(operation: &mut OperationDoc) {
        operation.answer(json!({"type": "object"}));
    }
}
