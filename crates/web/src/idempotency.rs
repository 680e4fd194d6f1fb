//! `Idempotency-Key`: the same key and the same request get the same answer (IETF draft-ietf-httpapi-idempotency-key-header).
//!
//! The database layer does the work: it locks the key, finds the kept answer and keeps the new one, all inside the
//! handler's own transaction. Here the header becomes a key and a fingerprint: an HMAC, because bodies may hold
//! passwords, and a plain hash kept for a day could be tried against a list of them.

use aws_lc_rs::hmac;
use http::{HeaderName, Method};
use tenantry_db::Idempotency;

use crate::Problem;
use crate::action::Audience;
use crate::dispatch::Call;
use crate::guard::Admission;
use crate::route::Route;

/// Whether requests of the route have a retry identity: not reads, not questions with a body, not deletions (which are
/// idempotent by nature), not those that tell a secret, and not public routes, whose answers may be tokens, and whose
/// callers cannot be told apart.
pub(crate) fn applies(route: &Route) -> bool {
    let is_write =
        route.method == Method::POST || route.method == Method::PUT || route.method == Method::PATCH;
    is_write && !route.is_question && !route.is_secret && route.action.audience != Audience::Public
}

/// The retry identity of a request, when it has one.
pub(crate) fn of(route: &Route, call: &Call, admission: &Admission) -> Result<Option<Idempotency>, Problem> {
    if !applies(route) {
        return Ok(None);
    }
    let Some(value) = call.parts.headers.get(HeaderName::from_static("idempotency-key")) else {
        return Ok(None);
    };
    let key = value.to_str().unwrap_or_default();
    if key.is_empty() || key.len() > 255 || !key.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        let detail = "1 to 255 printable ASCII characters";
        return Err(Problem::malformed("invalid_header", "header/idempotency-key", detail));
    }
    let user = admission.caller.as_ref().map(|caller| caller.user.to_string()).unwrap_or_default();
    let mut context = hmac::Context::with_key(&admission.services.fingerprints);
    let query = call.query();
    for part in [route.method.as_str(), call.parts.uri.path(), query, &user]
        .map(str::as_bytes)
        .iter()
        .chain([&&*call.body])
    {
        context.update(&u64::try_from(part.len()).unwrap_or_default().to_be_bytes());
        context.update(part);
    }
    Ok(Some(Idempotency { key: key.to_owned(), fingerprint: context.sign().as_ref().to_vec() }))
}
