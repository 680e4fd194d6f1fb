//! Who a client is (RFC 6749, 2.3; OpenID Connect Core, 9).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tenantry_vault::{constant_time_eq, hash_token};
use tenantry_web::Asker;

use super::assertion;
use super::fields::Fields;
use super::refusal::{OAuthError, Refusal};
use crate::client::{AuthMethod, ClientId, Known};
use crate::service::Desk;

/// What a request says of its client.
enum Claimed {
    Basic(String, String),
    Post(String, String),
    Assertion(String),
    Nothing(String),
}

/// The client of a request, proved in the one way that it has registered.
///
/// # Errors
/// `invalid_client`, whatever is wrong; `invalid_request` when it tries two ways at once.
pub(crate) async fn client(desk: &Desk<'_>, asker: &Asker, form: &Fields) -> Result<Arc<Known>, Refusal> {
    let claimed = claimed(asker, form)?;
    let id = match &claimed {
        Claimed::Basic(id, _) | Claimed::Post(id, _) | Claimed::Nothing(id) => id.clone(),
        Claimed::Assertion(jwt) => assertion::claimed_client(jwt).ok_or(OAuthError::client())?,
    };
    // Who names two clients is neither.
    if form.get("client_id").is_some_and(|named| named != id) {
        return Err(OAuthError::client().into());
    }
    let id: ClientId = id.parse().map_err(|_| OAuthError::client())?;
    let known = desk.sso.clients.get(&desk.tenant, id, desk.now).await?.ok_or(OAuthError::client())?;
    let is_proved = match (known.client.auth_method, &claimed) {
        (AuthMethod::Basic, Claimed::Basic(_, secret)) | (AuthMethod::Post, Claimed::Post(_, secret)) => {
            has_secret(&known, secret, desk)
        }
        (AuthMethod::PrivateKeyJwt, Claimed::Assertion(jwt)) => {
            assertion::check(desk, &known.client, jwt).await?
        }
        (AuthMethod::None, Claimed::Nothing(_)) => true,
        _ => false,
    };
    if is_proved && known.client.is_active { Ok(known) } else { Err(OAuthError::client().into()) }
}

fn claimed(asker: &Asker, form: &Fields) -> Result<Claimed, OAuthError> {
    let assertion = match (form.get("client_assertion_type"), form.get("client_assertion")) {
        (None, None) => None,
        (Some(assertion::TYPE), Some(jwt)) => Some(jwt.to_owned()),
        _ => return Err(OAuthError::client()),
    };
    let id = form.get("client_id").map(str::to_owned);
    match (asker.authorization(), form.get("client_secret"), assertion) {
        (Some(header), None, None) => basic(header).ok_or(OAuthError::client()),
        (None, Some(secret), None) => Ok(Claimed::Post(id.ok_or(OAuthError::client())?, secret.to_owned())),
        (None, None, Some(jwt)) => Ok(Claimed::Assertion(jwt)),
        (None, None, None) => Ok(Claimed::Nothing(id.ok_or(OAuthError::client())?)),
        _ => Err(OAuthError::request("prove who you are in one way, not in two")),
    }
}

/// `Basic`, with both halves form-encoded (RFC 6749, 2.3.1).
fn basic(header: &str) -> Option<Claimed> {
    let (scheme, text) = header.split_once(' ')?;
    let text = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(text.trim()).ok())??;
    let text = String::from_utf8(text).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some(Claimed::Basic(decoded(id), decoded(secret)))
}

fn decoded(text: &str) -> String {
    // As a whole form it would be cut at `&` and `=`.
    let text = text.replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

/// Every secret is compared, so that the time says nothing.
fn has_secret(known: &Known, secret: &str, desk: &Desk<'_>) -> bool {
    let hash = hash_token(secret);
    let mut is_right = false;
    for own in &known.secrets {
        let counts = own.expires_at.is_none_or(|end| desk.now < end);
        is_right |= constant_time_eq(&own.secret_hash, &hash) & counts;
    }
    is_right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_halves_of_basic_are_form_encoded() {
        let header = format!("Basic {}", STANDARD.encode("a%3Ab+c:s%20t=&u%26"));
        let Some(Claimed::Basic(id, secret)) = basic(&header) else { panic!("not read") };
        assert_eq!((id.as_str(), secret.as_str()), ("a:b c", "s t=&u&"));
        assert!(basic("Bearer abc").is_none());
        assert!(basic("Basic !").is_none());
    }
}
