//! Where the browser goes next: back to the client, or to a page.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde_json::json;
use tenantry_web::ports::TenantInfo;
use tenantry_web::{OperationDoc, Output, device_cookie, issuer_cookie};

use super::request::{Destination, Mode};
use super::room::Room;
use crate::protocol::refusal::OAuthError;

/// A page or a redirect.
pub(crate) struct Hosted(Response);

impl Hosted {
    pub(crate) const fn new(response: Response) -> Self {
        Self(response)
    }

    /// See another address.
    pub(crate) fn redirect(to: &str) -> Self {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SEE_OTHER;
        if let Ok(to) = HeaderValue::try_from(to) {
            response.headers_mut().insert(header::LOCATION, to);
        }
        Self(response)
    }

    /// With a cookie that was made elsewhere.
    pub(crate) fn with(mut self, cookie: Option<HeaderValue>) -> Self {
        if let Some(cookie) = cookie {
            self.0.headers_mut().append(header::SET_COOKIE, cookie);
        }
        self
    }

    /// Set a cookie, or remove it with an empty value.
    pub(crate) fn cookie(mut self, tenant: &TenantInfo, what: &str, value: &str) -> Self {
        if let Some(cookie) = issuer_cookie(tenant, what, value) {
            self.0.headers_mut().append(header::SET_COOKIE, cookie);
        }
        self
    }

    /// Set the cookie by which the browser is known again.
    pub(crate) fn device(mut self, tenant: &TenantInfo, value: Option<&str>) -> Self {
        if let Some(cookie) = value.and_then(|value| device_cookie(tenant, value)) {
            self.0.headers_mut().append(header::SET_COOKIE, cookie);
        }
        self
    }
}

impl Output for Hosted {
    fn into_response(self) -> Response {
        self.0
    }

    fn describe(operation: &mut OperationDoc) {
        operation.answer_media("text/html", json!({"type": "string"}));
    }
}

/// Answer the client, with the issuer beside (RFC 9207).
pub(crate) fn answer(room: &Room<'_>, to: &Destination, values: &[(&str, &str)]) -> Hosted {
    if to.device.is_some() || to.own.is_some() {
        // A device asks for its answer by itself, and our own pages ask for none: here is nobody to send it to.
        return room.error("unknown_request");
    }
    let mut values = values.to_vec();
    if let Some(state) = &to.state {
        values.push(("state", state));
    }
    values.push(("iss", &room.desk.issuer));
    match to.mode {
        Mode::Query => Hosted::redirect(&with_query(&to.redirect_uri, &values)),
        Mode::FormPost => {
            let values: Vec<_> =
                values.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
            let facts = json!({"action": to.redirect_uri, "values": values});
            room.form_post(&to.redirect_uri, facts)
        }
    }
}

/// Tell the client why not.
pub(crate) fn refuse(room: &Room<'_>, to: &Destination, error: &OAuthError) -> Hosted {
    answer(room, to, &[("error", error.error), ("error_description", error.description)])
}

/// An address with more in its query.
pub(crate) fn with_query(address: &str, values: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(values).finish();
    let separator = match address.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    format!("{address}{separator}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_has_in_its_query_stays() {
        let values = [("code", "a b"), ("state", "&")];
        assert_eq!(with_query("https://a/", &values), "https://a/?code=a+b&state=%26");
        assert_eq!(with_query("https://a/?x=1", &values), "https://a/?x=1&code=a+b&state=%26");
        assert_eq!(with_query("https://a/?", &values), "https://a/?code=a+b&state=%26");
    }
}
