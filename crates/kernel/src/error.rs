//! What can go wrong, as a closed set of kinds.

/// The kind of an error; `web` alone maps it to an HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The thing does not exist, or the caller may not know that it does.
    NotFound,
    /// The request does not fit the present state.
    Conflict,
    /// The caller's `If-Match` names an older version.
    Stale,
    /// A change was asked for without the version it is meant for.
    PreconditionRequired,
    /// The request cannot be read.
    Malformed,
    /// The request can be read but breaks a rule.
    Invalid,
    /// The caller is known and may not do this.
    Forbidden,
    /// The caller is not known.
    Unauthenticated,
    /// Too many requests, or too many attempts.
    TooMany,
    /// The plan does not include this.
    PaymentRequired,
    /// The body is larger than allowed.
    TooLarge,
    /// The body is not in a media type that the endpoint reads.
    UnsupportedMedia,
    /// The method is not one the resource has.
    MethodNotAllowed,
    /// A part that the answer needs is not available now; trying again may help.
    Unavailable,
    /// The request took longer than allowed.
    TimedOut,
    /// A defect or a broken environment.
    Internal,
}

/// Gives an error its kind.
pub trait Kind: std::error::Error + Send + Sync + 'static {
    /// The kind that decides the status.
    fn kind(&self) -> ErrorKind;

    /// A stable, machine-readable code in `snake_case`, unique to the situation.
    fn code(&self) -> &'static str;

    /// Which fields are wrong, when that is known.
    fn fields(&self) -> Vec<FieldError> {
        Vec::new()
    }

    /// When to try again, in whole seconds, when that is known.
    fn retry_after_seconds(&self) -> Option<u64> {
        None
    }
}

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct FieldError {
    /// Where: a JSON pointer into the body as URI fragment (`#/name`, RFC 6901), or `query/limit`, `path/user_id`,
    /// `header/if-match`.
    pub pointer: String,
    /// What is wrong, as a sentence for people.
    pub detail: String,
}

impl FieldError {
    /// An error at `pointer`.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}
